package engine

import (
	"context"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"waflow/backend/wasim"
)

// A day of messages in both directions over many devices: the heap does not grow, and no goroutine is left. What the simulator remembers
// is bounded, as it lives on the same heap.
func TestSoak(t *testing.T) {
	devices, hours := sizes(2, 50), sizes(4, 24)
	inCrowdAt(t, wasim.Options{Keep: 10}, devices, func(c *crowd) {
		hour := func(n uint64) {
			end := time.Now().Add(time.Hour)
			var talks sync.WaitGroup
			for i, m := range c.members {
				rng := rand.New(rand.NewPCG(n, uint64(i)))
				talks.Go(func() {
					for time.Now().Before(end) {
						c.write(m)
						time.Sleep(time.Duration(rng.Int64N(int64(10 * time.Minute))))
						c.answer(m)
						time.Sleep(time.Duration(rng.Int64N(int64(10 * time.Minute))))
					}
				})
			}
			talks.Wait()
			time.Sleep(2 * time.Minute)
		}
		// The client library keeps the last 256 messages of every session, to send them again; a day is measured with all of that in place.
		for range sizes(0, 260) {
			for _, m := range c.members {
				c.answer(m)
			}
			time.Sleep(10 * time.Second)
		}
		hour(0)
		bytes, goroutines := heap()
		for n := range hours - 1 {
			hour(uint64(n) + 1)
		}
		bytesAfter, goroutinesAfter := heap()
		t.Logf("%d hours: heap %d KiB, then %d KiB; goroutines %d, then %d", hours, bytes/1024, bytesAfter/1024, goroutines, goroutinesAfter)
		require.Less(t, bytesAfter, bytes+bytes/10)
		require.LessOrEqual(t, goroutinesAfter, goroutines)

		c.awaitConnected()
		totals := c.sim.Ledger().Totals()
		require.Zero(t, totals.Waiting, "everything was acknowledged")
		for _, m := range c.members {
			_, _, kept, err := c.store.Messages(context.Background(), m.chat, "", 1)
			require.NoError(t, err)
			require.Equal(t, m.written+m.answered, kept)
			rows := c.rows(m)
			require.Equal(t, rows[len(rows)-1].At.Before(c.now().Add(-time.Hour)), hours > 1, "no connection was lost in the last hour")
		}
	})
}
