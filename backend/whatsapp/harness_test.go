package whatsapp_test

import (
	"bytes"
	"context"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"github.com/stretchr/testify/require"

	"waflow/backend/domain"
	"waflow/backend/wasim"
	"waflow/backend/whatsapp"
)

// patience is how long a test waits for something that must happen.
const patience = 20 * time.Second

const (
	ourNumber  = "+34600000013"
	anasNumber = "+34600000027"
)

// newServer makes a simulator that listens on this machine.
func newServer(t testing.TB) *wasim.Server {
	t.Helper()
	var said lockedBuffer
	s, err := wasim.New(wasim.Options{Seed: 7, Logger: zerolog.New(&said)})
	require.NoError(t, err)
	t.Cleanup(func() {
		if t.Failed() {
			t.Log(s.Transcript())
			t.Log(said.String())
		}
		require.NoError(t, s.Close())
		requireNoGoroutines(t)
	})
	require.NoError(t, s.Listen("127.0.0.1:0"))
	return s
}

// lockedBuffer is a buffer that several goroutines write to.
type lockedBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

// requireNoGoroutines waits until nothing of the package or of the client library runs.
func requireNoGoroutines(t testing.TB) {
	t.Helper()
	var left string
	defer func() {
		if t.Failed() && left != "" {
			t.Logf("left: %s", left)
		}
	}()
	require.Eventually(t, func() bool {
		left = ""
		buf := make([]byte, 4<<20)
		for stack := range strings.SplitSeq(string(buf[:runtime.Stack(buf, true)]), "\n\n") {
			ours := strings.Contains(stack, "waflow/backend/whatsapp.") || strings.Contains(stack, "go.mau.fi/whatsmeow")
			if ours && !strings.Contains(stack, "testing.tRunner") {
				left = stack
				return false
			}
		}
		return true
	}, patience, 10*time.Millisecond, "a goroutine is left")
}

func newService(t testing.TB, s *wasim.Server, options whatsapp.Options) *whatsapp.Service {
	t.Helper()
	key := s.RootKey()
	service, err := whatsapp.Configure(whatsapp.Endpoint{URL: s.Endpoint(), RootKey: key[:]}, options)
	require.NoError(t, err)
	return service
}

func newPhone(t testing.TB, s *wasim.Server, number, name string) *wasim.Phone {
	t.Helper()
	p, err := s.NewPhone(wasim.PhoneOptions{Number: number, Name: name})
	require.NoError(t, err)
	return p
}

// owner is who has a session: it records what it is told.
type owner struct {
	mu      sync.Mutex
	changed chan struct{}
	events  []domain.SessionEvent
	inbound []domain.Inbound
	guarded []domain.Account
	receive func(domain.Inbound) error
	guard   func(domain.Account) error
}

func newOwner() *owner { return &owner{changed: make(chan struct{})} }

func (o *owner) handlers() domain.SessionHandlers {
	return domain.SessionHandlers{
		Receive: func(_ context.Context, in domain.Inbound) error {
			o.mu.Lock()
			receive := o.receive
			o.mu.Unlock()
			if receive != nil {
				if err := receive(in); err != nil {
					return err
				}
			}
			o.note(func() { o.inbound = append(o.inbound, in) })
			return nil
		},
		Event: func(ev domain.SessionEvent) { o.note(func() { o.events = append(o.events, ev) }) },
		Guard: func(_ context.Context, account domain.Account) error {
			o.note(func() { o.guarded = append(o.guarded, account) })
			if o.guard != nil {
				return o.guard(account)
			}
			return nil
		},
	}
}

func (o *owner) note(change func()) {
	o.mu.Lock()
	defer o.mu.Unlock()
	change()
	close(o.changed)
	o.changed = make(chan struct{})
}

func (o *owner) onReceive(receive func(domain.Inbound) error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.receive = receive
}

// until waits until something is true of what was recorded.
func (o *owner) until(t testing.TB, what string, holds func() bool) {
	t.Helper()
	deadline := time.After(patience)
	for {
		o.mu.Lock()
		done, changed := holds(), o.changed
		o.mu.Unlock()
		if done {
			return
		}
		select {
		case <-changed:
		case <-deadline:
			o.mu.Lock()
			defer o.mu.Unlock()
			t.Fatalf("waited in vain for %s; events %v, %d things received", what, kinds(o.events), len(o.inbound))
		}
	}
}

func kinds(events []domain.SessionEvent) []domain.SessionEventKind {
	out := make([]domain.SessionEventKind, len(events))
	for i, ev := range events {
		out[i] = ev.Kind
	}
	return out
}

// await waits for the first event of a kind since forget and returns it.
func (o *owner) await(t testing.TB, kind domain.SessionEventKind) domain.SessionEvent {
	t.Helper()
	var found domain.SessionEvent
	o.until(t, string(kind), func() bool {
		i := slices.IndexFunc(o.events, func(ev domain.SessionEvent) bool { return ev.Kind == kind })
		if i >= 0 {
			found = o.events[i]
		}
		return i >= 0
	})
	return found
}

func (o *owner) forget() { o.note(func() { o.events = nil }) }

// messages are the messages received so far, placeholders left out.
func (o *owner) messages() []domain.InboundMessage {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.lockedMessages()
}

func (o *owner) lockedMessages() []domain.InboundMessage {
	var out []domain.InboundMessage
	for _, in := range o.inbound {
		if in.Message != nil && !in.Message.Undecrypt {
			out = append(out, *in.Message)
		}
	}
	return out
}

// notices are the notices of history received so far, before their ids were known.
func (o *owner) notices() []domain.InboundHistory {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.lockedNotices()
}

func (o *owner) lockedNotices() []domain.InboundHistory {
	var out []domain.InboundHistory
	for _, in := range o.inbound {
		if in.History != nil && in.History.WAID == "" {
			out = append(out, *in.History)
		}
	}
	return out
}

func (o *owner) texts() []string {
	var out []string
	for _, m := range o.messages() {
		out = append(out, m.Text)
	}
	return out
}

// awaitTexts waits until so many different messages have been received.
func (o *owner) awaitTexts(t testing.TB, count int) {
	t.Helper()
	o.until(t, "messages", func() bool {
		different := map[string]bool{}
		for _, m := range o.lockedMessages() {
			different[m.WAID] = true
		}
		return len(different) >= count
	})
}

func (o *owner) awaitReceipt(t testing.TB, kind domain.ReceiptKind, waid string) domain.InboundReceipt {
	t.Helper()
	var found domain.InboundReceipt
	o.until(t, string(kind)+" receipt", func() bool {
		for _, in := range o.inbound {
			if in.Receipt != nil && in.Receipt.Kind == kind && slices.Contains(in.Receipt.WAIDs, waid) {
				found = *in.Receipt
				return true
			}
		}
		return false
	})
	return found
}

// session is a client, its owner, and what the pool would do for it.
type session struct {
	*whatsapp.Client
	*owner
	service *whatsapp.Service
	file    string
}

func openSession(t testing.TB, service *whatsapp.Service, file string, o *owner) *session {
	t.Helper()
	client, err := service.Open(t.Context(), file, o.handlers())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, client.Close()) })
	return &session{Client: client, owner: o, service: service, file: file}
}

// scan connects an unlinked session and lets a phone scan its first code.
func (s *session) scan(t testing.TB, phone *wasim.Phone) wasim.ScanResult {
	t.Helper()
	require.NoError(t, s.Connect(context.WithoutCancel(t.Context())))
	codes := s.await(t, domain.PairCodes).Codes
	require.Len(t, codes, 6)
	result, err := phone.Scan(t.Context(), codes[0])
	require.NoError(t, err)
	return result
}

// dial connects again and waits for the login.
func (s *session) dial(t testing.TB) {
	t.Helper()
	s.forget()
	s.Disconnect()
	require.NoError(t, s.Connect(context.WithoutCancel(t.Context())))
	s.await(t, domain.SessionConnected)
}

// link makes a linked and connected session on a phone.
func link(t testing.TB, server *wasim.Server, phone *wasim.Phone) *session {
	t.Helper()
	s := openSession(t, newService(t, server, whatsapp.Options{}), filepath.Join(t.TempDir(), "1-1.db"), newOwner())
	require.True(t, s.scan(t, phone).Linked)
	s.await(t, domain.SessionLoginAgain)
	s.dial(t)
	s.await(t, domain.SessionOfflineSynced)
	requireAcknowledged(t, server) // what the phone says to a new companion
	return s
}

// peerOf names a phone the way the domain does.
func peerOf(p *wasim.Phone) domain.Peer {
	return domain.Peer{Number: strings.TrimPrefix(p.Number(), "+"), LID: strings.TrimSuffix(p.LID(), "@lid")}
}

// compose makes an outgoing text.
func (s *session) compose(t testing.TB, to domain.Peer, text string) domain.Outgoing {
	t.Helper()
	waid, payload, err := s.service.Compose(text)
	require.NoError(t, err)
	return domain.Outgoing{WAID: waid, To: to, Payload: payload}
}
