package whatsapp

import (
	"time"

	"go.mau.fi/whatsmeow/types/events"

	"waflow/backend/domain"
	"waflow/backend/whatsapp/convert"
)

// WhatsApp sends again what was not acknowledged, and only when the device connects the next time. So something that could
// not be stored ends the connection, after a wait that grows with every connection in a row on which that happened: a full disk must not become a
// storm of logins. The owner may be faster; a connection that it has ended meanwhile is left alone.
const (
	redeliverAfter = 5 * time.Second
	redeliverMost  = 5 * time.Minute
)

// redelivery is what the client knows about things that could not be stored. Guarded by Client.mu.
type redelivery struct {
	failures int // connections in a row on which something could not be stored
	timer    *time.Timer
}

func (r *redelivery) stop() {
	if r.timer != nil {
		r.timer.Stop()
	}
}

// redeliverWait is how long after the nth failing connection in a row it is ended.
func redeliverWait(failures int) time.Duration {
	wait := redeliverAfter
	for range failures - 1 {
		if wait *= 2; wait >= redeliverMost {
			return redeliverMost
		}
	}
	return wait
}

// taken reports what was stored as far as it is news about the session: how much of the history the phone has handed over.
func (c *Client) taken(inbound []domain.Inbound) {
	for _, in := range inbound {
		if in.History == nil {
			continue
		}
		percent, ok := convert.FirstSync(in.History)
		switch {
		case !ok:
		case percent >= 100:
			c.emit(domain.SessionEvent{Kind: domain.SessionFirstSyncDone})
		default:
			c.emit(domain.SessionEvent{Kind: domain.SessionFirstSync, Count: percent})
		}
	}
}

// notTaken sees to it that what could not be stored comes again, and says what to tell the library.
func (c *Client) notTaken(raw any) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed || c.dial == nil {
		return false
	}
	if connection := c.dial; !connection.failed {
		connection.failed = true
		c.redo.failures++
		c.redo.timer = time.AfterFunc(redeliverWait(c.redo.failures), func() { c.redeliver(connection) })
	}
	// The library acknowledges the phone's answer to a request when its handling fails, and keeps it when the handling of
	// the stanza that carried it fails. So the failure is told there.
	if message, ok := raw.(*events.Message); ok && message.UnavailableRequestID != "" {
		c.resend[message.UnavailableRequestID] = true
		return true
	}
	return false
}

// answersFailedRequest tells whether this is the stanza with an answer of our phone that could not be stored.
func (c *Client) answersFailedRequest(raw any) bool {
	message, ok := raw.(*events.Message)
	if !ok {
		return false
	}
	id := message.RawMessage.GetProtocolMessage().GetPeerDataOperationRequestResponseMessage().GetStanzaID()
	if id == "" {
		return false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	failed := c.resend[id]
	delete(c.resend, id)
	return failed
}

// redeliver ends the connection on which something could not be stored, if it is still the present one.
func (c *Client) redeliver(connection *dial) {
	if !c.begin() {
		return
	}
	defer c.work.Done()
	c.mu.Lock()
	present := c.dial == connection && !connection.over
	c.mu.Unlock()
	if !present {
		return
	}
	c.Disconnect()
	c.emit(domain.SessionEvent{Kind: domain.SessionDisconnected, Reason: ReasonRedelivery})
}
