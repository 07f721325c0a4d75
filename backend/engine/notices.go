package engine

import (
	"context"
	"sync"

	"github.com/rs/zerolog"

	"waflow/backend/domain"
	"waflow/backend/events"
	"waflow/backend/store"
)

// notices keeps what was told and hands each notice to the interface and, where there is one, to the window.
type notices struct {
	store *store.Store
	bus   *events.Bus
	log   zerolog.Logger

	mu   sync.Mutex
	last int64
	show func(domain.Notice)
}

func newNotices(store *store.Store, bus *events.Bus, log zerolog.Logger) *notices {
	return &notices{store: store, bus: bus, log: log}
}

// add keeps a notice and tells it. A disk that does not take it is no reason not to tell.
func (n *notices) add(ctx context.Context, notice domain.Notice) {
	kept, err := n.store.AddNotice(context.WithoutCancel(ctx), notice)
	n.mu.Lock()
	if err != nil {
		n.log.Warn().Err(err).Msg("a notice was not kept")
		notice.ID = n.last + 1
	} else {
		notice.ID = kept.ID
	}
	n.last = max(n.last, notice.ID)
	show := n.show
	n.mu.Unlock()
	n.bus.Publish(events.Notice(notice))
	if show != nil {
		show(notice)
	}
}

// keepUntold keeps for the next start what could not be told yet.
func (n *notices) keepUntold(ctx context.Context, devices []domain.DeviceID) {
	if err := n.store.KeepUntold(context.WithoutCancel(ctx), devices); err != nil {
		n.log.Warn().Err(err).Msg("what could not be told yet was not kept")
	}
}

// Newest returns the newest notices, newest last, and the highest id that was read.
func (n *notices) Newest(ctx context.Context, limit int) ([]domain.Notice, int64, error) {
	newest, err := n.store.Notices(ctx, limit)
	if err != nil {
		return nil, 0, err
	}
	read, err := n.store.NoticesRead(ctx)
	return newest, read, err
}

// Read marks every notice up to an id as read.
func (n *notices) Read(ctx context.Context, upTo int64) error {
	read, err := n.store.ReadNotices(ctx, upTo)
	if err != nil {
		return err
	}
	n.bus.Publish(events.NoticesRead(read))
	return nil
}

func (n *notices) onNew(show func(domain.Notice)) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.show = show
}
