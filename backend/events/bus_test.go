package events_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"waflow/backend/domain"
	"waflow/backend/events"
)

func message(id int64, state domain.MessageState) events.Change {
	return events.Message(domain.Message{ID: domain.MessageID(id), State: state})
}

func TestFirstChangeComesAtOnceAndTheNextAfterAFrame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		bus := events.NewBus(events.Limits{})
		sub := bus.Subscribe(t.Context())
		start := time.Now()

		bus.Publish(message(1, domain.StateQueued))
		b, err := sub.Next(t.Context())
		require.NoError(t, err)
		require.Zero(t, time.Since(start))
		require.Equal(t, events.Batch{First: 0, Seq: 1, Changes: []events.Change{message(1, domain.StateQueued)}}, b)

		bus.Publish(message(2, domain.StateQueued))
		b, err = sub.Next(t.Context())
		require.NoError(t, err)
		require.Equal(t, 16*time.Millisecond, time.Since(start))
		require.Equal(t, int64(1), b.First)
		require.Equal(t, int64(2), b.Seq)
	})
}

func TestSameThingIsKeptOnceInItsFirstPlaceWithItsNewestValue(t *testing.T) {
	bus := events.NewBus(events.Limits{})
	sub := bus.Subscribe(t.Context())
	bus.Publish(message(1, domain.StateQueued), message(2, domain.StateQueued))
	bus.Publish(events.Unread(domain.Unread{Subaccount: 1, Messages: 4}), message(1, domain.StateSent))

	b, err := sub.Next(t.Context())
	require.NoError(t, err)
	require.Equal(t, events.Batch{First: 0, Seq: 4, Changes: []events.Change{
		message(1, domain.StateSent),
		message(2, domain.StateQueued),
		events.Unread(domain.Unread{Subaccount: 1, Messages: 4}), // id 1 too, but another topic
	}}, b)
}

func TestGoneReplacesTheValueBeforeIt(t *testing.T) {
	bus := events.NewBus(events.Limits{})
	sub := bus.Subscribe(t.Context())
	bus.Publish(message(1, domain.StateQueued), events.MessageGone(1))

	b, err := sub.Next(t.Context())
	require.NoError(t, err)
	require.Equal(t, []events.Change{events.MessageGone(1)}, b.Changes)
}

func TestSubscriberThatFallsBehindIsToldToTakeASnapshot(t *testing.T) {
	bus := events.NewBus(events.Limits{Changes: 10})
	slow := bus.Subscribe(t.Context())
	for i := range int64(1000) {
		bus.Publish(message(i, domain.StateSent))
	}
	b, err := slow.Next(t.Context())
	require.NoError(t, err)
	require.Equal(t, events.Batch{First: 0, Seq: 1000, Reset: true}, b)

	bus.Publish(message(1, domain.StateRead))
	b, err = slow.Next(t.Context())
	require.NoError(t, err)
	require.Equal(t, events.Batch{First: 1000, Seq: 1001, Changes: []events.Change{message(1, domain.StateRead)}}, b)
}

func TestLongTextsCountTowardsTheLimit(t *testing.T) {
	bus := events.NewBus(events.Limits{Bytes: 1 << 20})
	sub := bus.Subscribe(t.Context())
	text := strings.Repeat("x", domain.MaxTextBytes)
	for i := range 15 {
		bus.Publish(events.Message(domain.Message{ID: domain.MessageID(i + 1), Text: text}))
	}
	b, err := sub.Next(t.Context())
	require.NoError(t, err)
	require.False(t, b.Reset)
	require.Len(t, b.Changes, 15)

	for i := range 16 {
		bus.Publish(events.Message(domain.Message{ID: domain.MessageID(i + 1), Text: text}))
	}
	b, err = sub.Next(t.Context())
	require.NoError(t, err)
	require.True(t, b.Reset)
	require.Empty(t, b.Changes)
}

func TestSameThingManyTimesNeverFallsBehind(t *testing.T) {
	bus := events.NewBus(events.Limits{Changes: 1, Bytes: 1024})
	sub := bus.Subscribe(t.Context())
	for i := range 1000 {
		bus.Publish(events.Unread(domain.Unread{Subaccount: 1, Messages: i}))
	}
	b, err := sub.Next(t.Context())
	require.NoError(t, err)
	require.Equal(t, []events.Change{events.Unread(domain.Unread{Subaccount: 1, Messages: 999})}, b.Changes)
}

func TestNextEndsWithEitherContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		bus := events.NewBus(events.Limits{})
		life, end := context.WithCancel(t.Context())
		sub := bus.Subscribe(life)

		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err := sub.Next(ctx)
		require.ErrorIs(t, err, context.DeadlineExceeded)

		end()
		synctest.Wait()
		bus.Publish(message(1, domain.StateSent)) // no longer gathered
		_, err = sub.Next(t.Context())
		require.ErrorIs(t, err, context.Canceled)
	})
}

func TestEverySubscriberGetsEverythingAcrossConcurrentPublishers(t *testing.T) {
	const publishers, each, subscribers = 8, 250, 3
	bus := events.NewBus(events.Limits{Frame: time.Nanosecond})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()

	var readers, writers sync.WaitGroup
	got := make([]map[int64]bool, subscribers)
	problems := make(chan string, subscribers)
	for i := range subscribers {
		sub := bus.Subscribe(ctx)
		got[i] = map[int64]bool{}
		readers.Go(func() {
			var seq int64
			for seq < publishers*each {
				b, err := sub.Next(ctx)
				if err != nil || b.First != seq || b.Reset {
					problems <- fmt.Sprintf("batch %d–%d after %d, reset %v, error %v", b.First, b.Seq, seq, b.Reset, err)
					return
				}
				for _, c := range b.Changes {
					got[i][c.ID] = true
				}
				seq = b.Seq
			}
		})
	}
	for p := range publishers {
		writers.Go(func() {
			for n := range each {
				bus.Publish(message(int64(p*each+n+1), domain.StateSent))
			}
		})
	}
	writers.Wait()
	readers.Wait()
	require.Empty(t, problems)
	require.Equal(t, int64(publishers*each), bus.Seq())
	for i := range subscribers {
		require.Len(t, got[i], publishers*each)
	}
}

// Whatever is published and whenever batches are taken, a copy that applies them is equal to what was published, and batches join without a gap.
func TestBatchesAppliedInOrderGiveWhatWasPublished(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		limit := rapid.IntRange(1, 40).Draw(t, "limit")
		bus := events.NewBus(events.Limits{Frame: time.Nanosecond, Changes: limit})
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		sub := bus.Subscribe(ctx)
		truth, copied := map[int64]any{}, map[int64]any{}
		var seq int64
		take := func() {
			if bus.Seq() == seq {
				return
			}
			b, err := sub.Next(ctx)
			require.NoError(t, err)
			require.Equal(t, seq, b.First)
			require.LessOrEqual(t, len(b.Changes), limit)
			seq = b.Seq
			if b.Reset {
				clear(copied)
				for k, v := range truth {
					copied[k] = v
				}
			}
			for _, c := range b.Changes {
				if c.Gone {
					delete(copied, c.ID)
				} else {
					copied[c.ID] = c.Value
				}
			}
		}
		for i := range rapid.IntRange(0, 200).Draw(t, "steps") {
			id := rapid.Int64Range(1, 60).Draw(t, "id")
			switch rapid.IntRange(0, 9).Draw(t, "what") {
			case 0:
				take()
			case 1:
				delete(truth, id)
				bus.Publish(events.MessageGone(domain.MessageID(id)))
			default:
				m := domain.Message{ID: domain.MessageID(id), WAID: fmt.Sprint(i)}
				truth[id] = m
				bus.Publish(events.Message(m))
			}
		}
		take()
		require.Equal(t, bus.Seq(), seq)
		require.Equal(t, truth, copied)
	})
}

func TestChangedTellsEverythingThatAWriteChanged(t *testing.T) {
	changed := domain.Changed{
		Devices:           []domain.Device{{Ref: domain.DeviceRef{Device: 1}}},
		Conversations:     []domain.Conversation{{Ref: domain.ConversationRef{Conversation: 2}}},
		Messages:          []domain.Message{{ID: 3}},
		MessagesGone:      []domain.MessageID{4},
		ConversationsGone: []domain.ConversationID{5},
		Unread:            []domain.Unread{{Subaccount: 6}},
	}
	require.Equal(t, []events.Change{
		events.ConversationGone(5), events.MessageGone(4), events.Device(changed.Devices[0]),
		events.Conversation(changed.Conversations[0]), events.Message(changed.Messages[0]), events.Unread(changed.Unread[0]),
	}, events.Changed(changed))
	require.Empty(t, events.Changed(domain.Changed{}))
}
