package wasim

import (
	"sync"

	waBinary "go.mau.fi/whatsmeow/binary"
)

// mailbox is a phone's link to the server: an unbounded queue of stanzas and of work, handled one after the other by a
// goroutine that exists only while there is something to do.
type mailbox struct {
	s      *Server
	handle func(*waBinary.Node)

	mu      sync.Mutex
	queue   []func()
	running bool
	closed  bool
}

func newMailbox(s *Server, handle func(*waBinary.Node)) *mailbox {
	return &mailbox{s: s, handle: handle}
}

func (m *mailbox) deliver(node *waBinary.Node) {
	m.post(func() { m.handle(node) })
}

// post queues work for the phone.
func (m *mailbox) post(work func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return
	}
	m.queue = append(m.queue, work)
	if !m.running {
		m.running = m.s.goRun(m.drain)
	}
}

func (m *mailbox) drain() {
	for {
		m.mu.Lock()
		batch := m.queue
		m.queue = nil
		if len(batch) == 0 || m.closed {
			m.running = false
			m.mu.Unlock()
			return
		}
		m.mu.Unlock()
		for _, work := range batch {
			work()
		}
	}
}

// close drops what is queued and takes nothing more.
func (m *mailbox) close() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.closed, m.queue = true, nil
}
