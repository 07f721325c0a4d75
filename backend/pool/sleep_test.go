package pool

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"waflow/backend/domain"
)

// slept collects what is kept of sleeps, and refuses while a test says so.
type slept struct {
	w      *world
	kept   []domain.Sleep
	refuse bool
}

func (s *slept) keep(_ context.Context, sleep domain.Sleep) error {
	s.w.mu.Lock()
	defer s.w.mu.Unlock()
	if s.refuse {
		return errors.New("the disk refuses")
	}
	s.kept = append(s.kept, sleep)
	return nil
}

// sleepers is a pool with one device whose sleeps are kept.
func sleepers(w *world) (*Pool, *slept) {
	s := &slept{w: w}
	p := w.pool()
	p.cfg.Slept = s.keep
	d := deviceOf(1, domain.CauseOnline)
	w.active[1] = "1-1.db"
	p.Add(d, w.active[1])
	w.run(p)
	after(time.Minute)
	return p, s
}

func TestASleepIsOneWhoeverNoticesItFirst(t *testing.T) {
	const night = 8 * time.Hour
	for name, notice := range map[string]func(p *Pool){
		"the clocks":                           func(*Pool) { after(10 * time.Second) },
		"the system":                           func(p *Pool) { p.Woke(night); after(10 * time.Second) },
		"the clocks, then the system":          func(p *Pool) { after(10 * time.Second); p.Woke(night + 10*time.Second) },
		"who is about to send":                 func(p *Pool) { _, _ = p.NoticeSleep(context.Background()); after(10 * time.Second) },
		"the system, not for how long":         func(p *Pool) { p.Woke(0); after(10 * time.Second) },
		"the clocks, then the system, not how": func(p *Pool) { after(10 * time.Second); p.Woke(0) },
		"the system twice, the second not how": func(p *Pool) { p.Woke(night); after(5 * time.Second); p.Woke(0) },
		"who is about to send, then the rest":  func(p *Pool) { _, _ = p.NoticeSleep(context.Background()); p.Woke(night); after(10 * time.Second) },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				p, s := sleepers(w)
				began := p.now()
				w.set(func() { w.wall += night })
				notice(p)
				after(time.Minute)
				require.Len(t, s.kept, 1)
				require.WithinDuration(t, began, s.kept[0].From, 15*time.Second)
				require.WithinDuration(t, began.Add(night), s.kept[0].To, 15*time.Second)
				require.Equal(t, 2, w.dialed(), "one new connection for one sleep")

				w.set(func() { w.wall += time.Hour })
				after(time.Minute)
				require.Len(t, s.kept, 2, "the next one is another")
			})
		})
	}
}

func TestNothingIsSentBeforeASleepIsKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		p, s := sleepers(w)
		n, err := p.NoticeSleep(t.Context())
		require.NoError(t, err)
		w.set(func() { s.refuse = true; w.wall += time.Hour })
		_, err = p.NoticeSleep(t.Context())
		require.Error(t, err)
		after(time.Minute)
		_, err = p.NoticeSleep(t.Context())
		require.Error(t, err, "until the disk takes it")
		require.Equal(t, domain.CauseOnline, w.cause(1), "the device does not wait for that")
		w.set(func() { s.refuse = false })
		after(10 * time.Second)
		now, err := p.NoticeSleep(t.Context())
		require.NoError(t, err)
		require.Equal(t, n+1, now)
		require.Len(t, s.kept, 1)
	})
}
