package bridge

import (
	"context"
	"encoding/json"
	"net/http"
	"sync"
	"time"

	"github.com/coder/websocket"
)

const (
	maxSockets   = 32               // windows and tabs that listen at once
	writeTimeout = 10 * time.Second // after it a tab that does not read is let go
)

// frame is one message of the socket.
type frame struct {
	Type  string `json:"type"` // "batch"
	Batch Batch  `json:"batch"`
}

// socket answers GET /api/events: it becomes a WebSocket that carries every batch of changes from now on, until either side ends.
func (h *handler) socket(w http.ResponseWriter, r *http.Request) {
	select {
	case h.sockets <- struct{}{}:
		defer func() { <-h.sockets }()
	default:
		writeProblem(w, http.StatusServiceUnavailable, internal("Too many windows listen to Waflow. Close one.", ""))
		return
	}
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	// Before the handshake is answered, so that a snapshot taken after it misses nothing.
	sub := h.Bus.Subscribe(ctx)
	conn, err := websocket.Accept(w, r, nil)
	if err != nil {
		return // Accept has answered
	}
	var reading sync.WaitGroup
	defer reading.Wait()
	defer conn.CloseNow() // a page takes any end as a reason to come back; nobody waits for a farewell
	reading.Go(func() {
		defer cancel()
		_, _, _ = conn.Read(ctx) // answers pings; a page has nothing to say, so whatever comes is the end
	})
	pump(ctx, sub, func(b Batch) error { return send(ctx, conn, frame{Type: "batch", Batch: b}) })
}

func send(ctx context.Context, conn *websocket.Conn, f frame) error {
	text, err := json.Marshal(f)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, writeTimeout)
	defer cancel()
	return conn.Write(ctx, websocket.MessageText, text)
}
