// Package proxy is a real HTTP, HTTPS or SOCKS 5 proxy in the process of a test, with a user and a password, that tells where it was asked
// to lead and can refuse or die.
package proxy

import (
	"context"
	"crypto/tls"
	"net"
	"sync"
	"time"
)

// Options of New.
type Options struct {
	Scheme   string      // http, https, socks5
	User     string      // "" lets everybody through
	Password string      // of the user
	TLS      *tls.Config // https: its certificate
	Address  string      // where it listens; "" for a free port on loopback

	// Lead makes the connection to where a client wants to go. Default: over TCP.
	Lead func(ctx context.Context, target string) (net.Conn, error)
}

// Proxy is a proxy that runs until Close.
type Proxy struct {
	options  Options
	listener net.Listener
	speak    func(net.Conn)
	work     sync.WaitGroup
	ctx      context.Context
	end      context.CancelFunc

	mu      sync.Mutex
	open    map[net.Conn]struct{}
	targets []string
	refuses bool
}

// New begins to listen.
func New(o Options) (*Proxy, error) {
	if o.Address == "" {
		o.Address = "127.0.0.1:0"
	}
	listener, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", o.Address)
	if err != nil {
		return nil, err
	}
	if o.Scheme == "https" {
		listener = tls.NewListener(listener, o.TLS)
	}
	p := build(o, listener)
	p.work.Go(p.accept)
	return p, nil
}

// build returns a proxy that does not accept yet what comes to its listener.
func build(o Options, listener net.Listener) *Proxy {
	if o.Lead == nil {
		o.Lead = func(ctx context.Context, target string) (net.Conn, error) {
			return (&net.Dialer{Timeout: 10 * time.Second}).DialContext(ctx, "tcp", target)
		}
	}
	p := &Proxy{options: o, listener: listener, open: map[net.Conn]struct{}{}}
	p.ctx, p.end = context.WithCancel(context.Background())
	p.speak = p.http
	if o.Scheme == "socks5" {
		p.speak = p.socks
	}
	return p
}

// Address is where it listens, host and port.
func (p *Proxy) Address() string { return p.listener.Addr().String() }

// Port is the port that it listens on.
func (p *Proxy) Port() int {
	address, ok := p.listener.Addr().(*net.TCPAddr)
	if !ok {
		return 0
	}
	return address.Port
}

// Targets returns the hosts and ports that it was asked to lead to by who may ask, in the order in which it was asked.
func (p *Proxy) Targets() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string(nil), p.targets...)
}

// Open returns how many connections of clients are open.
func (p *Proxy) Open() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.open)
}

// Refuse has it lead nobody on, or everybody again.
func (p *Proxy) Refuse(on bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.refuses = on
}

// Close cuts every connection and listens no more.
func (p *Proxy) Close() error {
	p.end()
	err := p.listener.Close()
	p.mu.Lock()
	for conn := range p.open {
		_ = conn.Close() // it may have ended by itself
	}
	p.mu.Unlock()
	p.work.Wait()
	return err
}

func (p *Proxy) accept() {
	for {
		conn, err := p.listener.Accept()
		if err != nil {
			return
		}
		if !p.keep(conn) {
			_ = conn.Close()
			return
		}
		p.work.Go(func() {
			defer p.drop(conn)
			p.speak(conn)
		})
	}
}

func (p *Proxy) keep(conn net.Conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ctx.Err() != nil {
		return false
	}
	p.open[conn] = struct{}{}
	return true
}

func (p *Proxy) drop(conn net.Conn) {
	p.mu.Lock()
	delete(p.open, conn)
	p.mu.Unlock()
	_ = conn.Close() // either side may have ended it
}

// lead connects to where the client wants to go.
func (p *Proxy) lead(target string) (net.Conn, bool) {
	p.mu.Lock()
	refused := p.refuses
	p.targets = append(p.targets, target)
	p.mu.Unlock()
	if refused {
		return nil, false
	}
	conn, err := p.options.Lead(p.ctx, target)
	return conn, err == nil
}

// carry copies both ways until one side ends.
func (p *Proxy) carry(client, server net.Conn) {
	if !p.keep(server) {
		_ = server.Close()
		return
	}
	defer p.drop(server)
	done := make(chan struct{}, 2)
	for _, way := range [][2]net.Conn{{client, server}, {server, client}} {
		p.work.Go(func() {
			transfer(way[0], way[1])
			done <- struct{}{}
		})
	}
	<-done
}
