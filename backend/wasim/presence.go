package wasim

import (
	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/types"
)

// Presence and typing are never queued: they reach who is there.
//
//	→ <presence type="available" name="Ana"/>            the device is in use; the name becomes the account's push name
//	→ <presence type="subscribe" to="5678@lid"/>         tell me when this user is in use
//	← <presence from="5678@lid" [type="unavailable" last="…"]/>
//	→ <chatstate to="5678@lid"><composing/></chatstate>
//	← <chatstate from="1234@lid"><composing/></chatstate>    only to devices that are in use

func (s *Server) receivePresence(d *device, node *waBinary.Node) {
	switch attrString(node, "type") {
	case "subscribe":
		if to, ok := attrJID(node, "to"); ok {
			if a := s.accountOf(to); a != nil {
				a.watch(d)
				s.tellPresence(d, a)
			}
		}
	case "unavailable":
		d.setAvailable(false)
		s.spreadPresence(d.account)
	case "", "available":
		if name := attrString(node, "name"); name != "" {
			d.account.setPushName(name)
		}
		d.setAvailable(true)
		s.spreadPresence(d.account)
	}
}

func (a *account) watch(d *device) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.watchers[d] = struct{}{}
}

func (a *account) isAvailable() bool {
	for _, d := range a.deviceList() {
		if d.isAvailable() {
			return true
		}
	}
	return false
}

func (d *device) isAvailable() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.available && d.link != nil
}

// spreadPresence tells the subscribers of an account whether it is in use.
func (s *Server) spreadPresence(a *account) {
	a.mu.Lock()
	watchers := make([]*device, 0, len(a.watchers))
	for d := range a.watchers {
		watchers = append(watchers, d)
	}
	a.mu.Unlock()
	for _, d := range watchers {
		s.tellPresence(d, a)
	}
}

func (s *Server) tellPresence(d *device, about *account) {
	a := attrs{"from": about.lidJID()}
	if !about.isAvailable() {
		a["type"], a["last"] = "unavailable", "deny"
	}
	n := element("presence", a)
	d.deliverNow(&n)
}

// deliverNow sends a stanza that is not worth keeping to a device that is there.
func (d *device) deliverNow(node *waBinary.Node) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.active && d.link != nil {
		d.link.deliver(node)
	}
}

func (s *Server) receiveChatState(d *device, node *waBinary.Node) {
	to, ok := attrJID(node, "to")
	if !ok {
		return
	}
	a := s.accountOf(to)
	if a == nil || a == d.account {
		return
	}
	n := waBinary.Node{Tag: "chatstate", Attrs: attrs{"from": d.account.jidOn(to.Server)}, Content: node.Content}
	for _, target := range a.deviceList() {
		if target.id == 0 || target.isAvailable() {
			target.deliverNow(&n)
		}
	}
}

// notify queues a notification for a device.
func (s *Server) notify(d *device, from types.JID, kind string, children ...waBinary.Node) {
	s.notifyAs(d, from, kind, s.nextID.next(), children...)
}

// notifyAs queues a notification whose id says what it is about.
func (s *Server) notifyAs(d *device, from types.JID, kind, id string, children ...waBinary.Node) {
	n := element("notification", attrs{"from": from, "id": id, "type": kind, "t": s.unixNow()}, children...)
	d.enqueue(&pendingStanza{node: &n, from: from, id: id})
}
