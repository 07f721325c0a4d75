package gaps_test

import (
	"context"
	"sync"
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
func (s *interrupted) GapConversations(ctx context.Context, g domain.Gap, since time.Time, limit int) ([]domain.GapCheck, error) {
	s.once.Do(s.meanwhile)
	return s.Store.GapConversations(ctx, g, since, limit)
}

// noPhones is phones that can't be asked.
type noPhones struct{}

func (noPhones) Ask(context.Context, domain.DeviceID, domain.Older, time.Duration) (domain.OlderAnswer, bool, error) {
	return domain.OlderAnswer{}, false, &domain.Error{Code: domain.CodeNotConnected, Message: "not connected"}
}

// A device that goes down again while its gap is being looked at has a gap that goes on, whoever writes last.
func TestAnOutageThatBeginsDuringACheckIsNotLost(t *testing.T) {
	ctx := t.Context()
	kept, err := store.Open(ctx, store.Options{Dir: t.TempDir(), Logger: zerolog.Nop()})
	require.NoError(t, err)
	t.Cleanup(func() { _ = kept.Close() })
	hotel, err := kept.CreateSubaccount(ctx, domain.Subaccount{Name: "Hotel Miramar"})
	require.NoError(t, err)
	reception, err := kept.CreateDevice(ctx, domain.Device{Ref: domain.DeviceRef{Subaccount: hotel.ID}, Label: "Reception", Purpose: domain.PurposeSales, Priority: domain.PriorityMedium})
	require.NoError(t, err)

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
