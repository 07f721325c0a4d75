package pool

import (
	"context"
	"sync"
	"time"

	"waflow/backend/device"
	"waflow/backend/domain"
	"waflow/backend/panics"
)

// How a sleep is noticed: a ticker that comes this much too late.
const (
	sleepTick = 5 * time.Second
	sleepLate = 15 * time.Second
	sleepWord = 30 * time.Second // so long after a sleep the system's word of one that it can't tell the length of is about the same one
)

// moment is one reading of both clocks.
type moment struct {
	wall time.Time     // without monotonic part
	mono time.Duration // since some fixed moment
}

// gap returns how much later than a tick the second reading is by the clock that says more, and whether that was a sleep. On some
// systems the monotonic clock stands while the computer sleeps, on others it runs on; the wall clock may be set back meanwhile.
func gap(a, b moment) (time.Duration, bool) {
	late := max(b.wall.Sub(a.wall), b.mono-a.mono) - sleepTick
	return late, late > sleepLate
}

// sleeps notices that the computer slept, once for each sleep, whoever notices it first: the ticker, the operating system, or somebody
// who is about to send.
type sleeps struct {
	pool  *Pool
	began time.Time

	mu      sync.Mutex
	reading bool           // last was read
	last    moment         // when the clocks were last read
	end     time.Time      // of the last sleep
	count   int            // how many there were
	owed    []domain.Sleep // noticed and not kept yet
}

func (s *sleeps) read() moment {
	return moment{wall: s.pool.now(), mono: time.Since(s.began)}
}

// watch looks at the clocks until ctx ends.
func (s *sleeps) watch(ctx context.Context) {
	ticker := time.NewTicker(sleepTick)
	defer ticker.Stop()
	for {
		if _, err := s.notice(ctx); err != nil && ctx.Err() == nil {
			s.pool.cfg.Logger.Error().Err(err).Msg("a sleep could not be kept")
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// notice looks whether the computer slept since the clocks were last read. It returns how many sleeps there were, and an error while one of
// them could not be kept.
func (s *sleeps) notice(ctx context.Context) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	present := s.read()
	if late, slept := gap(s.last, present); s.reading && slept {
		s.slept(present, late)
	}
	s.last, s.reading = present, true
	return s.count, s.keep(ctx)
}

// told is the operating system's word that the computer has woken. The clocks may have told it before.
func (s *sleeps) told(ctx context.Context, lasted time.Duration) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	present := s.read()
	if late, noticed := gap(s.last, present); lasted == 0 && s.reading && noticed {
		lasted = late // the system does not know for how long
	}
	since := present.wall.Add(-max(lasted, 0))
	if lasted == 0 {
		since = since.Add(-sleepWord)
	}
	if s.count == 0 || !since.Before(s.end) {
		s.slept(present, lasted)
		s.last, s.reading = present, true
	}
	return s.keep(ctx)
}

// slept notes a sleep that is over and tells every device. s.mu is held.
func (s *sleeps) slept(now moment, lasted time.Duration) {
	sleep := domain.Sleep{From: now.wall.Add(-lasted), To: now.wall}
	s.end, s.count, s.owed = sleep.To, s.count+1, append(s.owed, sleep)
	s.pool.cfg.Logger.Info().Dur("gap", lasted).Msg("the computer slept")
	s.pool.tellAll(device.Input{Kind: device.Woke, Since: sleep.From}, 0)
}

// keep hands the sleeps on that are not kept yet. s.mu is held: who is about to send waits until it is known what may still go.
func (s *sleeps) keep(ctx context.Context) error {
	for len(s.owed) > 0 {
		if err := s.hand(ctx, s.owed[0]); err != nil {
			return err
		}
		s.owed = s.owed[1:]
	}
	return nil
}

func (s *sleeps) hand(ctx context.Context, sleep domain.Sleep) (err error) {
	defer panics.Into(&err, "keeping a sleep panicked")
	return s.pool.cfg.Slept(ctx, sleep)
}

// NoticeSleep looks whether the computer slept and nobody noticed yet, and returns how many sleeps there were since the pool was made. With an
// error the last one could not be kept: nothing should be sent that may have been due in it. Timers go off before the ticker does after a
// sleep, so a device may be connected again before anybody else has noticed.
func (p *Pool) NoticeSleep(ctx context.Context) (int, error) { return p.sleeps.notice(ctx) }

// Woke says that the computer slept for so long, until now: every connection is made anew. Told again of a sleep that is known it does nothing.
func (p *Pool) Woke(lasted time.Duration) {
	ctx, cancel := context.WithTimeout(context.Background(), writeWithin)
	defer cancel()
	if err := p.sleeps.told(ctx, lasted); err != nil {
		p.cfg.Logger.Error().Err(err).Msg("a sleep could not be kept")
	}
}
