// Command firstclient is a device that runs whatsmeow, the client library that the product uses, in a process of its own,
// so that the suite around it can let it talk to devices that run the second client library. It shows a code for linking
// at once, writes one line of JSON for everything that happens, and takes one line for everything that it shall do:
//
//	← {"event":"qr","text":"https://wa.me/…"}           a code to scan
//	← {"event":"ready"}                                 logged in, the phone's greeting has arrived
//	← {"event":"message","id","chat","sender","text","fromMe"}
//	← {"event":"receipt","id","chat","sender","type"}   type is "" for delivered, "read", "sender", …; one line for each id
//	← {"event":"sent","id"}                             the answer to a send
//	← {"event":"error","text"}                          what was asked for did not work
//	→ {"do":"send","chat","text"}
//	→ {"do":"read","chat","sender","id"}
//
// It ends when its standard input is closed.
package main

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"

	"github.com/alecthomas/kong"
	"go.mau.fi/whatsmeow"
)

type options struct {
	Endpoint string `required:"" help:"The simulator's websocket, ws://127.0.0.1:PORT/ws/chat."`
	RootKey  string `required:"" help:"The simulator's root key in base64."`
}

func main() {
	var o options
	kong.Parse(&o, kong.Name("firstclient"), kong.Description("A device that runs whatsmeow, driven by lines of JSON."))
	if err := run(o); err != nil {
		fmt.Fprintln(os.Stderr, "firstclient:", err)
		os.Exit(1)
	}
}

func run(o options) error {
	root, err := base64.StdEncoding.DecodeString(o.RootKey)
	if err != nil || len(root) != len(whatsmeow.WACertPubKey) {
		return errors.Join(errors.New("the root key is not 32 bytes in base64"), err)
	}
	whatsmeow.WACertPubKey = [32]byte(root)
	endpoint, err := url.Parse(o.Endpoint)
	if err != nil {
		return fmt.Errorf("endpoint: %w", err)
	}
	if ip := net.ParseIP(endpoint.Hostname()); ip == nil || !ip.IsLoopback() {
		return errors.New("the endpoint is not on this machine")
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	d, err := newDevice(ctx, plainClient(endpoint.Host), os.Stdout)
	if err != nil {
		return err
	}
	if err = d.client.Connect(); err == nil {
		err = d.obey(ctx, os.Stdin)
	}
	return errors.Join(err, d.close())
}

// plainClient reaches one address without TLS, whatever host is asked for.
func plainClient(address string) *http.Client {
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		var dialer net.Dialer
		return dialer.DialContext(ctx, "tcp", address)
	}
	return &http.Client{Transport: &http.Transport{DialContext: dial, DialTLSContext: dial, DisableKeepAlives: true}}
}
