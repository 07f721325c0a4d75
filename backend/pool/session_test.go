package pool

import (
	"context"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"waflow/backend/domain"
)

// A dial that was given up ends after the next one was asked for; that one can be given up as well.
func TestTheSecondDialCanBeGivenUpToo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.connect = func(c *client) error {
			<-c.ctx.Done()
			return c.ctx.Err()
		}
		w.active[1] = "1-1.db"
		p := w.pool()
		n := p.newSession(domain.DeviceRef{Subaccount: 1, Device: 1}, "1-1.db")
		n.events = func(domain.SessionEvent) {}
		n.owned.Store(true)
		p.ctx = context.Background()
		go n.run()
		results := make(chan error, 2)
		dial := func() { n.connect(func(err error) { results <- err }) }

		dial()
		synctest.Wait()
		n.disconnect()
		dial()
		synctest.Wait()
		n.disconnect()
		require.ErrorIs(t, <-results, context.Canceled)
		require.ErrorIs(t, <-results, context.Canceled)
		n.close(false, 0)
		<-n.gone
	})
}
