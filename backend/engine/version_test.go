package engine

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"waflow/backend/domain"
)

func TestVersionThatWhatsAppRefusesIsRenewedForAll(t *testing.T) {
	inCrowd(t, 3, func(c *crowd) {
		newer := c.service.Version()
		newer[2]++
		c.sim.SetClientRevision(newer[2])
		c.sim.SetMinClientVersion(newer)
		c.sim.DropAll()
		for _, m := range c.members {
			c.wait("the stop of all", func() bool {
				return slices.ContainsFunc(c.rows(m), func(r domain.StateChange) bool { return r.To.Cause == domain.CauseClientOutdated })
			})
		}
		c.awaitConnected()
		require.Equal(t, newer, c.service.Version())
	})
}

func TestVersionThatCannotBeRenewedLeavesAllOutdated(t *testing.T) {
	inCrowd(t, 3, func(c *crowd) {
		allOutdated := func() bool {
			return !slices.ContainsFunc(c.members, func(m *member) bool {
				rows := c.rows(m)
				return rows[len(rows)-1].To.Cause != domain.CauseClientOutdated
			})
		}
		present := c.service.Version()
		newer := [3]uint32{present[0], present[1], present[2] + 1}
		c.sim.SetClientRevision(present[2] - 1)
		c.sim.SetMinClientVersion(newer)
		c.sim.DropAll()
		c.wait("all to be stopped", allOutdated)
		require.Equal(t, present, c.service.Version(), "an older version is not believed")

		c.sim.SetClientRevision(newer[2])
		require.NoError(t, c.pool.TryNow(c.members[0].id))
		c.awaitConnected()
	})
}

func TestVersionThatWhatsAppRefusesIsRenewedWhileLinking(t *testing.T) {
	inBubble(t, func(b *bubble) {
		newer := b.service.Version()
		newer[2]++
		b.sim.SetClientRevision(newer[2])
		b.sim.SetMinClientVersion(newer)
		b.link(b.reception, b.ours)
		require.Equal(t, newer, b.service.Version())
	})
}

// The look-up goes over the proxy of the device that was refused, and what it brought is kept once it let that device in.
func TestVersionIsLookedUpThroughTheProxyAndKept(t *testing.T) {
	inBubble(t, func(b *bubble) {
		b.link(b.reception, b.ours)
		opened := b.behindProxy()
		b.unplugged.Store(true) // there is no other way
		newer := b.service.Version()
		newer[2]++
		b.sim.SetClientRevision(newer[2])
		b.sim.SetMinClientVersion(newer)
		led := len(opened.Targets())
		b.ours.DropConnections()
		b.awaitHistory(domain.CauseClientOutdated)
		b.well()
		require.Equal(t, newer, b.service.Version())
		require.Len(t, opened.Targets(), led+3, "refused, looked up, let in")
		b.wait("the version to be kept", func() bool { return b.keptVersion() == newer })

		time.Sleep(2 * time.Hour)
		newer[2]++
		b.sim.SetMinClientVersion(newer) // and nobody says which it is
		b.ours.DropConnections()
		b.announced(domain.CauseClientOutdated)
		require.Zero(t, b.keptVersion(), "what is refused is not kept")
	})
}

func TestKeptVersionHoldsFromTheStart(t *testing.T) {
	inBubble(t, func(b *bubble) {
		b.link(b.reception, b.ours)
		present := b.service.Version()
		kept, older := present, present
		kept[2] += 2
		older[2]--
		b.sim.SetMinClientVersion(kept)
		require.NoError(t, b.store.KeepVersion(within(b.t), kept))
		b.restart()
		b.shows(domain.CauseOnline)
		require.NotContains(t, b.history(), domain.CauseClientOutdated)

		require.NoError(t, b.store.KeepVersion(within(b.t), older))
		b.restart()
		b.shows(domain.CauseOnline)
		require.Equal(t, kept, b.service.Version(), "an older one is not believed")
	})
}

func (b *bubble) keptVersion() [3]uint32 {
	b.t.Helper()
	v, err := b.store.KeptVersion(within(b.t))
	require.NoError(b.t, err)
	return v
}
