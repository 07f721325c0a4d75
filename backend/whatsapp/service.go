package whatsapp

import (
	"context"
	"crypto/x509"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/rs/zerolog"
	"go.mau.fi/libsignal/logger"
	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/proto/waCompanionReg"
	"go.mau.fi/whatsmeow/store"
	"google.golang.org/protobuf/proto"
)

// dialTimeout bounds everything until the websocket is open: name, connection, TLS, upgrade. The Noise handshake after it
// has its own bound of the same length in the client library.
const dialTimeout = 20 * time.Second

// deviceName is what the phone lists under "Linked devices".
const deviceName = "Waflow"

// Options of Configure. The zero value works.
type Options struct {
	// Logger gets what the client library says, from info level on, without numbers, names, texts and keys.
	// The zero value discards.
	Logger zerolog.Logger
	// Now is the clock of events. Default time.Now.
	Now func() time.Time
	// HTTPClient replaces the client that direct connections are made with, for a simulator in memory. Default: one that dials the
	// endpoint or the real service. Proxies that the environment names are for other programs: a device has its own or none.
	HTTPClient *http.Client
	// ProxyRoots are the authorities that an https proxy's certificate may come from. Default: those that this computer trusts.
	ProxyRoots *x509.CertPool
	// ProxyDial makes the connections to proxies, for one in memory. Default: over TCP.
	ProxyDial func(ctx context.Context, network, address string) (net.Conn, error)
}

// Service is WhatsApp as this process reaches it. Open a session with Open.
type Service struct {
	log     zerolog.Logger
	now     func() time.Time
	direct  http.RoundTripper // without a proxy
	address string            // what is dialled whatever host is asked for; "" for the real service
	roots   *x509.CertPool    // of https proxies; nil for the system's
	toProxy dialFunc

	clock   *clock
	version sync.RWMutex // guards the library's version, which is a package variable; held for reading by dials
}

// Configure chooses the service, before the first session is opened. The client library keeps its trusted root key, the
// name on the phone and its logger in package variables, so there is one service per process.
// An endpoint that is not a simulator on this machine is refused with a *domain.Error, CodeEndpointRefused.
func Configure(endpoint Endpoint, options Options) (*Service, error) {
	address, err := endpoint.address()
	if err != nil {
		return nil, err
	}
	if options.Now == nil {
		options.Now = time.Now
	}
	if address != "" {
		whatsmeow.WACertPubKey = [RootKeySize]byte(endpoint.RootKey)
	}
	store.DeviceProps = deviceProps()
	// Set once: sessions of before may still be reading it, and a simulator in this process has set its own.
	if logger.Logger == nil {
		var quiet logger.Loggable = silence{}
		logger.Setup(&quiet)
	}

	if options.ProxyDial == nil {
		options.ProxyDial = (&net.Dialer{KeepAlive: keepAlive}).DialContext
	}
	s := &Service{
		log: options.Logger, now: options.Now, address: address, clock: &clock{now: options.Now},
		roots: options.ProxyRoots, toProxy: options.ProxyDial,
		direct: transport(address, (&net.Dialer{Timeout: dialTimeout, KeepAlive: keepAlive}).DialContext),
	}
	if options.HTTPClient != nil && options.HTTPClient.Transport != nil {
		s.direct = options.HTTPClient.Transport
	}
	return s, nil
}

// keepAlive is how often an idle connection is probed by the operating system.
const keepAlive = 30 * time.Second

// dialFunc makes the connection to a host and port that everything else goes over.
type dialFunc func(ctx context.Context, network, address string) (net.Conn, error)

// transport reaches the real service, or, with an address, nothing but that address: whatever host is asked for, and without TLS, for
// which a simulator has no certificate. The environment's proxies are not asked.
func transport(address string, dial dialFunc) *http.Transport {
	t := &http.Transport{
		DialContext:           dial,
		TLSHandshakeTimeout:   dialTimeout,
		ResponseHeaderTimeout: dialTimeout,
		IdleConnTimeout:       90 * time.Second,
		MaxIdleConns:          16,
	}
	if address != "" {
		fixed := func(ctx context.Context, network, _ string) (net.Conn, error) { return dial(ctx, network, address) }
		t.DialContext, t.DialTLSContext = fixed, fixed
	}
	return t
}

// deviceProps is what a new companion says about itself while it is linked: its name on the phone, and that it wants all
// of the history that the phone will give.
func deviceProps() *waCompanionReg.DeviceProps {
	props := proto.CloneOf(store.DeviceProps)
	props.Os = proto.String(deviceName)
	props.PlatformType = waCompanionReg.DeviceProps_DESKTOP.Enum()
	props.RequireFullSync = proto.Bool(true)
	history := props.GetHistorySyncConfig()
	if history == nil {
		history = &waCompanionReg.DeviceProps_HistorySyncConfig{}
		props.HistorySyncConfig = history
	}
	history.FullSyncDaysLimit = proto.Uint32(3650)
	history.FullSyncSizeMbLimit = proto.Uint32(102400)
	history.StorageQuotaMb = proto.Uint32(102400)
	history.OnDemandReady = proto.Bool(true)
	return props
}
