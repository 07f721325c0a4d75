package whatsapp

import (
	"time"

	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"

	"waflow/backend/domain"
	"waflow/backend/whatsapp/convert"
)

// WhatsApp sends again what was not acknowledged, and only when the device connects the next time. So something that could
// not be stored ends the connection, after a wait that grows with every connection in a row on which that happened: a full disk must not become a
// storm of logins. The owner may be faster; a connection that it has ended meanwhile is left alone.
//
// What the account's own devices say to each other (notices of history, answers to requests) is acknowledged by the library
// before we are asked, with a receipt of the type peer_msg, and does not come again. So notices of history are kept as soon as they are decrypted,
// in readEarly. The rest is worth less, as it can be asked for again: storing it is tried for insistFor before it is given up. So it is with new
// pictures of groups, changed security codes and the ends of calls, which the library acknowledges whatever we answer.
const (
	insistFor      = 2 * time.Minute
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

// notTaken sees to it that what could not be stored comes again, and says so to the library.
func (c *Client) notTaken() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if connection := c.dial; !c.closed && connection != nil && !connection.failed {
		connection.failed = true
		c.redo.failures++
		c.redo.timer = time.AfterFunc(redeliverWait(c.redo.failures), func() { c.redeliver(connection) })
	}
	return false
}

// sessionRefused sees to it that what could not be decrypted, because the session file refused, comes again, and tells of it.
func (c *Client) sessionRefused(err error) {
	c.log.Warn().Err(maskedError(err)).Msg("the session file did not take what arrived")
	c.notTaken()
	c.emit(domain.SessionEvent{At: c.service.now(), Kind: domain.SessionDiskRefused})
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

// isAcknowledged tells whether the library acknowledges something whatever we say about it.
func isAcknowledged(raw any) bool {
	switch e := raw.(type) {
	case *events.Message:
		return e.UnavailableRequestID != "" || e.Info.Category == "peer"
	case *events.Picture, *events.IdentityChange, *events.CallTerminate:
		return true
	default:
		return false
	}
}

// readEarly keeps a notice of history from our own phone as soon as it is decrypted: before the library says that it arrived. An error means that
// the disk refused; what can't be kept for another reason is judged when it comes with its id.
func (c *Client) readEarly(from string, padded []byte, at time.Time) error {
	own := *c.own.Load()
	if from != types.NewJID(own.LID, types.HiddenUserServer).SignalAddress().String() &&
		from != types.NewJID(own.Number, types.DefaultUserServer).SignalAddress().String() {
		return nil
	}
	notice := convert.EarlyHistory(padded, at)
	if notice == nil {
		return nil
	}
	if err := c.handlers.Receive(c.ctx, domain.Inbound{History: notice}); domain.DiskRefused(err) {
		return err
	}
	return nil
}

// receive stores something, again and again for a while if it will not come again.
func (c *Client) receive(in domain.Inbound, insist bool) error {
	err := c.handlers.Receive(c.ctx, in)
	if !insist {
		return err
	}
	end := time.NewTimer(insistFor)
	defer end.Stop()
	for wait := time.Second; err != nil; wait = min(2*wait, 15*time.Second) {
		pause := time.NewTimer(wait)
		select {
		case <-pause.C:
			err = c.handlers.Receive(c.ctx, in)
		case <-end.C:
			pause.Stop()
			return err
		case <-c.ctx.Done():
			pause.Stop()
			return err
		}
	}
	return nil
}
