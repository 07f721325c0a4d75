package wasim_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"
	"google.golang.org/protobuf/proto"

	"waflow/backend/wasim"
)

// becomes waits until a message on a phone is as it should be.
func becomes(t testing.TB, s *wasim.Server, p *wasim.Phone, peer, id, what string, fits func(wasim.ChatMessage) bool) {
	t.Helper()
	waitFor(t, s, what, func() bool {
		for _, m := range p.Messages(peer) {
			if m.ID == id {
				return fits(m)
			}
		}
		return false
	})
}

func TestReactionsEditsAndDeletionsFromAPhone(t *testing.T) {
	s, clinic, c := linked(t)
	ana := newPhone(t, s, "+34600000021", "Ana")
	id, err := ana.SendText(t.Context(), clinic.Number(), "helo")
	require.NoError(t, err)
	c.awaitID(id)

	reaction, err := ana.React(t.Context(), clinic.Number(), id, "👍")
	require.NoError(t, err)
	m := c.awaitID(reaction)
	require.Equal(t, "👍", m.Message.GetReactionMessage().GetText())
	require.Equal(t, id, m.Message.GetReactionMessage().GetKey().GetID())
	require.Equal(t, "reaction", m.Info.Type)
	becomes(t, s, clinic, ana.Number(), id, "reaction", func(m wasim.ChatMessage) bool { return m.Reactions[ana.Number()] == "👍" })
	gone, err := ana.React(t.Context(), clinic.Number(), id, "")
	require.NoError(t, err)
	require.EqualValues(t, "7", c.awaitID(gone).Info.Edit)
	becomes(t, s, clinic, ana.Number(), id, "no reaction", func(m wasim.ChatMessage) bool { return len(m.Reactions) == 0 })

	edit, err := ana.Edit(t.Context(), clinic.Number(), id, "hello")
	require.NoError(t, err)
	m = c.awaitID(edit)
	require.True(t, m.IsEdit)
	require.Equal(t, types.EditAttributeMessageEdit, m.Info.Edit)
	require.Equal(t, "hello", m.Message.GetProtocolMessage().GetEditedMessage().GetConversation())
	becomes(t, s, clinic, ana.Number(), id, "edit", func(m wasim.ChatMessage) bool { return m.Edited && m.Text == "hello" })

	pin, err := ana.PinMessage(t.Context(), clinic.Number(), id, true)
	require.NoError(t, err)
	require.Equal(t, types.EditAttributePinInChat, c.awaitID(pin).Info.Edit)
	becomes(t, s, clinic, ana.Number(), id, "pin", func(m wasim.ChatMessage) bool { return m.Pinned })

	deletion, err := ana.Delete(t.Context(), clinic.Number(), id)
	require.NoError(t, err)
	m = c.awaitID(deletion)
	require.Equal(t, types.EditAttributeSenderRevoke, m.Info.Edit)
	require.Equal(t, waE2E.ProtocolMessage_REVOKE, m.Message.GetProtocolMessage().GetType())
	becomes(t, s, clinic, ana.Number(), id, "deletion", func(m wasim.ChatMessage) bool { return m.Kind == wasim.KindDeleted && m.Text == "" })
	require.Len(t, clinic.Messages(ana.Number()), 1)
	require.Equal(t, wasim.KindDeleted, ana.Messages(clinic.Number())[0].Kind)
}

func TestReactionsEditsAndDeletionsFromALinkedDevice(t *testing.T) {
	s, clinic, c := linked(t)
	ana := newPhone(t, s, "+34600000021", "Ana")
	second := newClient(t, s, filepath.Join(t.TempDir(), "second.db"))
	second.link(clinic)
	to := jid(t, ana.LID())
	sent, err := c.sendText(to, "helo")
	require.NoError(t, err)
	everywhere := func(what string, fits func(wasim.ChatMessage) bool) {
		becomes(t, s, ana, clinic.Number(), sent.ID, what, fits)
		becomes(t, s, clinic, ana.Number(), sent.ID, what+" on the own phone", fits)
	}
	everywhere("text", func(m wasim.ChatMessage) bool { return m.Text == "helo" })

	_, err = c.SendMessage(within(t), to, c.BuildReaction(to, types.EmptyJID, sent.ID, "❤️"))
	require.NoError(t, err)
	everywhere("reaction", func(m wasim.ChatMessage) bool { return m.Reactions[clinic.Number()] == "❤️" })
	_, err = ana.React(t.Context(), clinic.Number(), sent.ID, "👍")
	require.NoError(t, err)
	everywhere("two reactions", func(m wasim.ChatMessage) bool { return len(m.Reactions) == 2 })

	edit, err := c.SendMessage(within(t), to, c.BuildEdit(to, sent.ID, &waE2E.Message{Conversation: proto.String("hello")}))
	require.NoError(t, err)
	everywhere("edit", func(m wasim.ChatMessage) bool { return m.Edited && m.Text == "hello" })
	require.True(t, second.awaitID(edit.ID).IsEdit)

	_, err = c.SendMessage(within(t), to, c.BuildRevoke(to, types.EmptyJID, sent.ID))
	require.NoError(t, err)
	everywhere("deletion", func(m wasim.ChatMessage) bool { return m.Kind == wasim.KindDeleted })
}

func TestOnlyTheAuthorChangesAMessage(t *testing.T) {
	s, clinic, c := linked(t)
	ana := newPhone(t, s, "+34600000021", "Ana")
	id, err := ana.SendText(t.Context(), clinic.Number(), "mine")
	require.NoError(t, err)
	c.awaitID(id)
	message(t, s, clinic, ana.Number(), id)
	_, err = clinic.Edit(t.Context(), ana.Number(), id, "not yours")
	require.ErrorIs(t, err, wasim.ErrNotYours)
	to := jid(t, ana.LID())
	// The client names its author's message as one of its own, or asks for it outright: neither changes it.
	for _, hostile := range []*waE2E.Message{
		c.BuildEdit(to, id, &waE2E.Message{Conversation: proto.String("forged")}),
		c.BuildRevoke(to, types.EmptyJID, id),
		c.BuildRevoke(to, to, id),
	} {
		_, err = c.SendMessage(within(t), to, hostile)
		require.NoError(t, err)
	}
	last, err := c.sendText(to, "done")
	require.NoError(t, err)
	message(t, s, ana, clinic.Number(), last.ID)
	require.Equal(t, "mine", ana.Messages(clinic.Number())[0].Text)
	require.Equal(t, wasim.KindText, ana.Messages(clinic.Number())[0].Kind)
}

func TestPollVotesBothWays(t *testing.T) {
	for _, addressing := range []wasim.Addressing{wasim.AddressLID, wasim.AddressPhone} {
		t.Run(string(addressing), func(t *testing.T) {
			s, clinic, c := linked(t)
			ana, err := s.NewPhone(wasim.PhoneOptions{Number: "+34600000021", Name: "Ana", Addressing: addressing})
			require.NoError(t, err)
			id, err := ana.Write(t.Context(), clinic.Number(), wasim.Draft{Kind: wasim.KindPoll, Text: "when?", Options: []string{"Monday", "Friday"}})
			require.NoError(t, err)
			poll := c.awaitID(id)

			vote, err := c.BuildPollVote(within(t), &poll.Info, []string{"Friday"})
			require.NoError(t, err)
			_, err = c.SendMessage(within(t), poll.Info.Chat, vote)
			require.NoError(t, err)
			for p, peer := range map[*wasim.Phone]string{ana: clinic.Number(), clinic: ana.Number()} {
				becomes(t, s, p, peer, id, "vote of the linked device", func(m wasim.ChatMessage) bool {
					return len(m.Poll.Votes[clinic.Number()]) == 1 && m.Poll.Votes[clinic.Number()][0] == "Friday"
				})
			}
			voted, err := ana.Vote(t.Context(), clinic.Number(), id, "Monday", "Friday")
			require.NoError(t, err)
			chosen, err := c.DecryptPollVote(within(t), c.awaitID(voted))
			require.NoError(t, err)
			require.Len(t, chosen.GetSelectedOptions(), 2)
			becomes(t, s, clinic, ana.Number(), id, "vote of the author", func(m wasim.ChatMessage) bool { return len(m.Poll.Votes[ana.Number()]) == 2 })
			_, err = ana.Vote(t.Context(), clinic.Number(), id)
			require.NoError(t, err)
			becomes(t, s, clinic, ana.Number(), id, "vote taken back", func(m wasim.ChatMessage) bool { return len(m.Poll.Votes[ana.Number()]) == 0 })

			created, err := c.SendMessage(within(t), poll.Info.Chat, c.BuildPollCreation("tea?", []string{"yes", "no"}, 1))
			require.NoError(t, err)
			message(t, s, ana, clinic.Number(), created.ID)
			answer, err := ana.Vote(t.Context(), clinic.Number(), created.ID, "yes")
			require.NoError(t, err)
			chosen, err = c.DecryptPollVote(within(t), c.awaitID(answer))
			require.NoError(t, err)
			require.Len(t, chosen.GetSelectedOptions(), 1)
			becomes(t, s, clinic, ana.Number(), created.ID, "vote in the client's poll", func(m wasim.ChatMessage) bool {
				return len(m.Poll.Votes[ana.Number()]) == 1
			})
			_, err = ana.Vote(t.Context(), clinic.Number(), created.ID, "maybe")
			require.ErrorIs(t, err, wasim.ErrNotAPoll)
		})
	}
}

func TestDisappearingTimer(t *testing.T) {
	s, clinic, c := linked(t)
	ana := newPhone(t, s, "+34600000021", "Ana")
	to := jid(t, ana.LID())
	require.NoError(t, c.SetDisappearingTimer(within(t), to, whatADay, time.Time{}))
	for p, peer := range map[*wasim.Phone]string{ana: clinic.Number(), clinic: ana.Number()} {
		waitFor(t, s, "timer", func() bool { life, err := p.Timer(peer); return err == nil && life == whatADay })
		require.Empty(t, p.Messages(peer), "a setting is not a message")
	}
	id, err := ana.SendText(t.Context(), clinic.Number(), "soon gone")
	require.NoError(t, err)
	m := c.awaitID(id)
	require.True(t, m.IsEphemeral)
	require.EqualValues(t, whatADay/time.Second, m.Message.GetExtendedTextMessage().GetContextInfo().GetExpiration())

	off, err := ana.SetTimer(t.Context(), clinic.Number(), 0)
	require.NoError(t, err)
	setting := c.awaitID(off).Message.GetProtocolMessage()
	require.Equal(t, waE2E.ProtocolMessage_EPHEMERAL_SETTING, setting.GetType())
	require.Zero(t, setting.GetEphemeralExpiration())
	id, err = ana.SendText(t.Context(), clinic.Number(), "stays")
	require.NoError(t, err)
	require.False(t, c.awaitID(id).IsEphemeral)
}

const whatADay = 24 * time.Hour

func TestChangesThatArriveBeforeTheirMessage(t *testing.T) {
	s, clinic, c := linked(t)
	ana := newPhone(t, s, "+34600000021", "Ana")
	to := jid(t, ana.LID())
	require.NoError(t, s.Inject(wasim.Fault{Kind: wasim.FaultReorderMessages, Number: ana.Number(), Phone: true, Count: 1, Delay: time.Hour}))
	sent, err := c.sendText(to, "helo")
	require.NoError(t, err)
	_, err = c.SendMessage(within(t), to, c.BuildEdit(to, sent.ID, &waE2E.Message{Conversation: proto.String("hello")}))
	require.NoError(t, err)
	becomes(t, s, ana, clinic.Number(), sent.ID, "the text as it was edited", func(m wasim.ChatMessage) bool { return m.Text == "hello" && m.Edited })
}

func TestARetriedReactionIsStillAReaction(t *testing.T) {
	s, clinic, c := linked(t)
	ana := newPhone(t, s, "+34600000021", "Ana")
	id, err := ana.SendText(t.Context(), clinic.Number(), "hello")
	require.NoError(t, err)
	c.awaitID(id)
	require.NoError(t, s.Inject(wasim.Fault{Kind: wasim.FaultCorruptMessage, Number: clinic.Number(), Count: 1}))
	reaction, err := ana.React(t.Context(), clinic.Number(), id, "👍")
	require.NoError(t, err)
	undecryptable := await(c, func(m *events.UndecryptableMessage) bool { return m.Info.ID == reaction })
	require.EqualValues(t, "hide", undecryptable.DecryptFailMode)
	require.Equal(t, "👍", c.awaitID(reaction).Message.GetReactionMessage().GetText())
}
