package store

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"waflow/backend/domain"
)

func TestHistoryIsKeptOnceBesideWhatCameLive(t *testing.T) {
	s, ctx := fresh(t), context.Background()
	d := s.mustDevice(t, s.mustSubaccount(t, "Acme").ID, "34600000001")
	ana := domain.Peer{LID: "111", Number: "34611111111"}
	s.mustReceive(t, d.Ref, text("A3", ana, -1, "is it ready?"))

	ours := *text("B2", ana, -2, "tomorrow").Message
	ours.FromMe, ours.State = true, domain.StateRead
	past := domain.Past{Messages: []domain.InboundMessage{
		*text("A3", ana, -1, "is it ready?").Message, ours, *text("A1", ana, -3, "when?").Message,
	}}
	for range 2 {
		require.NoError(t, s.KeepPast(ctx, d.Ref, past))
	}
	page, _, _, err := s.Conversations(ctx, domain.ConversationQuery{})
	require.NoError(t, err)
	require.Len(t, page, 1)
	require.Equal(t, 1, page[0].Unread, "what came live, and nothing of the history")
	require.Equal(t, "is it ready?", page[0].LastMessage.Text)
	require.Equal(t, d.Ref.Device, page[0].FirstDevice)

	thread, _, count, err := s.Messages(ctx, page[0].Ref.Conversation, "", 10)
	require.NoError(t, err)
	require.Equal(t, 3, count)
	require.Equal(t, "when?", thread[0].Text)
	require.Equal(t, "tomorrow", thread[1].Text)
	require.Equal(t, domain.Out, thread[1].Direction)
	require.True(t, thread[1].FromPhone)
	require.Equal(t, domain.StateRead, thread[1].State)
	unread, err := s.Unread(ctx)
	require.NoError(t, err)
	require.Equal(t, []domain.Unread{{Subaccount: d.Ref.Subaccount, Messages: 1, Conversations: 1}}, unread)

	require.NoError(t, s.KeepPast(ctx, d.Ref, domain.Past{Names: []domain.InboundName{{Peer: ana, Name: "Ana Beltrán"}}}))
	c, err := s.Conversation(ctx, page[0].Ref.Conversation)
	require.NoError(t, err)
	require.Equal(t, "Ana Beltrán", c.Title)
}

// A notice is told before its id is known, and what came of it is not undone when it is told again.
func TestANoticeOfHistoryThatIsToldEarly(t *testing.T) {
	s, ctx := fresh(t), context.Background()
	d := s.mustDevice(t, s.mustSubaccount(t, "Acme").ID, "34600000001")
	told := domain.InboundHistory{Type: "RECENT", Chunk: 1, At: day(), Raw: []byte("a key")}
	jobs := func() []domain.HistoryJob {
		found, err := s.HistoryJobs(ctx, d.Ref.Device)
		require.NoError(t, err)
		return found
	}
	hear := func(waid string) domain.HistoryJob {
		told.WAID = waid
		s.mustReceive(t, d.Ref, domain.Inbound{History: &told})
		found := jobs()
		require.Len(t, found, 1)
		require.Equal(t, waid, found[0].Notice.WAID)
		return found[0]
	}
	early := hear("")
	hear("")
	known := hear("H1")
	require.Equal(t, early.ID, known.ID)
	require.Equal(t, told.Raw, known.Notice.Raw)

	require.NoError(t, s.HistoryKept(ctx, early, 3))
	require.NoError(t, s.HistoryReceipted(ctx, early))
	require.Equal(t, "H1", jobs()[0].Notice.WAID, "the phone has still to be told")
	require.Empty(t, jobs()[0].Notice.Raw, "that is all")
	require.NoError(t, s.HistoryReceipted(ctx, jobs()[0]))
	require.Empty(t, jobs())

	told.Raw = []byte("the program ended before the id was known")
	early = hear("")
	require.NoError(t, s.HistoryKept(ctx, early, 3))
	require.NoError(t, s.HistoryReceipted(ctx, early))
	require.Empty(t, jobs())
	require.Empty(t, hear("H2").Notice.Raw, "it comes after all, and only the phone has to be told")
}

func TestANoticeOfHistoryIsWorkedThroughOnce(t *testing.T) {
	s, ctx := fresh(t), context.Background()
	d := s.mustDevice(t, s.mustSubaccount(t, "Acme").ID, "34600000001")
	first := domain.InboundHistory{WAID: "H1", Type: "RECENT", Chunk: 1, At: day(), Raw: []byte("a key")}
	second := domain.InboundHistory{WAID: "H2", Type: "RECENT", Chunk: 2, At: day(), Raw: []byte("another")}
	s.mustReceive(t, d.Ref, domain.Inbound{History: &first})
	s.mustReceive(t, d.Ref, domain.Inbound{History: &second})

	jobs := func() []domain.HistoryJob {
		found, err := s.HistoryJobs(ctx, d.Ref.Device)
		require.NoError(t, err)
		return found
	}
	require.Len(t, jobs(), 2)
	require.Equal(t, first, jobs()[0].Notice)

	require.NoError(t, s.HistoryKept(ctx, jobs()[0], 0))
	require.Len(t, jobs(), 2, "the phone has not been told yet")
	require.Empty(t, jobs()[0].Notice.Raw)
	require.NoError(t, s.HistoryReceipted(ctx, jobs()[0]))
	require.Equal(t, second, jobs()[0].Notice)

	s.mustReceive(t, d.Ref, domain.Inbound{History: &first})
	require.Len(t, jobs(), 2, "the phone does not know: it is told again, and no more")
	require.Empty(t, jobs()[0].Notice.Raw)
	require.NoError(t, s.HistoryReceipted(ctx, jobs()[0]))
	require.Equal(t, second, jobs()[0].Notice)

	require.NoError(t, s.HistoryReceipted(ctx, jobs()[0]), "WhatsApp has it no more, and the phone was asked for it")
	require.Empty(t, jobs())
	s.mustReceive(t, d.Ref, domain.Inbound{History: &second})
	require.Equal(t, second, jobs()[0].Notice, "the phone did not hear that: it was never kept, and must not be said to be")
}
