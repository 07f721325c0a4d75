package wasim

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"
)

// Errors of the public methods. They are wrapped with detail; compare with errors.Is.
var (
	// ErrClosed is returned after Server.Close.
	ErrClosed = errors.New("simulator is closed")
	// ErrUnknownNumber means that no phone with that number exists.
	ErrUnknownNumber = errors.New("no phone has this number")
	// ErrNumberTaken means that a phone with that number or LID exists already.
	ErrNumberTaken = errors.New("a phone with this number exists already")
	// ErrBadNumber means that a string is not a phone number in international form.
	ErrBadNumber = errors.New("not an international phone number")
	// ErrUnknownGroup means that no group with that JID exists.
	ErrUnknownGroup = errors.New("no group has this JID")
)

// Options of a Server. The zero value works.
type Options struct {
	// Seed makes ids, LIDs and fault choices repeatable. Keys are always random.
	Seed int64
	// Now is the clock of timestamps. Default time.Now. Timers always use the runtime's clock, which testing/synctest
	// replaces.
	Now func() time.Time
	// Logger gets what happens at debug level, with numbers masked and never a text. The zero value discards.
	Logger zerolog.Logger
	// QRLifetimes says how long each of the references of a pairing attempt can be scanned, one after the other.
	// Default: 60 s, then five times 20 s, which is what the clients show.
	QRLifetimes []time.Duration
	// CodeLifetime is how long a code can be typed into the phone after the client has asked for it. Default 160 s, which
	// is also when the last QR code is over and the connection ends.
	CodeLifetime time.Duration
	// MinClientVersion is the oldest client version that may log in or pair; older ones get failure 405.
	// Default 2.2300.0.
	MinClientVersion [3]uint32
	// CertificatesLast is how long the server's certificates are valid, half of it before the present moment of its clock and
	// half after: clients whose own clock is further off refuse to shake hands. 0 makes them valid from 1970 to 2200.
	CertificatesLast time.Duration
	// CloseDelay is how long a connection stays open after a failure or a stream error, so that the client reads the
	// reason before it sees the end. Default 150 ms.
	CloseDelay time.Duration
	// MediaLifetime is how long an uploaded file stays on the media hosts. Default 30 days.
	MediaLifetime time.Duration
	// MediaHosts are the hosts, with or without port, that clients are told to use for files, the preferred one first.
	// Clients put https:// before them; whatever they are, every connection of HTTPClient and TCPClient comes here.
	// Default: two hosts of WhatsApp's.
	MediaHosts []string
	// Keep bounds memory: about how many finished messages the ledger keeps in detail, how many messages each phone keeps,
	// and how many each device's filter of duplicates knows. What is older is counted and forgotten; what waits for a device
	// is never forgotten. 0 keeps everything.
	Keep int
}

func (o Options) withDefaults() Options {
	if o.Now == nil {
		o.Now = time.Now
	}
	if len(o.QRLifetimes) == 0 {
		o.QRLifetimes = []time.Duration{60 * time.Second, 20 * time.Second, 20 * time.Second, 20 * time.Second, 20 * time.Second, 20 * time.Second}
	}
	if o.CodeLifetime == 0 {
		o.CodeLifetime = 160 * time.Second
	}
	if o.MinClientVersion == [3]uint32{} {
		o.MinClientVersion = [3]uint32{2, 2300, 0}
	}
	if o.CloseDelay == 0 {
		o.CloseDelay = 150 * time.Millisecond
	}
	if o.MediaLifetime == 0 {
		o.MediaLifetime = 30 * 24 * time.Hour
	}
	if len(o.MediaHosts) == 0 {
		o.MediaHosts = []string{"media-mad1-1.cdn.whatsapp.net", "mmg.whatsapp.net"}
	}
	return o
}

// Server is one simulated WhatsApp. Create it with New, make it reachable with Listen or HTTPClient, and end it with
// Close. All methods are safe for concurrent use.
type Server struct {
	opts   Options
	log    zerolog.Logger
	certs  *certificates
	ledger *Ledger
	blobs  *blobStore
	faults *faultBook
	random *randomSource // LIDs, groups, invitations: in the order in which a story makes them
	noise  *randomSource // what nobody compares and many goroutines draw: padding, references of codes
	pulse  *pulse

	ctx      context.Context
	cancel   context.CancelFunc
	wg       sync.WaitGroup
	nextID   idCounter
	gallery  gallery
	revision atomic.Uint32 // of the newest client version

	mu        sync.Mutex
	closed    bool
	accounts  map[string]*account  // by number, digits only
	lids      map[string]*account  // by LID user, those of before included
	former    map[string]*account  // by numbers that accounts have given up
	order     []*account           // in order of creation
	groups    map[string]*group    // by the user part of their JID
	calls     map[string]callGoing // by their id
	codes     map[string]*group    // by the codes of invite links, the revoked ones included
	pairings  map[string]*pairing  // by QR reference
	linkCodes map[string]*pairing  // clients that wait for a code, by the number that they named
	conns     map[*connection]struct{}
	net       network
}

// New makes a server that nothing can reach yet.
func New(opts Options) (*Server, error) {
	quietSignal()
	opts = opts.withDefaults()
	certs, err := newCertificates(opts.CertificatesLast)
	if err != nil {
		return nil, fmt.Errorf("make certificates: %w", err)
	}
	blobs, err := newBlobStore(opts.MediaLifetime, opts.Now)
	if err != nil {
		return nil, fmt.Errorf("make media hosts: %w", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	s := &Server{
		opts:      opts,
		log:       opts.Logger,
		certs:     certs,
		blobs:     blobs,
		faults:    newFaultBook(opts.Seed),
		random:    newRandomSource(opts.Seed, "names"),
		noise:     newRandomSource(opts.Seed, "noise"),
		pulse:     newPulse(),
		ctx:       ctx,
		cancel:    cancel,
		accounts:  make(map[string]*account),
		lids:      make(map[string]*account),
		former:    make(map[string]*account),
		groups:    make(map[string]*group),
		codes:     make(map[string]*group),
		pairings:  make(map[string]*pairing),
		linkCodes: make(map[string]*pairing),
		conns:     make(map[*connection]struct{}),
	}
	s.revision.Store(newestRevision)
	s.ledger = newLedger(opts.Now, s.pulse, opts.Keep)
	return s, nil
}

// RootKey is the public key that signs the server's certificate chain. A client must be told to trust it instead of
// WhatsApp's own.
func (s *Server) RootKey() [32]byte { return s.certs.root }

// Ledger is the record of everything that was sent, received and acknowledged.
func (s *Server) Ledger() *Ledger { return s.ledger }

// Close ends every connection, phone and goroutine. It can be called more than once.
func (s *Server) Close() error {
	s.mu.Lock()
	s.closed = true
	phones := append([]*account(nil), s.order...)
	s.mu.Unlock()
	s.cancel()
	err := s.unplug()
	s.dropConnections(nil)
	for _, a := range phones {
		a.phone.mailbox.close()
		for _, c := range a.phone.Computers() {
			c.mailbox.close()
		}
	}
	s.wg.Wait()
	return err
}

// Phones lists the phones in the order in which they were made.
func (s *Server) Phones() []*Phone {
	s.mu.Lock()
	defer s.mu.Unlock()
	phones := make([]*Phone, len(s.order))
	for i, a := range s.order {
		phones[i] = a.phone
	}
	return phones
}

// Phone finds a phone by its number in international form, with or without the plus. Nil when there is none.
func (s *Server) Phone(number string) *Phone {
	digits, err := digitsOf(number)
	if err != nil {
		return nil
	}
	if a := s.accountNumbered(digits); a != nil {
		return a.phone
	}
	return nil
}

func (s *Server) now() time.Time { return s.opts.Now() }

// goRun starts a goroutine that Close waits for. It returns false, and starts nothing, once the server is closed.
func (s *Server) goRun(f func()) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	s.wg.Go(f)
	return true
}

// after runs f once when d has passed, unless the server is closed before.
func (s *Server) after(d time.Duration, f func()) {
	s.goRun(func() {
		timer := time.NewTimer(d)
		defer timer.Stop()
		select {
		case <-timer.C:
			f()
		case <-s.ctx.Done():
		}
	})
}

// digitsOf strips the plus and the usual separators from a phone number.
func digitsOf(number string) (string, error) {
	digits := make([]byte, 0, len(number))
	for i := range len(number) {
		switch c := number[i]; {
		case c >= '0' && c <= '9':
			digits = append(digits, c)
		case c == '+' && i == 0, c == ' ', c == '-':
		default:
			return "", fmt.Errorf("%w: unexpected character", ErrBadNumber)
		}
	}
	if len(digits) < 7 || len(digits) > 15 {
		return "", fmt.Errorf("%w: %d digits", ErrBadNumber, len(digits))
	}
	return string(digits), nil
}

// mask hides all but the last two digits of a number, for logs.
func mask(digits string) string {
	if len(digits) <= 2 {
		return "…"
	}
	return "…" + digits[len(digits)-2:]
}
