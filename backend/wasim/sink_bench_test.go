package wasim_test

import (
	"fmt"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"waflow/backend/wasim"
)

// One phone writes to another that has no linked device: encryption, routing, decryption and receipts without a socket.
func BenchmarkPhoneToPhone(b *testing.B) {
	s := newServer(b, wasim.Options{Seed: 1})
	ana, ben := newPhone(b, s, "+34600000021", "Ana"), newPhone(b, s, "+34600000022", "Ben")
	for b.Loop() {
		_, err := ana.SendText(b.Context(), ben.Number(), "hello")
		require.NoError(b, err)
	}
}

// One phone writes to a linked client that receives, stores, acknowledges.
func BenchmarkPhoneToClient(b *testing.B) {
	s := newServer(b, wasim.Options{Seed: 1})
	ana, clinic := newPhone(b, s, "+34600000021", "Ana"), newPhone(b, s, "+34600000013", "Clinic")
	c := newClient(b, s, filepath.Join(b.TempDir(), "session.db"))
	c.link(clinic)
	n := 0
	for b.Loop() {
		n++
		_, err := ana.SendText(b.Context(), clinic.Number(), fmt.Sprint(n))
		require.NoError(b, err)
	}
	c.awaitText(fmt.Sprint(n))
}
