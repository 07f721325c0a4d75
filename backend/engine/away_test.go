package engine

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"waflow/backend/domain"
)

// WhatsApp is away for a working day: the devices go on trying at the same pace and in the same memory, and all are Connected soon after
// it is back.
func TestServerIsAwayForHours(t *testing.T) {
	devices, part := sizes(5, 50), sizes(15*time.Minute, 2*time.Hour)
	const parts = 4
	inCrowd(t, devices, func(c *crowd) {
		c.dials.slowDown(rand.New(rand.NewPCG(8, 8)))
		require.NoError(t, c.sim.Stop())
		time.Sleep(5 * time.Minute)
		bytes, goroutines := heap()
		dials, _ := c.dials.counts()
		var pace []int
		for range parts {
			time.Sleep(part)
			total, _ := c.dials.counts()
			pace = append(pace, total-dials)
			dials = total
		}
		bytesAfter, goroutinesAfter := heap()
		t.Logf("away: dials in each %v %v; heap %d KiB, then %d KiB; goroutines %d, then %d",
			part, pace, bytes/1024, bytesAfter/1024, goroutines, goroutinesAfter)
		for _, n := range pace {
			require.Less(t, n, devices*int(part/(10*time.Second)), "waits are 15 s in the middle, once they have grown")
			require.InEpsilon(t, pace[0], n, 0.2, "no more work than at first")
		}
		require.Less(t, bytesAfter, bytes+bytes/10)
		require.LessOrEqual(t, goroutinesAfter, goroutines+4*devices, "a dial that goes on has some")

		back := c.now()
		require.NoError(t, c.sim.Start(true))
		c.awaitConnected()
		for _, m := range c.members {
			rows := c.rows(m)
			up := rows[len(rows)-1]
			require.Equal(t, domain.CauseOnline, up.To.Cause)
			require.Less(t, up.At.Sub(back), 20*time.Second)
		}
		_, most := c.dials.counts()
		require.LessOrEqual(t, most, 4, "dials at once")
		c.requireNothingLost()
	})
}
