package gaps_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"github.com/stretchr/testify/require"

	"waflow/backend/domain"
	"waflow/backend/gaps"
	"waflow/backend/store"
)

// interrupted is a store at whose look at a gap's conversations something else happens, once.
type interrupted struct {
	*store.Store
	once      sync.Once
	meanwhile func()
}

// GapConversations is the store's.
func (s *interrupted) GapConversations(ctx context.Context, g domain.Gap, since time.Time) ([]domain.GapCheck, error) {
	s.once.Do(s.meanwhile)
	return s.Store.GapConversations(ctx, g, since)
}

// noPhones is phones that can't be asked.
type noPhones struct{}

func (noPhones) Ask(context.Context, domain.DeviceID, domain.Older, time.Duration) (domain.OlderAnswer, bool, error) {
	return domain.OlderAnswer{}, false, &domain.Error{Code: domain.CodeNotConnected, Message: "not connected"}
}

// workspace is a store with one device.
func workspace(t *testing.T) (*store.Store, domain.Device) {
	t.Helper()
	kept, err := store.Open(t.Context(), store.Options{Dir: t.TempDir(), Logger: zerolog.Nop()})
	require.NoError(t, err)
	t.Cleanup(func() { _ = kept.Close() })
	hotel, err := kept.CreateSubaccount(t.Context(), domain.Subaccount{Name: "Hotel Miramar"})
	require.NoError(t, err)
	reception, err := kept.CreateDevice(t.Context(), domain.Device{
		Ref: domain.DeviceRef{Subaccount: hotel.ID}, Label: "Reception", Purpose: domain.PurposeSales, Priority: domain.PriorityMedium,
	})
	require.NoError(t, err)
	return kept, reception
}

// busy is a store of so many conversations in which something may be missing.
type busy struct {
	*store.Store
	chats int
}

// GapConversations names them.
func (s *busy) GapConversations(context.Context, domain.Gap, time.Time) ([]domain.GapCheck, error) {
	var out []domain.GapCheck
	for id := range s.chats {
		out = append(out, domain.GapCheck{Conversation: domain.ConversationID(id + 1)})
	}
	return out, nil
}

// Conversation finds each of them.
func (s *busy) Conversation(_ context.Context, id domain.ConversationID) (domain.Conversation, error) {
	return domain.Conversation{Ref: domain.ConversationRef{Conversation: id}}, nil
}

// phone answers each question: it has nothing more.
type phone struct{ asked atomic.Int32 }

func (p *phone) Ask(context.Context, domain.DeviceID, domain.Older, time.Duration) (domain.OlderAnswer, bool, error) {
	p.asked.Add(1)
	return domain.OlderAnswer{End: true}, true, nil
}

// A phone is not asked about hundreds of conversations at a time. Those that it was not asked about are not called complete.
func TestWhatWasNotComparedIsNotVerified(t *testing.T) {
	ctx := t.Context()
	kept, reception := workspace(t)
	told := make(chan domain.Gap, 1000)
	asked := &phone{}
	worker := gaps.New(gaps.Config{
		Store: &busy{Store: kept, chats: 70}, Phones: asked, Logger: zerolog.Nop(), Tell: func(g domain.Gap) { told <- g },
	})
	var running sync.WaitGroup
	running.Go(func() { _ = worker.Run(ctx) })
	t.Cleanup(running.Wait) // ctx ends before clean-up
	outcome := func() domain.Gap {
		deadline := time.After(time.Minute)
		for {
			select {
			case g := <-told:
				if g.State == domain.GapVerified || g.State == domain.GapNotProvable {
					return g
				}
			case <-deadline:
				require.Fail(t, "the check does not end")
			}
		}
	}

	at := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	up, down := domain.DeviceState{Cause: domain.CauseOnline}, domain.DeviceState{Cause: domain.CauseNetworkDown}
	worker.Changed(ctx, domain.StateChange{Ref: reception.Ref, At: at, From: up, To: down})
	worker.Changed(ctx, domain.StateChange{Ref: reception.Ref, At: at.Add(2 * time.Hour), From: down, To: up})
	worker.Synced(reception.Ref.Device)
	for _, left := range []int{40, 10} {
		g := outcome()
		require.Equal(t, domain.GapNotProvable, g.State)
		require.Len(t, g.Todo, left)
		require.NoError(t, worker.CheckAgain(ctx, reception.Ref.Device, g.ID))
	}
	require.Equal(t, domain.GapVerified, outcome().State)
	require.EqualValues(t, 70, asked.asked.Load())
}

// A device that goes down again while its gap is being looked at has a gap that goes on, whoever writes last.
func TestAnOutageThatBeginsDuringACheckIsNotLost(t *testing.T) {
	ctx := t.Context()
	kept, reception := workspace(t)
	at := func(minute int) time.Time { return time.Date(2026, 11, 24, 12, minute, 0, 0, time.UTC) }
	told := make(chan domain.Gap, 100)
	parts := &interrupted{Store: kept}
	worker := gaps.New(gaps.Config{Store: parts, Phones: noPhones{}, Logger: zerolog.Nop(), Tell: func(g domain.Gap) { told <- g }})
	change := func(minute int, from, to domain.Cause) {
		worker.Changed(ctx, domain.StateChange{
			Ref: reception.Ref, At: at(minute), From: domain.DeviceState{Cause: from}, To: domain.DeviceState{Cause: to, Since: at(minute)},
		})
	}
	interruptedCheck := make(chan struct{})
	parts.meanwhile = func() {
		change(11, domain.CauseOnline, domain.CauseNetworkDown)
		close(interruptedCheck)
	}
	var running sync.WaitGroup
	running.Go(func() { _ = worker.Run(ctx) })
	t.Cleanup(running.Wait) // ctx ends before clean-up

	change(0, domain.CauseOnline, domain.CauseNetworkDown)
	change(10, domain.CauseNetworkDown, domain.CauseOnline)
	worker.Synced(reception.Ref.Device)
	deadline := time.After(time.Minute)
	select {
	case <-interruptedCheck:
	case <-deadline:
		require.Fail(t, "the first outage is not looked at")
	}
	change(20, domain.CauseNetworkDown, domain.CauseOnline)
	worker.Synced(reception.Ref.Device)

	for {
		select {
		case g := <-told:
			if g.State == domain.GapVerified && g.To.Equal(at(20)) {
				return
			}
		case <-deadline:
			found, err := kept.Gaps(ctx, reception.Ref, time.Time{}, at(59))
			require.NoError(t, err)
			require.Fail(t, "nothing tells of the second outage", "%+v", found)
		}
	}
}
