package main

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"waflow/backend/wasim"
)

type readiness struct {
	Endpoint, RootKey, Media, Control string
	PID                               int
}

// start runs the command and returns the line that it prints and what it returns in the end.
func start(ctx context.Context, t *testing.T, o options, in io.Reader) (readiness, <-chan error) {
	t.Helper()
	out, w := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		err := run(ctx, o, in, w)
		ended <- err
		_ = w.CloseWithError(io.EOF)
	}()
	var ready readiness
	require.NoError(t, json.NewDecoder(out).Decode(&ready))
	return ready, ended
}

func finish(t *testing.T, ended <-chan error) {
	t.Helper()
	select {
	case err := <-ended:
		require.NoError(t, err)
	case <-time.After(20 * time.Second):
		require.FailNow(t, "the command does not end")
	}
}

func TestCommandSaysHowToGetInAndEndsWhenTold(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	ready, ended := start(ctx, t, options{Listen: "127.0.0.1:0", Control: "127.0.0.1:0", Seed: 1}, nil)
	require.True(t, strings.HasPrefix(ready.Endpoint, "ws://127.0.0.1:"))
	require.True(t, strings.HasSuffix(ready.Endpoint, "/ws/chat"))
	root, err := base64.StdEncoding.DecodeString(ready.RootKey)
	require.NoError(t, err)
	require.Len(t, root, 32)
	require.Equal(t, "http"+strings.TrimSuffix(strings.TrimPrefix(ready.Endpoint, "ws"), "/ws/chat"), ready.Media)
	require.Positive(t, ready.PID)

	response, err := http.Get(ready.Control + "/phones")
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, response.StatusCode)
	require.NoError(t, response.Body.Close())
	http.DefaultClient.CloseIdleConnections()
	cancel()
	finish(t, ended)
}

func TestCommandEndsWithItsInput(t *testing.T) {
	in, w := io.Pipe()
	_, ended := start(t.Context(), t, options{Listen: "127.0.0.1:0", Control: "127.0.0.1:0", Seed: 1, WithStdin: true}, in)
	require.NoError(t, w.Close())
	finish(t, ended)
}

func TestCommandStaysOnThisMachine(t *testing.T) {
	for _, o := range []options{{Listen: "0.0.0.0:0", Control: "127.0.0.1:0"}, {Listen: "127.0.0.1:0", Control: "0.0.0.0:0"}} {
		require.ErrorIs(t, run(t.Context(), o, nil, io.Discard), wasim.ErrNotLoopback)
	}
}
