package wasim_test

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/proto/waMmsRetry"
	"go.mau.fi/whatsmeow/proto/waWeb"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"

	"waflow/backend/wasim"
)

// What happened to messages before a device was linked is in its history.
func TestHistoryHasReactionsEditsAndVotes(t *testing.T) {
	s := newServer(t, wasim.Options{Seed: 1})
	clinic, ana := newPhone(t, s, "+34600000013", "Clinic"), newPhone(t, s, "+34600000021", "Ana")
	poll, err := ana.Write(t.Context(), clinic.Number(), wasim.Draft{Kind: wasim.KindPoll, Text: "when?", Options: []string{"Monday", "Friday"}})
	require.NoError(t, err)
	edited, err := ana.SendText(t.Context(), clinic.Number(), "helo")
	require.NoError(t, err)
	deleted, err := ana.SendText(t.Context(), clinic.Number(), "oops")
	require.NoError(t, err)
	message(t, s, clinic, ana.Number(), deleted)
	_, err = ana.Edit(t.Context(), clinic.Number(), edited, "hello")
	require.NoError(t, err)
	_, err = ana.Delete(t.Context(), clinic.Number(), deleted)
	require.NoError(t, err)
	_, err = clinic.Vote(t.Context(), ana.Number(), poll, "Friday")
	require.NoError(t, err)
	_, err = clinic.React(t.Context(), ana.Number(), edited, "👍")
	require.NoError(t, err)
	becomes(t, s, clinic, ana.Number(), deleted, "deletion", func(m wasim.ChatMessage) bool { return m.Kind == wasim.KindDeleted })
	becomes(t, s, clinic, ana.Number(), edited, "reaction", func(m wasim.ChatMessage) bool { return len(m.Reactions) == 1 && m.Edited })

	c := newClient(t, s, filepath.Join(t.TempDir(), "session.db"))
	c.link(clinic)
	notice := await(c, func(m *events.Message) bool {
		offered := m.Message.GetProtocolMessage().GetHistorySyncNotification()
		return offered != nil && offered.GetSyncType() == waE2E.HistorySyncType_INITIAL_BOOTSTRAP
	})
	history, err := c.DownloadHistorySync(within(t), notice.Message.GetProtocolMessage().GetHistorySyncNotification(), true)
	require.NoError(t, err)
	found := make(map[string]*waWeb.WebMessageInfo)
	for _, m := range history.GetConversations()[0].GetMessages() {
		found[m.GetMessage().GetKey().GetID()] = m.GetMessage()
	}
	require.Len(t, found, 3, "only what is shown")
	require.Equal(t, "hello", found[edited].GetMessage().GetConversation())
	require.Equal(t, "👍", found[edited].GetReactions()[0].GetText())
	require.True(t, found[edited].GetReactions()[0].GetKey().GetFromMe())
	require.Len(t, found[poll].GetPollUpdates()[0].GetVote().GetSelectedOptions(), 1)
	require.Equal(t, waWeb.WebMessageInfo_REVOKE, found[deleted].GetMessageStubType())
}

// A file of the past can be asked for again, and a message of the past can be answered and changed.
func TestPastMessagesAreLikeOthers(t *testing.T) {
	s := newServer(t, wasim.Options{Seed: 1})
	clinic, ana := newPhone(t, s, "+34600000013", "Clinic"), newPhone(t, s, "+34600000021", "Ana")
	old, err := ana.Compose(clinic.Number(), wasim.Draft{Kind: wasim.KindImage, Text: "an old view"})
	require.NoError(t, err)
	clinic.SetHistory(past{peer: ana.Number(), at: time.Now().Add(-time.Hour), content: old})
	c := newClient(t, s, filepath.Join(t.TempDir(), "session.db"))
	c.link(clinic)
	shown := clinic.Messages(ana.Number())
	require.Len(t, shown, 3)
	require.Equal(t, wasim.KindImage, shown[1].Kind)
	require.Positive(t, s.ExpireMedia())

	info := types.MessageInfo{ID: "PAST1", MessageSource: types.MessageSource{Chat: jid(t, ana.LID())}}
	require.NoError(t, c.SendMediaRetryReceipt(within(t), &info, old.GetImageMessage().GetMediaKey()))
	answer := await(c, func(e *events.MediaRetry) bool { return e.MessageID == "PAST1" })
	note, err := whatsmeow.DecryptMediaRetryNotification(answer, old.GetImageMessage().GetMediaKey())
	require.NoError(t, err)
	require.Equal(t, waMmsRetry.MediaRetryNotification_SUCCESS, note.GetResult())

	to := jid(t, ana.LID())
	_, err = c.SendMessage(within(t), to, c.BuildReaction(to, to, "PAST1", "👍"))
	require.NoError(t, err)
	becomes(t, s, clinic, ana.Number(), "PAST1", "reaction to the past", func(m wasim.ChatMessage) bool { return m.Reactions[clinic.Number()] == "👍" })
	reply, err := clinic.Write(t.Context(), ana.Number(), wasim.Draft{Text: "nice", Reply: "PAST1"})
	require.NoError(t, err)
	require.Equal(t, "an old view", c.awaitID(reply).Message.GetExtendedTextMessage().GetContextInfo().GetQuotedMessage().GetImageMessage().GetCaption())
}

// past is a source of three messages with one content.
type past struct {
	peer    string
	at      time.Time
	content *waE2E.Message
}

func (p past) Chats() int { return 1 }

func (p past) Chat(int) wasim.PastChat {
	return wasim.PastChat{Peer: p.peer, Name: "Ana", Messages: 3, Last: p.at}
}

func (p past) Message(_, n int) wasim.PastMessage {
	return wasim.PastMessage{ID: fmt.Sprintf("PAST%d", n), At: p.at.Add(-time.Duration(n) * time.Minute), Content: p.content}
}
