package wasim

import (
	"context"
	"sync"
)

// pulse tells waiters that something has changed.
type pulse struct {
	mu      sync.Mutex
	waiting int
	changed chan struct{}
}

func newPulse() *pulse { return &pulse{changed: make(chan struct{})} }

func (p *pulse) beat() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.waiting > 0 {
		close(p.changed)
		p.changed, p.waiting = make(chan struct{}), 0
	}
}

func (p *pulse) next() <-chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.waiting++
	return p.changed
}

// WaitFor returns when cond is true. It looks whenever a client's stanza was handled, a client has gone, and whenever the
// ledger or what a phone shows has changed, so that tests need not sleep. It returns ctx's error, or ErrClosed.
func (s *Server) WaitFor(ctx context.Context, cond func() bool) error {
	for {
		next := s.pulse.next()
		if cond() {
			return nil
		}
		select {
		case <-next:
		case <-ctx.Done():
			return ctx.Err()
		case <-s.ctx.Done():
			return ErrClosed
		}
	}
}
