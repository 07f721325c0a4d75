package wasim_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.mau.fi/whatsmeow/proto/waCommon"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"google.golang.org/protobuf/proto"

	"waflow/backend/wasim"
)

// wrapped puts a message into so many others.
func wrapped(m *waE2E.Message, depth int) *waE2E.Message {
	for range depth {
		m = &waE2E.Message{EphemeralMessage: &waE2E.FutureProofMessage{Message: m}}
	}
	return m
}

// A phone survives whatever a client puts into a message, and shows what comes after it.
func TestMessagesThatMakeNoSense(t *testing.T) {
	s, clinic, c := linked(t)
	ana, ben := newPhone(t, s, "+34600000021", "Ana"), newPhone(t, s, "+34600000022", "Ben")
	secret, err := ben.SendText(t.Context(), ana.Number(), "in another chat")
	require.NoError(t, err)
	message(t, s, ana, ben.Number(), secret)
	to := jid(t, ana.LID())
	elsewhere := &waCommon.MessageKey{RemoteJID: proto.String(ben.LID()), FromMe: proto.Bool(false), ID: &secret}
	protocol := func(p *waE2E.ProtocolMessage) *waE2E.Message { return &waE2E.Message{ProtocolMessage: p} }
	for name, m := range map[string]*waE2E.Message{
		"nothing":             {},
		"empty text":          {Conversation: proto.String("")},
		"wrapped nothing":     wrapped(&waE2E.Message{}, 3),
		"wrapped too deep":    wrapped(&waE2E.Message{Conversation: proto.String("deep")}, 100),
		"reaction to nothing": {ReactionMessage: &waE2E.ReactionMessage{Text: proto.String("👍")}},
		"reaction to nobody":  {ReactionMessage: &waE2E.ReactionMessage{Key: &waCommon.MessageKey{RemoteJID: proto.String("@@:"), ID: proto.String("A")}}},
		"reaction elsewhere":  {ReactionMessage: &waE2E.ReactionMessage{Key: elsewhere, Text: proto.String("👍")}},
		"edit into nothing":   protocol(&waE2E.ProtocolMessage{Type: waE2E.ProtocolMessage_MESSAGE_EDIT.Enum(), Key: &waCommon.MessageKey{FromMe: proto.Bool(true), ID: proto.String("A")}}),
		"deletion of nothing": protocol(&waE2E.ProtocolMessage{Type: waE2E.ProtocolMessage_REVOKE.Enum()}),
		"deletion elsewhere":  protocol(&waE2E.ProtocolMessage{Type: waE2E.ProtocolMessage_REVOKE.Enum(), Key: elsewhere}),
		"empty vote":          {PollUpdateMessage: &waE2E.PollUpdateMessage{}},
		"vote on a text": {PollUpdateMessage: &waE2E.PollUpdateMessage{
			PollCreationMessageKey: elsewhere, Vote: &waE2E.PollEncValue{EncPayload: []byte("short"), EncIV: []byte("short")},
		}},
		"empty poll":           {PollCreationMessage: &waE2E.PollCreationMessage{}},
		"empty pin":            {PinInChatMessage: &waE2E.PinInChatMessage{}},
		"file without details": {ImageMessage: &waE2E.ImageMessage{}},
		"file at a bad path":   {VideoMessage: &waE2E.VideoMessage{DirectPath: proto.String("::%zz"), MediaKey: []byte{1}}},
		"many cards":           {ContactsArrayMessage: &waE2E.ContactsArrayMessage{Contacts: make([]*waE2E.ContactMessage, 1000)}},
		"long text":            {Conversation: proto.String(strings.Repeat("x", 60_000))},
		"endless timer":        protocol(&waE2E.ProtocolMessage{Type: waE2E.ProtocolMessage_EPHEMERAL_SETTING.Enum(), EphemeralExpiration: proto.Uint32(1<<32 - 1)}),
	} {
		t.Run(name, func(t *testing.T) {
			for i, card := range m.GetContactsArrayMessage().GetContacts() {
				if card == nil {
					m.ContactsArrayMessage.Contacts[i] = &waE2E.ContactMessage{}
				}
			}
			_, err := c.SendMessage(within(t), to, m)
			require.NoError(t, err)
			sent, err := c.sendText(to, "after "+name)
			require.NoError(t, err)
			require.Equal(t, "after "+name, message(t, s, ana, clinic.Number(), sent.ID).Text)
			require.Equal(t, "after "+name, message(t, s, clinic, ana.Number(), sent.ID).Text)
		})
	}
	other := ana.Messages(ben.Number())
	require.Len(t, other, 1)
	require.Equal(t, wasim.KindText, other[0].Kind)
	require.Empty(t, other[0].Reactions)
}
