package demo

import (
	"sync/atomic"
	"time"
)

// clock is the time in the demo's world. While the demo begins, it runs through the past so that what people wrote then has the times that it
// had; afterwards it is the time of this computer.
type clock struct {
	now  func() time.Time
	past atomic.Pointer[time.Time]
}

func (c *clock) time() time.Time {
	if past := c.past.Load(); past != nil {
		return *past
	}
	return c.now()
}

// at lets it be another time until the function it returns is called.
func (c *clock) at(t time.Time) (back func()) {
	c.past.Store(&t)
	return func() { c.past.Store(nil) }
}
