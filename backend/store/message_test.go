package store

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"waflow/backend/domain"
)

func TestMessagesAreInTheOrderOfWhatsAppsClock(t *testing.T) {
	s := fresh(t)
	d := s.mustDevice(t, s.mustSubaccount(t, "Acme").ID, "34600000001")
	ana := domain.Peer{LID: "111"}
	for i, second := range []int{30, 10, 20, 20, 0} {
		s.mustReceive(t, d.Ref, text(fmt.Sprint(i), ana, second, ""))
	}
	c := s.mustConversations(t)[0]
	var at []time.Time
	for _, m := range s.mustThread(t, c.Ref.Conversation) {
		at = append(at, m.At)
	}
	require.IsNonDecreasing(t, milliseconds(at))
	require.Equal(t, day().Add(30*time.Second), c.LastAt, "a late message is not the newest")
}

func milliseconds(times []time.Time) []int64 {
	var out []int64
	for _, at := range times {
		out = append(out, at.UnixMilli())
	}
	return out
}

func TestAPlaceholderIsReplacedByTheRealMessage(t *testing.T) {
	s := fresh(t)
	d := s.mustDevice(t, s.mustSubaccount(t, "Acme").ID, "34600000001")
	ana := domain.Peer{LID: "111"}
	broken := text("A1", ana, 0, "")
	broken.Message.Kind, broken.Message.Undecrypt = domain.KindUnknown, true
	first := s.mustReceive(t, d.Ref, broken).Messages[0]
	require.Equal(t, domain.KindUnknown, first.Kind)

	changed := s.mustReceive(t, d.Ref, text("A1", ana, 0, "readable now"))
	require.Len(t, changed.Messages, 1)
	require.Equal(t, first.ID, changed.Messages[0].ID)
	require.Equal(t, "readable now", changed.Conversations[0].LastMessage.Text)
	require.Equal(t, 1, s.mustConversations(t)[0].Unread)
	require.True(t, s.mustReceive(t, d.Ref, broken).Empty(), "a placeholder never replaces a message")
}

func TestWhatHoldsMoreThanItsTextIsKeptRaw(t *testing.T) {
	s, ctx := fresh(t), context.Background()
	d := s.mustDevice(t, s.mustSubaccount(t, "Acme").ID, "34600000001")
	raw := func(id string, kind domain.MessageKind, n int) []byte {
		in := text(id, domain.Peer{LID: "111"}, 0, "hello")
		in.Message.Kind, in.Message.Raw = kind, []byte(strings.Repeat("r", n))
		m := s.mustReceive(t, d.Ref, in).Messages[0]
		var out []byte
		_, err := optional(reading{ctx, s.read}.row("SELECT raw FROM message_raw WHERE message_id = $1", m.ID), &out)
		require.NoError(t, err)
		return out
	}
	require.Empty(t, raw("plain", domain.KindText, 60))
	require.Len(t, raw("preview", domain.KindText, 900), 900)
	require.Len(t, raw("unknown", domain.KindUnknown, 3), 3)
}

func TestATextOfAnyLengthIsKeptWhole(t *testing.T) {
	s := fresh(t)
	d := s.mustDevice(t, s.mustSubaccount(t, "Acme").ID, "34600000001")
	long := strings.Repeat("añ👍\u200d\u202e", 40_000)
	m := s.mustReceive(t, d.Ref, text("A1", domain.Peer{LID: "111"}, 0, long)).Messages[0]
	got, err := s.Message(context.Background(), m.ID)
	require.NoError(t, err)
	require.Equal(t, long, got.Text)
}

func TestTheContactsFirstDeviceIsTheOneTheyWroteToFirst(t *testing.T) {
	s := fresh(t)
	sub := s.mustSubaccount(t, "Acme").ID
	a, b := s.mustDevice(t, sub, "34600000001"), s.mustDevice(t, sub, "34600000002")
	ana := domain.Peer{LID: "111"}
	first := func() domain.DeviceID { return s.mustConversations(t)[0].FirstDevice }
	s.mustReceive(t, a.Ref, fromPhone("P1", ana, 0, "we wrote first"))
	require.Zero(t, first())
	s.mustReceive(t, a.Ref, text("A1", ana, 20, "to a"))
	require.Equal(t, a.Ref.Device, first())
	s.mustReceive(t, b.Ref, text("B1", ana, 10, "to b, earlier, but it came late"))
	require.Equal(t, b.Ref.Device, first())
	require.Equal(t, a.Ref.Device, s.mustConversations(t)[0].LastDevice)
}

func TestPagesCoverEverythingOnce(t *testing.T) {
	s, ctx := fresh(t), context.Background()
	d := s.mustDevice(t, s.mustSubaccount(t, "Acme").ID, "34600000001")
	const people = 23
	for i := range people {
		s.mustReceive(t, d.Ref, text("A1", domain.Peer{LID: strings.Repeat("1", i+1)}, i/3, "x"))
	}
	seen := map[domain.ConversationID]bool{}
	for cursor, first := domain.Cursor(""), true; first || cursor != ""; first = false {
		page, next, total, err := s.Conversations(ctx, domain.ConversationQuery{Subaccount: d.Ref.Subaccount, Before: cursor, Limit: 4})
		require.NoError(t, err)
		require.Equal(t, people, total)
		for _, c := range page {
			require.False(t, seen[c.Ref.Conversation])
			seen[c.Ref.Conversation] = true
		}
		cursor = next
	}
	require.Len(t, seen, people)
	for _, cursor := range []domain.Cursor{"x", "1", "1.2.3", "1.2; DROP TABLE messages"} {
		_, _, _, err := s.Conversations(ctx, domain.ConversationQuery{Before: cursor})
		require.Equal(t, domain.CodeInvalid, domain.CodeOf(err), cursor)
		_, _, _, err = s.Messages(ctx, 1, cursor, 10)
		require.Equal(t, domain.CodeInvalid, domain.CodeOf(err), cursor)
	}
	_, _, _, err := s.Messages(ctx, 999, "", 10)
	require.Equal(t, domain.CodeNotFound, domain.CodeOf(err))
}

func TestAHistoryNotificationIsKeptOnceAndUnreceipted(t *testing.T) {
	s, ctx := fresh(t), context.Background()
	d := s.mustDevice(t, s.mustSubaccount(t, "Acme").ID, "34600000001")
	in := domain.Inbound{History: &domain.InboundHistory{WAID: "H1", Type: "INITIAL_BOOTSTRAP", Chunk: 1, At: day(), Raw: []byte{1, 2}}}
	require.Equal(t, domain.Changed{History: []domain.HistoryProgress{{Ref: d.Ref, Pieces: 1, Waiting: 1}}}, s.mustReceive(t, d.Ref, in))
	require.True(t, s.mustReceive(t, d.Ref, in).Empty())
	var jobs, receipted int
	require.NoError(t, reading{ctx, s.read}.row("SELECT COUNT(*), COALESCE(SUM(receipted), 0) FROM history_jobs WHERE raw = x'0102'").Scan(&jobs, &receipted))
	require.Equal(t, 1, jobs)
	require.Zero(t, receipted)
}

func TestADeviceTellsWhenSomethingLastArrived(t *testing.T) {
	now := day()
	s := open(t, t.TempDir(), func() time.Time { return now })
	d := s.mustDevice(t, s.mustSubaccount(t, "Acme").ID, "34600000001")
	ana := domain.Peer{LID: "111"}
	require.Equal(t, now, s.mustReceive(t, d.Ref, text("A1", ana, 0, "x")).Devices[0].LastIn)
	now = now.Add(time.Second)
	require.Empty(t, s.mustReceive(t, d.Ref, text("A2", ana, 1, "x")).Devices)
	now = now.Add(10 * time.Second)
	require.Equal(t, now, s.mustReceive(t, d.Ref, text("A3", ana, 2, "x")).Devices[0].LastIn)
}
