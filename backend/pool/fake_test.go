package pool

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"
	"github.com/stretchr/testify/require"

	"waflow/backend/domain"
)

// world stands in for WhatsApp and the database at the pool's own interfaces, and writes down what it saw.
type world struct {
	t *testing.T

	mu          sync.Mutex
	connect     func(c *client) error // what a dial does; nil connects and logs in
	dials       []time.Time
	dialedFiles []string
	atOnce      int
	most        int
	clients     map[string]*client // by file
	history     []domain.StateChange
	details     []domain.DeviceState
	unwritten   []domain.DeviceState
	steps       []domain.PairingStep
	woken       []domain.DeviceID
	links       []domain.Link
	held        map[string]domain.Holder // by number
	claimed     map[domain.LinkID]string
	asked       []string // numbers that WhatsApp was asked a code for
	code        func(ctx context.Context) (string, error)
	dropped     []domain.DeviceRef
	released    []domain.LinkID
	active      map[domain.DeviceID]string // session files
	journal     func() error
	confirm     func() error
	claim       func() error
	opened      func() error
	wall        time.Duration // added to the clock
	frozen      time.Time     // until when nobody who looks at the clock goes on
	renew       func() (bool, error)
	renewals    int
}

func newWorld(t *testing.T) *world {
	return &world{
		t:       t,
		clients: map[string]*client{},
		held:    map[string]domain.Holder{},
		claimed: map[domain.LinkID]string{},
		active:  map[domain.DeviceID]string{},
	}
}

func (w *world) now() time.Time {
	w.mu.Lock()
	frozen := w.frozen
	w.mu.Unlock()
	time.Sleep(time.Until(frozen))
	w.mu.Lock()
	defer w.mu.Unlock()
	return time.Now().Add(w.wall)
}

// client is one session at WhatsApp.
type client struct {
	world  *world
	file   string
	h      domain.SessionHandlers
	linked bool
	ctx    context.Context
	up     bool
	closed bool
	outs   int
	logout func() error
}

func (w *world) open(_ context.Context, file string, h domain.SessionHandlers) (Client, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		return nil, err
	}
	name := filepath.Base(file)
	c := &client{world: w, file: name, h: h}
	for _, active := range w.active {
		c.linked = c.linked || active == name
	}
	w.clients[name] = c
	return c, nil
}

func (c *client) Connect(ctx context.Context) error {
	w := c.world
	w.mu.Lock()
	w.dials = append(w.dials, time.Now())
	w.dialedFiles = append(w.dialedFiles, c.file)
	w.atOnce++
	w.most = max(w.most, w.atOnce)
	connect, linked := w.connect, c.linked
	c.ctx = ctx
	w.mu.Unlock()
	defer func() {
		w.mu.Lock()
		w.atOnce--
		w.mu.Unlock()
	}()
	if connect != nil {
		return connect(c)
	}
	if linked {
		c.tell(domain.SessionEvent{Kind: domain.SessionConnected})
	} else {
		c.tell(domain.SessionEvent{Kind: domain.PairCodes, Codes: []string{"a", "b", "c", "d", "e", "f"}})
	}
	return nil
}

// tell is what WhatsApp says over this session.
func (c *client) tell(ev domain.SessionEvent) {
	c.world.mu.Lock()
	if ev.Kind == domain.SessionConnected {
		c.up = true
	}
	c.world.mu.Unlock()
	c.h.Event(ev)
}

func (c *client) PairCode(ctx context.Context, number string) (string, error) {
	c.world.mu.Lock()
	c.world.asked = append(c.world.asked, number)
	code := c.world.code
	c.world.mu.Unlock()
	if code != nil {
		return code(ctx)
	}
	return "K7QP-3MTX", nil
}

func (c *client) AskPhone(context.Context) error { return nil }

func (c *client) Disconnect() {
	c.world.mu.Lock()
	defer c.world.mu.Unlock()
	c.up = false
}

func (c *client) Logout(context.Context) error {
	c.world.mu.Lock()
	defer c.world.mu.Unlock()
	if c.logout != nil {
		return c.logout()
	}
	if !c.up {
		return errors.New("not connected")
	}
	c.outs++
	c.linked = false
	return nil
}

func (c *client) Send(context.Context, domain.Outgoing) (domain.SendResult, error) {
	return domain.SendResult{At: c.world.now()}, nil
}

func (c *client) MarkRead(context.Context, domain.ReadMark) error { return nil }

func (c *client) History(context.Context, domain.InboundHistory, func(domain.Past) error) error {
	return nil
}

func (c *client) AskOlder(context.Context, domain.Older) error { return nil }

func (c *client) HistoryKept(context.Context, domain.InboundHistory) error { return nil }

func (c *client) Upload(context.Context, domain.UploadJob, io.Reader, domain.MediaFile, func(int64)) (domain.Uploaded, error) {
	return domain.Uploaded{}, nil
}

func (c *client) Fetch(context.Context, domain.MediaJob, domain.MediaFile) error { return nil }

func (c *client) Linked() bool {
	c.world.mu.Lock()
	defer c.world.mu.Unlock()
	return c.linked
}

func (c *client) Close() error {
	c.world.mu.Lock()
	defer c.world.mu.Unlock()
	c.up, c.closed = false, true
	return nil
}

func (w *world) OpenLink(_ context.Context, ref domain.DeviceRef) (domain.Link, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.opened != nil {
		if err := w.opened(); err != nil {
			return domain.Link{}, err
		}
	}
	id := domain.LinkID(len(w.links) + 100)
	link := domain.Link{ID: id, Ref: ref, File: fmt.Sprintf("%d-%d.db", ref.Device, id)}
	w.links = append(w.links, link)
	return link, nil
}

func (w *world) CheckNumber(_ context.Context, _ domain.LinkID, number string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if holder, ok := w.held[number]; ok {
		return &domain.RefusedError{Err: &domain.Error{Code: domain.CodeNumberInUse, Message: "the number is in use"}, Holder: holder}
	}
	return nil
}

func (w *world) ClaimNumber(_ context.Context, link domain.LinkID, a domain.Account) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.claim != nil {
		if err := w.claim(); err != nil {
			return err
		}
	}
	if holder, ok := w.held[a.Number]; ok {
		return &domain.RefusedError{Err: &domain.Error{Code: domain.CodeNumberInUse, Message: "the number is in use"}, Holder: holder}
	}
	w.claimed[link] = a.Number
	return nil
}

func (w *world) ConfirmLink(_ context.Context, id domain.LinkID, a domain.Account) (domain.Device, []string, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.confirm != nil {
		if err := w.confirm(); err != nil {
			return domain.Device{}, nil, err
		}
	}
	link := w.link(id)
	var obsolete []string
	if former, ok := w.active[link.Ref.Device]; ok {
		obsolete = append(obsolete, former)
	}
	w.active[link.Ref.Device] = link.File
	delete(w.claimed, id)
	return domain.Device{Ref: link.Ref, Account: a, Slot: 1}, obsolete, nil
}

func (w *world) link(id domain.LinkID) domain.Link {
	for _, l := range w.links {
		if l.ID == id {
			return l
		}
	}
	return domain.Link{}
}

func (w *world) ReleaseLink(_ context.Context, id domain.LinkID) (string, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.claimed, id)
	w.released = append(w.released, id)
	return w.link(id).File, nil
}

func (w *world) DropLink(_ context.Context, ref domain.DeviceRef) (string, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	file := w.active[ref.Device]
	delete(w.active, ref.Device)
	w.dropped = append(w.dropped, ref)
	return file, nil
}

// started is a pool that runs with the given devices, linked and as they were told last.
func (w *world) started(devices ...domain.Device) *Pool {
	p := w.pool()
	for _, d := range devices {
		file := fmt.Sprintf("%d-1.db", d.Ref.Device)
		w.active[d.Ref.Device] = file
		p.Add(d, file)
	}
	w.run(p)
	return p
}

func (w *world) pool() *Pool {
	return New(Config{
		Open:     w.open,
		Sessions: w.t.TempDir(),
		Links:    w,
		Receive:  func(context.Context, domain.DeviceRef, domain.Inbound) error { return nil },
		Journal: func(_ context.Context, change domain.StateChange) error {
			w.mu.Lock()
			defer w.mu.Unlock()
			if w.journal != nil {
				if err := w.journal(); err != nil {
					return err
				}
			}
			w.history = append(w.history, change)
			return nil
		},
		Detail: func(_ domain.DeviceRef, s domain.DeviceState) {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.details = append(w.details, s)
		},
		Unkept: func(_ domain.DeviceRef, s domain.DeviceState) {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.unwritten = append(w.unwritten, s)
		},
		Pairing: func(step domain.PairingStep) {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.steps = append(w.steps, step)
		},
		Ready: func(id domain.DeviceID) {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.woken = append(w.woken, id)
		},
		Renew: func(context.Context, domain.DeviceID) (bool, error) {
			w.mu.Lock()
			w.renewals++
			renew := w.renew
			w.mu.Unlock()
			if renew == nil {
				return false, nil
			}
			return renew()
		},
		Now:    w.now,
		Logger: zerolog.Nop(),
		Seed:   7,
	})
}

// run starts the pool; the test's end stops it, and fails unless every goroutine ends.
func (w *world) run(p *Pool) {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- p.Run(ctx) }()
	synctest.Wait()
	w.t.Cleanup(func() {
		cancel()
		require.NoError(w.t, <-ended)
	})
}

func (w *world) at(id domain.DeviceID) *client {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.clients[w.active[id]]
}

func (w *world) newest() *client {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.clients[w.links[len(w.links)-1].File]
}

// set changes the world while it runs.
func (w *world) set(f func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	f()
}

// causes returns the history of a device.
func (w *world) causes(id domain.DeviceID) []domain.Cause {
	w.mu.Lock()
	defer w.mu.Unlock()
	var out []domain.Cause
	for _, c := range w.history {
		if c.Ref.Device == id {
			out = append(out, c.To.Cause)
		}
	}
	return out
}

func (w *world) cause(id domain.DeviceID) domain.Cause {
	all := w.causes(id)
	if len(all) == 0 {
		return ""
	}
	return all[len(all)-1]
}

func (w *world) dialed() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.dials)
}

// kinds returns the steps of the dialogs so far.
func (w *world) kinds() []domain.PairingKind {
	w.mu.Lock()
	defer w.mu.Unlock()
	var out []domain.PairingKind
	for _, s := range w.steps {
		out = append(out, s.Kind)
	}
	return out
}

func (w *world) step() domain.PairingStep {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.steps[len(w.steps)-1]
}

// after lets time pass, and everything that comes of it happen.
func after(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// deviceOf is a device as the database has it.
func deviceOf(id domain.DeviceID, cause domain.Cause) domain.Device {
	d := domain.Device{Ref: domain.DeviceRef{Subaccount: 1, Device: id}, State: domain.DeviceState{Status: cause.Status(), Cause: cause, Since: time.Now()}}
	if cause != domain.CauseNeverLinked {
		d.Account.Number = fmt.Sprintf("4930000000%d", id)
	}
	return d
}

func refused() error { return &os.SyscallError{Syscall: "connect", Err: syscall.ECONNREFUSED} }
