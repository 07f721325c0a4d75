package whatsapp

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"

	"waflow/backend/domain"
)

// RootKeySize is the length in bytes of the key that signs a service's certificates.
const RootKeySize = 32

// Endpoint says which service the process talks to.
type Endpoint struct {
	// URL is "" for the real service, or the websocket address of a simulator on this machine:
	// ws://127.0.0.1:PORT/ws/chat (also [::1] and localhost).
	URL string
	// RootKey is the Curve25519 public key that signs the simulator's certificates, RootKeySize bytes. Empty for the real
	// service, whose key the client library knows.
	RootKey []byte
}

// websocketPath is where WhatsApp's websocket lives; the client library always asks for it.
const websocketPath = "/ws/chat"

// Check answers a *domain.Error with CodeEndpointRefused for an endpoint that Configure would refuse.
func (e Endpoint) Check() error {
	_, err := e.address()
	return err
}

// address checks the endpoint and returns the host and port to dial, "" for the real service.
// The error is a *domain.Error with CodeEndpointRefused.
func (e Endpoint) address() (string, error) {
	if e.URL == "" {
		if len(e.RootKey) > 0 {
			return "", refuseEndpoint("A root key was given without the address of a simulator.")
		}
		return "", nil
	}
	u, err := url.Parse(e.URL)
	if err != nil {
		return "", refuseEndpoint("The address of the simulator can't be read; it looks like ws://127.0.0.1:PORT/ws/chat.")
	}
	switch {
	case u.Scheme != "ws":
		return "", refuseEndpoint("The address of the simulator has to begin with ws://; it looks like ws://127.0.0.1:PORT/ws/chat.")
	case u.User != nil || u.RawQuery != "" || u.Fragment != "" || u.Path != websocketPath:
		return "", refuseEndpoint("The address of the simulator has to end with " + websocketPath + "; it looks like ws://127.0.0.1:PORT/ws/chat.")
	case u.Port() == "":
		return "", refuseEndpoint("The address of the simulator names no port; it looks like ws://127.0.0.1:PORT/ws/chat.")
	case !isLoopback(u.Hostname()):
		return "", refuseEndpoint("Only a simulator on this computer can be used: the address has to be 127.0.0.1, [::1] or localhost.")
	case len(e.RootKey) != RootKeySize:
		return "", refuseEndpoint(fmt.Sprintf("The root key of the simulator has to be %d bytes in base64; this one has %d.", RootKeySize, len(e.RootKey)))
	}
	host := u.Hostname()
	if host == "localhost" {
		// Whatever a hosts file says about the name, nothing leaves this machine.
		host = "127.0.0.1"
	}
	return net.JoinHostPort(host, u.Port()), nil
}

func isLoopback(host string) bool {
	if host == "localhost" {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.Zone() == "" && addr.IsLoopback()
}

func refuseEndpoint(sentence string) *domain.Error {
	return &domain.Error{Code: domain.CodeEndpointRefused, Message: sentence}
}
