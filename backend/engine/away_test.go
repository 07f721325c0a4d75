package engine

import (
	"math/rand/v2"
	"runtime"
	"runtime/metrics"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"waflow/backend/domain"
)

// WhatsApp is away for a working day: the devices go on trying at the same pace, write nothing more down and stay in the same memory, and all
// are Connected soon after it is back.
func TestServerIsAwayForHours(t *testing.T) {
	devices, hours, hour := sizes(5, 50), sizes(4, 8), sizes(15*time.Minute, time.Hour)
	inCrowd(t, devices, func(c *crowd) {
		c.dials.slowDown(rand.New(rand.NewPCG(8, 8)))
		require.NoError(t, c.sim.Stop())
		told := 0 // rows of the history
		var pace []int
		var worked []time.Duration // CPU time of each hour, the collector's left out
		var bytes, bytesAfter uint64
		var goroutines, goroutinesAfter int
		for n := range hours {
			before, _ := c.dials.counts()
			began := ownWork()
			time.Sleep(hour)
			worked = append(worked, (ownWork() - began).Round(time.Millisecond))
			after, _ := c.dials.counts()
			pace = append(pace, after-before)
			bytesAfter, goroutinesAfter = c.heapAtRest()
			rows := 0
			for _, m := range c.members {
				rows += len(c.rows(m))
			}
			if n == 0 {
				bytes, goroutines, told = bytesAfter, goroutinesAfter, rows
			}
			require.Equal(t, told, rows, "a try that fails like the one before is no news")
		}
		t.Logf("away, %d devices: dials in each %v %v, of one device %d in the second and %d in the last; CPU %v; heap %d KiB, then %d KiB; goroutines %d, then %d",
			devices, hour, pace, pace[1]/devices, pace[hours-1]/devices, worked, bytes/1024, bytesAfter/1024, goroutines, goroutinesAfter)
		require.Less(t, pace[1], devices*int(hour/(10*time.Second)), "waits are 15 s in the middle, once they have grown")
		require.LessOrEqual(t, pace[hours-1], pace[1]+pace[1]/10, "no more work than at first, as far as chance lets waits be equal")
		require.Less(t, bytesAfter, bytes+bytes/10)
		require.Equal(t, goroutines, goroutinesAfter)

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

// ownWork is how much CPU time the Go code of this process has taken. The runtime knows it as of a collection. How long it took says as much
// of what else the machine does, so that it is told and not judged.
func ownWork() time.Duration {
	runtime.GC()
	sample := []metrics.Sample{{Name: "/cpu/classes/user:cpu-seconds"}}
	metrics.Read(sample)
	return time.Duration(sample[0].Value.Float64() * float64(time.Second))
}

// heapAtRest is heap at a moment at which no dial is on its way, as those have memory and goroutines of their own.
func (c *crowd) heapAtRest() (bytes uint64, goroutines int) {
	for range 10_000 {
		time.Sleep(97 * time.Millisecond)
		if c.dials.atRest() {
			return heap()
		}
	}
	require.FailNow(c.t, "there is always a dial on its way")
	return 0, 0
}
