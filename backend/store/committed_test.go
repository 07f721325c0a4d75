package store

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"waflow/backend/domain"
)

// window shows what it was told last of each row, as an interface does.
type window struct {
	devices       map[domain.DeviceID]domain.Device
	conversations map[domain.ConversationID]domain.Conversation
	messages      map[domain.MessageID]domain.Message
	unread        map[domain.SubaccountID]domain.Unread
}

func newWindow() *window {
	return &window{
		devices: map[domain.DeviceID]domain.Device{}, conversations: map[domain.ConversationID]domain.Conversation{},
		messages: map[domain.MessageID]domain.Message{}, unread: map[domain.SubaccountID]domain.Unread{},
	}
}

// apply takes one commit. It has no lock: commits are told one after the other.
func (w *window) apply(c domain.Changed) {
	for _, id := range c.ConversationsGone {
		delete(w.conversations, id)
	}
	for _, id := range c.MessagesGone {
		delete(w.messages, id)
	}
	for _, d := range c.Devices {
		w.devices[d.Ref.Device] = d
	}
	for _, v := range c.Conversations {
		w.conversations[v.Ref.Conversation] = v
	}
	for _, m := range c.Messages {
		w.messages[m.ID] = m
	}
	for _, u := range c.Unread {
		w.unread[u.Subaccount] = u
	}
}

// check compares every row that the window shows with the database. No write may be going on.
func (w *window) check(t require.TestingT, s *Store) {
	ctx := context.Background()
	for id, shown := range w.devices {
		kept, err := s.Device(ctx, id)
		require.NoError(t, err)
		require.Equal(t, kept, shown)
	}
	for id, shown := range w.conversations {
		kept, err := s.Conversation(ctx, id)
		require.NoError(t, err)
		require.Equal(t, kept, shown)
	}
	for id, shown := range w.messages {
		kept, err := s.Message(ctx, id)
		require.NoError(t, err)
		require.Equal(t, kept, shown)
	}
	for _, kept := range s.mustConversations(t) {
		require.Equal(t, kept, w.conversations[kept.Ref.Conversation])
	}
	unread := newCounter()
	require.NoError(t, unread.load(reading{ctx, s.read}))
	for sub, shown := range w.unread {
		kept := unread.by[sub]
		kept.Subaccount = sub
		require.Equal(t, kept, shown)
	}
}

// TestWhatIsToldLastIsWhatIsOnDisk lets everything that writes rows of a conversation and of a device write at the same moment: what was
// told last of each row has to be the row, whoever came first.
func TestWhatIsToldLastIsWhatIsOnDisk(t *testing.T) {
	const rounds = 150
	ctx, shown := context.Background(), newWindow()
	var clock sync.Mutex
	now := day()
	s, err := Open(ctx, Options{Dir: t.TempDir(), Committed: shown.apply, Now: func() time.Time {
		clock.Lock()
		defer clock.Unlock()
		now = now.Add(2 * lastInEvery * time.Millisecond) // so that every message touches its device
		return now
	}})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	sub := s.mustSubaccount(t, "Acme").ID
	d, other := s.mustDevice(t, sub, "34600000001"), s.mustDevice(t, sub, "34600000002")
	ana := domain.Peer{LID: "111", Number: "34611111111"}
	chat := s.mustReceive(t, d.Ref, text("first", ana, 0, "hello")).Conversations[0].Ref

	for round := range rounds {
		waid := fmt.Sprint("OUT", round)
		m, err := s.QueueMessage(ctx, domain.NewMessage{Conversation: chat, Device: d.Ref.Device, Operator: domain.FirstOperator, WAID: waid, Text: "x", Payload: []byte{1}})
		require.NoError(t, err)
		taken, err := s.StepOutbox(ctx, domain.OutboxStep{Device: d.Ref.Device, Take: 1})
		require.NoError(t, err)
		require.Len(t, taken, 1)
		favorite := []*domain.Device{&d, &other}[round%2].Ref
		yes := true
		at := day().Add(time.Duration(round) * time.Minute)
		atOnce(t,
			func() error {
				_, err := s.StepOutbox(ctx, domain.OutboxStep{Device: d.Ref.Device, Notes: []domain.SendNote{
					{Message: m.ID, Outcome: domain.SendGone, Result: domain.SendResult{At: at}},
				}})
				return err
			},
			func() error { return s.Receive(ctx, d.Ref, receipt(domain.ReceiptDelivered, ana, waid)) },
			func() error { return s.Receive(ctx, d.Ref, receipt(domain.ReceiptRead, ana, waid)) },
			func() error { return s.Receive(ctx, d.Ref, text(fmt.Sprint("IN", round), ana, 60*round, "hello")) },
			func() error {
				to := domain.DeviceState{Status: domain.StatusConnected, Cause: domain.CauseOnline, Since: at}
				return s.RecordState(ctx, domain.StateChange{Ref: d.Ref, At: at, To: to})
			},
			func() error {
				_, err := s.UpdateDevice(ctx, favorite, domain.DevicePatch{Favorite: &yes})
				return err
			},
			func() error { return s.SetDraft(ctx, chat, domain.FirstOperator, waid) },
			func() error {
				_, err := s.MarkRead(ctx, chat.Conversation, m.ID)
				return err
			},
		)
		shown.check(t, s)
	}
	require.Len(t, shown.messages, 2*rounds+1)
	for _, m := range shown.messages {
		require.Contains(t, []domain.MessageState{domain.StateReceived, domain.StateRead}, m.State)
	}
}

// atOnce runs functions at the same moment and waits for all.
func atOnce(t *testing.T, all ...func() error) {
	t.Helper()
	begin, errs := make(chan struct{}), make(chan error, len(all))
	for _, fn := range all {
		go func() {
			<-begin
			errs <- fn()
		}()
	}
	close(begin)
	for range all {
		require.NoError(t, <-errs)
	}
}

func TestLinkingAndUnlinkingAreTold(t *testing.T) {
	shown := newWindow()
	s, err := Open(context.Background(), Options{Dir: t.TempDir(), Now: day, Committed: shown.apply})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	d := s.mustDevice(t, s.mustSubaccount(t, "Acme").ID, "34600000001")
	require.Equal(t, "34600000001", shown.devices[d.Ref.Device].Account.Number)
	_, err = s.DropLink(context.Background(), d.Ref)
	require.NoError(t, err)
	require.True(t, shown.devices[d.Ref.Device].Linked.IsZero())
	shown.check(t, s)
}

func TestAWriteThatFailsTellsNothing(t *testing.T) {
	told := 0
	s, err := Open(context.Background(), Options{Dir: t.TempDir(), Now: day, Committed: func(domain.Changed) { told++ }})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	d := s.mustDevice(t, s.mustSubaccount(t, "Acme").ID, "")
	before := told
	require.Error(t, s.do(context.Background(), "fail", func(t *tx) error {
		t.changed.Devices = append(t.changed.Devices, d)
		return notFound("device")
	}))
	require.NoError(t, s.SetSettings(context.Background(), domain.DefaultSettings()))
	require.Equal(t, before, told, "neither a failed write nor one that changes no row")
}

func TestWhoPanicsWhenToldOfACommitKeepsNoWriteFromBeingMade(t *testing.T) {
	s, err := Open(t.Context(), Options{Dir: t.TempDir(), Now: day, Committed: func(domain.Changed) { panic("told") }})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	for _, name := range []string{"Hotel Miramar", "Autos Ruiz"} {
		_, err := s.CreateSubaccount(t.Context(), domain.Subaccount{Name: name, Initials: name[:1], Colour: "teal"})
		require.NoError(t, err)
	}
	kept, err := s.Subaccounts(t.Context())
	require.NoError(t, err)
	require.Len(t, kept, 2)
}
