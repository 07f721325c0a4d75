package pool_test

import (
	"context"
	"os"
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
	"waflow/backend/pool"
	"waflow/backend/store"
	"waflow/backend/wasim"
	"waflow/backend/whatsapp"
)

// patience is how long a test waits for something that must happen.
const patience = 30 * time.Second

// workspace is a pool over the real client library, the real database and a simulated WhatsApp.
type workspace struct {
	*testing.T
	sim      *wasim.Server
	service  *whatsapp.Service
	store    *store.Store
	pool     *pool.Pool
	sessions string
	sub      domain.Subaccount
	stop     func() // ends the pool that runs

	mu    sync.Mutex
	steps []domain.PairingStep
}

func newWorkspace(t *testing.T) *workspace {
	t.Helper()
	w := &workspace{T: t}
	sim, err := wasim.New(wasim.Options{Seed: 7})
	require.NoError(t, err)
	t.Cleanup(func() {
		if t.Failed() {
			t.Log(sim.Transcript())
		}
	})
	t.Cleanup(func() {
		require.NoError(t, sim.Close())
		requireNoGoroutines(t)
	})
	require.NoError(t, sim.Listen("127.0.0.1:0"))
	w.sim = sim
	key := sim.RootKey()
	w.service, err = whatsapp.Configure(whatsapp.Endpoint{URL: sim.Endpoint(), RootKey: key[:]}, whatsapp.Options{})
	require.NoError(t, err)
	dir := t.TempDir()
	w.store, err = store.Open(t.Context(), store.Options{Dir: dir, Now: time.Now, Logger: zerolog.Nop()})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, w.store.Close()) })
	w.sessions = filepath.Join(dir, "sessions")
	require.NoError(t, os.MkdirAll(w.sessions, 0o700))
	w.sub = w.subaccount("Clinic", "C")
	w.run()
	return w
}

// requireNoGoroutines waits until nothing of the pool runs. What the client library leaves behind is watched where it is used.
func requireNoGoroutines(t *testing.T) {
	t.Helper()
	var left string
	defer func() {
		if left != "" {
			t.Log(left)
		}
	}()
	require.Eventually(t, func() bool {
		left = ""
		buf := make([]byte, 4<<20)
		for stack := range strings.SplitSeq(string(buf[:runtime.Stack(buf, true)]), "\n\n") {
			if strings.Contains(stack, "waflow/backend/pool.(") {
				left = stack
				return false
			}
		}
		return true
	}, patience, 10*time.Millisecond, "a goroutine is left")
}

func (w *workspace) subaccount(name, initials string) domain.Subaccount {
	w.Helper()
	sub, err := w.store.CreateSubaccount(w.Context(), domain.Subaccount{Name: name, Initials: initials, Colour: domain.Colours()[0]})
	require.NoError(w, err)
	return sub
}

// run starts a pool over what is in the database; the test's end stops it.
func (w *workspace) run() {
	w.Helper()
	w.pool = pool.New(pool.Config{
		Open: func(ctx context.Context, file string, h domain.SessionHandlers) (pool.Client, error) {
			return w.service.Open(ctx, file, h)
		},
		Sessions: w.sessions,
		Links:    w.store,
		Receive:  w.store.Receive,
		Journal:  w.store.RecordState,
		Pairing: func(step domain.PairingStep) {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.steps = append(w.steps, step)
		},
		Renew:  func(ctx context.Context, _ domain.DeviceID) (bool, error) { return w.service.RenewVersion(ctx, nil) },
		Logger: zerolog.Nop(),
		Seed:   11,
	})
	devices, err := w.store.Devices(w.Context())
	require.NoError(w, err)
	links, err := w.store.ActiveLinks(w.Context())
	require.NoError(w, err)
	for _, d := range devices {
		file := ""
		if i := slices.IndexFunc(links, func(l domain.Link) bool { return l.Ref == d.Ref }); i >= 0 {
			file = links[i].File
		}
		w.pool.Add(d, file)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	running := w.pool
	go func() { ended <- running.Run(ctx) }()
	var once sync.Once
	w.stop = func() {
		once.Do(func() {
			cancel()
			require.NoError(w, <-ended)
		})
	}
	w.Cleanup(w.stop)
}

// newDevice makes a device of a subaccount in the database.
func (w *workspace) newDevice(sub domain.Subaccount) domain.Device {
	w.Helper()
	d, err := w.store.CreateDevice(w.Context(), domain.Device{
		Ref:      domain.DeviceRef{Subaccount: sub.ID},
		Label:    "Reception",
		Purpose:  domain.PurposeSupport,
		Priority: domain.PriorityMedium,
	})
	require.NoError(w, err)
	return d
}

func (w *workspace) phone(number, name string) *wasim.Phone {
	w.Helper()
	p, err := w.sim.NewPhone(wasim.PhoneOptions{Number: number, Name: name})
	require.NoError(w, err)
	return p
}

// dialog opens a link dialog and returns the code that it shows.
func (w *workspace) dialog(d domain.Device) string {
	w.Helper()
	w.eventually("a dialog", func() bool { return w.pool.Pair(w.Context(), d) == nil })
	var code string
	w.eventually("a code", func() bool {
		step, ok := w.pool.PairingOf(d.Ref.Device)
		code = step.Code
		return ok && step.Kind == domain.PairingShowing
	})
	return code
}

// link links a phone to a device and waits until it is connected.
func (w *workspace) link(d domain.Device, p *wasim.Phone) {
	w.Helper()
	result, err := p.Scan(w.Context(), w.dialog(d))
	require.NoError(w, err)
	require.True(w, result.Linked, result.RefusedText)
	w.awaitCause(d, domain.CauseOnline)
	w.eventually("what the phone tells a new device", func() bool { return w.greeted(p, result.Device) })
}

// greeted tells whether a new device has taken in the four messages with which its phone greets it. A session that is unlinked
// before that is still fetching app state, and the client library has data races of its own then.
func (w *workspace) greeted(p *wasim.Phone, device uint16) bool {
	greetings := w.sim.Ledger().Deliveries(wasim.Filter{From: p.Number(), To: p.Number(), ToDevice: &device})
	for _, g := range greetings {
		if g.Acked == 0 || g.Receipts["peer_msg"] == 0 {
			return false
		}
	}
	return len(greetings) >= 4
}

func (w *workspace) lastStep() domain.PairingStep {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.steps[len(w.steps)-1]
}

func (w *workspace) awaitStep(kind domain.PairingKind) domain.PairingStep {
	w.Helper()
	w.eventually("the step "+string(kind), func() bool { return w.lastStep().Kind == kind })
	return w.lastStep()
}

func (w *workspace) eventually(what string, holds func() bool) {
	w.Helper()
	require.Eventually(w, holds, patience, 5*time.Millisecond, "waited in vain for %s", what)
}

// stored is the device as the database has it.
func (w *workspace) stored(d domain.Device) domain.Device {
	w.Helper()
	out, err := w.store.Device(w.Context(), d.Ref.Device)
	require.NoError(w, err)
	return out
}

func (w *workspace) awaitCause(d domain.Device, cause domain.Cause) {
	w.Helper()
	require.Eventually(w, func() bool { return w.stored(d).State.Cause == cause }, patience, 5*time.Millisecond,
		"waited in vain for %s", cause)
}

// causes returns the device's history, oldest first.
func (w *workspace) causes(d domain.Device) []domain.Cause {
	w.Helper()
	rows, err := w.store.History(w.Context(), d.Ref, 100)
	require.NoError(w, err)
	var out []domain.Cause
	for _, row := range slices.Backward(rows) {
		out = append(out, row.To.Cause)
	}
	return out
}

// texts returns what the database has of the one conversation, in order. What WhatsApp delivers twice is there once.
func (w *workspace) texts() []string {
	w.Helper()
	conversations, _, _, err := w.store.Conversations(w.Context(), domain.ConversationQuery{Limit: 10})
	require.NoError(w, err)
	var out []string
	for _, c := range conversations {
		messages, _, _, err := w.store.Messages(w.Context(), c.Ref.Conversation, "", 100)
		require.NoError(w, err)
		for _, m := range messages {
			out = append(out, m.Text)
		}
	}
	return out
}

// sessionFiles returns the names of the session files, without what SQLite keeps beside them.
func (w *workspace) sessionFiles() []string {
	w.Helper()
	entries, err := os.ReadDir(w.sessions)
	require.NoError(w, err)
	var out []string
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), ".db") {
			out = append(out, e.Name())
		}
	}
	return out
}
