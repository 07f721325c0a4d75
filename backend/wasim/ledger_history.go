package wasim

import (
	"slices"
	"time"

	"go.mau.fi/whatsmeow/proto/waHistorySync"
)

// HistoryChunk is history that a phone offered to one of its linked devices.
type HistoryChunk struct {
	// ID is the id of the message that offered it.
	ID   string  `json:"id"`
	From Address `json:"from"`
	To   Address `json:"to"`
	// Type is "INITIAL_BOOTSTRAP", "RECENT", "FULL", "PUSH_NAME" or "ON_DEMAND".
	Type string `json:"type"`
	// Order counts what a device was offered after it was linked, from 0. Progress is how much of the type is done with
	// it, in percent.
	Order    uint32 `json:"order"`
	Progress uint32 `json:"progress"`
	// Chats and Messages are how many are in it.
	Chats    int       `json:"chats"`
	Messages int       `json:"messages"`
	At       time.Time `json:"at"`
	// Received is true when the device has the message, and Confirmed when it has the history.
	Received  bool `json:"received"`
	Confirmed bool `json:"confirmed"`
	// Failed is true when the device could not download it.
	Failed bool `json:"failed,omitempty"`
}

// offered records a chunk of history.
func (l *Ledger) offered(from, to Address, id string, h *waHistorySync.HistorySync) {
	chunk := &HistoryChunk{
		ID: id, From: from, To: to, Type: h.GetSyncType().String(), Order: h.GetChunkOrder(), Progress: h.GetProgress(),
		Chats: len(h.GetConversations()), At: l.now(),
	}
	for _, c := range h.GetConversations() {
		chunk.Messages += len(c.GetMessages())
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.keep > 0 && len(l.history) >= 2*l.keep {
		l.history = slices.DeleteFunc(l.history, func(c *HistoryChunk) bool { return c.Confirmed })
	}
	l.history = append(l.history, chunk)
}

// chunkReceipted notes what a device says about a chunk. The caller holds l.mu.
func (l *Ledger) chunkReceipted(id string, by Address, kind string) {
	for _, c := range slices.Backward(l.history) {
		if c.ID != id || c.To != by {
			continue
		}
		switch kind {
		case "peer_msg":
			c.Received = true
		case "hist_sync":
			c.Received, c.Confirmed = true, true
		case "server-error":
			c.Failed = true
		}
		return
	}
}

// History returns copies of the chunks of history that were offered, in order. From and To of the filter are numbers;
// both are the account's.
func (l *Ledger) History(f Filter) []HistoryChunk {
	l.mu.Lock()
	defer l.mu.Unlock()
	out := make([]HistoryChunk, 0)
	for _, c := range l.history {
		if f.matches(&Delivery{ID: c.ID, From: c.From, To: c.To}) {
			out = append(out, *c)
		}
	}
	return out
}
