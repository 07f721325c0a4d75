package sleep

import (
	"context"
	"sync"
	"time"

	"waflow/backend/domain"
	"waflow/backend/panics"
)

// lookEvery is how often it is looked whether the computer is still plugged in.
const lookEvery = 15 * time.Second

// awake is the wish to keep the computer awake, and what became of it.
type awake struct {
	changed chan struct{} // buffered: the wish may be another one

	mu     sync.Mutex
	wanted bool
	now    domain.AwakeState
}

func newAwake() *awake {
	return &awake{changed: make(chan struct{}, 1), now: domain.AwakeOff}
}

func (a *awake) want(wanted bool) {
	a.mu.Lock()
	a.wanted = wanted
	a.mu.Unlock()
	select {
	case a.changed <- struct{}{}:
	default:
	}
}

func (a *awake) wants() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.wanted
}

func (a *awake) state() domain.AwakeState {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.now
}

// become sets what is told, and reports whether that is new.
func (a *awake) become(state domain.AwakeState) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	was := a.now
	a.now = state
	return was != state
}

// Decide says what is to become of the wish to keep the computer awake: AwakeHeld stands for "hold it". plugged counts only without an error.
func Decide(wanted, plugged bool, err error) domain.AwakeState {
	switch {
	case !wanted:
		return domain.AwakeOff
	case err != nil:
		return domain.AwakeRefused
	case !plugged:
		return domain.AwakeBattery
	}
	return domain.AwakeHeld
}

// Configure takes the settings as they are now. It does not block.
func (s *Sleep) Configure(settings domain.Settings) { s.awake.want(settings.KeepAwake) }

// Run keeps the computer awake while that is wished and the computer is plugged in, until ctx ends; then it may sleep again.
func (s *Sleep) Run(ctx context.Context) error {
	ticker := time.NewTicker(lookEvery)
	defer ticker.Stop()
	var release func()
	for {
		panics.Step(s.c.Logger, "sleep", func() { release = s.look(ctx, release) })
		select {
		case <-ctx.Done():
			if release != nil {
				release()
			}
			return nil
		case <-s.awake.changed:
		case <-ticker.C:
		}
	}
}

// look brings what is held in line with what is wished. release is nil while nothing is held, and so is what it returns.
func (s *Sleep) look(ctx context.Context, release func()) func() {
	var plugged bool
	var err error
	wanted := s.awake.wants()
	if wanted {
		plugged, err = s.c.Computer.OnMains()
	}
	state := Decide(wanted, plugged, err)
	switch {
	case state == domain.AwakeHeld && release == nil:
		if release, err = s.c.Computer.StayAwake(); err != nil {
			state = domain.AwakeRefused
		}
	case state != domain.AwakeHeld && release != nil:
		release()
		release = nil
	}
	if s.awake.become(state) {
		s.c.Logger.Info().Err(err).Str("awake", string(state)).Msg("whether the computer is kept awake has changed")
		s.Tell(ctx)
	}
	return release
}
