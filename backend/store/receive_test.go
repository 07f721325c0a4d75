package store

import (
	"context"
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
