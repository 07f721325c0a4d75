//go:build window

package smoke

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"os/exec"
	"testing"

	"github.com/stretchr/testify/require"
)

// simulator is the simulated WhatsApp in a process of its own, played through its control interface.
type simulator struct {
	t        *testing.T
	Endpoint string
	RootKey  string
	Control  string
}

func startSimulator(t *testing.T) *simulator {
	t.Helper()
	running, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	process := exec.CommandContext(running, setting(t, "WASIM_BIN"), "--with-stdin")
	// It ends with this pipe, so that it never outlives the test, however that ends.
	held, err := process.StdinPipe()
	require.NoError(t, err)
	out, err := process.StdoutPipe()
	require.NoError(t, err)
	process.WaitDelay = patience
	require.NoError(t, process.Start())
	t.Cleanup(func() {
		_ = held.Close()
		_ = process.Wait()
		stop()
	})
	s := &simulator{t: t}
	require.NoError(t, json.NewDecoder(out).Decode(s))
	return s
}

// phone is a person's simulated phone.
type phone struct {
	simulator *simulator
	number    string
}

// said is one message as a phone shows it.
type said struct {
	FromMe bool
	Text   string
	State  string
}

func (s *simulator) newPhone(number, name string) phone {
	s.t.Helper()
	s.call(http.MethodPost, "/phones", map[string]any{"number": number, "name": name}, nil)
	return phone{simulator: s, number: number}
}

// scan reads a code with the camera and waits until the link succeeded or was refused.
func (p phone) scan(code string) {
	p.simulator.t.Helper()
	var result struct {
		Linked                   bool
		RefusedCode, RefusedText string
	}
	p.call(http.MethodPost, "/scan", map[string]any{"qr": code}, &result)
	require.True(p.simulator.t, result.Linked, "refused: %s %s", result.RefusedCode, result.RefusedText)
}

func (p phone) write(to phone, text string) {
	p.simulator.t.Helper()
	p.call(http.MethodPost, "/send", map[string]any{"to": to.number, "text": text}, nil)
}

// read marks everything that this person wrote to us as read.
func (p phone) read(peer phone) {
	p.simulator.t.Helper()
	p.call(http.MethodPost, "/read", map[string]any{"peer": peer.number}, nil)
}

// network switches the network of the computers linked to this phone.
func (p phone) network(on bool) {
	p.simulator.t.Helper()
	p.call(http.MethodPost, "/network", map[string]any{"on": on}, nil)
}

// saidWith answers the conversation with a person as this phone shows it.
func (p phone) saidWith(peer phone) []said {
	p.simulator.t.Helper()
	var messages []said
	p.call(http.MethodGet, "/messages?peer="+url.QueryEscape(peer.number), nil, &messages)
	return messages
}

func (p phone) call(method, path string, body, answer any) {
	p.simulator.t.Helper()
	p.simulator.call(method, "/phones/"+p.number+path, body, answer)
}

func (s *simulator) call(method, path string, body, answer any) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), patience)
	defer cancel()
	written, err := json.Marshal(body)
	require.NoError(s.t, err)
	request, err := http.NewRequestWithContext(ctx, method, s.Control+path, bytes.NewReader(written))
	require.NoError(s.t, err)
	response, err := http.DefaultClient.Do(request)
	require.NoError(s.t, err)
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	require.NoError(s.t, err)
	require.Equal(s.t, http.StatusOK, response.StatusCode, "%s %s: %s", method, path, content)
	if answer != nil {
		require.NoError(s.t, json.Unmarshal(content, answer))
	}
}
