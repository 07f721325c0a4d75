package outbox_test

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"waflow/backend/domain"
	"waflow/backend/outbox"
)

func TestAMessageGoesAndItsStatesAreTold(t *testing.T) {
	inWorld(t, func(w *world) {
		require.NoError(t, w.store.SetDraft(context.Background(), w.chats[0].Ref, domain.FirstOperator, "half a tho"))
		m := w.queue(0, 0)
		require.Equal(t, domain.StateQueued, m.State)
		synctest.Wait()
		require.Contains(t, [][]domain.MessageState{
			{domain.StateQueued, domain.StateSending, domain.StateSent},
			{domain.StateQueued, domain.StateSent}, // it was sent before anybody could be told that it is being sent
		}, w.states(m.ID))
		require.Equal(t, []attempt{{w.d[0].Ref.Device, domain.Outgoing{WAID: "OUT1", To: w.chats[0].Peer, Payload: []byte{1, 1, 2}}}}, w.line.all())
		require.Empty(t, w.waiting())
		c, err := w.store.Conversation(context.Background(), w.chats[0].Ref.Conversation)
		require.NoError(t, err)
		require.Empty(t, c.Draft)
		require.Equal(t, m.ID, c.LastMessage.ID)
	})
}

func TestMessagesGoInOrderAndOneAtATime(t *testing.T) {
	inWorld(t, func(w *world) {
		w.line.answer = func(context.Context, int, attempt) error {
			time.Sleep(time.Second) // the bubble's clock
			return nil
		}
		var want []string
		for i := range 20 {
			want = append(want, w.queue(i%2, 0).WAID)
		}
		time.Sleep(30 * time.Second)
		require.Equal(t, want, w.line.ids())
		require.Equal(t, 1, w.line.most)
		require.Empty(t, w.waiting())
	})
}

func TestMessagesWaitForTheirDevice(t *testing.T) {
	inWorld(t, func(w *world) {
		w.line.set(w.d[0].Ref.Device, true)
		m := w.queue(0, 0)
		time.Sleep(time.Hour)
		require.Empty(t, w.line.ids())
		require.Equal(t, domain.StateQueued, w.state(m.ID))
		w.queue(0, 1)
		synctest.Wait()
		require.Equal(t, []string{"OUT2"}, w.line.ids(), "another device does not wait for it")
		w.line.set(w.d[0].Ref.Device, false)
		w.Wake(w.d[0].Ref.Device)
		synctest.Wait()
		require.Equal(t, domain.StateSent, w.state(m.ID))
	})
}

func TestAnUncertainMessageGoesAgainWithTheSameIDAndPayload(t *testing.T) {
	inWorld(t, func(w *world) {
		w.line.answer = func(ctx context.Context, n int, _ attempt) error {
			if n == 1 {
				return ackLost(ctx)
			}
			return nil
		}
		first, second, elsewhere := w.queue(0, 0), w.queue(0, 0), w.queue(1, 0)
		time.Sleep(outbox.Deadline + time.Second)
		require.Equal(t, domain.StateUncertain, w.state(first.ID), "nobody knows")
		require.Equal(t, domain.StateQueued, w.state(second.ID), "it waits for the one before")
		require.Equal(t, domain.StateSent, w.state(elsewhere.ID), "other conversations go on")
		time.Sleep(10 * time.Second)
		require.Equal(t, []string{"OUT1", "OUT3", "OUT1", "OUT2"}, w.line.ids())
		samePayload(w)
		require.Equal(t, domain.StateSent, w.state(second.ID))
	})
}

func TestAReconnectSendsUncertainMessagesAtOnce(t *testing.T) {
	inWorld(t, func(w *world) {
		w.line.answer = func(_ context.Context, n int, a attempt) error {
			if n <= 6 {
				w.line.set(a.device, true)
				return &domain.Error{Code: domain.CodeSendUncertain, Message: "no ack"}
			}
			return nil
		}
		m := w.queue(0, 0)
		for n := 1; n <= 6; n++ {
			synctest.Wait()
			require.Len(t, w.line.ids(), n)
			w.line.set(w.d[0].Ref.Device, false)
			w.Wake(w.d[0].Ref.Device)
		}
		synctest.Wait()
		require.Equal(t, domain.StateSent, w.state(m.ID))
	})
}

func TestAReceiptProvesThatAMessageWent(t *testing.T) {
	inWorld(t, func(w *world) {
		w.line.answer = func(ctx context.Context, _ int, _ attempt) error { return ackLost(ctx) }
		m := w.queue(0, 0)
		synctest.Wait()
		err := w.store.Receive(context.Background(), w.d[0].Ref, domain.Inbound{Receipt: &domain.InboundReceipt{
			Kind: domain.ReceiptDelivered, Chat: w.chats[0].Peer, WAIDs: []string{m.WAID}, At: time.Now(),
		}})
		require.NoError(t, err)
		time.Sleep(time.Hour)
		require.Equal(t, domain.StateDelivered, w.state(m.ID))
		require.Len(t, w.line.ids(), 1, "no second try")
	})
}

func TestAnAckAfterTheReceiptLowersNothing(t *testing.T) {
	inWorld(t, func(w *world) {
		goOn := make(chan struct{})
		w.line.answer = func(context.Context, int, attempt) error { <-goOn; return nil }
		m := w.queue(0, 0)
		synctest.Wait()
		err := w.store.Receive(context.Background(), w.d[0].Ref, domain.Inbound{Receipt: &domain.InboundReceipt{
			Kind: domain.ReceiptRead, Chat: w.chats[0].Peer, WAIDs: []string{m.WAID}, At: time.Now(),
		}})
		require.NoError(t, err)
		close(goOn)
		synctest.Wait()
		require.Equal(t, domain.StateRead, w.state(m.ID))
	})
}

func TestARefusedMessageSaysWhyAndHoldsBackNothing(t *testing.T) {
	inWorld(t, func(w *world) {
		w.line.answer = func(_ context.Context, n int, _ attempt) error {
			if n == 1 {
				return &domain.Error{Code: domain.CodeRecipientUnknown, Message: "not on WhatsApp"}
			}
			return nil
		}
		bad, good := w.queue(0, 0), w.queue(0, 0)
		synctest.Wait()
		got, err := w.store.Message(context.Background(), bad.ID)
		require.NoError(t, err)
		require.Equal(t, domain.StateFailed, got.State)
		require.Equal(t, domain.CodeRecipientUnknown, got.FailCode)
		require.Equal(t, domain.StateSent, w.state(good.ID))
		time.Sleep(time.Hour)
		require.Len(t, w.line.ids(), 2, "a refusal is not tried again by itself")

		require.Equal(t, domain.CodeConflict, domain.CodeOf(w.Retry(context.Background(), good.ID)))
		require.Equal(t, domain.CodeNotFound, domain.CodeOf(w.Retry(context.Background(), 999)))
		require.NoError(t, w.Retry(context.Background(), bad.ID))
		synctest.Wait()
		require.Equal(t, []string{"OUT1", "OUT2", "OUT1"}, w.line.ids())
		got, err = w.store.Message(context.Background(), bad.ID)
		require.NoError(t, err)
		require.Equal(t, domain.StateSent, got.State)
		require.Empty(t, got.FailCode)
	})
}

func TestAnUnknownErrorDoesNotHoldUpAConversationForEver(t *testing.T) {
	inWorld(t, func(w *world) {
		w.line.answer = func(_ context.Context, _ int, a attempt) error {
			if a.out.WAID == "OUT1" {
				return unknown()
			}
			return nil
		}
		bad, good := w.queue(0, 0), w.queue(0, 0)
		time.Sleep(time.Hour)
		require.Equal(t, domain.StateFailed, w.state(bad.ID))
		require.Equal(t, domain.StateSent, w.state(good.ID))
	})
}

func TestCancelTakesBackOnlyWhatCertainlyDidNotGo(t *testing.T) {
	inWorld(t, func(w *world) {
		ctx := context.Background()
		w.line.answer = func(ctx context.Context, n int, a attempt) error {
			if n == 1 {
				w.line.set(a.device, true)
				return notConnected()
			}
			return ackLost(ctx)
		}
		m := w.queue(0, 0)
		synctest.Wait()
		require.Equal(t, domain.StateQueued, w.state(m.ID), "it did not go")
		_, err := w.Cancel(ctx, m.ID)
		require.NoError(t, err)
		_, err = w.store.Message(ctx, m.ID)
		require.Equal(t, domain.CodeNotFound, domain.CodeOf(err))
		c, err := w.store.Conversation(ctx, w.chats[0].Ref.Conversation)
		require.NoError(t, err)
		require.Equal(t, "hello", c.LastMessage.Text)

		w.line.set(w.d[0].Ref.Device, false)
		w.Wake(w.d[0].Ref.Device)
		uncertain := w.queue(0, 0)
		synctest.Wait()
		_, err = w.Cancel(ctx, uncertain.ID)
		require.Equal(t, domain.CodeConflict, domain.CodeOf(err))
		time.Sleep(outbox.Deadline)
		_, err = w.Cancel(ctx, uncertain.ID)
		require.Equal(t, domain.CodeConflict, domain.CodeOf(err))
		_, err = w.Cancel(ctx, w.chats[0].LastMessage.ID)
		require.Equal(t, domain.CodeConflict, domain.CodeOf(err), "a received one is nobody's to cancel")
	})
}

func TestAfterACrashUncertainMessagesGoAgain(t *testing.T) {
	inWorld(t, func(w *world) {
		w.line.answer = func(ctx context.Context, n int, _ attempt) error {
			if n == 2 {
				return ackLost(ctx)
			}
			return nil
		}
		for range 3 {
			w.queue(0, 0)
		}
		synctest.Wait() // the first is sent, the second on its way
		crashed := w.copyOfDisk()
		w.stop()
		require.NoError(t, w.store.Close())

		w.dir = crashed
		w.openStore()
		w.start(w.store)
		synctest.Wait()
		require.Equal(t, []string{"OUT1", "OUT2", "OUT2", "OUT3"}, w.line.ids())
		samePayload(w)
		require.Empty(t, w.waiting())
		thread, _, _, err := w.store.Messages(context.Background(), w.chats[0].Ref.Conversation, "", 10)
		require.NoError(t, err)
		require.Len(t, thread, 4)
		for _, m := range thread[1:] {
			require.Equal(t, domain.StateSent, m.State)
		}
	})
}

func TestReadReceiptsWaitForTheirDeviceAndGoOnce(t *testing.T) {
	inWorld(t, func(w *world) {
		device := w.d[0].Ref.Device
		w.line.set(device, true)
		marks, err := w.store.MarkRead(context.Background(), w.chats[0].Ref.Conversation, w.chats[0].LastMessage.ID)
		require.NoError(t, err)
		require.NoError(t, w.MarkRead(context.Background(), marks))
		time.Sleep(time.Hour)
		require.Empty(t, w.line.reads)
		w.stop()
		w.line.set(device, false)
		w.start(w.store)
		synctest.Wait()
		require.Len(t, w.line.reads, 1)
		require.Equal(t, []string{"IN"}, w.line.reads[0].WAIDs)
		w.Wake(device)
		synctest.Wait()
		require.Len(t, w.line.reads, 1)
		require.Empty(t, w.waiting())
	})
}

// refusing is a store whose disk refuses for a while.
type refusing struct {
	outbox.Store
	until time.Time
}

func (s refusing) StepOutbox(ctx context.Context, step domain.OutboxStep) ([]domain.OutboxItem, error) {
	if time.Now().Before(s.until) {
		return nil, &domain.Error{Code: domain.CodeStorageFailed, Message: "full"}
	}
	return s.Store.StepOutbox(ctx, step)
}

func TestSendingGoesOnWhenTheDiskTakesChangesAgain(t *testing.T) {
	inWorld(t, func(w *world) {
		w.stop()
		w.start(refusing{Store: w.store, until: time.Now().Add(time.Minute)})
		m := w.queue(0, 0)
		time.Sleep(50 * time.Second)
		require.Empty(t, w.line.ids(), "nothing goes that was not written down as going")
		time.Sleep(20 * time.Second)
		require.Equal(t, domain.StateSent, w.state(m.ID))
	})
}

func TestQueueingTheSameIDTwiceIsRefused(t *testing.T) {
	inWorld(t, func(w *world) {
		w.queue(0, 0)
		w.n--
		_, err := w.Queue(context.Background(), domain.NewMessage{Conversation: w.chats[0].Ref, Device: w.d[0].Ref.Device, WAID: "OUT1", Text: "x", Payload: []byte{1}})
		require.Equal(t, domain.CodeConflict, domain.CodeOf(err))
		synctest.Wait()
		require.Equal(t, []string{"OUT1"}, w.line.ids())
	})
}

// TestWhateverGoesWrongMessagesArriveOnceAndInOrder lets sends fail in every way and looks at it from the other side: WhatsApp takes an id
// once, so the order in which it first sees the ids of a conversation is what the contact reads.
func TestWhateverGoesWrongMessagesArriveOnceAndInOrder(t *testing.T) {
	type fault struct {
		Arrives bool
		Kind    int
	}
	seeds := rapid.Custom(func(t *rapid.T) []fault {
		return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) fault {
			return fault{rapid.Bool().Draw(t, "arrives"), rapid.IntRange(0, 4).Draw(t, "kind")}
		}), 0, 12).Draw(t, "faults")
	})
	for seed := range 15 {
		faults := seeds.Example(seed)
		inWorld(t, func(w *world) {
			arrived := map[domain.Peer][]string{}
			w.line.answer = func(ctx context.Context, n int, a attempt) error {
				f := fault{Arrives: true}
				if n <= len(faults) {
					f = faults[n-1]
				}
				if f.Kind == 3 {
					return notConnected()
				}
				if (f.Arrives || f.Kind == 0) && !slices.Contains(arrived[a.out.To], a.out.WAID) {
					arrived[a.out.To] = append(arrived[a.out.To], a.out.WAID)
				}
				switch f.Kind {
				case 1:
					return ackLost(ctx)
				case 2:
					return &domain.Error{Code: domain.CodeSendUncertain, Message: "connection lost"}
				case 4:
					panic("defect of the library")
				}
				return nil
			}
			want := map[domain.Peer][]string{}
			for i := range 10 {
				chat := i % 2
				want[w.chats[chat].Peer] = append(want[w.chats[chat].Peer], w.queue(chat, 0).WAID)
				time.Sleep(time.Duration(i) * time.Second)
			}
			time.Sleep(2 * time.Hour)
			synctest.Wait()
			require.Equal(t, want, arrived)
			require.Empty(t, w.waiting())
			samePayload(w)
		})
	}
}

func TestWhatWasTakenAheadIsGivenBackAtTheEnd(t *testing.T) {
	inWorld(t, func(w *world) {
		w.line.answer = func(ctx context.Context, _ int, _ attempt) error { return ackLost(ctx) }
		var all []domain.Message
		for i := range 6 {
			all = append(all, w.queue(i%2, 0))
		}
		synctest.Wait()
		require.Equal(t, domain.StateSending, w.state(all[0].ID))
		for _, m := range all[1:] {
			require.Equal(t, domain.StateQueued, w.state(m.ID), "taken ahead or not, it has not been handed over")
		}
		_, err := w.Cancel(context.Background(), all[1].ID)
		require.NoError(t, err, "taken ahead")
		_, err = w.Cancel(context.Background(), all[5].ID)
		require.NoError(t, err, "not taken yet")
		w.stop()
		require.Equal(t, domain.StateUncertain, w.state(all[0].ID), "it may have gone")
		for _, m := range all[2:5] {
			require.Equal(t, domain.StateQueued, w.state(m.ID), "it certainly has not")
		}
		w.line.answer = nil
		w.start(w.store)
		synctest.Wait()
		require.Equal(t, []string{"OUT1", "OUT1", "OUT3", "OUT4", "OUT5"}, w.line.ids())
	})
}
