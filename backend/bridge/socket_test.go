package bridge_test

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/require"

	"waflow/backend/bridge"
	"waflow/backend/domain"
	"waflow/backend/events"
)

type socketFrame struct {
	Type  string       `json:"type"`
	Batch bridge.Batch `json:"batch"`
}

func (s served) listen(ctx context.Context, client *http.Client, header http.Header) (*websocket.Conn, *http.Response, error) {
	return websocket.Dial(ctx, strings.Replace(s.url, "http", "ws", 1)+"/api/events", &websocket.DialOptions{HTTPClient: client, HTTPHeader: header})
}

func next(t *testing.T, conn *websocket.Conn) bridge.Batch {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	kind, text, err := conn.Read(ctx)
	require.NoError(t, err)
	require.Equal(t, websocket.MessageText, kind)
	var f socketFrame
	require.NoError(t, json.Unmarshal(text, &f))
	require.Equal(t, "batch", f.Type)
	return f.Batch
}

func TestSocketCarriesEveryChangeAfterTheHandshake(t *testing.T) {
	s := serve(t).enter(t)
	s.bus.Publish(events.Settings(domain.DefaultSettings())) // before: not told
	conn, _, err := s.listen(t.Context(), s.browser, http.Header{"Origin": {s.url}})
	require.NoError(t, err)
	defer conn.CloseNow()

	s.bus.Publish(events.Unread(domain.Unread{Subaccount: 3, Messages: 2, Conversations: 1}), events.DeviceGone(9))
	b := next(t, conn)
	require.Equal(t, int64(1), b.First)
	require.Equal(t, int64(3), b.Seq)
	require.False(t, b.Reset)
	require.Equal(t, "unread", b.Changes[0].Topic)
	require.Equal(t, map[string]any{"subaccount": 3.0, "messages": 2.0, "conversations": 1.0}, b.Changes[0].Value)
	require.Equal(t, bridge.Change{Topic: "device", ID: 9, Gone: true}, b.Changes[1])

	s.bus.Publish(events.Settings(domain.DefaultSettings()))
	b = next(t, conn)
	require.Equal(t, int64(3), b.First, "batches join")
}

func TestSocketIsForOurOwnPageOnly(t *testing.T) {
	inside, outside := serve(t).enter(t), serve(t)
	tests := map[string]struct {
		s      served
		header http.Header
		status int
	}{
		"no token":       {outside, nil, 401},
		"another origin": {inside, http.Header{"Origin": {"http://evil.example"}}, 403},
		"no origin's":    {inside, http.Header{"Origin": {"null"}}, 403},
	}
	for name, tt := range tests {
		_, answer, err := tt.s.listen(t.Context(), tt.s.browser, tt.header)
		require.Error(t, err, name)
		require.Equal(t, tt.status, answer.StatusCode, name)
	}
}

func TestSocketsAreBoundedAndFreedAgain(t *testing.T) {
	s := serve(t).enter(t)
	var open []*websocket.Conn
	for range 32 {
		conn, _, err := s.listen(t.Context(), s.browser, nil)
		require.NoError(t, err)
		open = append(open, conn)
	}
	_, answer, err := s.listen(t.Context(), s.browser, nil)
	require.Error(t, err)
	require.Equal(t, http.StatusServiceUnavailable, answer.StatusCode)

	for _, conn := range open {
		require.NoError(t, conn.CloseNow())
	}
	require.Eventually(t, func() bool {
		conn, _, err := s.listen(t.Context(), s.browser, nil)
		if err != nil {
			return false
		}
		return conn.CloseNow() == nil
	}, 10*time.Second, 10*time.Millisecond)
}

func TestSocketThatTalksIsClosed(t *testing.T) {
	s := serve(t).enter(t)
	conn, _, err := s.listen(t.Context(), s.browser, nil)
	require.NoError(t, err)
	defer conn.CloseNow()
	require.NoError(t, conn.Write(t.Context(), websocket.MessageText, []byte(`{"type":"batch"}`)))
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	_, _, err = conn.Read(ctx)
	require.Error(t, err)
	require.NoError(t, ctx.Err(), "closed, not waited out")
}
