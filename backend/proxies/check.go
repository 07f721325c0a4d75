package proxies

import (
	"net/netip"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"waflow/backend/domain"
)

// Longest parts, in bytes: a name of the domain name system, and what SOCKS 5 has room for.
const (
	maxHost = 253
	maxPart = 255
)

// check answers the proxy as it is kept, or why it can't be one.
func check(p domain.Proxy) (domain.Proxy, error) {
	p.Host = strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(p.Host), "["), "]")
	switch {
	case !slices.Contains(domain.ProxySchemes(), p.Scheme):
		return p, invalid("scheme", "there is no such kind of proxy")
	case !isHost(p.Host):
		return p, invalid("host", "this is no name or IP address of a proxy")
	case p.Port < 1 || p.Port > 65535:
		return p, invalid("port", "a port is a number from 1 to 65535")
	case !isPart(p.User) || p.Scheme != domain.ProxySOCKS5 && strings.Contains(p.User, ":"):
		return p, invalid("user", "this is no user of a proxy")
	case !isPart(string(p.Password)):
		return p, invalid("password", "this is no password of a proxy")
	case p.User == "" && p.Password != "":
		return p, invalid("user", "a password needs a user")
	}
	return p, nil
}

func isHost(host string) bool {
	if address, err := netip.ParseAddr(host); err == nil {
		return !address.IsUnspecified() && !address.IsMulticast()
	}
	if host == "" || len(host) > maxHost {
		return false
	}
	return !strings.ContainsFunc(host, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '-' && r != '.' && r != '_'
	})
}

func isPart(text string) bool {
	return len(text) <= maxPart && utf8.ValidString(text) && !strings.ContainsFunc(text, unicode.IsControl)
}

func invalid(field, sentence string) error {
	return &domain.Error{Code: domain.CodeInvalid, Message: sentence, Detail: map[string]string{"field": field}}
}
