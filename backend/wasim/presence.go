package wasim

import (
	"fmt"
	"maps"
	"strconv"

	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/types"
)

// Presence and typing are never queued: they reach who is there.
//
//	→ <presence type="available" name="Ana"/>            the device is in use; the name becomes the account's push name
//	→ <presence name="Ana"/>                             only the name
//	→ <presence type="subscribe" to="5678@lid"/>         tell me when this user is in use, until my connection ends
//	← <presence from="5678@lid"/>                        in use
//	← <presence from="5678@lid" type="unavailable" last="1700000000|deny"/>
//	→ <chatstate to="5678@lid"><composing [media="audio"]/></chatstate>
//	← <chatstate from="1234@lid"><composing/></chatstate>    only to devices that are in use
//	← <chatstate from="…@g.us" participant="1234@lid"><composing/></chatstate>
//
// An account is in use while one of its devices is. When it was last in use, and whether it is now, is told to whom the
// settings "last" and "online" allow it.

func (s *Server) receivePresence(d *device, node *waBinary.Node) {
	if name := attrString(node, "name"); name != "" {
		d.account.setPushName(name)
	}
	switch attrString(node, "type") {
	case "subscribe":
		to, ok := attrJID(node, "to")
		if a := s.accountOf(to); ok && a != nil {
			w := watcher{server: to.Server, token: childContent(node, "tctoken")}
			a.watch(d, w)
			s.tellPresence(d, a, w)
		}
	case "unsubscribe":
		if a := s.userOf(node, "to"); a != nil {
			a.unwatch(d)
		}
	case "unavailable":
		s.setAvailable(d, false)
	case "available":
		s.setAvailable(d, true)
	}
}

// setAvailable notes whether a device is in use and tells the subscribers when the account's state has changed by that.
func (s *Server) setAvailable(d *device, on bool) {
	before := d.account.isAvailable()
	d.setAvailable(on)
	s.presenceChanged(d.account, before)
}

// presenceChanged tells the subscribers when an account is in use and was not before, or the other way round.
func (s *Server) presenceChanged(a *account, before bool) {
	now := a.isAvailable()
	if now == before {
		return
	}
	if !now {
		a.profile.mu.Lock()
		a.profile.lastSeen = s.now()
		a.profile.mu.Unlock()
	}
	for d, w := range a.watcherList() {
		if d.isAvailable() {
			s.tellPresence(d, a, w)
		}
	}
}

// leave ends what lasts only as long as a device's connection: its being in use and its subscriptions.
func (s *Server) leave(d *device, l link) {
	before := d.account.isAvailable()
	d.detach(l)
	if d.currentLink() == nil {
		s.forgetPresence(d, before)
	}
}

// forgetPresence ends the subscriptions of a device whose connection is over. before tells whether its account was in use.
func (s *Server) forgetPresence(d *device, before bool) {
	s.presenceChanged(d.account, before)
	for _, watched := range d.takeWatched() {
		watched.unwatch(d)
	}
}

// watcher is how a device subscribed to an account's presence: in which address space, and with which token of trust.
type watcher struct {
	server string
	token  []byte
}

func (a *account) watch(d *device, w watcher) {
	a.mu.Lock()
	a.watchers[d] = w
	a.mu.Unlock()
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.watched == nil {
		d.watched = make(map[*account]struct{})
	}
	d.watched[a] = struct{}{}
}

func (a *account) unwatch(d *device) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.watchers, d)
}

func (a *account) watcherList() map[*device]watcher {
	a.mu.Lock()
	defer a.mu.Unlock()
	return maps.Clone(a.watchers)
}

// takeWatched empties and returns the list of accounts that the device subscribed to.
func (d *device) takeWatched() []*account {
	d.mu.Lock()
	defer d.mu.Unlock()
	list := make([]*account, 0, len(d.watched))
	for a := range d.watched {
		list = append(list, a)
	}
	d.watched = nil
	return list
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

// tellPresence tells a subscriber what he may know about an account.
func (s *Server) tellPresence(d *device, about *account, w watcher) {
	lastSeen := about.shows("last", d.account, w.token)
	online := !about.blocks(d.account)
	if about.privacy("online") == "match_last_seen" {
		online = lastSeen
	}
	a := attrs{"from": about.jidOn(w.server)}
	if !online || !about.isAvailable() {
		a["type"], a["last"] = "unavailable", "deny"
		about.profile.mu.Lock()
		if lastSeen && !about.profile.lastSeen.IsZero() {
			a["last"] = strconv.FormatInt(about.profile.lastSeen.Unix(), 10)
		}
		about.profile.mu.Unlock()
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
	if !ok || len(node.GetChildren()) != 1 {
		return
	}
	if g := s.groupOf(to); g != nil {
		if g.role(d.account) == "" {
			return
		}
		n := waBinary.Node{Tag: "chatstate", Attrs: attrs{"from": g.jid, "participant": d.account.jidOn(g.server)}, Content: node.Content}
		for _, member := range g.accounts() {
			member.seeTyping(d.account, &n)
		}
		return
	}
	if a := s.accountOf(to); a != nil {
		n := waBinary.Node{Tag: "chatstate", Attrs: attrs{"from": d.account.jidOn(to.Server)}, Content: node.Content}
		a.seeTyping(d.account, &n)
	}
}

// seeTyping shows someone's typing on the account's devices that are in use, and on its phone.
func (a *account) seeTyping(writer *account, node *waBinary.Node) {
	if a == writer || a.blocks(writer) {
		return
	}
	for _, d := range a.deviceList() {
		if d.id == 0 || d.isAvailable() {
			d.deliverNow(node)
		}
	}
}

// Typing is what somebody does in a chat at the moment.
type Typing string

// What can be seen of somebody who writes.
const (
	TypingText  Typing = "composing"
	TypingVoice Typing = "recording"
	TypingPause Typing = "paused"
)

// SetTyping shows in a chat, given by number or group JID, that the owner writes, records a voice message or has stopped.
//
// Errors: ErrBadSetting, ErrUnknownNumber and what else a chat's name can have.
func (p *endpoint) SetTyping(to string, kind Typing) error {
	with, err := p.party(to)
	if err != nil {
		return err
	}
	var state waBinary.Node
	switch kind {
	case TypingVoice:
		state = element("composing", attrs{"media": "audio"})
	case TypingText, TypingPause:
		state = waBinary.Node{Tag: string(kind)}
	default:
		return fmt.Errorf("%w: typing %q", ErrBadSetting, kind)
	}
	n := element("chatstate", attrs{"to": with.jidOn(p.account.phone.addressSpace())}, state)
	p.submit(&n)
	return nil
}

// SetAvailable tells whether the device is in use, as its chats being open tells on a real one.
func (p *endpoint) SetAvailable(on bool) {
	kind := "unavailable"
	if on {
		kind = "available"
	}
	n := element("presence", attrs{"type": kind, "name": p.account.pushName()})
	p.submit(&n)
}

// InUse tells whether one of the account's devices is in use, which is when others see it as online.
func (p *Phone) InUse() bool { return p.account.isAvailable() }

// TypingSeen is what the phone was last shown of a person's typing in the chat with him, empty for nothing.
func (p *Phone) TypingSeen(number string) Typing {
	who, err := p.peer(number)
	if err != nil {
		return ""
	}
	p.habits.Lock()
	defer p.habits.Unlock()
	return p.typing[who]
}

// handleChatState notes that somebody writes to the phone. In a group it says nothing.
func (p *Phone) handleChatState(node *waBinary.Node) {
	from, ok := attrJID(node, "from")
	children := node.GetChildren()
	if !ok || from.Server == types.GroupServer || len(children) != 1 {
		return
	}
	who := p.s.accountOf(from)
	kind := Typing(children[0].Tag)
	if attrString(&children[0], "media") == "audio" {
		kind = TypingVoice
	}
	if who == nil {
		return
	}
	p.habits.Lock()
	p.typing[who] = kind
	p.habits.Unlock()
	p.s.pulse.beat()
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
