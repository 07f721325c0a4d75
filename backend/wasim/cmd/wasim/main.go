// Command wasim runs the simulated WhatsApp in a process of its own, for tests that kill their client and for playing with
// it by hand. It prints one line of JSON when it is ready:
//
//	{"endpoint":"ws://127.0.0.1:40001/ws/chat","rootKey":"BASE64","media":"http://127.0.0.1:40001","control":"http://127.0.0.1:40002","pid":1234}
//
// It ends on SIGINT, SIGTERM, and when its standard input is closed if --with-stdin is given.
package main

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/alecthomas/kong"
	"github.com/rs/zerolog"

	"waflow/backend/wasim"
)

type options struct {
	Listen     string          `default:"127.0.0.1:0" help:"Loopback address for clients."`
	Control    string          `default:"127.0.0.1:0" help:"Loopback address for the JSON control interface."`
	Seed       int64           `default:"1" help:"Seed of everything that is chosen."`
	Keep       int             `help:"How many finished messages to remember in detail; 0 remembers all, and memory grows with them."`
	MediaHost  []string        `help:"Host that clients are told to use for files, as often as wished; default: hosts of WhatsApp's."`
	QRLifetime []time.Duration `help:"How long each code for linking can be scanned, one after the other; default: 60s and five times 20s."`
	MediaLife  time.Duration   `help:"How long uploaded files can be downloaded; default 30 days."`
	Verbose    bool            `help:"Log to standard error."`
	WithStdin  bool            `help:"End when standard input is closed, so that no simulator outlives the program that started it."`
}

func main() {
	var o options
	kong.Parse(&o, kong.Name("wasim"), kong.Description("A simulated WhatsApp for tests and demos. Loopback only."))
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, o, os.Stdin, os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "wasim:", err)
		os.Exit(1)
	}
}

// run serves until ctx ends, or until in does if that is wished. It writes the line that says how to get in to out.
func run(ctx context.Context, o options, in io.Reader, out io.Writer) (err error) {
	log := zerolog.Nop()
	if o.Verbose {
		log = zerolog.New(os.Stderr).With().Timestamp().Logger()
	}
	server, err := wasim.New(wasim.Options{
		Seed: o.Seed, Logger: log, Keep: o.Keep, MediaHosts: o.MediaHost, MediaLifetime: o.MediaLife, QRLifetimes: o.QRLifetime,
	})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, server.Close()) }()
	if err = server.Listen(o.Listen); err != nil {
		return err
	}
	control, err := listenLoopback(ctx, o.Control)
	if err != nil {
		return err
	}
	api := &http.Server{Handler: server.ControlHandler(), ReadHeaderTimeout: 10 * time.Second}
	ended := make(chan error, 2)
	go func() { ended <- api.Serve(control) }()
	if o.WithStdin {
		go func() {
			_, err := io.Copy(io.Discard, in)
			ended <- err
		}()
	}
	root := server.RootKey()
	err = json.NewEncoder(out).Encode(map[string]any{
		"endpoint": server.Endpoint(),
		"rootKey":  base64.StdEncoding.EncodeToString(root[:]),
		"media":    server.MediaEndpoint(),
		"control":  "http://" + control.Addr().String(),
		"pid":      os.Getpid(),
	})
	if err != nil {
		return err
	}
	select {
	case <-ctx.Done():
	case err = <-ended:
	}
	return errors.Join(err, api.Close())
}

func listenLoopback(ctx context.Context, addr string) (net.Listener, error) {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, fmt.Errorf("control address: %w", err)
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return nil, fmt.Errorf("control: %w", wasim.ErrNotLoopback)
	}
	var config net.ListenConfig
	return config.Listen(ctx, "tcp", addr)
}
