package bridge

import (
	"net/http"
	"strings"
)

// policy is what a page of ours may load: its own files, and nothing from elsewhere. Fonts are files of its own, blob: is what it drew or
// recorded itself. players is the origin of what it plays, "" for its own.
func policy(players string) string {
	return strings.Join([]string{
		"default-src 'none'",
		"script-src 'self'",
		"style-src 'self'",
		"font-src 'self'",
		"img-src 'self' blob:",
		strings.TrimSpace("media-src 'self' blob: " + players),
		"connect-src 'self'",
		"base-uri 'none'",
		"form-action 'none'",
		"frame-ancestors 'none'",
	}, "; ")
}

// Secure gives every answer of next the headers that keep a page of ours to itself, in the window and in a browser alike. players is the origin of
// what the page plays, "" for its own.
func Secure(next http.Handler, players string) http.Handler {
	headers := map[string]string{
		"Content-Security-Policy":      policy(players),
		"X-Content-Type-Options":       "nosniff",
		"X-Frame-Options":              "DENY",
		"Referrer-Policy":              "no-referrer",
		"Cross-Origin-Opener-Policy":   "same-origin",
		"Cross-Origin-Resource-Policy": "same-origin",
		"Permissions-Policy":           "camera=(), geolocation=(), microphone=(self), payment=(), usb=()",
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for name, value := range headers {
			w.Header().Set(name, value)
		}
		next.ServeHTTP(w, r)
	})
}
