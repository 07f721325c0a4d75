package demo_test

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"waflow/backend/demo"
	"waflow/backend/domain"
	"waflow/backend/whatsapp"
)

// session is a link dialog and the connection behind it, without the pool.
type session struct {
	events chan domain.SessionEvent
	texts  chan string
	refuse error
}

func (s *session) handlers() domain.SessionHandlers {
	return domain.SessionHandlers{
		Event: func(ev domain.SessionEvent) { s.events <- ev },
		Guard: func(context.Context, domain.Account) error { return s.refuse },
		Receive: func(_ context.Context, in domain.Inbound) error {
			if in.Message != nil {
				s.texts <- in.Message.Text
			}
			return nil
		},
	}
}

func (s *session) await(t *testing.T, kind domain.SessionEventKind) domain.SessionEvent {
	t.Helper()
	deadline := time.After(20 * time.Second)
	for {
		select {
		case ev := <-s.events:
			if ev.Kind == kind {
				return ev
			}
		case <-deadline:
			require.FailNow(t, "did not come: "+string(kind))
		}
	}
}

// The client library as the application uses it, with a phone of the panel on the other side.
func TestPhoneOfThePanelScansLosesItsNetworkAndUnlinks(t *testing.T) {
	var shown domain.PairingStep
	w := &watched{told: make(chan struct{}, 1)}
	d, err := demo.Open(demo.Config{
		Seed:    1,
		Shown:   func(id domain.DeviceID) (domain.PairingStep, bool) { return shown, id == 5 && shown.Code != "" },
		Publish: func(domain.SimulatedPhone) {},
	})
	require.NoError(t, err)
	w.Demo = d
	t.Cleanup(func() { require.NoError(t, d.Close()) })
	service, err := whatsapp.Configure(whatsapp.Endpoint{URL: d.Endpoint(), RootKey: d.RootKey()}, whatsapp.Options{})
	require.NoError(t, err)
	dial := func(s *session) *whatsapp.Client {
		client, err := service.Open(t.Context(), filepath.Join(t.TempDir(), "session.db"), s.handlers())
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, client.Close()) })
		require.NoError(t, client.Connect(t.Context()))
		return client
	}

	// A number that the guard refuses.
	refused := &session{events: make(chan domain.SessionEvent, 256), texts: make(chan string, 16), refuse: &domain.Error{Code: domain.CodeNumberInUse}}
	dial(refused)
	shown = domain.PairingStep{Kind: domain.PairingShowing, Code: refused.await(t, domain.PairCodes).Codes[0]}
	require.Equal(t, domain.CodeConflict, domain.CodeOf(d.Scan(t.Context(), clinic, 5)))
	require.Zero(t, phone(d.State(), clinic).Linked)

	// The same number by a code that is typed: another phone knows nothing of it.
	typed := &session{events: make(chan domain.SessionEvent, 256), texts: make(chan string, 16), refuse: &domain.Error{Code: domain.CodeNumberInUse}}
	byCode := dial(typed)
	typed.await(t, domain.PairCodes)
	code, err := byCode.PairCode(t.Context(), strings.TrimPrefix(clinic, "+"))
	require.NoError(t, err)
	shown = domain.PairingStep{Kind: domain.PairingCode, Code: code}
	require.Equal(t, domain.CodeLinkFailed, domain.CodeOf(d.Scan(t.Context(), julia, 5)))
	require.Equal(t, domain.CodeConflict, domain.CodeOf(d.Scan(t.Context(), clinic, 5)))
	require.Zero(t, phone(d.State(), clinic).Linked)

	// One that it lets pass.
	linked := &session{events: make(chan domain.SessionEvent, 256), texts: make(chan string, 16)}
	client := dial(linked)
	shown = domain.PairingStep{Kind: domain.PairingShowing, Code: linked.await(t, domain.PairCodes).Codes[0]}
	require.Equal(t, domain.CodeNotFound, domain.CodeOf(d.Scan(t.Context(), clinic, 6)), "another device shows no code")
	require.NoError(t, d.SetNetwork(t.Context(), clinic, false))
	require.Equal(t, domain.CodeNotConnected, domain.CodeOf(d.Scan(t.Context(), clinic, 5)))
	require.NoError(t, d.SetNetwork(t.Context(), clinic, true))
	require.NoError(t, d.Scan(t.Context(), clinic, 5))
	linked.await(t, domain.PairSucceeded)
	linked.await(t, domain.SessionLoginAgain)
	require.Equal(t, 1, phone(d.State(), clinic).Linked)
	require.Equal(t, domain.CodeLinkFailed, domain.CodeOf(d.Scan(t.Context(), clinic, 5)), "a code links once")
	client.Disconnect()
	require.NoError(t, client.Connect(t.Context()))
	linked.await(t, domain.SessionConnected)

	// What a contact writes arrives, before and after the network was away.
	require.NoError(t, d.Write(t.Context(), julia, clinic, "Oi!"))
	require.Equal(t, "Oi!", <-linked.texts)
	require.NoError(t, d.SetNetwork(t.Context(), clinic, false))
	linked.await(t, domain.SessionDisconnected)
	require.NoError(t, d.Write(t.Context(), julia, clinic, "Alô?"))
	require.NoError(t, d.SetNetwork(t.Context(), clinic, true))
	require.NoError(t, client.Connect(t.Context()))
	require.Equal(t, "Alô?", <-linked.texts)

	// What the application is told then is tested where the client library is: package whatsapp.
	require.NoError(t, client.Close())
	require.NoError(t, d.Unlink(t.Context(), clinic))
	require.Zero(t, phone(d.State(), clinic).Linked)
}
