package main

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"time"

	"waflow/backend/bridge"
	"waflow/backend/engine"
)

type serveCommand struct {
	Listen string `default:"127.0.0.1:0" placeholder:"ADDRESS" help:"Loopback address to listen on; port 0 takes a free one."`
	JSON   bool   `name:"json" help:"Print one line of JSON when ready: url, token, pid."`
}

// readyLine is what `serve --json` prints once requests are answered.
type readyLine struct {
	URL   string `json:"url"`
	Token string `json:"token"`
	PID   int    `json:"pid"`
}

// Run serves the interface until ctx ends. A workspace that can't be opened ends it with that error.
func (s serveCommand) Run(ctx context.Context, w workspaceFlags) error {
	listener, err := bridge.Listen(ctx, s.Listen)
	if err != nil {
		return err
	}
	defer listener.Close()
	e, err := engine.Open(ctx, w.options(engine.Serve))
	if err != nil {
		return err
	}
	return errors.Join(s.serve(ctx, e, listener), e.Close())
}

func (s serveCommand) serve(ctx context.Context, e *engine.Engine, listener net.Listener) error {
	files, err := assets()
	if err != nil {
		return err
	}
	token := newToken()
	facades := bridge.NewFacades()
	facades.Attach(e.Services())
	server := &http.Server{
		Handler: bridge.Handler(bridge.Config{
			Facades: facades, Bus: e.Bus(), Assets: files, Token: token, Address: listener.Addr().String(), Logger: e.Logger(),
		}),
		ReadHeaderTimeout: 10 * time.Second,
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	server.BaseContext = func(net.Listener) context.Context { return ctx }
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	s.announce(readyLine{URL: "http://" + listener.Addr().String() + "/", Token: token, PID: os.Getpid()})

	ran := make(chan error, 1)
	go func() { ran <- e.Run(ctx) }()
	select {
	case err = <-served:
	case err = <-ran:
	}
	cancel()
	stop, done := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer done()
	if shut := server.Shutdown(stop); shut != nil {
		err = errors.Join(err, server.Close())
	}
	if errors.Is(err, http.ErrServerClosed) || errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

func (s serveCommand) announce(line readyLine) {
	if s.JSON {
		out, err := json.Marshal(line)
		if err == nil {
			fmt.Println(string(out))
		}
		return
	}
	fmt.Printf("Waflow is served on this machine. Open this address in a browser:\n\n  %s?token=%s\n\nCtrl C ends it.\n", line.URL, line.Token)
}

// newToken returns 256 random bits.
func newToken() string {
	token := make([]byte, 32)
	_, _ = rand.Read(token) // crypto/rand never fails: it ends the program instead
	return base64.RawURLEncoding.EncodeToString(token)
}
