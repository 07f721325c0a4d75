package wasim_test

import (
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"waflow/backend/wasim"
)

func TestFiveHundredMessagesArriveInOrder(t *testing.T) {
	s, clinic, c := linked(t)
	ana := newPhone(t, s, "+34600000021", "Ana")
	start := time.Now()
	ids, err := ana.Burst(t.Context(), clinic.Number(), "n", 500)
	require.NoError(t, err)
	encrypted := time.Since(start)
	c.awaitText("n 500")
	t.Logf("500 messages encrypted for two devices in %v, received after %v", encrypted, time.Since(start))
	require.Len(t, c.texts(), 500)
	one := uint16(1)
	waitFor(t, s, "acknowledged", func() bool {
		return len(s.Ledger().Unacknowledged(wasim.Filter{To: clinic.Number(), From: ana.Number(), ToDevice: &one})) == 0
	})
	require.Len(t, ids, 500)
	require.Len(t, clinic.Messages(ana.Number()), 500)
}

func TestTwentyLinkedClients(t *testing.T) {
	const devices = 20
	s := newServer(t, wasim.Options{Seed: 1})
	dir := t.TempDir()
	clients := make([]*client, devices)
	phones := make([]*wasim.Phone, devices)
	start := time.Now()
	for i := range devices {
		phones[i] = newPhone(t, s, fmt.Sprintf("+346000001%02d", i), fmt.Sprintf("Phone %d", i))
		clients[i] = newClient(t, s, filepath.Join(dir, fmt.Sprintf("%d.db", i)))
		clients[i].link(phones[i])
	}
	t.Logf("%d clients linked in %v", devices, time.Since(start))
	var senders sync.WaitGroup
	for i := range devices {
		senders.Go(func() {
			_, err := clients[i].sendText(jid(t, phones[(i+1)%devices].LID()), "pass it on")
			if err != nil {
				t.Errorf("client %d: %v", i, err)
			}
		})
	}
	senders.Wait()
	for _, c := range clients {
		c.awaitText("pass it on")
	}
}
