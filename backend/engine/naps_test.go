package engine

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"waflow/backend/domain"
)

// The computer sleeps again and again, as its wall clock tells while the monotonic one stands: every time it is noticed soon after waking,
// and what was written meanwhile arrives.
func TestEverySleepIsNoticed(t *testing.T) {
	naps := sizes(10, 200)
	inCrowd(t, 2, func(c *crowd) {
		rng := rand.New(rand.NewPCG(2, 200))
		for range naps {
			time.Sleep(time.Duration(rng.Int64N(int64(2 * time.Minute))))
			c.awaitConnected()
			if rng.IntN(2) == 0 { // the network does not always wait for who sleeps
				for _, m := range c.members {
					m.ours.BlackHole()
				}
			}
			for _, m := range c.members {
				c.write(m)
			}
			gap := 25*time.Second + time.Duration(rng.Int64N(int64(3*time.Hour)))
			c.skew.Add(int64(gap))
			c.slept.Add(int64(gap))
			woke := c.now()
			for _, m := range c.members {
				noticed := func() bool {
					for _, row := range c.rows(m) {
						if row.To.Cause == domain.CauseWokeFromSleep && !row.At.Before(woke.Truncate(time.Millisecond)) {
							require.Less(t, row.At.Sub(woke), 20*time.Second)
							return true
						}
					}
					return false
				}
				c.wait("the sleep to be noticed", noticed)
			}
		}
		c.awaitConnected()
		c.requireNothingLost()
	})
}
