package engine

import (
	"slices"
	"testing"

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
