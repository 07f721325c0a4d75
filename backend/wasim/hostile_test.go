package wasim_test

import (
	"math/rand/v2"
	"net/http"
	"testing"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/require"
	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/types"

	"waflow/backend/wasim"
)

// Bytes that are no handshake, cut handshakes, and frames that lie about their length end the connection and nothing else.
func TestGarbageInsteadOfAHandshake(t *testing.T) {
	s := newServer(t, wasim.Options{Seed: 1})
	rng := rand.New(rand.NewPCG(1, 2))
	header := []byte{'W', 'A', 6, 3}
	inputs := [][]byte{{}, header, {'G', 'E', 'T'}, append(header, 0xff, 0xff, 0xff), append(header, 0, 0, 0), append(header, 0, 0, 1, 0xff), {'E', 'D', 0, 1, 0, 0, 1, 9, 'X', 'X', 'X', 'X'}}
	for range 200 {
		random := make([]byte, rng.IntN(200))
		for i := range random {
			random[i] = byte(rng.Uint32())
		}
		inputs = append(inputs, append(append([]byte{}, header...), append([]byte{0, 0, byte(len(random))}, random...)...))
	}
	for _, input := range inputs {
		ws, resp, err := websocket.Dial(t.Context(), s.Endpoint(), nil)
		require.NoError(t, err)
		require.Equal(t, http.StatusSwitchingProtocols, resp.StatusCode)
		require.NoError(t, ws.Write(t.Context(), websocket.MessageBinary, input))
		require.NoError(t, ws.CloseNow())
	}
	p := newPhone(t, s, "+34600000013", "Clinic")
	c := newClient(t, s, t.TempDir()+"/session.db")
	require.True(t, c.link(p).Linked, "the server still works")
}

// Stanzas with anything missing, of a wrong type or in a wrong place leave the server and the connection alive.
func TestMalformedStanzasFromALinkedClient(t *testing.T) {
	s, clinic, c := linked(t)
	ana := newPhone(t, s, "+34600000021", "Ana")
	internals := c.DangerousInternals()
	tags := []string{"message", "receipt", "ack", "iq", "presence", "chatstate", "ib", "notification", "call", "nonsense"}
	namespaces := []string{
		"encrypt", "usync", "w:sync:app:state", "privacy", "md", "w:m", "abt", "passive", "blocklist", "w:p", "zzz", "",
		"w:mex", "w:biz", "w:qr", "bot", "status", "disappearing_mode", "w:profile:picture", "urn:xmpp:whatsapp:dirty",
	}
	bodies := []any{
		nil, []byte("text"),
		[]byte{},
		[]waBinary.Node{},
		[]waBinary.Node{{Tag: "key"}, {Tag: "usync"}, {Tag: "sync"}, {Tag: "rotate"}, {Tag: "privacy"}, {Tag: "participants"}, {Tag: "list"}, {Tag: "enc"}},
		[]waBinary.Node{{Tag: "participants", Content: []waBinary.Node{{Tag: "to"}, {Tag: "to", Attrs: waBinary.Attrs{"jid": jid(t, ana.LID())}, Content: []waBinary.Node{{Tag: "enc", Attrs: waBinary.Attrs{"type": "pkmsg"}, Content: []byte{1, 2, 3}}}}}}},
		[]waBinary.Node{{Tag: "sync", Content: []waBinary.Node{{Tag: "collection", Attrs: waBinary.Attrs{"name": "regular", "version": "-1"}, Content: []waBinary.Node{{Tag: "patch", Content: []byte{0xff}}}}}}},
		[]waBinary.Node{{Tag: "usync", Content: []waBinary.Node{{Tag: "query", Content: []waBinary.Node{{Tag: "devices"}, {Tag: "zzz"}}}, {Tag: "list", Content: []waBinary.Node{{Tag: "user"}, {Tag: "user", Attrs: waBinary.Attrs{"jid": types.ServerJID}}, {Tag: "user", Content: []waBinary.Node{{Tag: "contact"}}}}}}}},
		[]waBinary.Node{{Tag: "query", Content: []byte("{")}, {Tag: "business_profile"}, {Tag: "qr"}, {Tag: "tokens", Content: []waBinary.Node{{Tag: "token"}}}, {Tag: "clean"}},
		[]waBinary.Node{{Tag: "item", Attrs: waBinary.Attrs{"jid": "x", "action": "block"}}, {Tag: "status", Content: make([]byte, 4096)}, {Tag: "disappearing_mode", Attrs: waBinary.Attrs{"duration": "-9"}}},
		[]waBinary.Node{{Tag: "picture", Attrs: waBinary.Attrs{"type": "image"}, Content: []byte{0xff, 0xd8, 0xff}}, {Tag: "composing"}},
		[]waBinary.Node{{Tag: "composing"}},
		[]waBinary.Node{{Tag: "retry"}, {Tag: "keys"}, {Tag: "registration", Content: []byte{1}}},
	}
	recipients := []any{nil, "x", types.ServerJID, jid(t, ana.LID()), jid(t, ana.JID()), jid(t, clinic.JID()), types.NewJID("1", types.GroupServer), types.NewADJID("999", 0, 9)}
	sent := 0
	for _, tag := range tags {
		for i, body := range bodies {
			for j, to := range recipients {
				a := waBinary.Attrs{"type": []string{"get", "set", "retry", ""}[(i+j)%4], "xmlns": namespaces[(i*7+j)%len(namespaces)]}
				if (i+j)%3 != 0 {
					a["id"] = "hostile"
				}
				if to != nil {
					a["to"] = to
				}
				require.NoError(t, internals.SendNode(t.Context(), waBinary.Node{Tag: tag, Attrs: a, Content: body}))
				sent++
			}
		}
	}
	require.Equal(t, len(tags)*len(bodies)*len(recipients), sent)
	_, err := c.sendText(jid(t, ana.LID()), "still alive")
	require.NoError(t, err)
	waitFor(t, s, "the message", func() bool {
		for _, m := range ana.Messages(clinic.Number()) {
			if m.Text == "still alive" {
				return true
			}
		}
		return false
	})
}
