package domain

import (
	"net"
	"strconv"
)

// ProxyScheme is how a proxy is spoken to.
type ProxyScheme string

// The schemes of proxies.
const (
	ProxyHTTP   ProxyScheme = "http"   // CONNECT, in the clear up to the proxy
	ProxyHTTPS  ProxyScheme = "https"  // CONNECT over TLS
	ProxySOCKS5 ProxyScheme = "socks5" // SOCKS 5; the proxy resolves names (what others call socks5h)
)

// ProxySchemes returns every scheme in the order shown.
func ProxySchemes() []ProxyScheme { return []ProxyScheme{ProxyHTTP, ProxyHTTPS, ProxySOCKS5} }

// Proxy is the way that a device's connections take. The zero value is a direct connection.
type Proxy struct {
	Scheme   ProxyScheme
	Host     string // a name or an IP address, IPv6 without brackets
	Port     int    // 1–65535
	User     string // "" if the proxy wants none
	Password Secret // only with a user
}

// Direct reports that no proxy is set.
func (p Proxy) Direct() bool { return p == Proxy{} }

// Address returns host and port as they are dialled and shown. There is no secret in it.
func (p Proxy) Address() string { return net.JoinHostPort(p.Host, strconv.Itoa(p.Port)) }

// SameServer reports whether q is the same proxy for the same user, so that the password of one may be given to the other.
func (p Proxy) SameServer(q Proxy) bool {
	p.Password, q.Password = "", ""
	return p == q
}

// Secret is a text that is never printed: every way of formatting it hides it. Convert it to a string to use it.
type Secret string

const hidden = "(hidden)"

// String hides the secret.
func (Secret) String() string { return hidden }

// GoString hides the secret from %#v.
func (Secret) GoString() string { return hidden }

// MarshalText hides the secret from JSON and logs.
func (Secret) MarshalText() ([]byte, error) { return []byte(hidden), nil }

// ProxyTrouble says why there is no way through a proxy.
type ProxyTrouble string

// What can be wrong with a proxy.
const (
	ProxyUnreachable  ProxyTrouble = "unreachable"   // nothing answers at its address, or the name does not exist
	ProxyPassword     ProxyTrouble = "password"      // it wants another user or password
	ProxyRefused      ProxyTrouble = "refused"       // it answers and does not let us through to WhatsApp
	ProxyNotAProxy    ProxyTrouble = "not_a_proxy"   // what answers does not speak this scheme
	ProxyUntrusted    ProxyTrouble = "untrusted"     // its certificate is not trusted by this computer, or is another one's
	ProxyNoWhatsApp   ProxyTrouble = "no_whatsapp"   // it lets us through, and what answers is not WhatsApp
	ProxyNotAnswering ProxyTrouble = "not_answering" // it takes the connection and then says nothing
)

// ProxyTroubles returns every trouble.
func ProxyTroubles() []ProxyTrouble {
	return []ProxyTrouble{
		ProxyUnreachable, ProxyPassword, ProxyRefused, ProxyNotAProxy, ProxyUntrusted, ProxyNoWhatsApp, ProxyNotAnswering,
	}
}

// ProxyError is a connection that a proxy did not carry. Its code is CodeProxyFailed; its text holds no secret.
func ProxyError(p Proxy, trouble ProxyTrouble, cause error) *Error {
	return &Error{
		Code: CodeProxyFailed, Message: "the proxy of this device does not let it through; it is never connected without it", Err: cause,
		Detail: map[string]string{"proxy": p.Address(), "trouble": string(trouble)},
	}
}
