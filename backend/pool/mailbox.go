package pool

import (
	"sync"

	"github.com/rs/zerolog"

	"waflow/backend/panics"
)

// mailbox is a queue of things to do that never blocks who posts. One goroutine drains it; what panics is over, and the next one is done.
type mailbox struct {
	owner string // as the log calls it
	log   zerolog.Logger
	hurt  func()        // called after a panic; may be nil
	ready chan struct{} // holds one token while there is something to take

	mu     sync.Mutex
	items  []func()
	closed bool
}

func newMailbox(owner string, log zerolog.Logger) *mailbox {
	return &mailbox{owner: owner, log: log, ready: make(chan struct{}, 1)}
}

// post adds something to do, and reports false once the mailbox is closed: then it will not be done.
func (m *mailbox) post(f func()) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return false
	}
	m.items = append(m.items, f)
	select {
	case m.ready <- struct{}{}:
	default:
	}
	return true
}

// drain does one thing after the other until the mailbox is closed and empty.
func (m *mailbox) drain() {
	for range m.ready {
		for {
			f, ok := m.take()
			if !ok {
				break
			}
			if !panics.Step(m.log, m.owner, f) && m.hurt != nil {
				m.hurt()
			}
		}
		if m.finished() {
			return
		}
	}
}

// take removes the oldest item; ok is false when there is none.
func (m *mailbox) take() (f func(), ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.items) == 0 {
		return nil, false
	}
	f = m.items[0]
	m.items[0] = nil
	m.items = m.items[1:]
	return f, true
}

func (m *mailbox) finished() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.closed && len(m.items) == 0
}

// close refuses what is posted from now on; what was posted before is still taken.
func (m *mailbox) close() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.closed = true
	select {
	case m.ready <- struct{}{}:
	default:
	}
}
