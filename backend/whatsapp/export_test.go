package whatsapp

import (
	"context"
	"net"
	"net/http"
	"time"

	"go.mau.fi/whatsmeow"

	"waflow/backend/domain"
)

// What tests of the outside look at inside.
var (
	RedeliverWait = redeliverWait
	MaskText      = maskText
)

// TransportForTest is the one that direct connections are made with.
func TransportForTest(address string) *http.Transport {
	return transport(address, (&net.Dialer{}).DialContext)
}

// AttemptForTest asks a proxy to lead to an address, for as long as ctx lasts, and answers what is wrong with it.
func AttemptForTest(ctx context.Context, p domain.Proxy, address string) domain.ProxyTrouble {
	conn, trouble, err := tunnel{proxy: p, reach: (&net.Dialer{}).DialContext}.attempt(ctx, "tcp", address)
	if err == nil {
		_ = conn.Close()
	}
	return trouble
}

// RouteForTest carries out requests the way that proxy names; end ends what goes on.
func (s *Service) RouteForTest(proxy ProxyFunc) (way http.RoundTripper, end func()) {
	r := s.newRoute(proxy)
	return r, r.retire
}

// Library returns the client library's client.
func (c *Client) Library() *whatsmeow.Client { return c.wa }

// Query runs a query on the session file's only connection and returns its first value.
func (c *Client) Query(query string) (value string, err error) {
	err = c.file.db.QueryRow(query).Scan(&value)
	return value, err
}

// EventOf is sessionEvent for tables: nil for an event that means nothing for the session.
func EventOf(raw any, now time.Time) *domain.SessionEvent {
	if event, ok := sessionEvent(raw, now); ok {
		return &event
	}
	return nil
}
