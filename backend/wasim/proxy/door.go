package proxy

import (
	"context"
	"net"
	"sync/atomic"
)

// Door leads every connection to one address and counts them: who came without a proxy came here too.
type Door struct {
	*Proxy
	target  string
	entered atomic.Int64
}

// NewDoor begins to listen in front of an address.
func NewDoor(target string) (*Door, error) {
	listener, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	d := &Door{target: target, Proxy: build(Options{}, listener)}
	d.speak = d.pass
	d.work.Go(d.accept)
	return d, nil
}

// Entered returns how many connections there have been.
func (d *Door) Entered() int { return int(d.entered.Load()) }

func (d *Door) pass(conn net.Conn) {
	d.entered.Add(1)
	if server, led := d.lead(d.target); led {
		d.carry(conn, server)
	}
}
