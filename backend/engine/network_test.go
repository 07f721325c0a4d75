package engine

import (
	"context"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"github.com/stretchr/testify/require"

	"waflow/backend/domain"
	"waflow/backend/host"
)

// toldComputer is a computer of which the test says what happens to it.
type toldComputer struct {
	noSystem
	events chan host.Events
}

// Watch hands the test what to call.
func (c toldComputer) Watch(ctx context.Context, tell host.Events, _ zerolog.Logger) error {
	c.events <- tell
	<-ctx.Done()
	return nil
}

// A device that waits dials at once when the computer tells that its network is another one.
func TestANetworkThatComesEndsTheWait(t *testing.T) {
	inBubble(t, func(b *bubble) {
		b.link(b.reception, b.ours)
		b.quietly()
		computer := toldComputer{events: make(chan host.Events, 1)}
		b.system = computer
		b.start()
		tell := <-computer.events
		b.shows(domain.CauseOnline)

		b.unplugged.Store(true)
		b.ours.DropConnections()
		long := func() bool { return time.UnixMilli(b.row().NextTry).Sub(b.now()) > 15*time.Second }
		b.wait("a long wait", func() bool { return b.row().Cause == string(domain.CauseNetworkDown) && long() })
		next := time.UnixMilli(b.row().NextTry)
		b.unplugged.Store(false)
		tell.NetworkChanged()
		b.wait("the connection", func() bool { return b.row().Cause == string(domain.CauseOnline) })
		require.True(b.t, b.now().Before(next), "before its next try was due")
	})
}
