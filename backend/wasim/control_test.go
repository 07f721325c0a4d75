package wasim_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"go.mau.fi/whatsmeow/types/events"

	"waflow/backend/wasim"
)

// call makes a control request and decodes its answer.
func call[T any](t *testing.T, h http.Handler, method, path string, body any) (int, T) {
	t.Helper()
	raw, err := json.Marshal(body)
	require.NoError(t, err)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), method, path, bytes.NewReader(raw)))
	var answer T
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &answer), w.Body.String())
	return w.Code, answer
}

type object = map[string]any

func TestControlPlaysAWholeStory(t *testing.T) {
	s := newServer(t, wasim.Options{Seed: 1})
	h := s.ControlHandler()
	for number, name := range map[string]string{"+34600000013": "Clinic", "+34600000021": "Ana"} {
		status, view := call[wasim.PhoneView](t, h, "POST", "/phones", wasim.PhoneOptions{Number: number, Name: name})
		require.Equal(t, http.StatusOK, status)
		require.Equal(t, number, view.Number)
	}
	c := newClient(t, s, filepath.Join(t.TempDir(), "session.db"))
	require.NoError(t, c.Connect())
	code := await[*events.QR](c, nil).Codes[0]
	status, scanned := call[wasim.ScanResult](t, h, "POST", "/phones/34600000013/scan", object{"qr": code})
	require.Equal(t, http.StatusOK, status)
	require.True(t, scanned.Linked)
	await[*events.Connected](c, nil)

	status, burst := call[struct{ IDs []string }](t, h, "POST", "/phones/+34600000021/burst", object{"to": "+34600000013", "prefix": "n", "count": 20})
	require.Equal(t, http.StatusOK, status)
	require.Len(t, burst.IDs, 20)
	c.awaitText("n 20")
	waitFor(t, s, "acknowledged", func() bool {
		return len(s.Ledger().Unacknowledged(wasim.Filter{From: "+34600000021", LinkedOnly: true})) == 0
	})
	status, deliveries := call[[]wasim.Delivery](t, h, "GET", "/ledger?deliveries=1&from=34600000021&to=34600000013&device=1", nil)
	require.Equal(t, http.StatusOK, status)
	require.Len(t, deliveries, 20)
	for i, d := range deliveries {
		require.Equal(t, burst.IDs[i], d.ID)
		require.Equal(t, 1, d.Acked)
	}
	_, book := call[wasim.Book](t, h, "GET", "/ledger", nil)
	require.NotEmpty(t, book.Submissions)
	require.NotEmpty(t, book.Events)

	_, sent := call[struct{ ID string }](t, h, "POST", "/phones/34600000013/send", object{"to": "+34600000021", "text": "hi"})
	waitFor(t, s, "on Ana's phone", func() bool { return len(s.Phone("+34600000021").Messages("+34600000013")) == 21 })
	_, messages := call[[]wasim.ChatMessage](t, h, "GET", "/phones/34600000021/messages?peer=34600000013", nil)
	require.Equal(t, sent.ID, messages[20].ID)
	_, read := call[struct{ Count int }](t, h, "POST", "/phones/34600000021/read", object{"peer": "+34600000013"})
	require.Equal(t, 1, read.Count)

	for path, body := range map[string]object{
		"/phones/34600000013/reads": {"on": true}, "/phones/34600000021/own-network": {"on": false},
		"/phones/34600000013/slow": {"ms": 0}, "/phones/34600000013/name": {"name": "Clinic Sol"},
		"/server/min-version": {"version": []int{2, 2000, 0}}, "/faults": {"kind": "double_ack", "count": 1},
	} {
		status, answer := call[object](t, h, "POST", path, body)
		require.Equal(t, http.StatusOK, status, "%s: %v", path, answer)
	}
	call[object](t, h, "DELETE", "/faults", nil)
	call[object](t, h, "POST", "/phones/34600000013/network", object{"on": false})
	await[*events.Disconnected](c, nil)
	call[object](t, h, "POST", "/phones/34600000013/network", object{"on": true})
	call[object](t, h, "POST", "/server/stop", object{})
	require.Error(t, c.Connect())
	call[object](t, h, "POST", "/server/start", object{"memory": true})
	c.relogin()
	_, dropped := call[struct{ Count int }](t, h, "POST", "/server/drop", object{})
	require.Equal(t, 1, dropped.Count)
	await[*events.Disconnected](c, nil)
	c.relogin()
	call[object](t, h, "POST", "/phones/34600000013/replace", object{"device": 1})
	await[*events.StreamReplaced](c, nil)
	awaitLoss(t)
	c.relogin()
	call[object](t, h, "POST", "/phones/34600000013/end", object{"code": 503})
	await[*events.Disconnected](c, nil)
	c.relogin()
	c.rest()
	_, unlinked := call[struct{ Count int }](t, h, "POST", "/phones/34600000013/unlink", object{"device": 0})
	require.Equal(t, 1, unlinked.Count)
	await[*events.LoggedOut](c, nil)
}

func TestControlRefusesNonsense(t *testing.T) {
	s := newServer(t, wasim.Options{Seed: 1})
	h := s.ControlHandler()
	newPhone(t, s, "+34600000013", "Clinic")
	for _, one := range []struct {
		path   string
		body   any
		status int
	}{
		{"/phones", object{"number": "abc"}, 400},
		{"/phones", object{"number": "+34600000013"}, 409},
		{"/phones", "text", 400},
		{"/phones/34699999999/send", object{"to": "+1", "text": "x"}, 404},
		{"/phones/34600000013/send", object{"to": "+34699999999", "text": "x"}, 404},
		{"/phones/34600000013/send", object{"to": "+34600000013", "text": ""}, 400},
		{"/phones/34600000013/scan", object{"qr": "x"}, 400},
		{"/phones/34600000013/unlink", object{"device": 3}, 404},
		{"/phones/34600000013/burst", object{"to": "+34600000013", "count": -1}, 400},
		{"/faults", object{"kind": "x"}, 400},
	} {
		status, answer := call[object](t, h, "POST", one.path, one.body)
		require.Equal(t, one.status, status, "%s %v", one.path, answer)
		require.NotEmpty(t, answer["error"])
	}
	request := httptest.NewRequestWithContext(t.Context(), "GET", "/phones", nil)
	request.Header.Set("Origin", "https://example.com")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, request)
	require.Equal(t, http.StatusForbidden, w.Code)
}
