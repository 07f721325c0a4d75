package whatsapp_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"github.com/stretchr/testify/require"
	"go.mau.fi/whatsmeow"

	"waflow/backend/domain"
	"waflow/backend/wasim"
	"waflow/backend/wasim/proxy"
	"waflow/backend/whatsapp"
)

const canary = "p4ssw0rd-canary"

// behind is a simulator behind a door that counts who comes in.
type behind struct {
	server *wasim.Server
	door   *proxy.Door
	roots  *x509.CertPool
	tls    *tls.Config
	said   *lockedBuffer
}

func newBehind(t *testing.T) *behind {
	t.Helper()
	b := &behind{server: newServer(t), said: &lockedBuffer{}}
	door, err := proxy.NewDoor(strings.TrimSuffix(strings.TrimPrefix(b.server.Endpoint(), "ws://"), "/ws/chat"))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, door.Close()) })
	b.door = door
	b.roots, b.tls, err = proxy.Authority()
	require.NoError(t, err)
	return b
}

func (b *behind) service(t *testing.T) *whatsapp.Service {
	t.Helper()
	key := b.server.RootKey()
	service, err := whatsapp.Configure(whatsapp.Endpoint{URL: "ws://" + b.door.Address() + "/ws/chat", RootKey: key[:]},
		whatsapp.Options{ProxyRoots: b.roots, Logger: zerolog.New(b.said)})
	require.NoError(t, err)
	return service
}

// proxy starts a proxy that wants a user and a password, and returns how it is reached.
func (b *behind) proxy(t *testing.T, scheme domain.ProxyScheme) (*proxy.Proxy, domain.Proxy) {
	t.Helper()
	p, err := proxy.New(proxy.Options{Scheme: string(scheme), User: "ana", Password: canary, TLS: b.tls})
	require.NoError(t, err)
	var once sync.Once
	t.Cleanup(func() { once.Do(func() { _ = p.Close() }) }) // some tests close it themselves
	return p, domain.Proxy{Scheme: scheme, Host: "127.0.0.1", Port: p.Port(), User: "ana", Password: canary}
}

// open opens a session whose connections take the way that is in use.
func (b *behind) open(t *testing.T, service *whatsapp.Service, use func() (domain.Proxy, error)) *session {
	t.Helper()
	o := newOwner()
	handlers := o.handlers()
	handlers.Proxy = func(context.Context) (domain.Proxy, error) { return use() }
	file := filepath.Join(t.TempDir(), "1-1.db")
	client, err := service.Open(t.Context(), file, handlers)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, client.Close()) })
	return &session{Client: client, owner: o, service: service, file: file}
}

// link links a session to a phone and returns when what the phone says to it has been acknowledged.
func (b *behind) link(t *testing.T, s *session, phone *wasim.Phone) {
	t.Helper()
	require.True(t, s.scan(t, phone).Linked)
	s.await(t, domain.SessionLoginAgain)
	s.dial(t)
	s.await(t, domain.SessionOfflineSynced)
	requireAcknowledged(t, b.server)
}

func trouble(err error) domain.ProxyTrouble {
	var coded *domain.Error
	if errors.As(err, &coded) && coded.Code == domain.CodeProxyFailed {
		return domain.ProxyTrouble(coded.Detail["trouble"])
	}
	return ""
}

// Linking, the login, media both ways and the look-up of the version: whoever came in at the door was led there by the proxy, and nobody comes when
// the proxy is down.
func TestASessionNeverGoesPastItsProxy(t *testing.T) {
	for _, scheme := range domain.ProxySchemes() {
		t.Run(string(scheme), func(t *testing.T) {
			b := newBehind(t)
			server, way := b.proxy(t, scheme)
			service := b.service(t)
			use := func() (domain.Proxy, error) { return way, nil }
			s := b.open(t, service, use)
			ours, ana := newPhone(t, b.server, ourNumber, "Hotel Miramar"), newPhone(t, b.server, anasNumber, "Ana")
			b.link(t, s, ours)
			_, err := ana.SendText(t.Context(), ours.Number(), "through the proxy")
			require.NoError(t, err)
			s.awaitTexts(t, 1)
			picture := []byte("a picture of the terrace")
			uploaded, err := s.Library().Upload(t.Context(), picture, whatsmeow.MediaImage)
			require.NoError(t, err)
			back, err := s.Library().DownloadMediaWithPath(t.Context(), uploaded.DirectPath, uploaded.FileEncSHA256, uploaded.FileSHA256, uploaded.MediaKey,
				whatsmeow.MediaImage, "image", false)
			require.NoError(t, err)
			require.Equal(t, picture, back)
			_, err = service.RenewVersion(t.Context(), func(context.Context) (domain.Proxy, error) { return way, nil })
			require.NoError(t, err)

			led := server.Targets()
			require.GreaterOrEqual(t, len(led), 3)
			for _, target := range led {
				require.Equal(t, b.door.Address(), target)
			}
			require.Equal(t, len(led), b.door.Entered(), "nobody comes in another way")

			s.forget()
			require.NoError(t, server.Close())
			s.await(t, domain.SessionDisconnected)
			entered := b.door.Entered()
			for range 3 {
				s.Disconnect()
				require.Equal(t, domain.ProxyUnreachable, trouble(s.Connect(context.WithoutCancel(t.Context()))))
			}
			_, err = service.RenewVersion(t.Context(), func(context.Context) (domain.Proxy, error) { return way, nil })
			require.Equal(t, domain.ProxyUnreachable, trouble(err))
			fresh := b.open(t, service, use)
			require.Equal(t, domain.ProxyUnreachable, trouble(fresh.Connect(context.WithoutCancel(t.Context()))), "before login too")
			require.Equal(t, entered, b.door.Entered())
			require.NotContains(t, b.said.String(), canary)
		})
	}
}

func TestWhoCannotSayWhichProxyConnectsNowhere(t *testing.T) {
	b := newBehind(t)
	s := b.open(t, b.service(t), func() (domain.Proxy, error) {
		return domain.Proxy{}, &domain.Error{Code: domain.CodeStorageFailed, Message: "the disk"}
	})
	err := s.Connect(context.WithoutCancel(t.Context()))
	require.Equal(t, domain.CodeStorageFailed, domain.CodeOf(err))
	require.Zero(t, b.door.Entered())
}

// Only the proxy learns which name is wanted: this computer asks no name server for it.
func TestNamesAreResolvedByTheProxy(t *testing.T) {
	var asked lockedBuffer
	before := net.DefaultResolver
	t.Cleanup(func() { net.DefaultResolver = before })
	net.DefaultResolver = &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		_, _ = io.WriteString(&asked, "asked")
		return nil, errors.New("no name server")
	}}
	b := newBehind(t)
	service, err := whatsapp.Configure(whatsapp.Endpoint{}, whatsapp.Options{ProxyRoots: b.roots})
	require.NoError(t, err)
	for _, scheme := range domain.ProxySchemes() {
		server, way := b.proxy(t, scheme)
		server.Refuse(true)
		require.Equal(t, domain.ProxyRefused, trouble(service.Probe(t.Context(), way)), scheme)
		require.Equal(t, []string{"web.whatsapp.com:443"}, server.Targets())
		require.Empty(t, asked.String())
	}
}

func TestProbeSaysWhatIsWrongWithAProxy(t *testing.T) {
	b := newBehind(t)
	service := b.service(t)
	for _, scheme := range domain.ProxySchemes() {
		t.Run(string(scheme), func(t *testing.T) {
			server, way := b.proxy(t, scheme)
			require.NoError(t, service.Probe(t.Context(), way))
			require.Len(t, server.Targets(), 1)
			wrong, none := way, way
			wrong.Password = "wrong"
			none.User, none.Password = "", ""
			for _, other := range []domain.Proxy{wrong, none} {
				err := service.Probe(t.Context(), other)
				require.Equal(t, domain.ProxyPassword, trouble(err))
				require.NotContains(t, err.Error(), "wrong\"")
			}
			server.Refuse(true)
			require.Equal(t, domain.ProxyRefused, trouble(service.Probe(t.Context(), way)))
			for _, other := range domain.ProxySchemes() {
				if other == scheme {
					continue
				}
				strange := way
				strange.Scheme = other
				if other == domain.ProxySOCKS5 { // a web server waits for the end of a line that never comes
					ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
					require.Equal(t, domain.ProxyNotAnswering, whatsapp.AttemptForTest(ctx, strange, b.door.Address()))
					cancel()
					continue
				}
				require.Equal(t, domain.ProxyNotAProxy, trouble(service.Probe(t.Context(), strange)), "%s spoken to as %s", scheme, other)
			}
			require.NoError(t, server.Close())
			err := service.Probe(t.Context(), way)
			require.Equal(t, domain.ProxyUnreachable, trouble(err))
			require.NotContains(t, err.Error(), canary)
		})
	}
	entered := b.door.Entered()
	require.Equal(t, len(domain.ProxySchemes()), entered, "only the proxies that worked led here")
}

func TestProbeOfWhatIsNoProxyOrNotTrusted(t *testing.T) {
	b := newBehind(t)
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "Hello") }))
	t.Cleanup(web.Close)
	address := tcpAddress(t, web.Listener)
	service := b.service(t)
	err := service.Probe(t.Context(), domain.Proxy{Scheme: domain.ProxyHTTPS, Host: "127.0.0.1", Port: address.Port})
	require.Equal(t, domain.ProxyNotAProxy, trouble(err))
	err = service.Probe(t.Context(), domain.Proxy{Scheme: domain.ProxyHTTP, Host: "127.0.0.1", Port: address.Port})
	// It says "200 OK" to whatever is asked; whether its page is there at once or a moment later decides which it is.
	require.Contains(t, []domain.ProxyTrouble{domain.ProxyNotAProxy, domain.ProxyNoWhatsApp}, trouble(err))

	key := b.server.RootKey()
	elsewhere, err := whatsapp.Configure(whatsapp.Endpoint{URL: "ws://" + address.String() + "/ws/chat", RootKey: key[:]}, whatsapp.Options{ProxyRoots: b.roots})
	require.NoError(t, err)
	_, way := b.proxy(t, domain.ProxyHTTP)
	require.Equal(t, domain.ProxyNoWhatsApp, trouble(elsewhere.Probe(t.Context(), way)))

	strict, err := whatsapp.Configure(whatsapp.Endpoint{URL: "ws://" + b.door.Address() + "/ws/chat", RootKey: key[:]}, whatsapp.Options{})
	require.NoError(t, err)
	_, way = b.proxy(t, domain.ProxyHTTPS)
	require.Equal(t, domain.ProxyUntrusted, trouble(strict.Probe(t.Context(), way)))
	way.Host = "localhost"
	require.Equal(t, domain.ProxyUntrusted, trouble(service.Probe(t.Context(), way)), "the certificate is another one's")
	require.Zero(t, b.door.Entered())
}

func tcpAddress(t *testing.T, listener net.Listener) *net.TCPAddr {
	t.Helper()
	address, ok := listener.Addr().(*net.TCPAddr)
	require.True(t, ok)
	return address
}

// A proxy that takes connections and says nothing is told from one that hangs up.
func TestAProxyThatSaysNothing(t *testing.T) {
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	port := tcpAddress(t, listener).Port
	for _, scheme := range domain.ProxySchemes() {
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		require.Equal(t, domain.ProxyNotAnswering, whatsapp.AttemptForTest(ctx, domain.Proxy{Scheme: scheme, Host: "127.0.0.1", Port: port}, "127.0.0.1:1"), scheme)
		cancel()
	}
}

// What goes on over the way of before, a download for example, ends when the way changes.
func TestNothingGoesOnTheWayOfBefore(t *testing.T) {
	b := newBehind(t)
	endless := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, "begun")
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	}))
	t.Cleanup(endless.Close)
	key := b.server.RootKey()
	service, err := whatsapp.Configure(whatsapp.Endpoint{URL: "ws://" + endless.Listener.Addr().String() + "/ws/chat", RootKey: key[:]}, whatsapp.Options{})
	require.NoError(t, err)
	_, first := b.proxy(t, domain.ProxyHTTP)
	_, second := b.proxy(t, domain.ProxySOCKS5)
	var mu sync.Mutex
	present := domain.Proxy{}
	way, end := service.RouteForTest(func(context.Context) (domain.Proxy, error) {
		mu.Lock()
		defer mu.Unlock()
		return present, nil
	})
	defer end()
	get := func() io.ReadCloser {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://mmg.whatsapp.net/x", nil)
		require.NoError(t, err)
		answer, err := way.RoundTrip(request)
		require.NoError(t, err)
		t.Cleanup(func() { _ = answer.Body.Close() })
		_, err = io.ReadFull(answer.Body, make([]byte, len("begun")))
		require.NoError(t, err)
		return answer.Body
	}
	for _, next := range []domain.Proxy{first, second, {}} {
		body := get()
		mu.Lock()
		present = next
		mu.Unlock()
		get()
		_, err := body.Read(make([]byte, 1))
		require.ErrorIs(t, err, context.Canceled)
	}
}

func TestAProxyIsNeverPrintedWithItsPassword(t *testing.T) {
	p := domain.Proxy{Scheme: domain.ProxyHTTP, Host: "proxy.example", Port: 3128, User: "ana", Password: canary}
	var log lockedBuffer
	logger := zerolog.New(&log)
	logger.Info().Any("proxy", p).Interface("again", p).Msg("a proxy")
	for _, text := range []string{
		fmt.Sprint(p), fmt.Sprintf("%v %+v %#v %s", p, p, p, p.Password), log.String(), domain.ProxyError(p, domain.ProxyPassword, nil).Error(),
	} {
		require.NotContains(t, text, canary)
	}
	require.NotContains(t, fmt.Sprintf("%q %x", p.Password, p.Password), canary)
}
