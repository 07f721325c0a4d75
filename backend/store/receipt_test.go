package store

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"waflow/backend/domain"
)

func receipt(kind domain.ReceiptKind, chat domain.Peer, ids ...string) domain.Inbound {
	return domain.Inbound{Receipt: &domain.InboundReceipt{Kind: kind, Chat: chat, Sender: chat, WAIDs: ids, At: day()}}
}

// fromPhone is a message that was typed on the phone.
func fromPhone(waid string, to domain.Peer, second int, body string) domain.Inbound {
	in := text(waid, to, second, body)
	in.Message.FromMe, in.Message.PushName, in.Message.Sender = true, "", domain.Peer{Number: "34600000001"}
	return in
}

func TestReceiptsOnlyRaise(t *testing.T) {
	s := fresh(t)
	d := s.mustDevice(t, s.mustSubaccount(t, "Acme").ID, "34600000001")
	ana := domain.Peer{LID: "111"}
	m := s.mustReceive(t, d.Ref, fromPhone("P1", ana, 0, "typed on the phone")).Messages[0]
	require.True(t, m.FromPhone)
	require.Equal(t, domain.StateSent, m.State)
	for _, step := range []struct {
		kind domain.ReceiptKind
		want domain.MessageState
	}{
		{domain.ReceiptRead, domain.StateRead},
		{domain.ReceiptDelivered, domain.StateRead},
		{domain.ReceiptPlayed, domain.StatePlayed},
		{domain.ReceiptRead, domain.StatePlayed},
	} {
		s.mustReceive(t, d.Ref, receipt(step.kind, ana, "P1"))
		got, err := s.Message(context.Background(), m.ID)
		require.NoError(t, err)
		require.Equal(t, step.want, got.State)
	}
	require.Zero(t, s.mustConversations(t)[0].Unread)
}

func TestAReceiptBeforeItsMessageWaitsForIt(t *testing.T) {
	s := fresh(t)
	d := s.mustDevice(t, s.mustSubaccount(t, "Acme").ID, "34600000001")
	ana, ben := domain.Peer{LID: "111", Number: "34611111111"}, domain.Peer{LID: "222"}
	require.True(t, s.mustReceive(t, d.Ref, receipt(domain.ReceiptRead, ben, "P1")).Empty())
	s.mustReceive(t, d.Ref, receipt(domain.ReceiptDelivered, domain.Peer{Number: ana.Number}, "P1"))
	require.Equal(t, domain.StateDelivered, s.mustReceive(t, d.Ref, fromPhone("P1", ana, 0, "x")).Messages[0].State, "somebody else's receipt is not theirs")
}

func TestAReceiptThatNamesAPersonOtherwiseIsAppliedWhenTheyAreKnown(t *testing.T) {
	s := fresh(t)
	d := s.mustDevice(t, s.mustSubaccount(t, "Acme").ID, "34600000001")
	m := s.mustReceive(t, d.Ref, fromPhone("P1", domain.Peer{LID: "111"}, 0, "x")).Messages[0]
	s.mustReceive(t, d.Ref, receipt(domain.ReceiptRead, domain.Peer{Number: "34611111111"}, "P1"))
	got, err := s.Message(context.Background(), m.ID)
	require.NoError(t, err)
	require.Equal(t, domain.StateSent, got.State)
	s.mustReceive(t, d.Ref, identity("111", "34611111111"))
	got, err = s.Message(context.Background(), m.ID)
	require.NoError(t, err)
	require.Equal(t, domain.StateRead, got.State)
}

func TestReadingOnThePhoneClearsUnread(t *testing.T) {
	s := fresh(t)
	sub := s.mustSubaccount(t, "Acme").ID
	d, other := s.mustDevice(t, sub, "34600000001"), s.mustDevice(t, sub, "34600000002")
	ana := domain.Peer{LID: "111"}
	for i, id := range []string{"A1", "A2", "A3"} {
		s.mustReceive(t, d.Ref, text(id, ana, 10*i, id))
	}
	s.mustReceive(t, other.Ref, text("B1", ana, 5, "to the other number"))
	changed := s.mustReceive(t, d.Ref, receipt(domain.ReceiptReadSelf, ana, "A2"))
	require.Equal(t, []domain.Unread{{Subaccount: sub, Messages: 2, Conversations: 1}}, changed.Unread, "the other number's phone has read nothing")
	s.mustReceive(t, d.Ref, text("A0", ana, 1, "came late, was read on the phone"))
	require.Equal(t, 2, s.mustConversations(t)[0].Unread)
	s.mustReceive(t, d.Ref, receipt(domain.ReceiptReadSelf, ana, "A4"))
	s.mustReceive(t, d.Ref, text("A4", ana, 40, "read before it came"))
	require.Equal(t, 1, s.mustConversations(t)[0].Unread)
	due, err := s.DueReads(context.Background(), d.Ref.Device, 10)
	require.NoError(t, err)
	require.Empty(t, due, "WhatsApp knows what its phone read")
}

func TestMarkReadOwesReceiptsUntilTheyAreSent(t *testing.T) {
	s, ctx := fresh(t), context.Background()
	d := s.mustDevice(t, s.mustSubaccount(t, "Acme").ID, "34600000001")
	ana := domain.Peer{LID: "111", Number: "34611111111"}
	var thread []domain.Message
	for i, id := range []string{"A1", "A2", "A3"} {
		thread = append(thread, s.mustReceive(t, d.Ref, text(id, ana, i, id)).Messages...)
	}
	id := thread[0].Conversation.Conversation
	marks, err := s.MarkRead(ctx, id, thread[1].ID)
	require.NoError(t, err)
	require.Equal(t, 1, s.mustConversations(t)[0].Unread)
	want := []domain.ReadMark{{Ref: d.Ref, Chat: ana, Sender: ana, WAIDs: []string{"A1", "A2"}, At: day(), Messages: []domain.MessageID{thread[0].ID, thread[1].ID}}}
	require.Equal(t, want, marks)
	due, err := s.DueReads(ctx, d.Ref.Device, 10)
	require.NoError(t, err)
	require.Equal(t, want, due)
	devices, err := s.DevicesToSend(ctx)
	require.NoError(t, err)
	require.Equal(t, []domain.DeviceID{d.Ref.Device}, devices)
	marks, err = s.MarkRead(ctx, id, thread[1].ID)
	require.NoError(t, err)
	require.Empty(t, marks, "once is enough")

	require.NoError(t, s.ReadSent(ctx, want[0]))
	due, err = s.DueReads(ctx, d.Ref.Device, 10)
	require.NoError(t, err)
	require.Empty(t, due)

	quiet := domain.DefaultSettings()
	quiet.ReadReceipts = false
	require.NoError(t, s.SetSettings(ctx, quiet))
	marks, err = s.MarkRead(ctx, id, thread[2].ID)
	require.NoError(t, err)
	require.Zero(t, s.mustConversations(t)[0].Unread)
	require.Empty(t, marks)
	_, err = s.MarkRead(ctx, id+1, thread[2].ID)
	require.Equal(t, domain.CodeNotFound, domain.CodeOf(err))
}

func TestOldReceiptsWithoutMessageAreForgotten(t *testing.T) {
	dir, now := t.TempDir(), day()
	clock := func() time.Time { return now }
	s, err := Open(context.Background(), Options{Dir: dir, Now: clock})
	require.NoError(t, err)
	d := s.mustDevice(t, s.mustSubaccount(t, "Acme").ID, "34600000001")
	s.mustReceive(t, d.Ref, receipt(domain.ReceiptRead, domain.Peer{LID: "111"}, "never"))
	require.NoError(t, s.Close())
	count := func() (n int) {
		s := open(t, dir, clock)
		require.NoError(t, reading{context.Background(), s.read}.row("SELECT COUNT(*) FROM receipts").Scan(&n))
		return n
	}
	require.Equal(t, 1, count())
	now = now.Add(receiptsKept + time.Hour)
	require.Zero(t, count())
}
