// Package engine is the composition root: it builds every part of Waflow from the settings, connects them, and starts and stops them in
// order. It knows no window and no browser.
package engine

import (
	"context"
	"crypto/x509"
	"io"
	"net"
	"net/http"
	"time"

	"waflow/backend/domain"
)

// Kind says what a workspace holds. A workspace keeps the kind it was made with, so that simulated and real numbers never meet in one.
type Kind string

// The kinds of workspaces.
const (
	Real      Kind = "real"      // numbers at WhatsApp
	Demo      Kind = "demo"      // simulated phones in this process, begun anew at each start
	Simulated Kind = "simulated" // numbers at a simulator on this machine
)

// Mode says who shows the interface.
type Mode string

// The modes.
const (
	Desktop Mode = "desktop" // a window of ours
	Serve   Mode = "serve"   // a browser
)

// ProxyDial connects to a proxy of a device.
type ProxyDial func(ctx context.Context, network, address string) (net.Conn, error)

// Options are what an engine is built from.
type Options struct {
	Dir      string // the data directory; made if it is not there
	Kind     Kind
	Mode     Mode
	Version  string
	Endpoint string // Simulated: the simulator's websocket address, loopback only
	RootKey  string // Simulated: its root key, base64
	Seed     int64  // Demo: of the simulator; 0 takes a random one

	System     System           // the computer; nil stands for one that tells nothing and refuses everything
	Now        func() time.Time // time.Now if nil
	HTTPClient *http.Client     // tests: reaches a simulator without a network
	ProxyDial  ProxyDial        // tests: reaches proxies without a network
	ProxyRoots *x509.CertPool   // tests: whose certificates an https proxy may have; nil for those that this computer trusts
	Log        io.Writer        // tests: takes the log in place of the files, whose rotation has a goroutine without an end
}

func (o Options) now() func() time.Time {
	if o.Now != nil {
		return o.Now
	}
	return time.Now
}

// defaults are the settings of a new workspace. At a simulator nobody is sent a slip, so nothing waits to be taken back.
func (o Options) defaults() domain.Settings {
	out := domain.DefaultSettings()
	if o.Kind == Simulated {
		out.Undo = 0
	}
	return out
}
