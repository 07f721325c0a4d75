package wasim_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/types"
	"google.golang.org/protobuf/proto"

	"waflow/backend/wasim"
)

func (g *team) becomes(t *testing.T, id, what string, fits func(wasim.ChatMessage) bool) {
	t.Helper()
	for _, p := range g.phones() {
		becomes(t, g.s, p, g.jid, id, what+" on the phone of "+p.Name(), fits)
	}
}

func TestEverythingThatHappensToAMessageInAGroup(t *testing.T) {
	for _, addressing := range []wasim.Addressing{wasim.AddressLID, wasim.AddressPhone} {
		t.Run(string(addressing), func(t *testing.T) {
			g := newTeam(t, addressing)
			chat := g.chat(t)
			sent, err := g.first.sendText(chat, "helo")
			require.NoError(t, err)
			g.becomes(t, sent.ID, "text", func(m wasim.ChatMessage) bool { return m.Text == "helo" })

			reaction, err := g.ana.React(t.Context(), g.jid, sent.ID, "👍")
			require.NoError(t, err)
			m := g.desk.awaitID(reaction)
			require.Equal(t, sent.ID, m.Message.GetReactionMessage().GetKey().GetID())
			require.Equal(t, "reaction", m.Info.Type)
			_, err = g.desk.SendMessage(within(t), chat, g.desk.BuildReaction(chat, sent.Sender, sent.ID, "❤️"))
			require.NoError(t, err)
			g.becomes(t, sent.ID, "two reactions", func(m wasim.ChatMessage) bool {
				return m.Reactions[g.ana.Number()] == "👍" && m.Reactions[g.school.Number()] == "❤️"
			})
			_, err = g.first.SendMessage(within(t), chat, g.first.BuildEdit(chat, sent.ID, &waE2E.Message{Conversation: proto.String("hello")}))
			require.NoError(t, err)
			g.becomes(t, sent.ID, "edit", func(m wasim.ChatMessage) bool { return m.Text == "hello" && m.Edited })

			reply, err := g.school.Write(t.Context(), g.jid, wasim.Draft{Kind: wasim.KindVoice, Reply: sent.ID})
			require.NoError(t, err)
			quoting := g.second.awaitID(reply).Message.GetAudioMessage()
			require.Equal(t, sent.ID, quoting.GetContextInfo().GetStanzaID())
			require.Equal(t, sent.Sender.ToNonAD().String(), quoting.GetContextInfo().GetParticipant())
			_, err = g.second.Download(within(t), quoting)
			require.NoError(t, err)
			g.becomes(t, reply, "voice note", func(m wasim.ChatMessage) bool { return m.Kind == wasim.KindVoice && m.Media.Fetched })

			// The school is no admin, Ana is.
			_, err = g.desk.SendMessage(within(t), chat, g.desk.BuildRevoke(chat, sent.Sender, sent.ID))
			require.NoError(t, err)
			deletion, err := g.ana.Delete(t.Context(), g.jid, reply)
			require.NoError(t, err)
			m = g.desk.awaitID(deletion)
			require.Equal(t, types.EditAttributeAdminRevoke, m.Info.Edit)
			require.False(t, m.Message.GetProtocolMessage().GetKey().GetFromMe())
			require.NotEmpty(t, m.Message.GetProtocolMessage().GetKey().GetParticipant())
			g.becomes(t, reply, "deletion by the admin", func(m wasim.ChatMessage) bool { return m.Kind == wasim.KindDeleted })
			g.becomes(t, sent.ID, "no deletion by a member", func(m wasim.ChatMessage) bool { return m.Kind == wasim.KindText })
		})
	}
}

func TestPollsInAGroup(t *testing.T) {
	g := newTeam(t, wasim.AddressLID)
	id, err := g.ana.Write(t.Context(), g.jid, wasim.Draft{Kind: wasim.KindPoll, Text: "when?", Options: []string{"Monday", "Friday"}})
	require.NoError(t, err)
	poll := g.first.awaitID(id)
	vote, err := g.first.BuildPollVote(within(t), &poll.Info, []string{"Friday"})
	require.NoError(t, err)
	_, err = g.first.SendMessage(within(t), g.chat(t), vote)
	require.NoError(t, err)
	message(t, g.s, g.school, g.jid, id)
	voted, err := g.school.Vote(t.Context(), g.jid, id, "Monday")
	require.NoError(t, err)
	chosen, err := g.first.DecryptPollVote(within(t), g.first.awaitID(voted))
	require.NoError(t, err)
	require.Equal(t, whatsmeow.HashPollOptions([]string{"Monday"}), chosen.GetSelectedOptions())
	g.becomes(t, id, "both votes", func(m wasim.ChatMessage) bool {
		return len(m.Poll.Votes) == 2 && m.Poll.Votes[g.clinic.Number()][0] == "Friday" && m.Poll.Votes[g.school.Number()][0] == "Monday"
	})
}

func TestDisappearingTimerOfAGroup(t *testing.T) {
	g := newTeam(t, wasim.AddressLID)
	_, err := g.ana.SetTimer(t.Context(), g.jid, whatADay)
	require.NoError(t, err)
	id, err := g.school.SendText(t.Context(), g.jid, "soon gone")
	require.NoError(t, err)
	require.EqualValues(t, whatADay/time.Second, g.first.awaitID(id).Message.GetExtendedTextMessage().GetContextInfo().GetExpiration())
	_, err = g.ana.SetTimer(t.Context(), g.jid, 0)
	require.NoError(t, err)
	id, err = g.school.SendText(t.Context(), g.jid, "stays")
	require.NoError(t, err)
	require.False(t, g.first.awaitID(id).IsEphemeral)
}
