package pool

import (
	"context"
	"time"
)

// How a sleep is noticed: a ticker that comes this much too late.
const (
	sleepTick = 5 * time.Second
	sleepLate = 15 * time.Second
)

// moment is one reading of both clocks.
type moment struct {
	wall time.Time     // without monotonic part
	mono time.Duration // since some fixed moment
}

// gap returns how much later than a tick the second reading is by the clock that says more, and whether that was a sleep. On some
// systems the monotonic clock stands while the computer sleeps, on others it runs on; the wall clock may be set back meanwhile.
func gap(a, b moment) (time.Duration, bool) {
	late := max(b.wall.Sub(a.wall), b.mono-a.mono) - sleepTick
	return late, late > sleepLate
}

// watchSleep says when the computer slept, until ctx ends.
func (p *Pool) watchSleep(ctx context.Context) {
	began := time.Now()
	read := func() moment { return moment{wall: p.now(), mono: time.Since(began)} }
	ticker := time.NewTicker(sleepTick)
	defer ticker.Stop()
	last := read()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		present := read()
		if late, slept := gap(last, present); slept {
			p.Woke(late)
		}
		last = present
	}
}
