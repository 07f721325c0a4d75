package engine

import (
	"context"
	"crypto/x509"
	"encoding/base64"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"waflow/backend/domain"
	"waflow/backend/wasim"
	"waflow/backend/wasim/proxy"
)

// patience is how long anything may take before a test gives up on it.
const patience = 60 * time.Second

// world is a simulated WhatsApp with the people of a test, and a workspace that is pointed at it.
type world struct {
	t   *testing.T
	sim *wasim.Server
	dir string

	door       *proxy.Door    // in front of the simulator; nil for none
	direct     *http.Client   // of connections without a proxy; nil for one that works
	proxyRoots *x509.CertPool // whose certificates https proxies may have
}

func newWorld(t *testing.T) *world {
	t.Helper()
	return newWorldAt(t, time.Now)
}

// newWorldAt is a world whose WhatsApp goes by a clock of its own.
func newWorldAt(t *testing.T, now func() time.Time) *world {
	t.Helper()
	sim, err := wasim.New(wasim.Options{Seed: 1, Now: now})
	require.NoError(t, err)
	t.Cleanup(func() {
		if t.Failed() {
			t.Log(sim.Transcript())
		}
	})
	require.NoError(t, sim.Listen("127.0.0.1:0"))
	t.Cleanup(func() { require.NoError(t, sim.Close()) })
	return &world{t: t, sim: sim, dir: t.TempDir()}
}

func (w *world) phone(number, name string) *wasim.Phone {
	w.t.Helper()
	p, err := w.sim.NewPhone(wasim.PhoneOptions{Number: number, Name: name})
	require.NoError(w.t, err)
	return p
}

func (w *world) options() Options {
	key := w.sim.RootKey()
	endpoint := w.sim.Endpoint()
	if w.door != nil {
		endpoint = "ws://" + w.door.Address() + "/ws/chat"
	}
	return Options{
		Dir: w.dir, Kind: Simulated, Mode: Serve, Version: "test",
		Endpoint: endpoint, RootKey: base64.StdEncoding.EncodeToString(key[:]),
		HTTPClient: w.direct, ProxyRoots: w.proxyRoots,
	}
}

// running is an engine that runs until it is stopped.
type running struct {
	*Engine
	t    *testing.T
	sim  *wasim.Server
	stop func()
}

// run opens the workspace and runs it; it is stopped at the end of the test at the latest.
func (w *world) run() *running {
	w.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	e, err := Open(ctx, w.options())
	if err != nil {
		cancel()
	}
	require.NoError(w.t, err)
	ended := make(chan error, 1)
	go func() { ended <- e.Run(ctx) }()
	stopped := false
	r := &running{Engine: e, t: w.t, sim: w.sim, stop: func() {
		if stopped {
			return
		}
		stopped = true
		cancel()
		require.NoError(w.t, <-ended)
		require.NoError(w.t, e.Close())
	}}
	w.t.Cleanup(r.stop)
	return r
}

// within is a context for one step of the test.
func within(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	t.Cleanup(cancel)
	return ctx
}

// subaccount makes one.
func (r *running) subaccount(name string) domain.SubaccountID {
	r.t.Helper()
	s, err := r.fleet.CreateSubaccount(within(r.t), name)
	require.NoError(r.t, err)
	return s.ID
}

// device makes a device that is not linked yet.
func (r *running) device(subaccount domain.SubaccountID, label string) domain.DeviceID {
	r.t.Helper()
	d, err := r.fleet.CreateDevice(within(r.t), subaccount, label, domain.PurposeSupport)
	require.NoError(r.t, err)
	return d.Ref.Device
}

// showCode begins to link a device and returns the code that its dialog shows.
func (r *running) showCode(id domain.DeviceID) string {
	r.t.Helper()
	_, err := r.fleet.StartPairing(within(r.t), id)
	require.NoError(r.t, err)
	var code string
	r.await(func() bool {
		step, shown := r.shownCode(id)
		code = step.Code
		return shown
	})
	return code
}

// link links a device to a phone and waits until it is Connected.
func (r *running) link(id domain.DeviceID, phone *wasim.Phone) {
	r.t.Helper()
	result, err := phone.Scan(within(r.t), r.showCode(id))
	require.NoError(r.t, err)
	require.True(r.t, result.Linked)
	r.awaitCause(id, domain.CauseOnline)
	require.NoError(r.t, r.sim.WaitFor(within(r.t), func() bool { return greeted(r.sim, phone, result.Device) }))
}

// greeted tells whether a new device has taken in the four messages with which its phone greets it. A session that is unlinked
// before that is still fetching app state, and the client library has data races of its own then.
func greeted(sim *wasim.Server, phone *wasim.Phone, device uint16) bool {
	greetings := sim.Ledger().Deliveries(wasim.Filter{From: phone.Number(), To: phone.Number(), ToDevice: &device})
	for _, g := range greetings {
		if g.Acked == 0 || g.Receipts["peer_msg"] == 0 {
			return false
		}
	}
	return len(greetings) >= 4
}

// awaitCause waits until the device has the cause, as the database tells it.
func (r *running) awaitCause(id domain.DeviceID, cause domain.Cause) domain.Device {
	r.t.Helper()
	var d domain.Device
	r.await(func() bool {
		var err error
		d, err = r.store.Device(within(r.t), id)
		require.NoError(r.t, err)
		return d.State.Cause == cause
	})
	return d
}

// await returns when cond is true. It looks again whenever something was published.
func (r *running) await(cond func() bool) {
	r.t.Helper()
	ctx := within(r.t)
	changes := r.bus.Subscribe(ctx)
	for !cond() {
		_, err := changes.Next(ctx)
		require.NoError(r.t, err, "waited in vain")
	}
}

// conversation returns the only conversation of a subaccount, once there is one with a message.
func (r *running) conversation(subaccount domain.SubaccountID) domain.Conversation {
	r.t.Helper()
	var found []domain.Conversation
	r.await(func() bool {
		page, err := r.inbox.Conversations(within(r.t), domain.ConversationQuery{Subaccount: subaccount, Limit: 10})
		require.NoError(r.t, err)
		found = page.Conversations
		return len(found) == 1
	})
	return found[0]
}

// messages returns the newest messages of a conversation, oldest first.
func (r *running) messages(id domain.ConversationID) []domain.Message {
	r.t.Helper()
	thread, err := r.inbox.Thread(within(r.t), id, "", 100)
	require.NoError(r.t, err)
	return thread.Messages
}

func texts(messages []domain.Message) []string {
	out := make([]string, len(messages))
	for i, m := range messages {
		out[i] = m.Text
	}
	return out
}
