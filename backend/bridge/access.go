package bridge

import (
	"crypto/sha256"
	"crypto/subtle"
	"net"
	"net/http"
	"slices"
	"strings"
)

// access decides which requests are answered: those of a page that we served ourselves, opened by who has the token.
type access struct {
	token  [sha256.Size]byte
	cookie string
	hosts  []string
}

// newAccess takes the token and the listener's address. The cookie carries the port in its name, because browsers keep cookies by host:
// two workspaces served side by side would otherwise log each other out.
func newAccess(token, address string) access {
	a := access{token: sha256.Sum256([]byte(token)), cookie: "waflow_token", hosts: []string{strings.ToLower(address)}}
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return a
	}
	a.cookie += "_" + port
	if ip := net.ParseIP(host); ip != nil && ip.IsLoopback() {
		a.hosts = append(a.hosts, net.JoinHostPort("localhost", port))
	}
	return a
}

// ownHost tells whether the request names this server: a page elsewhere whose name was made to resolve to 127.0.0.1 does not.
func (a access) ownHost(r *http.Request) bool {
	return slices.Contains(a.hosts, strings.ToLower(r.Host))
}

// ownHostOnly lets through what names this server.
func (a access) ownHostOnly(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !a.ownHost(r) {
			writeProblem(w, http.StatusMisdirectedRequest, unauthorized("This address is not served here."))
			return
		}
		next.ServeHTTP(w, r)
	})
}

// ownOrigin tells whether the request comes from a page of ours, or from no page at all.
func (a access) ownOrigin(r *http.Request) bool {
	switch r.Header.Get("Sec-Fetch-Site") {
	case "", "same-origin", "none":
	default:
		return false
	}
	origins := r.Header.Values("Origin")
	return len(origins) == 0 || len(origins) == 1 && strings.EqualFold(origins[0], "http://"+r.Host)
}

// knows tells whether the request carries the token in its cookie.
func (a access) knows(r *http.Request) bool {
	for _, c := range r.CookiesNamed(a.cookie) {
		if a.matches(c.Value) {
			return true
		}
	}
	return false
}

// matches compares in constant time; hashing first hides the length, too.
func (a access) matches(token string) bool {
	given := sha256.Sum256([]byte(token))
	return subtle.ConstantTimeCompare(given[:], a.token[:]) == 1
}

// letIn answers the first address: it puts the token into a cookie and out of the address bar and the history.
func (a access) letIn(w http.ResponseWriter, r *http.Request, token string) {
	http.SetCookie(w, &http.Cookie{Name: a.cookie, Value: token, Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode})
	http.Redirect(w, r, "/", http.StatusSeeOther)
}
