package wasim

import (
	"slices"
	"strconv"

	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/types"
)

// A message is encrypted once for each device that shall read it, the sender's own other devices included:
//
//	→ <message id="3EB0…" to="5678@lid" type="text" peer_recipient_pn="34…@s.whatsapp.net">
//	    <participants>
//	      <to jid="5678@lid"><enc v="2" type="pkmsg">…</enc></to>
//	      <to jid="5678:3@lid"><enc v="2" type="msg">…</enc></to>
//	      <to jid="1234@lid"><enc v="2" type="msg">the same inside a device-sent message</enc></to>
//	    </participants>
//	    <device-identity>…</device-identity>
//	  </message>
//	← <ack class="message" id="3EB0…" from="5678@lid" t="1700000000"/>      (before anything that the message causes)
//
// Each device gets its own part:
//
//	← <message id="3EB0…" from="1234:2@lid" sender_pn="34…:2@s.whatsapp.net" type="text" t notify="Name">
//	    <enc v="2" type="pkmsg">…</enc><device-identity>…</device-identity></message>
//
// and the sender's own devices get from=their own account and recipient=the chat. A message that goes to exactly one
// device has its <enc> directly inside: the answer to a retry receipt (device_fanout="false", to=the device) and what
// linked devices and their phone say to each other (category="peer").
//
// The ack has a phash, the hash of all devices that should have been addressed, when the sender missed some.

// envelope is one device's part of a message.
type envelope struct {
	to  types.JID
	enc waBinary.Node
}

func (s *Server) receiveMessage(d *device, l link, node *waBinary.Node) {
	id := attrString(node, "id")
	to, ok := attrJID(node, "to")
	if id == "" || !ok {
		s.log.Debug().Msg("message without id or recipient")
		return
	}
	k := messageKey{from: d.address(), id: id}
	chat := s.accountOf(to)
	s.ledger.taken(k, chatName(chat, to))
	if d.id != 0 {
		if f, rejected := s.faults.takeFor(FaultRejectSend, d.account.number); rejected {
			s.ackMessage(d, l, node, k, to, attrs{"error": strconv.Itoa(f.Code)}, f.Code)
			return
		}
	}
	if to.Server == types.GroupServer {
		s.receiveGroupMessage(d, l, node, k)
		return
	}
	if chat == nil {
		s.ackMessage(d, l, node, k, to, attrs{"error": "404"}, 404)
		return
	}
	parts, fanned := envelopes(node, to)
	if fanned && d.isTimeLocked(chat) {
		s.ackMessage(d, l, node, k, to, attrs{"error": strconv.Itoa(failureTimeLocked)}, failureTimeLocked)
		return
	}
	more := attrs{}
	if fanned {
		if hash, missed := s.missedDevices(d, chat, to.Server, parts); missed {
			more["phash"] = hash
		}
	}
	s.ackMessage(d, l, node, k, to, more, 0)
	d.account.meet(chat)
	for _, part := range parts {
		s.route(d, node, k, to, part)
	}
}

func chatName(chat *account, to types.JID) string {
	if chat != nil {
		return "+" + chat.number
	}
	return to.ToNonAD().String()
}

// envelopes lists the parts of a message; fanned tells whether it was encrypted for a list of devices.
func envelopes(node *waBinary.Node, to types.JID) (parts []envelope, fanned bool) {
	if list, ok := node.GetOptionalChildByTag("participants"); ok {
		for _, child := range list.GetChildrenByTag("to") {
			jid, ok := attrJID(&child, "jid")
			enc, found := child.GetOptionalChildByTag("enc")
			if !found {
				enc, found = child.GetOptionalChildByTag("unavailable")
			}
			if ok && found {
				parts = append(parts, envelope{to: jid, enc: enc})
			}
		}
		return parts, true
	}
	if enc, ok := node.GetOptionalChildByTag("enc"); ok {
		parts = append(parts, envelope{to: to, enc: enc})
	}
	return parts, false
}

// missedDevices compares the devices that a message was encrypted for with those that exist.
func (s *Server) missedDevices(sender *device, chat *account, server string, parts []envelope) (hash string, missed bool) {
	addressed := map[*device]bool{sender: true}
	for _, part := range parts {
		addressed[s.deviceOf(part.to)] = true
	}
	expected := chat.deviceList()
	if chat != sender.account {
		expected = append(expected, sender.account.deviceList()...)
	}
	jids := make([]types.JID, len(expected))
	for i, d := range expected {
		jids[i] = d.jidOn(server)
		missed = missed || !addressed[d]
	}
	return deviceListHash(jids), missed
}

// ackMessage acknowledges a message to its sender, unless a fault is to lose, delay or double that.
func (s *Server) ackMessage(d *device, l link, node *waBinary.Node, k messageKey, to types.JID, more attrs, rejected int) {
	ack := withAttrs(&waBinary.Node{Tag: "ack", Attrs: attrs{
		"class": "message", "id": attrString(node, "id"), "from": to, "t": s.unixNow(),
	}}, more)
	times := 1
	if d.id != 0 {
		if _, lose := s.faults.takeFor(FaultLoseAck, d.account.number); lose {
			s.ledger.note(d.address(), "does not get the ack of", k.id)
			return
		}
		if f, late := s.faults.takeFor(FaultDelayAck, d.account.number); late {
			s.after(f.Delay, func() {
				s.ledger.ackedSender(k, 1, rejected)
				l.deliver(ack)
			})
			return
		}
		if _, double := s.faults.takeFor(FaultDoubleAck, d.account.number); double {
			times = 2
		}
	}
	s.ledger.ackedSender(k, times, rejected)
	for range times {
		l.deliver(ack)
	}
}

// route queues one part of a message for its device. A copy that the device has already is dropped.
func (s *Server) route(sender *device, node *waBinary.Node, k messageKey, to types.JID, part envelope) {
	recipient := s.deviceOf(part.to)
	if recipient == nil || recipient == sender {
		return
	}
	if to.Server != types.GroupServer && recipient.account.blocks(sender.account) {
		s.ledger.note(recipient.address(), "blocks the sender of", k.id)
		return
	}
	if recipient.settled(k) {
		s.ledger.note(recipient.address(), "has already, so it is not sent again:", k.id)
		return
	}
	from := sender.jidOn(part.to.Server)
	a := s.passedOn(node, k)
	a["from"] = from
	switch {
	case recipient.account != sender.account:
		a["notify"] = sender.account.pushName()
		if other, told := sender.account.alias(from.Server); told {
			a[alternate("sender", from.Server)] = deviceJID(other, sender.id)
		}
	case attrString(node, "category") == "peer":
	default:
		// A retry answer to an own device names the chat; a first copy has it in its address.
		peer, named := attrJID(node, "recipient")
		if !named {
			peer = to
		}
		a["recipient"] = peer.ToNonAD()
		if other := s.accountOf(peer); other != nil {
			if alias, told := other.alias(peer.Server); told {
				a[alternate("peer_recipient", peer.Server)] = alias
			}
		}
	}
	children := s.parts(node, part.enc)
	if name, ok := sender.account.verifiedName(); ok && recipient.account != sender.account {
		children = append(children, name)
	}
	out := element("message", a, children...)
	recipient.enqueue(&pendingStanza{node: &out, from: from, id: k.id, message: &k})
}

// passedOn is what of a message's attributes its recipients see.
func (s *Server) passedOn(node *waBinary.Node, k messageKey) attrs {
	a := attrs{"id": k.id, "type": attrString(node, "type"), "t": s.unixNow()}
	for _, key := range []string{"edit", "category", "verified_name", "push_priority"} {
		if v := attrString(node, key); v != "" {
			a[key] = v
		}
	}
	return a
}

// parts selects what of a message its recipient sees.
func (s *Server) parts(node *waBinary.Node, encs ...waBinary.Node) []waBinary.Node {
	children := slices.Clone(encs)
	first := slices.ContainsFunc(encs, func(enc waBinary.Node) bool { return attrString(&enc, "type") == "pkmsg" })
	for _, child := range node.GetChildren() {
		switch child.Tag {
		case "device-identity":
			if first {
				children = append(children, child)
			}
		case "meta", "biz", "bot", "multicast", "reporting", "url_number", "url_text":
			children = append(children, child)
		}
	}
	return children
}

// alternate names the attribute with the same identity in the other address space.
func alternate(role, server string) string {
	if server == types.HiddenUserServer {
		return role + "_pn"
	}
	return role + "_lid"
}
