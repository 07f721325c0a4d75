package pool

import (
	"context"
	"errors"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"waflow/backend/domain"
	"waflow/backend/panics"
)

// session is one session file and its client. Its goroutine works through what the supervisor asks, one after the other: connecting
// and closing may take as long as the network likes, and nobody but this goroutine waits for it.
type session struct {
	pool *Pool
	ref  domain.DeviceRef
	file string // name in the sessions directory
	ops  *mailbox

	gone chan struct{} // closed when the goroutine has ended

	events  func(ev domain.SessionEvent)                      // where events go: the supervisor's mailbox
	guard   func(ctx context.Context, a domain.Account) error // nil: nothing is being linked
	receive func(ctx context.Context, in domain.Inbound) error
	owned   atomic.Bool // it is the device's own: what arrives is the device's

	client   Client        // of the goroutine
	over     chan struct{} // closed when the phone has been told of a refusal
	once     sync.Once
	loggedIn chan struct{} // holds a token when a session that is being given up has logged in

	mu      sync.Mutex
	live    Client             // for those who send; nil while there is none
	present *connection        // the last that was asked for and not given up; nil while there is none
	asking  context.CancelFunc // ends the wait for a code to type
}

// connection is one that was asked for: its dial waits or goes on, then it may be open. Guarded by session.mu.
type connection struct {
	interrupt context.CancelFunc
	dialing   bool
}

var (
	errSessionEnded = errors.New("the session was ended")
	errNotLinked    = errors.New("the session file holds no account")
)

func (p *Pool) newSession(ref domain.DeviceRef, file string) *session {
	return &session{
		pool:     p,
		ref:      ref,
		file:     file,
		ops:      newMailbox("session", *p.log(ref)),
		gone:     make(chan struct{}),
		over:     make(chan struct{}),
		loggedIn: make(chan struct{}, 1),
	}
}

// run works until close was asked for.
func (s *session) run() {
	defer close(s.gone)
	s.ops.drain()
}

// closed reports whether the goroutine has ended.
func (s *session) closed() bool {
	select {
	case <-s.gone:
		return true
	default:
		return false
	}
}

// connect dials, opening the session file first where that is still to be done. done gets the result.
func (s *session) connect(done func(error)) {
	ctx, cancel := context.WithCancel(context.Background())
	c := &connection{interrupt: cancel, dialing: true}
	s.mu.Lock()
	s.present = c
	s.mu.Unlock()
	posted := s.ops.post(func() {
		err := s.dial(ctx)
		s.mu.Lock()
		c.dialing = false
		s.mu.Unlock()
		if err != nil {
			cancel()
		}
		done(err)
	})
	if !posted {
		cancel()
		done(errSessionEnded)
	}
}

func (s *session) dial(ctx context.Context) (err error) {
	defer panics.Into(&err, "connecting panicked")
	if err := ctx.Err(); err != nil {
		return err
	}
	if s.client == nil {
		client, err := s.pool.cfg.Open(ctx, filepath.Join(s.pool.cfg.Sessions, s.file), s.handlers())
		if err != nil {
			return err
		}
		s.client = client
		s.mu.Lock()
		s.live = client
		s.mu.Unlock()
	} else {
		s.client.Disconnect()
	}
	if s.owned.Load() && !s.client.Linked() {
		return errNotLinked // to dial it would ask WhatsApp for QR codes
	}
	return s.client.Connect(ctx)
}

// disconnect ends the connection. A dial that is on its way is told to give up at once; whether it listens is the client's affair.
func (s *session) disconnect() {
	s.mu.Lock()
	c := s.present
	s.present = nil
	if s.asking != nil {
		s.asking()
	}
	if c != nil && c.dialing {
		c.interrupt()
	}
	s.mu.Unlock()
	if c == nil {
		return
	}
	s.ops.post(func() {
		if s.client != nil {
			s.client.Disconnect()
		}
		c.interrupt()
	})
}

// askCode asks WhatsApp for a code to type into the phone with that number. done gets it.
func (s *session) askCode(number string, done func(string, error)) {
	ctx, cancel := context.WithTimeout(context.Background(), askWithin)
	s.mu.Lock()
	s.asking = cancel
	s.mu.Unlock()
	posted := s.ops.post(func() {
		defer cancel()
		code, err := s.fetchCode(ctx, number)
		done(code, err)
	})
	if !posted {
		cancel()
		done("", errSessionEnded)
	}
}

func (s *session) fetchCode(ctx context.Context, number string) (code string, err error) {
	defer panics.Into(&err, "asking for a code panicked")
	if s.client == nil {
		return "", errSessionEnded
	}
	return s.client.PairCode(ctx, number)
}

// logout asks WhatsApp to remove this companion. done gets the result.
func (s *session) logout(done func(error)) {
	posted := s.ops.post(func() { done(s.sayGoodbye()) })
	if !posted {
		done(errSessionEnded)
	}
}

func (s *session) sayGoodbye() (err error) {
	defer panics.Into(&err, "logging out panicked")
	if s.client == nil {
		return errSessionEnded
	}
	ctx, cancel := context.WithTimeout(context.Background(), logoutWithin)
	defer cancel()
	return s.client.Logout(ctx)
}

// close ends the session for good; discard deletes its file too. linger leaves the connection open for so long, or until phoneTold,
// so that a phone that is being refused hears of it. Only the first call counts.
func (s *session) close(discard bool, linger time.Duration) {
	if linger <= 0 {
		s.disconnect()
	}
	s.ops.post(func() {
		if linger > 0 {
			s.awaitPhone(linger)
		}
		s.end(discard)
	})
	s.ops.close()
}

func (s *session) awaitPhone(within time.Duration) {
	t := time.NewTimer(within)
	defer t.Stop()
	select {
	case <-s.over:
	case <-s.pool.stopping:
	case <-t.C:
	}
}

// signal says that a session that is being given up has logged in.
func (s *session) signal() {
	select {
	case s.loggedIn <- struct{}{}:
	default:
	}
}

// phoneTold ends the lingering of close.
func (s *session) phoneTold() { s.once.Do(func() { close(s.over) }) }

func (s *session) end(discard bool) {
	log := s.pool.log(s.ref)
	var err error
	func() {
		defer panics.Into(&err, "closing panicked")
		if s.client != nil {
			err = s.client.Close()
		}
	}()
	s.mu.Lock()
	s.live = nil
	if s.present != nil {
		s.present.interrupt()
	}
	s.mu.Unlock()
	if err != nil {
		log.Warn().Err(err).Msg("a session did not close well")
	}
	if discard {
		s.pool.discard(s.file)
	}
}

// sender returns the client that sends, nil if there is none.
func (s *session) sender() Client {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.live
}

// handlers returns what the client calls. None of them waits for the supervisor, and none lets a panic into the client library, which
// would take it for success.
func (s *session) handlers() domain.SessionHandlers {
	return domain.SessionHandlers{
		Receive: func(ctx context.Context, in domain.Inbound) (err error) {
			defer panics.Into(&err, "receiving panicked")
			if !s.owned.Load() {
				return &domain.Error{Code: domain.CodeConflict, Message: "this session belongs to no device"}
			}
			return s.receive(ctx, in)
		},
		Event: func(ev domain.SessionEvent) { s.events(ev) },
		Guard: func(ctx context.Context, account domain.Account) (err error) {
			defer panics.Into(&err, "the number guard panicked")
			if s.guard == nil {
				return &domain.Error{Code: domain.CodeLinkFailed, Message: "nothing is being linked here"}
			}
			return s.guard(ctx, account)
		},
		Proxy: func(ctx context.Context) (_ domain.Proxy, err error) {
			defer panics.Into(&err, "the proxy panicked")
			return s.pool.cfg.Proxy(ctx, s.ref)
		},
	}
}
