package wasim_test

import (
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/proto/waHistorySync"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"
	"google.golang.org/protobuf/proto"

	"waflow/backend/wasim"
)

func TestChangesOfMessagesInAGroup(t *testing.T) {
	g := newTeam(t, wasim.AddressLID)
	chat, ana, school := g.chat(t), jid(t, g.ana.LID()), jid(t, g.school.LID())
	shown := func(p *wasim.Phone, id string, fits func(wasim.ChatMessage) bool) {
		t.Helper()
		waitFor(t, g.s, "shown on the phone", func() bool { return fits(shownIn(p, g.jid, id)) })
	}
	send := func(c *client, m *waE2E.Message) string {
		t.Helper()
		sent, err := c.SendMessage(within(t), chat, m)
		require.NoError(t, err)
		return sent.ID
	}

	id, err := g.ana.SendText(t.Context(), g.jid, "who comes?")
	require.NoError(t, err)
	g.desk.awaitText("who comes?")
	send(g.desk, g.desk.BuildReaction(chat, ana, id, "👍"))
	shown(g.clinic, id, func(m wasim.ChatMessage) bool { return m.Content != nil && m.Reactions[g.school.Number()] == "👍" })
	reply := send(g.desk, &waE2E.Message{ExtendedTextMessage: &waE2E.ExtendedTextMessage{
		Text: proto.String("me"), ContextInfo: &waE2E.ContextInfo{StanzaID: &id, Participant: proto.String(ana.String())},
	}})
	shown(g.ana, reply, func(m wasim.ChatMessage) bool { return m.Content != nil && m.Quoted == id })
	send(g.desk, g.desk.BuildEdit(chat, reply, &waE2E.Message{Conversation: proto.String("me too")}))
	shown(g.ana, reply, func(m wasim.ChatMessage) bool { return m.Text == "me too" && m.Edited })

	// An admin deletes what a member wrote; a member cannot.
	gone := func(m wasim.ChatMessage) bool { return m.Content != nil && m.Kind == wasim.KindDeleted }
	send(g.desk, g.desk.BuildRevoke(chat, ana, id))
	deletion, err := g.ana.Delete(t.Context(), g.jid, reply)
	require.NoError(t, err)
	await(g.desk, func(m *events.Message) bool {
		return m.Info.ID == deletion && m.Info.Edit == types.EditAttributeAdminRevoke && m.Message.GetProtocolMessage().GetKey().GetID() == reply
	})
	shown(g.clinic, reply, gone)
	require.False(t, gone(shownIn(g.clinic, g.jid, id)))

	// Votes are opened by everyone in the group.
	poll := send(g.desk, g.desk.BuildPollCreation("Lunch?", []string{"soup", "salad"}, 1))
	shown(g.ana, poll, func(m wasim.ChatMessage) bool { return m.Content != nil && m.Poll != nil })
	cast, err := g.ana.Vote(t.Context(), g.jid, poll, "soup")
	require.NoError(t, err)
	vote := await(g.desk, func(m *events.Message) bool { return m.Info.ID == cast && m.Message.GetPollUpdateMessage() != nil })
	opened, err := g.desk.DecryptPollVote(t.Context(), vote)
	require.NoError(t, err)
	require.Len(t, opened.GetSelectedOptions(), 1)
	info := await(g.first, func(m *events.Message) bool { return m.Info.ID == poll && m.Message.GetPollCreationMessage() != nil }).Info
	ballot, err := g.first.BuildPollVote(t.Context(), &info, []string{"salad"})
	require.NoError(t, err)
	send(g.first, ballot)
	for _, p := range g.phones() {
		shown(p, poll, func(m wasim.ChatMessage) bool {
			return m.Content != nil && m.Poll != nil && slices.Equal(m.Poll.Votes[g.ana.Number()], []string{"soup"}) &&
				slices.Equal(m.Poll.Votes[g.clinic.Number()], []string{"salad"})
		})
	}

	require.NoError(t, g.ana.SetEphemeral(g.jid, 86400))
	id, err = g.ana.SendText(t.Context(), g.jid, "until tomorrow")
	require.NoError(t, err)
	m := g.desk.awaitText("until tomorrow")
	require.True(t, m.IsEphemeral)
	require.EqualValues(t, 86400, m.Message.GetExtendedTextMessage().GetContextInfo().GetExpiration())
	require.Equal(t, id, m.Info.ID)
	require.Equal(t, school.Server, m.Info.Sender.Server)
}

func TestAGroupInTheHistory(t *testing.T) {
	wantAll(t, false)
	s := newServer(t, wasim.Options{Seed: 1})
	clinic, ana := newPhone(t, s, "+34600000013", "Clinic"), newPhone(t, s, "+34600000021", "Ana")
	chat, err := ana.CreateGroup(wasim.GroupOptions{Subject: "Team", Members: []string{clinic.Number()}})
	require.NoError(t, err)
	mine, err := clinic.SendText(t.Context(), chat, "from me")
	require.NoError(t, err)
	theirs, err := ana.SendText(t.Context(), chat, "from Ana")
	require.NoError(t, err)
	waitFor(t, s, "both on the phone", func() bool { return len(clinic.Messages(chat)) == 2 })

	r := newReader(newClient(t, s, filepath.Join(t.TempDir(), "session.db")))
	r.link(clinic)
	r.read(finished(waHistorySync.HistorySync_RECENT))
	require.Equal(t, map[string]int{mine: 1, theirs: 1}, r.seen[jid(t, chat)])
	for _, h := range r.chunks {
		for _, c := range h.GetConversations() {
			require.Equal(t, "Team", c.GetName())
			require.Len(t, c.GetParticipant(), 2)
			require.EqualValues(t, 1, c.GetUnreadCount())
			last, err := r.ParseWebMessage(jid(t, chat), c.GetMessages()[0].GetMessage())
			require.NoError(t, err)
			require.Equal(t, theirs, last.Info.ID)
			require.Equal(t, jid(t, ana.LID()), last.Info.Sender)
			require.True(t, last.Info.IsGroup)
		}
	}
	id, err := ana.SendText(t.Context(), chat, "and now live")
	require.NoError(t, err)
	require.Equal(t, id, r.awaitText("and now live").Info.ID)
}
