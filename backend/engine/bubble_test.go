package engine

import (
	"context"
	"encoding/base64"
	"net"
	"net/http"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"waflow/backend/bridge"
	"waflow/backend/domain"
	"waflow/backend/wasim"
	"waflow/backend/wasim/proxy"
)

// bubble is a workspace over a simulated WhatsApp in memory, with a clock of its own that runs as fast as the machine can: days pass in
// moments, and nothing depends on how long anything really takes.
type bubble struct {
	*running
	world     *world
	dir       string
	ours, ana *wasim.Phone
	reception domain.DeviceID
	facades   *bridge.Facades
	began     time.Time    // when the workspace was opened
	slept     atomic.Int64 // nanoseconds that the wall clock is ahead of the monotonic one
	skew      atomic.Int64 // nanoseconds that WhatsApp's clock is ahead of this computer's
	unplugged atomic.Bool  // this computer has no network
	dials     dialGauge    // without a proxy
	proxy     atomic.Pointer[proxy.Memory]
	log       guardedLog
	system    System // the computer; nil for one that tells nothing
}

// inBubble runs a test with a workspace that has one device, not linked yet.
func inBubble(t *testing.T, test func(b *bubble)) {
	t.Helper()
	inBubbleAt(t, wasim.Options{}, test)
}

// inBubbleAt is inBubble with options for the simulated WhatsApp.
func inBubbleAt(t *testing.T, at wasim.Options, test func(b *bubble)) {
	t.Helper()
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		b := &bubble{dir: dir}
		at.Seed, at.CertificatesLast = 1, 400*24*time.Hour
		at.Now = func() time.Time { return time.Now().Add(time.Duration(b.skew.Load())) }
		sim, err := wasim.New(at)
		require.NoError(t, err)
		t.Cleanup(func() {
			if t.Failed() {
				t.Log(sim.Transcript())
			}
			require.NoError(t, sim.Close())
		})
		b.world = &world{t: t, sim: sim, dir: dir}
		b.ours, b.ana = b.world.phone("+34600000013", "Hotel Miramar"), b.world.phone("+34600000144", "Ana Beltrán")
		t.Cleanup(func() {
			b.quietly()
			if open := b.proxy.Load(); open != nil {
				require.NoError(t, open.Close())
			}
		})
		b.start()
		b.reception = b.device(b.subaccount("Hotel Miramar"), "Reception")
		test(b)
	})
}

// start opens the workspace and runs it.
func (b *bubble) start() {
	t, sim := b.world.t, b.world.sim
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	b.began = b.now()
	e, err := Open(ctx, Options{
		Dir: b.dir, Kind: Simulated, Mode: Serve, Version: "test",
		Endpoint: "ws://127.0.0.1:1/ws/chat", RootKey: b.rootKey(),
		HTTPClient: &http.Client{Transport: b.line(sim.HTTPClient().Transport)}, Log: &b.log, Now: b.now, System: b.system,
		ProxyDial: func(ctx context.Context, network, address string) (net.Conn, error) {
			return b.proxy.Load().Dial(ctx, network, address)
		},
	})
	require.NoError(t, err)
	b.facades = bridge.NewFacades()
	b.facades.Attach(e.Services())
	ended := make(chan error, 1)
	go func() { ended <- e.Run(ctx) }()
	stopped := false
	b.running = &running{Engine: e, t: t, sim: sim, stop: func() {
		if stopped {
			return
		}
		stopped = true
		cancel()
		require.NoError(t, <-ended)
		require.NoError(t, e.Close())
	}}
}

// rootKey is the simulated WhatsApp's, as options name it.
func (b *bubble) rootKey() string {
	key := b.world.sim.RootKey()
	return base64.StdEncoding.EncodeToString(key[:])
}

// now is the wall clock of this computer.
func (b *bubble) now() time.Time { return time.Now().Add(time.Duration(b.slept.Load())) }

// line is what this computer reaches WhatsApp over.
func (b *bubble) line(plugged http.RoundTripper) http.RoundTripper {
	unplugged := lineWithout(syscall.ENETUNREACH)
	return lineFunc(func(r *http.Request) (*http.Response, error) {
		defer b.dials.one(r)()
		if b.unplugged.Load() {
			return unplugged.RoundTrip(r)
		}
		return plugged.RoundTrip(r)
	})
}

type lineFunc func(*http.Request) (*http.Response, error)

func (f lineFunc) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// wait returns when cond is true; it looks ever less often, by the bubble's own time.
func (b *bubble) wait(what string, cond func() bool) {
	b.t.Helper()
	pause := 10 * time.Millisecond
	for end := time.Now().Add(patience); !cond(); pause = min(2*pause, time.Second/2) {
		require.True(b.t, time.Now().Before(end), "waited in vain for %s", what)
		time.Sleep(pause)
	}
}

// quietly ends the workspace when nothing is on its way to it: the client library leaves its reading goroutine behind when it is disconnected
// while a frame arrives, and a bubble does not forgive that.
func (b *bubble) quietly() {
	synctest.Wait()
	b.stop()
}

// restart ends the workspace and opens it again.
func (b *bubble) restart() {
	b.quietly()
	b.start()
}
