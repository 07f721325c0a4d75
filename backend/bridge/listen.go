package bridge

import (
	"context"
	"net"
	"strings"

	"waflow/backend/domain"
)

// Listen opens a listener on a loopback address such as "127.0.0.1:0", "[::1]:8080" or "localhost:8080". Errors: listen_refused for any
// other address, and when the port is taken.
func Listen(ctx context.Context, address string) (net.Listener, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, listenRefused("The address to listen on has the form 127.0.0.1:8080.", "form", err)
	}
	if strings.EqualFold(host, "localhost") {
		host = "127.0.0.1" // asking a resolver could lead elsewhere
	}
	if ip := net.ParseIP(host); ip == nil || !ip.IsLoopback() {
		return nil, listenRefused("Waflow is served on this computer only: the address to listen on is 127.0.0.1 or [::1].", "not_loopback", nil)
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", net.JoinHostPort(host, port))
	if err != nil {
		return nil, listenRefused("The address to listen on is taken or can't be used.", "taken", err)
	}
	return listener, nil
}

func listenRefused(message, why string, err error) error {
	return &domain.Error{Code: domain.CodeListenRefused, Message: message, Detail: map[string]string{"why": why}, Err: err}
}
