package doctor

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"waflow/backend/domain"
	"waflow/backend/store"
	"waflow/backend/wasim"
	"waflow/backend/wasim/proxy"
	"waflow/backend/whatsapp"
)

// at returns the client library pointed at a host and port.
func at(t *testing.T, address string) *whatsapp.Service {
	t.Helper()
	service, err := whatsapp.Configure(whatsapp.Endpoint{URL: "ws://" + address + "/ws/chat", RootKey: make([]byte, whatsapp.RootKeySize)}, whatsapp.Options{})
	require.NoError(t, err)
	return service
}

// simulator runs a simulated WhatsApp whose clock is ahead of this computer's by so much.
func simulator(t *testing.T, ahead time.Duration) string {
	t.Helper()
	sim, err := wasim.New(wasim.Options{Seed: 1, Now: func() time.Time { return time.Now().Add(ahead) }})
	require.NoError(t, err)
	require.NoError(t, sim.Listen("127.0.0.1:0"))
	t.Cleanup(func() { require.NoError(t, sim.Close()) })
	return strings.TrimSuffix(strings.TrimPrefix(sim.Endpoint(), "ws://"), "/ws/chat")
}

// listen takes connections, and says nothing.
func listen(t *testing.T) net.Listener {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	return listener
}

func closedPort(t *testing.T) string {
	t.Helper()
	listener := listen(t)
	require.NoError(t, listener.Close())
	return listener.Addr().String()
}

// soon is a context for looks that end by running out of time.
func soon(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
	t.Cleanup(cancel)
	return ctx
}

func TestTheName(t *testing.T) {
	answers := func(err error, addresses ...string) Lookup {
		return func(context.Context, string) ([]string, error) { return addresses, err }
	}
	ctx, name := context.Background(), "web.example"
	requireFinding(t, checkName(ctx, "", nil), CheckName, Skipped, "simulator")
	requireFinding(t, checkName(ctx, name, answers(nil, "2001:db8::1", "192.0.2.1")), CheckName, OK, "ok")
	requireFinding(t, checkName(ctx, name, answers(nil, "0.0.0.0", "::1")), CheckName, Failure, "blocked")
	requireFinding(t, checkName(ctx, name, answers(nil)), CheckName, Failure, "not_found")
	requireFinding(t, checkName(ctx, name, answers(&net.DNSError{IsNotFound: true})), CheckName, Failure, "not_found")
	requireFinding(t, checkName(ctx, name, answers(&net.DNSError{IsTimeout: true})), CheckName, Failure, "no_answer")

	silent := net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "tcp", listen(t).Addr().String())
	}}
	requireFinding(t, checkName(soon(t), name, silent.LookupHost), CheckName, Failure, "no_answer")
}

func TestWhatsAppIsReachedAndItsTimeIsRight(t *testing.T) {
	service := at(t, simulator(t, 0))
	found, err := checkReach(context.Background(), service)
	requireFinding(t, found, CheckReach, OK, "ok")
	requireFinding(t, checkClock(service, err), CheckClock, OK, "ok")
}

func TestAnEndpointThatDoesNotAnswer(t *testing.T) {
	refusing := at(t, closedPort(t))
	found, err := checkReach(context.Background(), refusing)
	requireFinding(t, found, CheckReach, Failure, "refused")
	requireFinding(t, checkClock(refusing, err), CheckClock, Skipped, "unknown")

	found, _ = checkReach(soon(t), at(t, listen(t).Addr().String()))
	requireFinding(t, found, CheckReach, Failure, "no_answer")

	page := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(page.Close)
	found, _ = checkReach(context.Background(), at(t, page.Listener.Addr().String()))
	requireFinding(t, found, CheckReach, Failure, "no_whatsapp")

	require.Equal(t, "no_name", unreached(fmt.Errorf("dial: %w", &net.OpError{Op: "dial", Err: &net.DNSError{}})))
	require.Equal(t, "no_whatsapp", unreached(errors.New("something else")))
}

func TestTheClock(t *testing.T) {
	for ahead, want := range map[time.Duration]Finding{
		-365 * 24 * time.Hour: {State: Failure, Reason: "far_ahead", Values: map[string]string{"off": "365 days"}},
		-20 * time.Minute:     {State: Failure, Reason: "far_ahead"},
		-5 * time.Minute:      {State: Warning, Reason: "ahead"},
		5 * time.Minute:       {State: Warning, Reason: "behind"},
		3*time.Hour + time.Second: {
			State: Failure, Reason: "far_behind",
		},
	} {
		service := at(t, simulator(t, ahead))
		_, err := checkReach(context.Background(), service)
		found := checkClock(service, err)
		requireFinding(t, found, CheckClock, want.State, want.Reason)
		if want.Values != nil {
			require.Equal(t, want.Values, found.Values)
		}
	}
}

// A page that is no WhatsApp tells the time as well.
func TestTheTimeOfAnyAnswerCounts(t *testing.T) {
	page := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Date", time.Now().Add(-time.Hour).UTC().Format(http.TimeFormat))
	}))
	t.Cleanup(page.Close)
	service := at(t, page.Listener.Addr().String())
	_, err := checkReach(context.Background(), service)
	requireFinding(t, checkClock(service, err), CheckClock, Failure, "far_ahead")
}

// The real service is dialled with TLS: a server with a certificate stands in its place, and the computer's clock is moved.
func TestCertificates(t *testing.T) {
	server := httptest.NewTLSServer(http.NotFoundHandler())
	t.Cleanup(server.Close)
	trusting := x509.NewCertPool()
	trusting.AddCert(server.Certificate())
	century := func() time.Time { return time.Now().AddDate(100, 0, 0) }
	for reason, client := range map[string]*tls.Config{
		"out_of_period": {RootCAs: trusting, Time: century, MinVersion: tls.VersionTLS12},
		"untrusted":     {RootCAs: x509.NewCertPool(), MinVersion: tls.VersionTLS12},
	} {
		service, err := whatsapp.Configure(whatsapp.Endpoint{}, whatsapp.Options{HTTPClient: &http.Client{Transport: &http.Transport{
			TLSClientConfig: client,
			DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
				return (&net.Dialer{}).DialContext(ctx, network, server.Listener.Addr().String())
			},
		}}})
		require.NoError(t, err)
		require.Equal(t, "web.whatsapp.com", service.Host())
		found, err := checkReach(context.Background(), service)
		requireFinding(t, found, CheckReach, Failure, reason)
		state := Skipped
		if reason == "out_of_period" {
			state = Failure
		}
		require.Equal(t, state, checkClock(service, err).State)
	}
}

// ofProxies is an inventory with a device for each of these proxies.
func ofProxies(all ...domain.Proxy) store.Inventory {
	var out store.Inventory
	for _, p := range all {
		out.Devices = append(out.Devices, store.KeptDevice{Subaccount: "Acme", Label: "+34 600 000 012", Slot: 1, Proxy: p})
	}
	return out
}

func TestEachProxyIsTriedOnce(t *testing.T) {
	service := at(t, simulator(t, 0))
	good, err := proxy.New(proxy.Options{Scheme: "socks5", User: "ana", Password: "canary-password"})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, good.Close()) })
	refusing, err := proxy.New(proxy.Options{Scheme: "http"})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, refusing.Close()) })
	refusing.Refuse(true)
	page := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(page.Close)
	on := func(address net.Addr, p domain.Proxy) domain.Proxy {
		tcp, ok := address.(*net.TCPAddr)
		require.True(t, ok)
		p.Host, p.Port = "127.0.0.1", tcp.Port
		return p
	}
	right := domain.Proxy{Scheme: domain.ProxySOCKS5, Host: "127.0.0.1", Port: good.Port(), User: "ana", Password: "canary-password"}
	wrong := right
	wrong.Password = "canary-of-another"
	gone := listen(t)
	require.NoError(t, gone.Close())
	inventory := ofProxies(right, domain.Proxy{}, wrong, right,
		domain.Proxy{Scheme: domain.ProxyHTTP, Host: "127.0.0.1", Port: refusing.Port()},
		on(page.Listener.Addr(), domain.Proxy{Scheme: domain.ProxyHTTP}),
		on(gone.Addr(), domain.Proxy{Scheme: domain.ProxyHTTPS}),
	)

	found, err := checkProxies(context.Background(), service, inventory)
	require.NoError(t, err)
	var reasons []string
	for _, f := range found {
		reasons = append(reasons, f.Reason)
		require.Equal(t, CheckProxy, f.Check)
		require.Equal(t, "Acme · +…12 ·1", f.Subject)
		require.NotContains(t, fmt.Sprintf("%#v", f), "canary")
		require.NotContains(t, fmt.Sprintf("%#v", f), "ana")
	}
	require.Equal(t, []string{"ok", "password", "ok", "refused", "not_a_proxy", "unreachable"}, reasons)
	require.Len(t, good.Targets(), 1, "who shares a proxy shares the answer")
	requireFinding(t, checkClock(service, nil), CheckClock, OK, "ok")
}

func TestAProxyThatSaysNothingEndsInTime(t *testing.T) {
	listener := listen(t)
	tcp, ok := listener.Addr().(*net.TCPAddr)
	require.True(t, ok)
	silent := domain.Proxy{Scheme: domain.ProxySOCKS5, Host: "127.0.0.1", Port: tcp.Port}
	ctx, over := context.WithCancel(context.Background())
	t.Cleanup(over)
	go func() {
		if conn, err := listener.Accept(); err == nil {
			defer conn.Close()
			over() // the time is over once it was asked
			<-t.Context().Done()
		}
	}()
	found, err := checkProxies(ctx, at(t, simulator(t, 0)), ofProxies(silent))
	require.NoError(t, err)
	require.Len(t, found, 1)
	requireFinding(t, found[0], CheckProxy, Failure, "not_answering")
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	require.ErrorIs(t, probeInTurn(ended, make(chan struct{}), nil, silent), errNoTurn)
	requireFinding(t, judgeProxy(silent, errNoTurn), CheckProxy, Skipped, "no_time")
}

// Where every device has a proxy, nothing goes around them.
func TestNothingIsTriedAroundTheProxies(t *testing.T) {
	address := simulator(t, 0)
	door, err := proxy.NewDoor(address)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, door.Close()) })
	way, err := proxy.New(proxy.Options{Scheme: "http"})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, way.Close()) })
	through := domain.Proxy{Scheme: domain.ProxyHTTP, Host: "127.0.0.1", Port: way.Port()}
	inventory := ofProxies(through)
	inventory.Version, inventory.Known = 1, 1
	c := Config{Service: at(t, door.Address()), Lookup: func(context.Context, string) ([]string, error) { return nil, errors.New("asked") }}

	found := c.examineNetwork(context.Background(), inventory, nil)
	requireFinding(t, found[0], CheckName, Skipped, "proxies")
	requireFinding(t, found[1], CheckReach, Skipped, "proxies")
	requireFinding(t, found[2], CheckClock, OK, "ok")
	requireFinding(t, found[3], CheckProxy, OK, "ok")
	require.Equal(t, len(way.Targets()), door.Entered())
}
