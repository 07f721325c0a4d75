package store

import (
	"context"
	"errors"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"waflow/backend/domain"
)

func TestAMessageMakesContactAndConversation(t *testing.T) {
	s, ctx := fresh(t), context.Background()
	d := s.mustDevice(t, s.mustSubaccount(t, "Acme").ID, "34600000001")
	ana := domain.Peer{LID: "111", Number: "34611111111"}

	changed := s.mustReceive(t, d.Ref, text("A1", ana, 0, "hello"))
	require.Len(t, changed.Messages, 1)
	require.Len(t, changed.Conversations, 1)
	require.Equal(t, []domain.Unread{{Subaccount: d.Ref.Subaccount, Messages: 1, Conversations: 1}}, changed.Unread)
	s.mustReceive(t, d.Ref, text("A2", ana, 1, "again"))
	require.True(t, s.mustReceive(t, d.Ref, text("A1", ana, 0, "hello")).Empty(), "a message that is there changes nothing")

	page, next, total, err := s.Conversations(ctx, domain.ConversationQuery{})
	require.NoError(t, err)
	require.Empty(t, next)
	require.Equal(t, 1, total)
	c := page[0]
	require.Equal(t, ana, c.Peer)
	require.Equal(t, "Ana", c.Title)
	require.Equal(t, d.Ref.Device, c.FirstDevice)
	require.Equal(t, "again", c.LastMessage.Text)
	require.Equal(t, 2, c.Unread)

	thread, older, count, err := s.Messages(ctx, c.Ref.Conversation, "", 1)
	require.NoError(t, err)
	require.Equal(t, 2, count)
	require.Equal(t, "again", thread[0].Text)
	thread, older, _, err = s.Messages(ctx, c.Ref.Conversation, older, 1)
	require.NoError(t, err)
	require.Empty(t, older)
	require.Equal(t, "hello", thread[0].Text)
}

func BenchmarkIngest(b *testing.B) {
	s := fresh(b)
	d := s.mustDevice(b, s.mustSubaccount(b, "Acme").ID, "34600000001")
	ana := domain.Peer{LID: "111", Number: "34611111111"}
	s.mustReceive(b, d.Ref, text("first", ana, 0, "hello"))
	n := 0
	for b.Loop() {
		n++
		s.mustReceive(b, d.Ref, text("M"+strconv.Itoa(n), ana, n/100, "a text of the usual length, about sixty bytes or so"))
	}
}

// BenchmarkBareInsert is what BenchmarkIngest is held against: one plain row for each commit, on the same connection settings.
func BenchmarkBareInsert(b *testing.B) {
	s, ctx := fresh(b), context.Background()
	_, err := s.write.Exec(ctx, "CREATE TABLE bare (id TEXT PRIMARY KEY, chat TEXT NOT NULL, at BIGINT NOT NULL, text TEXT NOT NULL)")
	require.NoError(b, err)
	n := 0
	for b.Loop() {
		n++
		_, err := s.write.Exec(ctx, "INSERT INTO bare VALUES ($1, $2, $3, $4)", "M"+strconv.Itoa(n), "111", n, "a text of the usual length, about sixty bytes or so")
		require.NoError(b, err)
	}
}

// TestWhatAFailedWriteFoundOutIsForgotten: a write that is undone must not leave ids in memory that the database does not have.
func TestWhatAFailedWriteFoundOutIsForgotten(t *testing.T) {
	s := fresh(t)
	d := s.mustDevice(t, s.mustSubaccount(t, "Acme").ID, "34600000001")
	ana, ben := domain.Peer{LID: "111", Number: "34611111111"}, domain.Peer{LID: "222"}
	broken := errors.New("broken")
	receive := func(in domain.Inbound, err error) func(*tx) error {
		return func(t *tx) error { return errors.Join(s.receive(t, d.Ref, in), err) }
	}
	require.ErrorIs(t, s.w.do(context.Background(), receive(text("A1", ana, 0, "alone"), broken)), broken)
	letGo := s.hold(t)
	results := s.queued(t, []func(*tx) error{
		receive(text("A2", ana, 1, "undone in a group"), broken),
		receive(text("A3", ana, 2, "kept"), nil),
		receive(text("B1", ben, 3, "kept too"), nil),
	})
	letGo()
	require.ErrorIs(t, <-results[0], broken)
	require.NoError(t, <-results[1])
	require.NoError(t, <-results[2])
	var said []string
	for _, c := range s.mustConversations(t) {
		said = append(said, c.LastMessage.Text)
	}
	require.Equal(t, []string{"kept too", "kept"}, said)
}

func TestOurPhonesCopyProvesThatAQueuedMessageWent(t *testing.T) {
	s, ctx := fresh(t), context.Background()
	d := s.mustDevice(t, s.mustSubaccount(t, "Acme").ID, "34600000001")
	ana := domain.Peer{LID: "111"}
	s.mustReceive(t, d.Ref, text("A1", ana, 0, "hello"))
	m, err := s.QueueMessage(ctx, domain.NewMessage{Conversation: s.mustConversations(t)[0].Ref, Device: d.Ref.Device, WAID: "OUT1", Text: "x", Payload: []byte{1}})
	require.NoError(t, err)
	s.mustReceive(t, d.Ref, fromPhone("OUT1", ana, 1, "x"))
	kept, err := s.Message(ctx, m.ID)
	require.NoError(t, err)
	require.Equal(t, domain.StateSent, kept.State)
	waiting, err := s.DevicesToSend(ctx)
	require.NoError(t, err)
	require.Empty(t, waiting)
}
