package wasim

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"

	"github.com/coder/websocket"
)

// websocketPath is where clients connect, on the real service and here.
const websocketPath = "/ws/chat"

var (
	// ErrNotLoopback is returned by Listen for an address that other machines could reach.
	ErrNotLoopback = errors.New("the simulator listens on loopback addresses only")
	// ErrListening is returned by Listen when the server listens already.
	ErrListening = errors.New("the simulator listens already")
	errStopped   = errors.New("the simulated server is stopped")
)

// network is the plug of a server: its listeners, and whether it accepts connections. Guarded by Server.mu.
type network struct {
	stopped bool
	address string // of the TCP listener, kept over Stop
	http    *http.Server
	tcp     net.Listener
	memory  *memoryListener
}

// Listen makes the server reachable over TCP. Only loopback addresses are accepted; port 0 picks a free one.
func (s *Server) Listen(addr string) error {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return fmt.Errorf("listen address: %w", err)
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return fmt.Errorf("%w: %s", ErrNotLoopback, host)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.net.tcp != nil {
		return ErrListening
	}
	return s.listenLocked(addr)
}

func (s *Server) listenLocked(addr string) error {
	if s.closed {
		return ErrClosed
	}
	var config net.ListenConfig
	listener, err := config.Listen(s.ctx, "tcp", addr)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	s.net.tcp, s.net.address = listener, listener.Addr().String()
	s.serveLocked(listener)
	return nil
}

// serveLocked accepts the connections of one listener.
func (s *Server) serveLocked(listener net.Listener) {
	if s.net.http == nil {
		s.net.http = &http.Server{
			Handler:           s.handler(),
			ReadHeaderTimeout: handshakeTimeout,
			ConnContext:       func(ctx context.Context, c net.Conn) context.Context { return context.WithValue(ctx, netConnKey{}, c) },
		}
	}
	server := s.net.http
	s.wg.Go(func() {
		if err := server.Serve(listener); err != nil && !errors.Is(err, http.ErrServerClosed) {
			s.log.Debug().Err(err).Msg("listener ended")
		}
	})
}

// Endpoint is the websocket address of the TCP listener, empty before Listen.
func (s *Server) Endpoint() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.net.address == "" {
		return ""
	}
	return "ws://" + s.net.address + websocketPath
}

// MediaEndpoint is where the TCP listener serves files, in plain HTTP, empty before Listen. A client that is told a host
// of WhatsApp's reaches it by connecting here whatever the host.
func (s *Server) MediaEndpoint() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.net.address == "" {
		return ""
	}
	return "http://" + s.net.address
}

// HTTPClient returns a client whose every connection, TLS or not and whatever the host, is a pipe in memory to this
// server. Give it to the client library for its websocket, its pre-login socket and its media. It works inside a
// testing/synctest bubble when the server was made in the same bubble.
func (s *Server) HTTPClient() *http.Client {
	return &http.Client{Transport: s.transport(s.Dial)}
}

// TCPClient is like HTTPClient, over the TCP listener.
func (s *Server) TCPClient() *http.Client {
	return &http.Client{Transport: s.transport(func(ctx context.Context) (net.Conn, error) {
		s.mu.Lock()
		address := s.net.address
		s.mu.Unlock()
		var d net.Dialer
		return d.DialContext(ctx, "tcp", address)
	})}
}

func (s *Server) transport(dial func(context.Context) (net.Conn, error)) *http.Transport {
	f := func(ctx context.Context, _, _ string) (net.Conn, error) { return dial(ctx) }
	return &http.Transport{DialContext: f, DialTLSContext: f, DisableKeepAlives: true}
}

// Dial returns a pipe in memory to this server, for who brings a way of their own: a proxy that leads here.
func (s *Server) Dial(ctx context.Context) (net.Conn, error) {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return nil, ErrClosed
	}
	if s.net.stopped {
		s.mu.Unlock()
		return nil, errStopped
	}
	if s.net.memory == nil {
		s.net.memory = newMemoryListener()
		s.serveLocked(s.net.memory)
	}
	listener := s.net.memory
	s.mu.Unlock()
	return listener.dial(ctx)
}

// Stop takes the server off the network: every connection is reset and new ones are refused. Accounts, links and what is
// queued for devices stay. Start undoes it.
func (s *Server) Stop() error {
	s.ledger.note(Address{}, "stops", "")
	err := s.unplug()
	s.dropConnections(nil)
	return err
}

// Start puts a stopped server back on the same address. With memory false the server comes back as one that was
// restarted: it no longer knows which messages it has already delivered, so a message that is sent again is delivered
// again, and pairing attempts that were open are gone. Links and undelivered stanzas are kept, as the real service keeps
// them.
func (s *Server) Start(memory bool) error {
	if !memory {
		s.forget()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.net.stopped {
		return nil
	}
	s.net.stopped = false
	s.ledger.note(Address{}, "starts", "")
	if s.net.address == "" {
		return nil
	}
	return s.listenLocked(s.net.address)
}

// unplug closes the listeners and the idle HTTP connections.
func (s *Server) unplug() error {
	s.mu.Lock()
	server := s.net.http
	s.net.stopped = true
	s.net.http, s.net.tcp, s.net.memory = nil, nil, nil
	s.mu.Unlock()
	if server == nil {
		return nil
	}
	return server.Close()
}

// forget drops what a server process keeps in memory only.
func (s *Server) forget() {
	s.mu.Lock()
	accounts := append([]*account(nil), s.order...)
	clear(s.pairings)
	clear(s.linkCodes)
	s.mu.Unlock()
	for _, a := range accounts {
		for _, d := range a.deviceList() {
			d.forgetDelivered()
		}
	}
}

func (s *Server) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+websocketPath, s.serveWebsocket)
	mux.HandleFunc("GET /{$}", s.serveFrontPage)
	mux.HandleFunc("/mms/", s.serveUpload)
	mux.HandleFunc("/product/", s.serveUpload)
	mux.HandleFunc("GET "+blobPath, s.serveBlob)
	return mux
}

// serveFrontPage answers the request with which clients look up the newest client version.
func (s *Server) serveFrontPage(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/html")
	_, err := fmt.Fprintf(w, `<html><script>{"client_revision":%d,"x":0}</script></html>`, s.revision.Load())
	if err != nil {
		s.log.Debug().Err(err).Msg("front page")
	}
}

// newestRevision is the third part of the client version that the front page announces at first.
const newestRevision = 1099999999

// SetClientRevision sets the third part of the newest client version, which clients look up on the front page; the first two are 2.3000.
// What is still accepted is SetMinClientVersion's affair.
func (s *Server) SetClientRevision(revision uint32) { s.revision.Store(revision) }

type netConnKey struct{}

func (s *Server) serveWebsocket(w http.ResponseWriter, r *http.Request) {
	raw, _ := r.Context().Value(netConnKey{}).(net.Conn)
	// Clients send the origin of WhatsApp Web, which is never this host.
	w.Header().Set("Date", s.now().UTC().Format(http.TimeFormat))
	ws, err := websocket.Accept(w, r, &websocket.AcceptOptions{InsecureSkipVerify: true})
	if err != nil {
		s.log.Debug().Err(err).Msg("websocket refused")
		return
	}
	ws.SetReadLimit(maxClientFrame + frameHeader + 64)
	ctx, cancel := context.WithCancel(r.Context())
	c := newConnection(s, ws, raw, ctx.Done(), cancel)
	if !s.register(c) {
		c.reset()
		return
	}
	defer s.unregister(c)
	c.serve(ctx)
}

func (s *Server) register(c *connection) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || s.net.stopped {
		return false
	}
	s.conns[c] = struct{}{}
	s.wg.Add(1)
	return true
}

func (s *Server) unregister(c *connection) {
	s.mu.Lock()
	delete(s.conns, c)
	s.mu.Unlock()
	s.wg.Done()
}

// dropConnections resets every connection that the filter selects; a nil filter selects all.
func (s *Server) dropConnections(selects func(*connection) bool) int {
	s.mu.Lock()
	var victims []*connection
	for c := range s.conns {
		if selects == nil || selects(c) {
			victims = append(victims, c)
		}
	}
	s.mu.Unlock()
	for _, c := range victims {
		c.reset()
	}
	return len(victims)
}

// memoryListener is a net.Listener whose connections are pipes.
type memoryListener struct {
	conns chan net.Conn
	done  chan struct{}
	once  sync.Once
}

func newMemoryListener() *memoryListener {
	return &memoryListener{conns: make(chan net.Conn), done: make(chan struct{})}
}

func (l *memoryListener) dial(ctx context.Context) (net.Conn, error) {
	client, server := net.Pipe()
	select {
	case l.conns <- server:
		return client, nil
	case <-l.done:
		return nil, errStopped
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Accept waits for the next pipe.
func (l *memoryListener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.done:
		return nil, net.ErrClosed
	}
}

// Close makes Accept and dial fail.
func (l *memoryListener) Close() error {
	l.once.Do(func() { close(l.done) })
	return nil
}

// Addr names the listener.
func (l *memoryListener) Addr() net.Addr { return memoryAddr{} }

type memoryAddr struct{}

// Network is "memory".
func (memoryAddr) Network() string { return "memory" }

// String is "memory".
func (memoryAddr) String() string { return "memory" }
