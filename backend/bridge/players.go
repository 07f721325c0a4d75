package bridge

import (
	"context"
	"crypto/rand"
	"errors"
	"net"
	"net/http"
	"time"
)

// Players is a server on this computer for the players of the window: on Linux they take nothing from where the window's page comes from, and on
// Windows that hands a file over only as a whole. It answers at a port of its own to who knows the token of this start, and serves the files of
// messages and nothing else.
type Players struct {
	origin  string
	token   string
	server  *http.Server
	stopped chan struct{}
}

// OpenPlayers begins to serve. Close ends it. Errors: listen_refused.
func OpenPlayers(ctx context.Context, f *Facades) (*Players, error) {
	listener, err := Listen(ctx, "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	p := &Players{origin: "http://" + listener.Addr().String(), token: rand.Text(), stopped: make(chan struct{})}
	p.server = &http.Server{
		Handler: p.handler(f, listener.Addr().String()), ReadHeaderTimeout: 10 * time.Second,
		BaseContext: func(net.Listener) context.Context { return ctx },
	}
	go func() {
		defer close(p.stopped)
		_ = p.server.Serve(listener) // without it what is played says so
	}()
	return p, nil
}

// Origin is what the page has to be allowed to play from.
func (p *Players) Origin() string { return p.origin }

// Base is what stands before "/media/…" in the addresses of files.
func (p *Players) Base() string { return p.origin + "/" + p.token }

// Close ends what is being played, and the server.
func (p *Players) Close() error {
	err := p.server.Close()
	<-p.stopped
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

func (p *Players) handler(f *Facades, address string) http.Handler {
	door := newAccess(p.token, address)
	media := f.Media()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{token}"+mediaPath, func(w http.ResponseWriter, r *http.Request) {
		token := r.PathValue("token")
		if !door.matches(token) {
			http.NotFound(w, r)
			return
		}
		// The window's page is from elsewhere, by what browsers count.
		w.Header().Set("Cross-Origin-Resource-Policy", "cross-origin")
		http.StripPrefix("/"+token, media).ServeHTTP(w, r)
	})
	return Secure(door.ownHostOnly(mux), "")
}
