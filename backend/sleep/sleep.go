package sleep

import (
	"context"
	"sync"

	"github.com/rs/zerolog"

	"waflow/backend/domain"
	"waflow/backend/events"
)

// sleepsShown is how many of the last sleeps are told.
const sleepsShown = 5

// Store keeps sleeps, and what waits because of them.
type Store interface {
	// KeepSleep keeps a sleep and holds back what is late at its end; it returns how many messages that were.
	KeepSleep(ctx context.Context, sleep domain.Sleep) (int, error)
	Sleeps(ctx context.Context, limit int) ([]domain.Sleep, error)
	Late(ctx context.Context) ([]domain.LateMessage, int, error)
}

// Outbox sends what was held back.
type Outbox interface {
	SendLate(ctx context.Context, ids []domain.MessageID) error
	SendAllLate(ctx context.Context) error
}

// Computer is what the operating system is asked.
type Computer interface {
	// OnMains reports whether the computer runs on mains power. One without a battery does.
	OnMains() (bool, error)
	// StayAwake keeps the computer from going to sleep by itself until release is called, or until this process ends.
	StayAwake() (release func(), err error)
}

// Config is what the use cases are built from.
type Config struct {
	Store    Store
	Outbox   Outbox
	Computer Computer
	Bus      *events.Bus
	Logger   zerolog.Logger
}

// Sleep is the use cases of sleep. Its methods may be called from any goroutine.
type Sleep struct {
	c     Config
	awake *awake

	telling sync.Mutex // what is told is as new as its place on the bus
}

// New returns the use cases over their parts. Nothing keeps the computer awake before Run.
func New(c Config) *Sleep { return &Sleep{c: c, awake: newAwake()} }

// Keep keeps that the computer slept, and holds back the messages that are late because of it.
func (s *Sleep) Keep(ctx context.Context, slept domain.Sleep) error {
	held, err := s.c.Store.KeepSleep(ctx, slept)
	if err != nil {
		return err
	}
	s.c.Logger.Info().Int("late", held).Msg("a sleep was kept")
	s.Tell(ctx)
	return nil
}

// Rest returns what people are told.
func (s *Sleep) Rest(ctx context.Context) (domain.Rest, error) {
	rest := domain.Rest{Awake: s.awake.state()}
	var err error
	if rest.Sleeps, err = s.c.Store.Sleeps(ctx, sleepsShown); err != nil {
		return domain.Rest{}, err
	}
	rest.Late, rest.Waits, err = s.c.Store.Late(ctx)
	return rest, err
}

// Send sends late messages after all. Those that no longer wait are left as they are.
func (s *Sleep) Send(ctx context.Context, ids []domain.MessageID) error {
	if err := s.c.Outbox.SendLate(ctx, ids); err != nil {
		return err
	}
	s.Tell(ctx)
	return nil
}

// SendAll sends every late message after all.
func (s *Sleep) SendAll(ctx context.Context) error {
	if err := s.c.Outbox.SendAllLate(ctx); err != nil {
		return err
	}
	s.Tell(ctx)
	return nil
}

// Tell tells the interface how things are: more may be late, or less. What can't be read now is told by the next change.
func (s *Sleep) Tell(ctx context.Context) {
	s.telling.Lock()
	defer s.telling.Unlock()
	rest, err := s.Rest(ctx)
	if err != nil {
		s.c.Logger.Warn().Err(err).Msg("what there is to tell about sleep could not be read")
		return
	}
	s.c.Bus.Publish(events.Rest(rest))
}
