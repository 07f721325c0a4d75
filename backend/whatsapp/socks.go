package whatsapp

import (
	"strings"

	"waflow/backend/domain"
)

// ofSocks tells the failures of a SOCKS proxy apart. The library has no types for them, only these sentences (x/net/internal/socks):
// tests hold them against real proxies.
func ofSocks(err error) domain.ProxyTrouble {
	text := err.Error()
	switch {
	case has(text, "username/password", "no acceptable authentication methods", "unsupported authentication method"):
		return domain.ProxyPassword
	case has(text, "general SOCKS server failure", "not allowed by ruleset", "network unreachable", "host unreachable", "connection refused",
		"TTL expired", "command not supported", "address type not supported"):
		return domain.ProxyRefused
	default:
		return ofSilence(err)
	}
}

func has(text string, sentences ...string) bool {
	for _, sentence := range sentences {
		if strings.Contains(text, sentence) {
			return true
		}
	}
	return false
}
