package whatsapp

import (
	"context"
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
	// HTTPClient replaces the client that connections are made with, for a simulator in memory. Default: one that
	// dials the endpoint, or the real service through the proxy of the environment.
	HTTPClient *http.Client
}

// Service is WhatsApp as this process reaches it. Open a session with Open.
type Service struct {
	log  zerolog.Logger
	now  func() time.Time
	http *http.Client // websockets, before and after login
	data *http.Client // media: as long as it takes

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

	base := options.HTTPClient
	if base == nil {
		base = &http.Client{Transport: transport(address)}
	}
	beneath := base.Transport
	if beneath == nil {
		beneath = http.DefaultTransport
	}
	clock := &clock{now: options.Now}
	websocket := *base
	websocket.Transport = lines{RoundTripper: clock.watch(beneath)}
	// The websocket library takes this for the time until the websocket is open and not for its life.
	websocket.Timeout = dialTimeout
	return &Service{log: options.Logger, now: options.Now, http: &websocket, data: base, clock: clock}, nil
}

// transport reaches the real service the usual way, or, with an address, nothing but that address: whatever host is asked
// for, and without TLS, for which a simulator has no certificate.
func transport(address string) *http.Transport {
	dialer := &net.Dialer{Timeout: dialTimeout, KeepAlive: 30 * time.Second}
	t := &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           dialer.DialContext,
		TLSHandshakeTimeout:   dialTimeout,
		ResponseHeaderTimeout: dialTimeout,
		IdleConnTimeout:       90 * time.Second,
		MaxIdleConns:          16,
	}
	if address != "" {
		dial := func(ctx context.Context, network, _ string) (net.Conn, error) {
			return dialer.DialContext(ctx, network, address)
		}
		t.Proxy, t.DialContext, t.DialTLSContext = nil, dial, dial
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
