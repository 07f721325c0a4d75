package whatsapp_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"waflow/backend/domain"
)

// A connection that was ended twice, by Disconnect and by its context as the pool does, ends once: a second end, which comes late,
// must not take the connection that was made meanwhile.
func TestAConnectionThatEndsTwiceLeavesTheNextAlone(t *testing.T) {
	server := newServer(t)
	phone := newPhone(t, server, ourNumber, "Desk")
	s := link(t, server, phone)
	for range 40 {
		s.forget()
		ctx, cancel := context.WithCancel(t.Context())
		s.Disconnect()
		require.NoError(t, s.Connect(ctx))
		s.await(t, domain.SessionConnected)
		s.forget()
		require.NoError(t, phone.Replace(phone.LinkedDevices()[0].ID))
		s.await(t, domain.SessionReplaced)
		s.Disconnect()
		cancel()
	}
}
