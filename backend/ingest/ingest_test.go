package ingest_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"waflow/backend/domain"
	"waflow/backend/ingest"
	"waflow/backend/store"
)

func day() time.Time { return time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC) }

// world is a workspace with one device, and what was told about it.
type world struct {
	*ingest.Ingest
	t     *testing.T
	store *store.Store
	ref   domain.DeviceRef
	told  domain.Changed // what the store told of its commits
}

// newWorld makes a world; between puts something between ingest and the store.
func newWorld(t *testing.T, between func(ingest.Store) ingest.Store) *world {
	t.Helper()
	ctx := context.Background()
	w := &world{t: t}
	s, err := store.Open(ctx, store.Options{Dir: t.TempDir(), Now: day, Committed: func(c domain.Changed) { w.told.Merge(c) }})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	sub, err := s.CreateSubaccount(ctx, domain.Subaccount{Name: "Acme", Initials: "A", Colour: "teal"})
	require.NoError(t, err)
	d, err := s.CreateDevice(ctx, domain.Device{Ref: domain.DeviceRef{Subaccount: sub.ID}, Purpose: domain.PurposeSales, Priority: domain.PriorityLow})
	require.NoError(t, err)
	w.store, w.ref, w.told = s, d.Ref, domain.Changed{}
	var parts ingest.Store = s
	if between != nil {
		parts = between(s)
	}
	w.Ingest = ingest.New(parts, day)
	return w
}

func (w *world) conversations() []domain.Conversation {
	w.t.Helper()
	page, _, _, err := w.store.Conversations(context.Background(), domain.ConversationQuery{})
	require.NoError(w.t, err)
	return page
}

func text(id, body string) domain.Inbound {
	ana := domain.Peer{LID: "111", Number: "34611111111"}
	return domain.Inbound{Message: &domain.InboundMessage{WAID: id, Chat: ana, Sender: ana, PushName: "Ana", At: day(), Kind: domain.KindText, Text: body}}
}

// troubled is a store that fails in a way of the test's choice.
type troubled struct {
	ingest.Store
	receive func() error
}

func (s troubled) Receive(ctx context.Context, ref domain.DeviceRef, in domain.Inbound) error {
	if err := s.receive(); err != nil {
		return err
	}
	return s.Store.Receive(ctx, ref, in)
}

func TestWhatArrivesIsOnDiskAndTold(t *testing.T) {
	w := newWorld(t, nil)
	require.NoError(t, w.Receive(context.Background(), w.ref, text("A1", "hello")))
	kept := w.conversations()
	require.Equal(t, kept, w.told.Conversations)
	require.Equal(t, kept[0].LastMessage, w.told.Messages[0])
	require.Equal(t, []domain.Unread{{Subaccount: w.ref.Subaccount, Messages: 1, Conversations: 1}}, w.told.Unread)
	require.Equal(t, day(), w.told.Devices[0].LastIn)
}

func TestWhatComesAgainIsKeptAndToldOnce(t *testing.T) {
	w := newWorld(t, nil)
	for range 3 {
		require.NoError(t, w.Receive(context.Background(), w.ref, text("A1", "hello")))
	}
	require.Len(t, w.told.Messages, 1)
	require.Equal(t, 1, w.conversations()[0].Unread)
}

func TestManyAtOnceAreAllKeptOnce(t *testing.T) {
	w := newWorld(t, nil)
	var all sync.WaitGroup
	for i := range 200 {
		all.Go(func() {
			err := w.Receive(context.Background(), w.ref, text("A"+strings.Repeat("x", i/2), "each of them twice"))
			if err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	require.Equal(t, 100, w.conversations()[0].Unread)
}

func TestHostileTextsAreKeptAsFarAsADatabaseCan(t *testing.T) {
	w := newWorld(t, nil)
	in := text("A1", "a\x00b\xff\u202eend")
	in.Message.PushName = strings.Repeat("ñ", 5000) + "\x00"
	in.Message.At = time.Date(29999, 1, 1, 0, 0, 0, 0, time.UTC)
	require.NoError(t, w.Receive(context.Background(), w.ref, in))
	c := w.conversations()[0]
	require.Equal(t, "a\uFFFDb\uFFFD\u202eend", c.LastMessage.Text)
	require.LessOrEqual(t, len(c.Title), 512)
	require.Equal(t, day(), c.LastAt)
	require.Equal(t, "a\x00b\xff\u202eend", in.Message.Text, "what was handed in is not changed")
}

func TestAPoisonousMessageBecomesADeadLetterAndHoldsBackNothing(t *testing.T) {
	for name, fault := range map[string]func() error{
		"error": func() error { return errors.New("defect") },
		"panic": func() error { panic("defect") },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, func(s ingest.Store) ingest.Store { return &poisoned{Store: s, waid: "A1", fault: fault} })
			ctx := context.Background()
			for range 4 {
				require.Error(t, w.Receive(ctx, w.ref, text("A1", "poison")))
				require.NoError(t, w.Receive(ctx, w.ref, text("A2", "fine")))
			}
			require.NoError(t, w.Receive(ctx, w.ref, text("A1", "poison")), "given up: WhatsApp may forget it")
			thread, _, _, err := w.store.Messages(ctx, w.conversations()[0].Ref.Conversation, "", 10)
			require.NoError(t, err)
			require.Len(t, thread, 2)
			for _, m := range thread {
				if m.WAID == "A1" {
					require.Equal(t, domain.KindUnknown, m.Kind, "its place in the conversation says that it could not be shown")
				}
			}
			letters, err := w.store.DeadLetters(ctx, w.ref.Subaccount)
			require.NoError(t, err)
			require.Len(t, letters, 1)
			require.Equal(t, "poison", letters[0].In.Message.Text, "kept as it came")
		})
	}
}

// poisoned is a store in which one message fails as long as it is what it is.
type poisoned struct {
	ingest.Store
	waid  string
	fault func() error
}

func (s *poisoned) Receive(ctx context.Context, ref domain.DeviceRef, in domain.Inbound) error {
	if in.Message.WAID == s.waid && !in.Message.Undecrypt {
		if err := s.fault(); err != nil {
			return err
		}
	}
	return s.Store.Receive(ctx, ref, in)
}

func TestWhatNamesNobodyIsADeadLetter(t *testing.T) {
	w := newWorld(t, nil)
	ctx := context.Background()
	nobody := domain.Inbound{Message: &domain.InboundMessage{WAID: "A1", At: day(), Kind: domain.KindText, Text: "who?"}}
	for range 4 {
		require.Equal(t, domain.CodeInvalid, domain.CodeOf(w.Receive(ctx, w.ref, nobody)))
	}
	require.NoError(t, w.Receive(ctx, w.ref, nobody))
	require.Empty(t, w.conversations())
	letters, err := w.store.DeadLetters(ctx, w.ref.Subaccount)
	require.NoError(t, err)
	require.Len(t, letters, 1)
}

func TestADiskThatRefusesNeverMakesADeadLetter(t *testing.T) {
	full := &domain.Error{Code: domain.CodeStorageFailed, Message: "the disk is full"}
	refusing := true
	w := newWorld(t, func(s ingest.Store) ingest.Store {
		return troubled{Store: s, receive: func() error {
			if refusing {
				return full
			}
			return nil
		}}
	})
	ctx := context.Background()
	for range 20 {
		require.ErrorIs(t, w.Receive(ctx, w.ref, text("A1", "hello")), full)
	}
	require.True(t, w.told.Empty())
	refusing = false
	require.NoError(t, w.Receive(ctx, w.ref, text("A1", "hello")))
	require.Equal(t, "hello", w.conversations()[0].LastMessage.Text)
	letters, err := w.store.DeadLetters(ctx, w.ref.Subaccount)
	require.NoError(t, err)
	require.Empty(t, letters)
}

func TestWhatIsKeptInTheEndIsNoDeadLetter(t *testing.T) {
	left := 3
	w := newWorld(t, func(s ingest.Store) ingest.Store {
		return troubled{Store: s, receive: func() error {
			if left--; left >= 0 {
				return errors.New("a defect that passes")
			}
			return nil
		}}
	})
	ctx := context.Background()
	for range 3 {
		require.Error(t, w.Receive(ctx, w.ref, text("A1", "hello")))
	}
	require.NoError(t, w.Receive(ctx, w.ref, text("A1", "hello")))
	letters, err := w.store.DeadLetters(ctx, w.ref.Subaccount)
	require.NoError(t, err)
	require.Empty(t, letters)
}

func TestAConnectionThatEndsIsNoFailureOfTheMessage(t *testing.T) {
	w := newWorld(t, nil)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for range 10 {
		require.ErrorIs(t, w.Receive(ctx, w.ref, text("A1", "hello")), context.Canceled)
	}
	letters, err := w.store.DeadLetters(context.Background(), w.ref.Subaccount)
	require.NoError(t, err)
	require.Empty(t, letters)
}
