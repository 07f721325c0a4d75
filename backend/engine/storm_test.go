package engine

import (
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"waflow/backend/domain"
)

// blow is one thing that happened to a device's line.
type blow struct {
	kind string
	at   time.Time
	back time.Time // when the network was there again
}

// The kinds of blows.
const (
	blowDrop      = "drop"       // the connection is reset
	blowOutage    = "outage"     // and the network is away for a while
	blowHalfOpen  = "half-open"  // nothing that we send arrives
	blowBlackHole = "black hole" // nothing arrives in either direction, and nobody says so
	blowAll       = "drop of all"
)

// What the product promises.
const (
	noticedWithin = 45 * time.Second // a line that is dead and looks alive
	backWithin    = 30 * time.Second // after recovery, in 95 of 100 cases
)

// Drops, outages, half-open lines and black holes in random order, while messages go both ways: every device is back in time, nothing is
// lost, nothing is there twice, and never more than four dial at once.
func TestStorm(t *testing.T) {
	devices, each := sizes(4, 20), sizes(5, 25)
	inCrowd(t, devices, func(c *crowd) {
		c.dials.slowDown(rand.New(rand.NewPCG(4, 4)))
		blows := make([][]blow, devices)
		var storm sync.WaitGroup
		for i, m := range c.members {
			storm.Go(func() { blows[i] = c.storm(m, rand.New(rand.NewPCG(4, uint64(i))), each) })
		}
		storm.Wait()
		for range each {
			c.awaitConnected()
			for i := range blows {
				blows[i] = append(blows[i], blow{kind: blowAll, at: c.now(), back: c.now()})
			}
			c.sim.DropAll()
			time.Sleep(time.Minute)
		}
		c.awaitConnected()
		c.requireNothingLost()

		var back []time.Duration
		for i, m := range c.members {
			back = append(back, c.recoveries(m, blows[i])...)
		}
		slices.Sort(back)
		p95 := back[len(back)*95/100]
		_, most := c.dials.counts()
		t.Logf("%d blows: back after %v in half of the cases, %v in 95 of 100, %v at most; %d dials at once at most",
			len(back), back[len(back)/2], p95, back[len(back)-1], most)
		require.Less(t, p95, backWithin)
		require.LessOrEqual(t, most, 4, "dials at once")
	})
}

// storm is what happens to one device: blow after blow, each when the one before is over, with messages at all times.
func (c *crowd) storm(m *member, rng *rand.Rand, n int) []blow {
	var blows []blow
	between := func(least, most time.Duration) time.Duration {
		return least + time.Duration(rng.Int64N(int64(most-least)))
	}
	talk := func(d time.Duration) {
		for end := time.Now().Add(d); time.Now().Before(end); {
			time.Sleep(between(5*time.Second, 40*time.Second))
			if rng.IntN(3) == 0 {
				c.answer(m)
			} else {
				c.write(m)
			}
		}
	}
	for range n {
		talk(between(time.Second, time.Minute))
		b := blow{kind: []string{blowDrop, blowOutage, blowHalfOpen, blowBlackHole}[rng.IntN(4)], at: c.now()}
		switch b.kind {
		case blowDrop:
			m.ours.DropConnections()
		case blowOutage:
			m.ours.SetNetwork(false)
			talk(between(time.Second, 3*time.Minute))
			m.ours.SetNetwork(true)
		case blowHalfOpen:
			m.ours.HalfOpen()
		case blowBlackHole:
			m.ours.BlackHole()
		}
		b.back = c.now()
		blows = append(blows, b)
		talk(2 * time.Minute)
	}
	return blows
}

// recoveries returns how long after each blow was over, or was noticed, the device was Connected again, as its history tells.
func (c *crowd) recoveries(m *member, blows []blow) []time.Duration {
	c.t.Helper()
	var out []time.Duration
	rows := c.rows(m)
	for _, b := range blows {
		lost := slices.IndexFunc(rows, func(r domain.StateChange) bool {
			return !r.At.Before(b.at.Truncate(time.Millisecond)) && r.To.Cause != domain.CauseOnline
		})
		require.GreaterOrEqual(c.t, lost, 0, "a %s is in the history", b.kind)
		noticed := rows[lost].At
		require.Less(c.t, noticed.Sub(b.at), noticedWithin, "a %s is noticed", b.kind)
		up := slices.IndexFunc(rows[lost:], func(r domain.StateChange) bool {
			return r.To.Cause == domain.CauseOnline && !r.At.Before(b.back.Truncate(time.Millisecond))
		})
		require.GreaterOrEqual(c.t, up, 0, "the device is back after a %s", b.kind)
		from := noticed
		if b.back.After(from) {
			from = b.back
		}
		out = append(out, rows[lost+up].At.Sub(from))
	}
	return out
}
