package outbox_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"waflow/backend/domain"
	"waflow/backend/outbox"
)

// broken is a store with a defect that passes.
type broken struct {
	outbox.Store
	until time.Time
}

func (s broken) fail() {
	if time.Now().Before(s.until) {
		panic("a defect")
	}
}

func (s broken) StepOutbox(ctx context.Context, step domain.OutboxStep) ([]domain.OutboxItem, error) {
	s.fail()
	return s.Store.StepOutbox(ctx, step)
}

func (s broken) DueReads(ctx context.Context, id domain.DeviceID, limit int) ([]domain.ReadMark, error) {
	if id == 1 { // the line panics before it comes to its messages
		s.fail()
	}
	return s.Store.DueReads(ctx, id, limit)
}

func (s broken) FallDue(ctx context.Context) (domain.Fallen, error) {
	s.fail()
	return s.Store.FallDue(ctx)
}

func TestAPanicEndsNoLineAndEveryMessageGoesOnce(t *testing.T) {
	inWorld(t, func(w *world) {
		w.stop()
		w.start(broken{Store: w.store, until: time.Now().Add(time.Minute)})
		var want []string
		for i := range 4 {
			want = append(want, w.queue(i%2, i%2).WAID)
		}
		time.Sleep(30 * time.Second)
		require.Empty(t, w.line.ids())
		time.Sleep(2 * time.Minute)
		require.ElementsMatch(t, want, w.line.ids())
		require.Empty(t, w.waiting())
	})
}
