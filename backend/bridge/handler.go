package bridge

import (
	"io/fs"
	"net/http"

	"github.com/rs/zerolog"

	"waflow/backend/domain"
	"waflow/backend/events"
)

// Config is what the browser's way in is built from.
type Config struct {
	Facades *Facades
	Bus     *events.Bus
	Assets  fs.FS  // the built interface, index.html at its top
	Token   string // opens the door; 32 random bytes or more, as text that fits a URL and a cookie
	Address string // of the listener, "127.0.0.1:41234": the only host that requests may name
	Logger  zerolog.Logger
}

// Handler serves the interface to a browser: its files, its calls at /api/call/, its events at /api/events, the files of messages at /media/, and /api/health for whoever
// started the process. All but the last answer only requests that name this server, come from its own pages, and carry the token.
func Handler(c Config) http.Handler {
	h := &handler{Config: c, access: newAccess(c.Token, c.Address), known: c.Facades.methods(), sockets: make(chan struct{}, maxSockets)}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/health", h.health)
	mux.Handle("POST /api/call/{method}", h.guarded(http.HandlerFunc(h.call)))
	mux.Handle("GET /api/events", h.guarded(http.HandlerFunc(h.socket)))
	mux.Handle("/api/", h.guarded(http.HandlerFunc(noSuchCall)))
	mux.Handle("GET "+mediaPath, h.guarded(c.Facades.Media()))
	mux.Handle("POST "+mediaPath, h.guarded(c.Facades.Media()))
	mux.Handle("/", h.door(http.HandlerFunc(h.asset)))
	return Secure(h.access.ownHostOnly(mux), "")
}

type handler struct {
	Config
	access  access
	known   map[string]method
	sockets chan struct{} // one token for each open socket
}

// guarded lets through who has the token and comes from a page of ours.
func (h *handler) guarded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		switch {
		case !h.access.ownOrigin(r):
			writeProblem(w, http.StatusForbidden, unauthorized("Calls come from Waflow's own page only."))
		case !h.access.knows(r):
			writeProblem(w, http.StatusUnauthorized, unauthorized("The token is missing or wrong. Open the address that Waflow printed when it started."))
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// door lets a page in: by the token of the first address, afterwards by the cookie. Links from other pages lead to it, so no origin is
// asked for; the cookie, being strict, does not come with them.
func (h *handler) door(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		token := r.URL.Query().Get("token")
		switch {
		case r.URL.Path == "/" && token != "" && h.access.matches(token):
			w.Header().Set("Cache-Control", "no-store")
			h.access.letIn(w, r, token)
		case h.access.knows(r):
			next.ServeHTTP(w, r)
		default:
			w.Header().Set("Cache-Control", "no-store")
			http.Error(w, "Open the address that Waflow printed when it started: it holds the token that this page needs.", http.StatusUnauthorized)
		}
	})
}

// health says that requests are answered, and nothing else.
func (h *handler) health(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	writeJSON(w, http.StatusOK, map[string]bool{"ok": true})
}

func unauthorized(message string) Problem {
	return problemOf(&domain.Error{Code: domain.CodeUnauthorized, Message: message})
}

func noSuchCall(w http.ResponseWriter, _ *http.Request) {
	writeProblem(w, http.StatusNotFound, problemOf(&domain.Error{Code: domain.CodeNotFound, Message: "There is no such call."}))
}
