package wasim_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"
	"go.mau.fi/whatsmeow"
	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/types"

	"waflow/backend/wasim"
)

// inquire sends an iq through the real client and returns its answer, or the code of its error.
func inquire(c *client, namespace, kind string, content ...waBinary.Node) (*waBinary.Node, int) {
	c.t.Helper()
	answer, err := c.DangerousInternals().SendIQ(within(c.t), whatsmeow.DangerousInfoQuery{
		Namespace: namespace, Type: whatsmeow.DangerousInfoQueryType(kind), To: types.ServerJID, Content: content,
	})
	var failed *whatsmeow.IQError
	if errors.As(err, &failed) {
		return nil, failed.Code
	}
	require.NoError(c.t, err)
	return answer, 0
}

// node makes a stanza's child.
func node(tag string, attrs waBinary.Attrs, content any) waBinary.Node {
	return waBinary.Node{Tag: tag, Attrs: attrs, Content: content}
}

func nodes(list ...waBinary.Node) []waBinary.Node { return list }

func TestUsyncOfEverything(t *testing.T) {
	s, _, c := linked(t)
	ana, err := s.NewPhone(wasim.PhoneOptions{Number: "+34600000021", Name: "Ana", About: "here", Avatar: "Ana"})
	require.NoError(t, err)
	addComputer(t, ana, "Chrome (Linux)")
	require.NoError(t, ana.SetDisappearing(t.Context(), 86400e9))
	pn, lid := jid(t, ana.JID()), jid(t, ana.LID())

	contact := func(asked string) waBinary.Node { return node("user", nil, nodes(node("contact", nil, []byte(asked)))) }
	query := nodes(node("contact", nil, nil), node("devices", waBinary.Attrs{"version": "2"}, nil), node("lid", nil, nil),
		node("status", nil, nil), node("picture", nil, nil), node("disappearing_mode", nil, nil), node("username", nil, nil), node("business", nil, nil))
	answer, code := inquire(c, "usync", "get", node("usync", waBinary.Attrs{"sid": "1", "mode": "query", "context": "interactive", "last": "true", "index": "0"}, nodes(
		node("query", nil, query),
		node("list", nil, nodes(contact("+34600000021"), contact("34600000021"), contact("+34600000021@c.us"), contact("+34699999999"), contact("12"),
			node("user", waBinary.Attrs{"jid": lid}, nil), node("user", waBinary.Attrs{"jid": types.NewJID("999", types.HiddenUserServer)}, nil))),
		node("side_list", nil, nodes(node("user", waBinary.Attrs{"jid": pn}, nil))),
	)))
	require.Zero(t, code)
	usync := answer.GetChildByTag("usync")
	require.Equal(t, "1", usync.Attrs["sid"])
	require.Len(t, usync.GetChildByTag("result").Content, len(query))
	list := usync.GetChildByTag("list")
	users := list.GetChildrenByTag("user")
	require.Len(t, users, 6, "nobody has the last LID")
	for i, asked := range []string{"+34600000021", "34600000021", "+34600000021@c.us"} {
		require.Equal(t, pn, users[i].Attrs["jid"])
		contact := users[i].GetChildByTag("contact")
		require.Equal(t, "in", contact.Attrs["type"])
		require.Equal(t, []byte(asked), contact.Content)
	}
	require.Equal(t, "out", users[3].GetChildByTag("contact").Attrs["type"])
	require.Equal(t, "invalid", users[4].GetChildByTag("contact").Attrs["type"])

	byLID := users[5]
	require.Equal(t, lid, byLID.Attrs["jid"])
	devices := byLID.GetChildByTag("devices")
	deviceList, indexes := devices.GetChildByTag("device-list"), devices.GetChildByTag("key-index-list")
	require.Len(t, deviceList.GetChildren(), 2)
	require.Equal(t, "1", deviceList.GetChildren()[1].Attrs["key-index"])
	require.NotEmpty(t, indexes.Content)
	require.Equal(t, lid, byLID.GetChildByTag("lid").Attrs["val"])
	require.Equal(t, []byte("here"), byLID.GetChildByTag("status").Content)
	require.Equal(t, ana.PictureID(), byLID.GetChildByTag("picture").Attrs["id"])
	require.Equal(t, "86400", byLID.GetChildByTag("disappearing_mode").Attrs["duration"])
	_, business := byLID.GetOptionalChildByTag("business")
	require.False(t, business)
	side := usync.GetChildByTag("side_list")
	require.Len(t, side.GetChildrenByTag("user"), 1)
}

func TestUsyncBigLists(t *testing.T) {
	_, clinic, c := linked(t)
	list := make([]waBinary.Node, 5_000)
	for i := range list {
		list[i] = node("user", waBinary.Attrs{"jid": jid(t, clinic.JID())}, nil)
	}
	ask5000 := node("usync", waBinary.Attrs{"sid": "1"}, nodes(node("query", nil, nodes(node("devices", nil, nil))), node("list", nil, list)))
	answer, code := inquire(c, "usync", "get", ask5000)
	require.Zero(t, code)
	usync := answer.GetChildByTag("usync")
	answers := usync.GetChildByTag("list")
	require.Len(t, answers.GetChildren(), len(list))
}

// What both clients can ask for, by the namespaces in their sources, and what becomes of it: 0 is an answer.
func TestEveryNamespace(t *testing.T) {
	s, _, c := linked(t)
	ana := newPhone(t, s, "+34600000021", "Ana")
	lid := jid(t, ana.LID())
	for _, q := range []struct {
		namespace, kind string
		content         waBinary.Node
		want            int
	}{
		{"w:p", "get", node("ping", nil, nil), 0},
		{"urn:xmpp:ping", "get", node("ping", nil, nil), 0},
		{"w:stats", "set", node("add", waBinary.Attrs{"t": "1"}, []byte("WAM")), 0},
		{"encrypt", "get", node("count", nil, nil), 0},
		{"encrypt", "get", node("digest", nil, nil), 0},
		{"encrypt", "get", node("nonsense", nil, nil), 400},
		{"usync", "get", node("nonsense", nil, nil), 400},
		{"w:sync:app:state", "set", node("nonsense", nil, nil), 400},
		{"privacy", "get", node("privacy", nil, nil), 0},
		{"privacy", "get", node("nonsense", nil, nil), 400},
		{"privacy", "set", node("tokens", nil, nodes(node("token", waBinary.Attrs{"jid": lid, "t": "1", "type": "trusted_contact"}, nil))), 0},
		{"privacy", "set", node("tokens", nil, nodes(node("token", waBinary.Attrs{"jid": lid, "t": "x", "type": "trusted_contact"}, nil))), 400},
		{"disappearing_mode", "set", node("disappearing_mode", waBinary.Attrs{"duration": "0"}, nil), 0},
		{"disappearing_mode", "get", node("disappearing_mode", nil, nil), 0},
		{"status", "get", node("privacy", nil, nil), 0},
		{"status", "set", node("status", nil, []byte("at work")), 0},
		{"status", "set", node("nonsense", nil, nil), 406},
		{"blocklist", "get", node("list", nil, nil), 0},
		{"blocklist", "set", node("item", waBinary.Attrs{"jid": lid, "action": "nonsense"}, nil), 400},
		{"w:profile:picture", "get", node("picture", nil, nil), 404},
		{"w:biz", "get", node("business_profile", waBinary.Attrs{"v": "244"}, nodes(node("profile", waBinary.Attrs{"jid": lid}, nil))), 0},
		{"w:biz", "set", node("business_profile", nil, nodes(node("address", nil, []byte("x")))), 406},
		{"w:biz:catalog", "get", node("product_catalog", nil, nil), 501},
		{"fb:thrift_iq", "get", node("order", nil, nil), 501},
		{"fbid:devices", "get", node("users", nil, nil), 501},
		{"newsletter", "get", node("messages", nil, nil), 501},
		{"w:mex", "get", node("query", waBinary.Attrs{"query_id": "23983697327930364"}, []byte(`{"variables":{}}`)), 0},
		{"w:mex", "get", node("query", waBinary.Attrs{"query_id": "24503548349331633"}, []byte(`{"variables":{"input":{"type":"INDIVIDUAL_NEW_CHAT_MSG"}}}`)), 0},
		{"w:mex", "get", node("query", waBinary.Attrs{"query_id": "1"}, []byte(`{"variables":{}}`)), 0},
		{"w:mex", "get", node("query", waBinary.Attrs{"query_id": "1"}, []byte(`nonsense`)), 400},
		{"bot", "get", node("bot", waBinary.Attrs{"v": "2"}, nil), 0},
		{"w:qr", "set", node("qr", waBinary.Attrs{"type": "contact", "action": "get"}, nil), 0},
		{"w:qr", "get", node("qr", waBinary.Attrs{"code": "UNKNOWN"}, nil), 404},
		{"w:m", "set", node("media_conn", nil, nil), 0},
		{"abt", "get", node("props", waBinary.Attrs{"protocol": "1"}, nil), 0},
		{"urn:xmpp:whatsapp:dirty", "set", node("clean", waBinary.Attrs{"type": "groups"}, nil), 0},
		{"urn:xmpp:whatsapp:dirty", "set", node("clean", waBinary.Attrs{"type": "nonsense"}, nil), 400},
		{"urn:xmpp:whatsapp:push", "set", node("config", waBinary.Attrs{"platform": "web"}, nil), 0},
		{"tos", "set", node("notice", waBinary.Attrs{"id": "1"}, nil), 0},
		{"md", "set", node("nonsense", nil, nil), 501},
		{"passive", "set", node("passive", nil, nil), 0},
		{"something:new", "get", node("nonsense", nil, nil), 501},
	} {
		_, code := inquire(c, q.namespace, q.kind, q.content)
		require.Equal(t, q.want, code, "%s %s <%s>", q.namespace, q.kind, q.content.Tag)
	}
	channels, err := c.GetSubscribedNewsletters(within(t))
	require.NoError(t, err)
	require.Empty(t, channels)
	_, err = c.GetNewsletterInfo(within(t), types.NewJID("123", types.NewsletterServer))
	require.ErrorContains(t, err, "Not Found")
	bots, err := c.GetBotListV2(within(t))
	require.NoError(t, err)
	require.Empty(t, bots)
	privacy, err := c.GetStatusPrivacy(within(t))
	require.NoError(t, err)
	require.Equal(t, types.StatusPrivacyTypeContacts, privacy[0].Type)
	link, err := c.GetContactQRLink(within(t), false)
	require.NoError(t, err)
	target, err := c.ResolveContactQRLink(within(t), link)
	require.NoError(t, err)
	require.Equal(t, c.Store.ID.ToNonAD(), target.JID)
	again, err := c.GetContactQRLink(within(t), true)
	require.NoError(t, err)
	require.NotEqual(t, link, again)
}
