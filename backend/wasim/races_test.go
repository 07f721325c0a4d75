package wasim_test

import (
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.mau.fi/whatsmeow/appstate"
	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"

	"waflow/backend/wasim"
)

// A device that logs in while it is being unlinked ends unlinked and offline, whoever is first.
func TestUnlinkingRacesWithTheLogin(t *testing.T) {
	s := newServer(t, wasim.Options{Seed: 1})
	clinic := newPhone(t, s, "+34600000013", "Clinic")
	for range 20 {
		k := linkSink(t, s, clinic)
		device := clinic.LinkedDevices()[0].ID
		k.Close()
		var both sync.WaitGroup
		var login, unlink error
		both.Go(func() { login = k.Connect(t.Context()) })
		both.Go(func() { unlink = clinic.Unlink(device) })
		both.Wait()
		require.NoError(t, unlink)
		if login == nil {
			require.Eventually(t, func() bool { return k.Err() != nil }, patience, time.Millisecond, "the connection ends")
		}
		require.Empty(t, clinic.LinkedDevices())
		k.Close()
		require.Error(t, k.Connect(t.Context()))
	}
}

// A device that is unlinked while its phone tells it everything leaves nothing behind, and the next one is told everything.
func TestUnlinkedWhileThePhoneGreetsIt(t *testing.T) {
	s := newServer(t, wasim.Options{Seed: 1})
	clinic, ana := newPhone(t, s, "+34600000013", "Clinic"), newPhone(t, s, "+34600000021", "Ana")
	_, err := ana.Burst(t.Context(), clinic.Number(), "past", 50)
	require.NoError(t, err)
	for range 10 {
		k := linkSink(t, s, clinic)
		require.Equal(t, 1, clinic.UnlinkAll())
		require.Eventually(t, func() bool { return k.Err() != nil }, patience, time.Millisecond, "the connection ends")
		k.Close()
	}
	c := newClient(t, s, filepath.Join(t.TempDir(), "session.db"))
	require.True(t, c.link(clinic).Linked)
	_, err = ana.SendText(t.Context(), clinic.Number(), "now")
	require.NoError(t, err)
	c.awaitText("now")
}

// However often a device loses its connection, or another takes it over, and comes back at once: it gets everything.
func TestBackAtOnceWhileMessagesArrive(t *testing.T) {
	s := newServer(t, wasim.Options{Seed: 1})
	clinic, ana := newPhone(t, s, "+34600000013", "Clinic"), newPhone(t, s, "+34600000021", "Ana")
	k := linkSink(t, s, clinic)
	device := clinic.LinkedDevices()[0].ID
	wrote := make(chan error, 1)
	go func() {
		_, err := ana.Burst(t.Context(), clinic.Number(), "n", 300)
		wrote <- err
	}()
	for i := range 15 {
		if i%2 == 0 {
			require.NoError(t, clinic.Replace(device))
		}
		k.Close()
		require.NoError(t, k.Connect(t.Context()))
	}
	require.NoError(t, <-wrote)
	waitFor(t, s, "every message is acknowledged", func() bool {
		to := wasim.Filter{From: ana.Number(), To: clinic.Number(), ToDevice: &device}
		return len(s.Ledger().Deliveries(to)) == 300 && len(s.Ledger().Unacknowledged(to)) == 0
	})
	require.True(t, clinic.LinkedDevices()[0].Connected)
}

// A server that was restarted knows what the service must never forget: links, keys, app state, groups and the past.
func TestWhatARestartLeaves(t *testing.T) {
	for name, memory := range map[string]bool{"with memory": true, "without": false} {
		t.Run(name, func(t *testing.T) {
			s, clinic, c := linked(t)
			ana := newPhone(t, s, "+34600000021", "Ana")
			group, err := ana.CreateGroup(wasim.GroupOptions{Subject: "Team", Members: []string{clinic.Number()}})
			require.NoError(t, err)
			await[*events.JoinedGroup](c, nil)
			keys := clinic.LinkedDevices()[0].PreKeys
			require.NoError(t, s.Stop())
			await[*events.Disconnected](c, nil)
			awaitLoss(t)
			require.NoError(t, s.Start(memory))
			require.NoError(t, c.Connect())
			await[*events.Connected](c, nil)
			require.Equal(t, keys, clinic.LinkedDevices()[0].PreKeys)

			_, err = ana.SendText(t.Context(), group, "in the group")
			require.NoError(t, err)
			c.awaitText("in the group")
			require.NoError(t, c.SendAppState(within(t), appstate.BuildArchive(jid(t, ana.LID()), true, time.Time{}, nil)))
			require.NoError(t, clinic.SaveContact(t.Context(), ana.Number(), "Ana García"))
			await(c, func(e *events.Contact) bool { return e.Action.GetFullName() == "Ana García" })
			other := newClient(t, s, filepath.Join(t.TempDir(), "other.db"))
			require.True(t, other.link(clinic).Linked, "and links new devices")
		})
	}
}

// What a client may send before it is linked is as little trusted as anything else.
func TestMalformedStanzasFromAnUnlinkedClient(t *testing.T) {
	s := newServer(t, wasim.Options{Seed: 1})
	clinic := newPhone(t, s, "+34600000013", "Clinic")
	c := codeClient(t, s, "session")
	node := func(tag string, content any) waBinary.Node { return waBinary.Node{Tag: tag, Content: content} }
	hello := []waBinary.Node{
		node("link_code_pairing_wrapped_companion_ephemeral_pub", make([]byte, 80)),
		node("companion_server_auth_key_pub", c.Store.NoiseKey.Pub[:]),
		node("companion_platform_id", "1"), node("companion_platform_display", "Chrome (Linux)"),
	}
	var bodies []waBinary.Node
	for _, stage := range []string{"companion_hello", "companion_finish", "primary_hello", ""} {
		for _, to := range []any{nil, "x", types.ServerJID, jid(t, clinic.LID()), types.NewJID("", types.DefaultUserServer), jid(t, clinic.JID())} {
			attrs := waBinary.Attrs{"stage": stage}
			if to != nil {
				attrs["jid"] = to
			}
			for cut := range hello {
				bodies = append(bodies, waBinary.Node{Tag: "link_code_companion_reg", Attrs: attrs, Content: hello[:cut]})
			}
		}
	}
	for _, tag := range []string{"ref", "passkey_request_options", "passkey_prologue", "companion_nonce", "encrypted_pairing_request", "pair-device-sign", "zzz"} {
		bodies = append(bodies, node(tag, nil), node(tag, []byte{0xff, 1}), node(tag, []waBinary.Node{node(tag, nil)}))
	}
	internals := c.DangerousInternals()
	for i, body := range bodies {
		for _, kind := range []string{"get", "set", "result", "error"} {
			attrs := waBinary.Attrs{"xmlns": "md", "type": kind, "to": types.ServerJID, "id": []string{"hostile", "wasim-1", "wasim-2"}[i%3]}
			require.NoError(t, internals.SendNode(t.Context(), waBinary.Node{Tag: "iq", Attrs: attrs, Content: []waBinary.Node{body}}))
		}
	}
	result, err := clinic.EnterCode(within(t), c.askForCode(clinic.Number()))
	require.NoError(t, err)
	require.True(t, result.Linked)
	await[*events.Connected](c, nil)
	waitFor(t, s, "told", func() bool { return settled(s, clinic, result.Device) })
}
