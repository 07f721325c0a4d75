package whatsapp

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"time"

	"golang.org/x/net/proxy"

	"waflow/backend/domain"
)

// errProtocol is what answers otherwise than a proxy of its scheme does.
var errProtocol = errors.New("the answer is not that of a proxy")

// proxyTimeout bounds everything until a proxy has led on. It is shorter than the dial it is part of, so that a proxy that says nothing is
// told from a WhatsApp that says nothing.
const proxyTimeout = 15 * time.Second

// maxProxyAnswer bounds what is read of a proxy's answer to CONNECT, in bytes.
const maxProxyAnswer = 64 << 10

// tunnel makes connections through a proxy. Names are never resolved here: the proxy gets them as they are, over HTTP by CONNECT and over
// SOCKS 5 as a name. Only the proxy's own name is looked up on this computer.
type tunnel struct {
	proxy domain.Proxy
	roots *x509.CertPool // of an https proxy; nil for the system's
	reach dialFunc       // connects to the proxy itself
}

// dial connects to a host and port through the proxy. Errors are *domain.Error with CodeProxyFailed, or those of ctx.
func (t tunnel) dial(ctx context.Context, network, address string) (net.Conn, error) {
	bounded, cancel := context.WithTimeout(ctx, proxyTimeout)
	defer cancel()
	conn, trouble, err := t.attempt(bounded, network, address)
	if err == nil {
		return conn, nil
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	return nil, domain.ProxyError(t.proxy, trouble, err)
}

func (t tunnel) attempt(ctx context.Context, network, address string) (net.Conn, domain.ProxyTrouble, error) {
	conn, err := t.reach(ctx, "tcp", t.proxy.Address())
	if err != nil {
		return nil, domain.ProxyUnreachable, withoutAddress(err)
	}
	through, trouble, err := t.ask(ctx, conn, network, address)
	if err != nil {
		return nil, trouble, errors.Join(err, conn.Close())
	}
	return through, "", nil
}

// withoutAddress keeps the kind of a dial's error and leaves out whom it names.
func withoutAddress(err error) error {
	var op *net.OpError
	if errors.As(err, &op) && op.Err != nil {
		return &net.OpError{Op: "proxyconnect", Net: op.Net, Err: op.Err}
	}
	return err
}

// ask has an open connection to the proxy led on to the address. It is given up with ctx.
func (t tunnel) ask(ctx context.Context, conn net.Conn, network, address string) (net.Conn, domain.ProxyTrouble, error) {
	stop := context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	switch t.proxy.Scheme {
	case domain.ProxySOCKS5:
		return t.socks(ctx, conn, network, address)
	case domain.ProxyHTTPS:
		host := t.proxy.Host
		secure := tls.Client(conn, &tls.Config{ServerName: host, RootCAs: t.roots, MinVersion: tls.VersionTLS12})
		if err := secure.HandshakeContext(ctx); err != nil {
			return nil, ofHandshake(err), err
		}
		return t.connect(secure, address)
	case domain.ProxyHTTP:
		return t.connect(conn, address)
	default:
		return nil, domain.ProxyNotAProxy, errProtocol
	}
}

// ofHandshake tells a certificate that is not trusted from a server that does not speak TLS.
func ofHandshake(err error) domain.ProxyTrouble {
	var certificate *tls.CertificateVerificationError
	if errors.As(err, &certificate) {
		return domain.ProxyUntrusted
	}
	return ofSilence(err)
}

// ofSilence tells a server that says nothing from one that says something else, or hangs up.
func ofSilence(err error) domain.ProxyTrouble {
	var slow net.Error
	if errors.As(err, &slow) && slow.Timeout() || errors.Is(err, context.DeadlineExceeded) {
		return domain.ProxyNotAnswering
	}
	return domain.ProxyNotAProxy
}

// connect asks an HTTP proxy for a tunnel (RFC 9110, 9.3.6).
func (t tunnel) connect(conn net.Conn, address string) (net.Conn, domain.ProxyTrouble, error) {
	request := &http.Request{Method: http.MethodConnect, URL: &url.URL{Opaque: address}, Host: address, Header: http.Header{}}
	if t.proxy.User != "" {
		pair := t.proxy.User + ":" + string(t.proxy.Password)
		request.Header.Set("Proxy-Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(pair)))
	}
	if err := request.Write(conn); err != nil {
		return nil, ofSilence(err), err
	}
	reader := bufio.NewReader(&bounded{Conn: conn, left: maxProxyAnswer})
	answer, err := http.ReadResponse(reader, request)
	if err != nil {
		return nil, ofSilence(err), fmt.Errorf("%w: %w", errProtocol, withoutText(err))
	}
	defer func() { _ = answer.Body.Close() }() // of a tunnel it reads nothing
	switch code := answer.StatusCode; {
	case code == http.StatusOK && reader.Buffered() == 0:
		return conn, "", nil
	case code == http.StatusOK:
		return nil, domain.ProxyNotAProxy, errProtocol // who is asked for a tunnel says nothing by itself
	case code == http.StatusProxyAuthRequired:
		return nil, domain.ProxyPassword, fmt.Errorf("status %d", code)
	case code == http.StatusBadRequest, code == http.StatusNotFound, code == http.StatusMethodNotAllowed, code == http.StatusNotImplemented:
		return nil, domain.ProxyNotAProxy, fmt.Errorf("status %d", code) // what web servers answer to CONNECT
	default:
		return nil, domain.ProxyRefused, fmt.Errorf("status %d", code)
	}
}

// withoutText keeps only whether time ran out: an error of package http quotes what the other side wrote.
func withoutText(err error) error {
	var slow net.Error
	if errors.As(err, &slow) && slow.Timeout() {
		return context.DeadlineExceeded
	}
	return errors.New("it can't be read")
}

// bounded reads no more than so many bytes.
type bounded struct {
	net.Conn
	left int
}

// Read reads what is still allowed.
func (b *bounded) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errProtocol
	}
	n, err := b.Conn.Read(p[:min(len(p), b.left)])
	b.left -= n
	return n, err
}

// socks asks a SOCKS 5 proxy (RFC 1928, 1929). A name goes to the proxy as a name.
func (t tunnel) socks(ctx context.Context, conn net.Conn, network, address string) (net.Conn, domain.ProxyTrouble, error) {
	var auth *proxy.Auth
	if t.proxy.User != "" {
		auth = &proxy.Auth{User: t.proxy.User, Password: string(t.proxy.Password)}
	}
	dialer, err := proxy.SOCKS5("tcp", t.proxy.Address(), auth, opened{conn})
	if err != nil {
		return nil, domain.ProxyNotAProxy, err
	}
	speaker, ok := dialer.(proxy.ContextDialer)
	if !ok {
		return nil, domain.ProxyNotAProxy, errProtocol
	}
	if _, err := speaker.DialContext(ctx, network, address); err != nil {
		return nil, ofSocks(err), err
	}
	return conn, "", nil
}

// opened "dials" by handing out a connection that is open already.
type opened struct{ conn net.Conn }

// Dial returns the connection.
func (o opened) Dial(string, string) (net.Conn, error) { return o.conn, nil }

// DialContext returns the connection.
func (o opened) DialContext(context.Context, string, string) (net.Conn, error) { return o.conn, nil }
