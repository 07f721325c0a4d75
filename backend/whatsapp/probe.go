package whatsapp

import (
	"context"
	"errors"
	"net"
	"net/http"
	"time"

	"github.com/coder/websocket"
	"go.mau.fi/whatsmeow/socket"

	"waflow/backend/domain"
)

// probeTimeout bounds the look at whether WhatsApp answers.
const probeTimeout = 20 * time.Second

// Probe connects to WhatsApp as a device would, over this proxy or directly, until the websocket is open, and closes it then. Nothing logs
// in, no session is touched. Errors: CodeProxyFailed with what is wrong with the proxy; else what dialling failed with.
func (s *Service) Probe(ctx context.Context, proxy domain.Proxy) error {
	bounded, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	way := s.newRoute(func(context.Context) (domain.Proxy, error) { return proxy, nil })
	defer way.retire()
	conn, answer, err := websocket.Dial(bounded, socket.URL, &websocket.DialOptions{
		HTTPClient: &http.Client{Transport: s.clock.watch(way)},
		HTTPHeader: http.Header{"Origin": {socket.Origin}},
	})
	if answer != nil && answer.Body != nil {
		defer func() { _ = answer.Body.Close() }()
	}
	if err == nil {
		_ = conn.CloseNow() // nobody listens to how it ends
		return nil
	}
	if ctx.Err() != nil || proxy.Direct() || domain.CodeOf(err) == domain.CodeProxyFailed {
		return err
	}
	return domain.ProxyError(proxy, beyond(err), err)
}

// beyond says what is wrong where a proxy led on and no WhatsApp answered.
func beyond(err error) domain.ProxyTrouble {
	var slow net.Error
	if errors.As(err, &slow) && slow.Timeout() {
		return domain.ProxyNotAnswering
	}
	return domain.ProxyNoWhatsApp
}
