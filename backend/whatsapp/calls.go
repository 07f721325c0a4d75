package whatsapp

import (
	"slices"
	"sync"
	"time"

	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"

	"waflow/backend/domain"
	"waflow/backend/whatsapp/convert"
)

// mostRinging bounds how many calls are waited for: anybody can begin some. The oldest go.
const mostRinging = 50

// calls remembers the calls that ring, until they end. Calls are not taken here; the account's phone takes them, and what it took or refused
// was not missed.
type calls struct {
	mu      sync.Mutex
	ringing []ringing // the oldest first
}

// ringing is a call that has not ended.
type ringing struct {
	id   string
	at   time.Time
	call domain.Call
}

// callEvent takes in an event about a call, and returns what of it has to be stored: a call that nobody took, once it has ended.
func (c *Client) callEvent(raw any) []domain.Inbound {
	switch e := raw.(type) {
	case *events.CallOffer:
		_, video := e.Data.GetOptionalChildByTag("video")
		c.calls.begin(e.BasicCallMeta, domain.Call{Video: video})
	case *events.CallOfferNotice:
		c.calls.begin(e.BasicCallMeta, domain.Call{Video: e.Media == "video", Group: e.Type == "group"})
	case *events.CallAccept:
		c.calls.end(e.CallID)
	case *events.CallReject:
		c.calls.end(e.CallID)
	case *events.CallTerminate:
		rang, known := c.calls.end(e.CallID)
		if !known {
			// Waflow was closed when it rang. It may have been taken then, unless WhatsApp itself says that nobody did.
			rang.at = e.Timestamp
		}
		if known && !takenElsewhere(e.Reason) || !known && e.Reason == "timeout" {
			return convert.MissedCall(e.BasicCallMeta, rang.at, rang.call, c.other, *c.own.Load())
		}
	}
	return nil
}

// takenElsewhere tells whether another device of the account took a call, or refused it: somebody has seen it.
func takenElsewhere(reason string) bool {
	return slices.Contains([]string{"accepted_elsewhere", "rejected_elsewhere"}, reason)
}

func (c *calls) begin(meta types.BasicCallMeta, call domain.Call) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if slices.ContainsFunc(c.ringing, func(r ringing) bool { return r.id == meta.CallID }) {
		return
	}
	c.ringing = append(c.ringing, ringing{id: meta.CallID, at: meta.Timestamp, call: call})
	c.ringing = c.ringing[max(0, len(c.ringing)-mostRinging):]
}

// end forgets a call, and is false for one that did not ring.
func (c *calls) end(id string) (ringing, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	i := slices.IndexFunc(c.ringing, func(r ringing) bool { return r.id == id })
	if i < 0 {
		return ringing{}, false
	}
	r := c.ringing[i]
	c.ringing = slices.Delete(c.ringing, i, i+1)
	return r, true
}
