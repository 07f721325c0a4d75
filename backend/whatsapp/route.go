package whatsapp

import (
	"context"
	"io"
	"net/http"
	"sync"

	"waflow/backend/domain"
)

// ProxyFunc names the way that connections take; the zero value is direct. An error means that none is made.
type ProxyFunc func(ctx context.Context) (domain.Proxy, error)

// route carries out the requests of one session the way that its owner names, who is asked before each. There is no other way: where the
// owner can't say, or the proxy does not carry it, the request fails. When the way changes, what goes on over the former one ends; the
// websocket is the pool's to connect anew.
type route struct {
	service *Service
	proxy   ProxyFunc

	mu      sync.Mutex
	present *passage
}

// passage is one way while it is the present one.
type passage struct {
	proxy     domain.Proxy
	transport http.RoundTripper
	ctx       context.Context
	end       context.CancelFunc
}

// newRoute returns the way that proxy names; nil is direct.
func (s *Service) newRoute(proxy ProxyFunc) *route {
	if proxy == nil {
		proxy = func(context.Context) (domain.Proxy, error) { return domain.Proxy{}, nil }
	}
	return &route{service: s, proxy: proxy}
}

// RoundTrip carries out a request. A proxy's failure is a *domain.Error with CodeProxyFailed.
func (r *route) RoundTrip(request *http.Request) (*http.Response, error) {
	proxy, err := r.proxy(request.Context())
	if err != nil {
		return nil, err
	}
	way := r.over(proxy)
	ctx, cancel := context.WithCancel(request.Context())
	stop := context.AfterFunc(way.ctx, cancel)
	answer, err := way.transport.RoundTrip(request.WithContext(ctx))
	if err != nil {
		stop()
		cancel()
		return nil, err
	}
	if answer.StatusCode != http.StatusSwitchingProtocols {
		answer.Body = &endingBody{ReadCloser: answer.Body, done: func() { stop(); cancel() }}
	}
	return answer, nil
}

// over returns the passage over a proxy. Another one than before ends that.
func (r *route) over(proxy domain.Proxy) *passage {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.present != nil && r.present.proxy == proxy {
		return r.present
	}
	r.endPresent()
	p := &passage{proxy: proxy, transport: r.service.direct}
	if !proxy.Direct() {
		p.transport = transport(r.service.address, tunnel{proxy: proxy, roots: r.service.roots, reach: r.service.toProxy}.dial)
	}
	p.ctx, p.end = context.WithCancel(context.Background())
	r.present = p
	return p
}

// retire ends whatever still goes on.
func (r *route) retire() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.endPresent()
}

func (r *route) endPresent() {
	p := r.present
	if p == nil {
		return
	}
	r.present = nil
	p.end()
	if own, ok := p.transport.(*http.Transport); ok && !p.proxy.Direct() {
		own.CloseIdleConnections()
	}
}

// endingBody tells when it is closed.
type endingBody struct {
	io.ReadCloser
	done func()
}

// Close closes the body.
func (b *endingBody) Close() error {
	defer b.done()
	return b.ReadCloser.Close()
}
