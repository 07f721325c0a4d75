package proxy

import (
	"context"
	"net"
	"os"
	"syscall"
)

// Memory is a proxy that is reached by Dial alone, over pipes: for tests with a clock of their own, in which nothing may wait for the
// operating system.
type Memory struct {
	*Proxy
	pipes *pipes
}

// NewMemory begins to listen. Address and TLS of the options mean nothing here.
func NewMemory(o Options) *Memory {
	p := &pipes{conns: make(chan net.Conn), closed: make(chan struct{})}
	m := &Memory{Proxy: build(o, p), pipes: p}
	m.work.Go(m.accept)
	return m
}

// Dial connects to the proxy. What is closed refuses, as a computer without a listener does.
func (m *Memory) Dial(ctx context.Context, network, _ string) (net.Conn, error) {
	ours, theirs := net.Pipe()
	select {
	case m.pipes.conns <- theirs:
		return ours, nil
	case <-m.pipes.closed:
		return nil, &net.OpError{Op: "dial", Net: network, Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// pipes is a listener in memory. It is closed once.
type pipes struct {
	conns  chan net.Conn
	closed chan struct{}
}

// Accept returns the next connection.
func (p *pipes) Accept() (net.Conn, error) {
	select {
	case conn := <-p.conns:
		return conn, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

// Close refuses what comes after it.
func (p *pipes) Close() error {
	close(p.closed)
	return nil
}

// Addr is nowhere that others could reach.
func (*pipes) Addr() net.Addr { return &net.UnixAddr{Name: "memory", Net: "unix"} }
