package wasim_test

import (
	"context"
	"math/rand/v2"
	"net"
	"net/http"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/types"

	"waflow/backend/wasim"
)

// nonsense makes stanzas out of the words of the protocol. Most stand where a handler looks for them; what they say is left
// to chance.
type nonsense struct {
	rng    *rand.Rand
	people []types.JID
	group  types.JID
	ids    []string
}

func (n *nonsense) pick(words ...string) string { return words[n.rng.IntN(len(words))] }

func (n *nonsense) person() types.JID { return n.people[n.rng.IntN(len(n.people))] }

func (n *nonsense) stanza() *waBinary.Node {
	tag := n.pick("iq", "iq", "iq", "iq", "message", "message", "receipt", "ack", "presence", "chatstate", "notification", "ib", "call", "stream:error")
	if tag != "iq" {
		node := n.node(tag, 0)
		node.Attrs["id"], node.Attrs["to"] = n.pick(n.ids...), n.person()
		return &node
	}
	namespace := n.pick("w:p", "encrypt", "usync", "w:sync:app:state", "privacy", "md", "w:m", "abt", "urn:xmpp:whatsapp:dirty", "tos", "w:g2", "w:g2", "w:g2",
		"w:profile:picture", "blocklist", "status", "w:biz", "w:mex", "disappearing_mode", "passive", "w:qr", "bot", "none")
	node := n.node(namespace, 0)
	node.Tag = "iq"
	node.Attrs["id"], node.Attrs["to"], node.Attrs["type"], node.Attrs["xmlns"] = n.pick(n.ids...), n.person(), n.pick("get", "set"), namespace
	if namespace == "w:g2" && n.rng.IntN(6) > 0 {
		node.Attrs["to"] = []types.JID{n.group, n.group, types.GroupServerJID}[n.rng.IntN(3)]
	}
	return &node
}

func (n *nonsense) node(tag string, depth int) waBinary.Node {
	node := waBinary.Node{Tag: tag, Attrs: waBinary.Attrs{}}
	for range n.rng.IntN(7) {
		node.Attrs[n.attribute()] = n.value()
	}
	if slices.Contains([]string{"user", "participant", "to", "item", "group", "picture"}, tag) && n.rng.IntN(5) > 0 {
		node.Attrs["jid"] = n.person()
	}
	within := inside(tag)
	switch kind := n.rng.IntN(6); {
	case kind == 0:
	case depth == 5, kind == 1, len(within) == 0 && kind < 5:
		node.Content = n.bytes()
	default:
		if len(within) == 0 || n.rng.IntN(8) == 0 {
			within = inside(n.pick("encrypt", "usync", "w:g2", "message", "receipt", "md", "skey"))
		}
		children := make([]waBinary.Node, 1+n.rng.IntN(4))
		for i := range children {
			children[i] = n.node(n.pick(within...), depth+1)
		}
		node.Content = children
	}
	return node
}

// inside are the tags that handlers look for within a tag or a namespace.
func inside(parent string) []string {
	return strings.Fields(map[string]string{
		"message":                    "participants enc device-identity meta biz participants",
		"participants":               "to",
		"to":                         "enc",
		"receipt":                    "list retry keys registration rmr encrypt",
		"list":                       "item key user token",
		"keys":                       "type identity key skey device-identity",
		"key":                        "id value user",
		"skey":                       "id value signature",
		"encrypt":                    "key list rotate digest count identity registration type skey",
		"rotate":                     "skey",
		"usync":                      "usync",
		"query":                      "devices contact lid status business disappearing_mode picture username",
		"user":                       "contact lid devices",
		"side_list":                  "user",
		"w:sync:app:state":           "sync delete_all_data",
		"sync":                       "collection",
		"collection":                 "patch snapshot",
		"privacy":                    "privacy tokens list query",
		"tokens":                     "token",
		"md":                         "remove-companion-device link_code_companion_reg companion_hello pair-device-sign",
		"link_code_companion_reg":    "link_code_pairing_wrapped_companion_ephemeral_pub companion_server_auth_key_pub link_code_pairing_ref companion_identity_public",
		"w:m":                        "media_conn",
		"abt":                        "props",
		"urn:xmpp:whatsapp:dirty":    "clean",
		"w:g2":                       "create participating query accept subject description ephemeral not_ephemeral add remove promote demote announcement locked membership_approval_mode member_add_mode invite revoke membership_approval_requests membership_requests_action leave",
		"create":                     "participant description ephemeral locked",
		"description":                "body delete",
		"add":                        "participant",
		"remove":                     "participant",
		"promote":                    "participant",
		"demote":                     "participant",
		"revoke":                     "participant",
		"leave":                      "group",
		"membership_approval_mode":   "group_join",
		"membership_requests_action": "approve reject",
		"approve":                    "participant",
		"w:profile:picture":          "picture",
		"blocklist":                  "item",
		"status":                     "status user",
		"w:biz":                      "business_profile verified_name",
		"business_profile":           "profile address email description",
		"w:mex":                      "query",
		"disappearing_mode":          "disappearing_mode",
		"passive":                    "active passive",
		"w:qr":                       "qr",
		"presence":                   "tctoken",
		"chatstate":                  "composing paused",
	}[parent])
}

func (n *nonsense) attribute() string {
	return n.pick("type", "id", "to", "from", "jid", "jid", "jid", "participant", "recipient", "class", "count", "version", "name", "return_snapshot", "t", "v",
		"category", "device_fanout", "phash", "mode", "context", "index", "last", "sid", "addressing_mode", "error", "code", "expiration", "value", "query_id", "edit",
		"action", "subject", "key", "state", "reason", "stage")
}

func (n *nonsense) value() any {
	if n.rng.IntN(2) == 0 {
		return n.person()
	}
	return n.pick("get", "set", "retry", "read", "read-self", "played", "peer_msg", "sender", "inactive", "hist_sync", "server-error", "pkmsg", "msg", "skmsg", "peer",
		"regular", "regular_low", "critical_block", "available", "unavailable", "subscribe", "message", "receipt", "notification", "image", "preview", "true", "false",
		"0", "1", "-1", "99999999999999999999", "query", "delta", "full", "companion_finish", "companion_hello", "block", "add", "on", "off", "all", "", n.ids[0])
}

func (n *nonsense) bytes() []byte {
	out := make([]byte, n.pickInt(0, 1, 3, 4, 16, 20, 32, 33, 64, 400))
	for i := range out {
		out[i] = byte(n.rng.Uint32())
	}
	return out
}

func (n *nonsense) pickInt(sizes ...int) int { return sizes[n.rng.IntN(len(sizes))] }

// Stanzas that chance put together end nothing but, at the most, the connection that they came by, and leave nothing behind.
func TestNonsenseFromALinkedDevice(t *testing.T) {
	const seed, stanzas = 1, 6000
	s := newServer(t, wasim.Options{Seed: seed, Keep: 100})
	clinic, ana := newPhone(t, s, "+34600000013", "Clinic"), newPhone(t, s, "+34600000021", "Ana")
	k := linkSink(t, s, clinic)
	id, err := ana.SendText(t.Context(), clinic.Number(), "one")
	require.NoError(t, err)
	n := &nonsense{
		rng: rand.New(rand.NewPCG(seed, 2)),
		people: []types.JID{
			{},
			types.ServerJID, types.GroupServerJID, types.StatusBroadcastJID,
			{},
			jid(t, clinic.JID()), jid(t, clinic.LID()), jid(t, k.JID()), jid(t, ana.JID()), jid(t, ana.LID()),
			types.NewJID("34699999999", types.DefaultUserServer), types.NewADJID("34600000021", 0, 200), types.NewJID("1", types.NewsletterServer), types.NewJID("x", types.BroadcastServer),
		},
		ids: []string{id, "a", "b", "c", "d", "e", "f", "", "active", "keys"},
	}
	var before uint64
	sent := 0
	for i := range stanzas {
		if k.Err() != nil {
			if len(clinic.LinkedDevices()) == 0 {
				k = linkSink(t, s, clinic) // it was told to unlink itself
			} else {
				require.NoError(t, k.Connect(t.Context()))
			}
		}
		if k.Send(t.Context(), n.stanza()) == nil { // else the connection has ended
			sent++
		}
		if i%200 == 0 { // it may have left the one before
			chat, err := clinic.CreateGroup(wasim.GroupOptions{Subject: "All", Members: []string{ana.Number()}})
			require.NoError(t, err)
			n.group = jid(t, chat)
			n.people[0] = n.group
		}
		if i%200 == 199 && k.Err() == nil {
			fence := "fence " + strconv.Itoa(i)
			require.NoError(t, k.Send(t.Context(), &waBinary.Node{Tag: "receipt", Attrs: waBinary.Attrs{"id": fence, "to": jid(t, ana.JID())}}))
			waitFor(t, s, "everything before to be handled", func() bool {
				return k.Err() != nil || slices.ContainsFunc(s.Ledger().Events(), func(e wasim.Event) bool { return e.ID == fence })
			})
		}
		if i == stanzas/3 {
			before = heap()
		}
	}
	require.Greater(t, sent, stanzas*9/10)
	require.Less(t, heap(), before+20<<20, "two thirds of the nonsense left next to nothing behind")
	other := linkSink(t, s, ana)
	_, err = clinic.SendText(t.Context(), ana.Number(), "still alive")
	require.NoError(t, err)
	waitFor(t, s, "a message on a device that behaves", func() bool { return other.Messages() >= 4 })
}

// A client that asks without end and reads no answer loses its connection before the answers fill the memory.
func TestAClientThatDoesNotRead(t *testing.T) {
	s := newMemoryServer(t, wasim.Options{Seed: 1})
	clinic := newPhone(t, s, "+34600000013", "Clinic")
	reading := &gate{open: make(chan struct{})}
	close(reading.open)
	k, err := wasim.LinkSink(t.Context(), reading.client(t, s), func(ctx context.Context, qr string) error {
		_, err := clinic.Scan(ctx, qr)
		return err
	})
	require.NoError(t, err)
	t.Cleanup(k.Close)
	reading.shut()
	defer close(reading.current())
	before, sent := heap(), 0
	for err == nil && sent < 200_000 {
		err = k.Send(t.Context(), &waBinary.Node{Tag: "iq", Attrs: waBinary.Attrs{"id": "ping", "to": types.ServerJID, "type": "get", "xmlns": "w:p"}})
		sent++
	}
	require.Error(t, err)
	require.Less(t, heap(), before+50<<20)
	waitFor(t, s, "the end of the connection", func() bool { return !clinic.LinkedDevices()[0].Connected })
}

// gate lets a client read, or not.
type gate struct {
	mu   sync.Mutex
	open chan struct{}
}

func (g *gate) current() chan struct{} {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.open
}

func (g *gate) shut() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.open = make(chan struct{})
}

// client reaches the server through the gate.
func (g *gate) client(t *testing.T, s *wasim.Server) *http.Client {
	through, ok := s.HTTPClient().Transport.(*http.Transport)
	require.True(t, ok)
	dial := through.DialContext
	gated := func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := dial(ctx, network, address)
		return &gatedConn{conn, g}, err
	}
	return &http.Client{Transport: &http.Transport{DialContext: gated, DialTLSContext: gated, DisableKeepAlives: true}}
}

type gatedConn struct {
	net.Conn
	gate *gate
}

// Read waits for the gate.
func (c *gatedConn) Read(p []byte) (int, error) {
	<-c.gate.current()
	return c.Conn.Read(p)
}

// heap is how much memory is in use.
func heap() uint64 {
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc
}

// A stanza that is a hundred thousand levels deep is read like any other.
func TestAStanzaThatIsVeryDeep(t *testing.T) {
	s := newServer(t, wasim.Options{Seed: 1})
	clinic := newPhone(t, s, "+34600000013", "Clinic")
	k := linkSink(t, s, clinic)
	node := waBinary.Node{Tag: "iq"}
	for range 100_000 {
		node = waBinary.Node{Tag: "iq", Content: []waBinary.Node{node}}
	}
	require.NoError(t, k.Send(t.Context(), &node))
	before := k.Messages()
	_, err := clinic.SendText(t.Context(), newPhone(t, s, "+34600000021", "Ana").Number(), strconv.Itoa(1))
	require.NoError(t, err)
	waitFor(t, s, "a copy of a message", func() bool { return k.Messages() > before })
	require.NoError(t, k.Err())
}
