package whatsapp

import (
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"

	"waflow/backend/domain"
	"waflow/backend/whatsapp/convert"
)

// handle takes one event of the library. True means that it is stored, or that there was nothing to store, and may be
// acknowledged. A panic counts as false; the library itself would acknowledge.
func (c *Client) handle(raw any) (taken bool) {
	if !c.begin() {
		return false
	}
	defer c.work.Done()
	defer func() {
		if reason := recover(); reason != nil {
			c.log.Error().Type("event", raw).Type("reason", reason).Msg("a handler panicked")
			taken = c.notTaken()
		}
	}()
	if event, ok := sessionEvent(raw, c.service.now()); ok {
		c.happened(raw, event)
		return true
	}
	c.phoneSeen(raw)
	c.retries.answered(raw)
	inbound := c.inbound(raw)
	for _, in := range inbound {
		if err := c.receive(in, isAcknowledged(raw)); err != nil {
			c.log.Warn().Type("event", raw).Str("code", string(domain.CodeOf(err))).Msg("what arrived could not be stored")
			return c.notTaken()
		}
	}
	if len(inbound) > 0 {
		c.taken(inbound)
	}
	return true
}

// inbound is what an event brings that has to be stored.
func (c *Client) inbound(raw any) []domain.Inbound {
	own := *c.own.Load()
	switch e := raw.(type) {
	case *events.Message:
		c.patience.arrived(e.Info.ID)
		c.identify(&e.Info.MessageSource)
		return convert.Message(e, c.opened(e), own)
	case *events.UndecryptableMessage:
		info := e.Info
		c.patience.failed(info.ID, func() { c.askPhone(info) })
		c.identify(&e.Info.MessageSource)
		return convert.Undecryptable(e, own)
	case *events.Receipt:
		c.identify(&e.MessageSource)
		return convert.Receipt(e, own)
	case *events.PushName:
		return convert.PushName(e)
	case *events.BusinessName:
		return convert.BusinessName(e, c.other(e.JID))
	case *events.GroupInfo:
		return convert.GroupChange(e, c.other, own)
	case *events.JoinedGroup:
		return convert.GroupJoined(e, c.service.now(), c.other, own)
	case *events.Picture:
		return convert.Picture(e, c.other, own)
	case *events.IdentityChange:
		return convert.SecurityCode(e, c.other, own)
	default:
		return c.callEvent(raw)
	}
}

// identify fills in the other name of the people in a message, where the session file knows it.
func (c *Client) identify(source *types.MessageSource) {
	if source.SenderAlt.IsEmpty() {
		source.SenderAlt = c.other(source.Sender)
	}
	if !source.IsGroup && source.RecipientAlt.IsEmpty() {
		source.RecipientAlt = c.other(source.Chat)
	}
}

// other is the LID of a phone number or the phone number of a LID, empty where it is unknown.
func (c *Client) other(jid types.JID) types.JID {
	if jid.IsEmpty() || c.wa.Store.LIDs == nil {
		return types.JID{}
	}
	alt, err := c.wa.Store.GetAltJID(c.ctx, jid)
	if err != nil {
		return types.JID{}
	}
	return alt
}

// happened reports what an event means for the session, unless we ended the connection that it tells about.
func (c *Client) happened(raw any, event domain.SessionEvent) {
	switch e := raw.(type) {
	case *events.Connected:
		c.learnOwn(c.wa.Store)
	case *events.PairSuccess:
		c.linked.Store(true)
		c.own.Store(&convert.Own{Number: e.ID.User, LID: e.LID.User})
		c.emit(event)
		c.paired()
		return
	case *events.PairError:
		c.linked.Store(false)
		c.mu.Lock()
		if c.link.refusal != nil {
			event.Err = c.link.refusal
		}
		c.mu.Unlock()
	case *events.LoggedOut:
		c.linked.Store(false)
		if c.leaving.Load() {
			return
		}
	case *events.ManualLoginReconnect:
		if !c.secondLoginDue() {
			return
		}
	case *events.Disconnected:
		// A connection made since is none of this event's business: events come from goroutines of their own.
		if c.wa.IsConnected() || !c.endOnce() || c.leaving.Load() {
			return
		}
	}
	c.emit(event)
}

// endOnce marks the present connection as over and tells whether it was not yet.
func (c *Client) endOnce() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.dial == nil {
		return false
	}
	c.dial.once.Do(func() { close(c.dial.lost) })
	first := !c.dial.over
	c.dial.over = true
	return first
}
