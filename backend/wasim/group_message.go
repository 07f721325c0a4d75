package wasim

import (
	"slices"
	"strconv"

	waBinary "go.mau.fi/whatsmeow/binary"
)

// A message to a group is encrypted once, with a key of the sending device that all other devices in the group have (the
// sender key). The key itself travels in front, encrypted for each device that does not have it yet:
//
//	→ <message id="3EB0…" to="1203…@g.us" type="text" phash="2:…" addressing_mode="lid">
//	    <participants><to jid="5678:3@lid"><enc v="2" type="pkmsg">sender key</enc></to>…</participants>
//	    <enc v="2" type="skmsg">…</enc><device-identity>…</device-identity></message>
//	← <ack class="message" id="3EB0…" from="1203…@g.us" t [phash="2:…"]/>
//
// The server hands it to every device of every member, the sender's others included, each with its own part of the keys:
//
//	← <message id="3EB0…" from="1203…@g.us" participant="1234:2@lid" participant_pn="34…@s.whatsapp.net" type="text" t
//	     notify="Ana" addressing_mode="lid"><enc v="2" type="pkmsg">…</enc><enc v="2" type="skmsg">…</enc></message>
//
// The sender's phash covers all devices in the group, its own included. When the server knows others, its ack says so, and
// the devices that the sender forgot get a message that they cannot decrypt, ask for it again, and are answered directly:
//
//	→ <message id="3EB0…" to="1203…@g.us" participant="5678:3@lid" type="text"><enc v="2" type="msg" count="1">…</enc></message>

// receiveGroupMessage takes a message to a group. Nobody but members may write, and only admins in an announcement group.
func (s *Server) receiveGroupMessage(d *device, l link, node *waBinary.Node, k messageKey) {
	to, _ := attrJID(node, "to")
	g := s.groupOf(to)
	if code := g.refuses(d.account); code != 0 {
		s.ackMessage(d, l, node, k, to, attrs{"error": strconv.Itoa(code)}, code)
		return
	}
	more := attrs{}
	if claimed, actual := attrString(node, "phash"), g.deviceHash(); claimed != "" && claimed != actual {
		more["phash"] = actual
	}
	s.ackMessage(d, l, node, k, to, more, 0)
	encs := node.GetChildrenByTag("enc")
	if _, direct := attrJID(node, "participant"); direct {
		s.answerInGroup(d, g, node, k, encs)
		return
	}
	keys := make(map[*device]waBinary.Node)
	parts, _ := envelopes(node, to)
	for _, part := range parts {
		keys[s.deviceOf(part.to)] = part.enc
	}
	for _, recipient := range g.devices() {
		own := encs
		if key, ok := keys[recipient]; ok {
			own = slices.Concat([]waBinary.Node{key}, encs)
		}
		s.routeInGroup(d, recipient, g, node, k, own)
	}
}

// answerInGroup routes a message that goes to one device in a group, the answer to its retry receipt.
func (s *Server) answerInGroup(d *device, g *group, node *waBinary.Node, k messageKey, encs []waBinary.Node) {
	participant, _ := attrJID(node, "participant")
	recipient := s.deviceOf(participant)
	if recipient != nil && g.role(recipient.account) != "" {
		s.routeInGroup(d, recipient, g, node, k, encs)
	}
}

// routeInGroup queues a message for one device. A copy that the device has already is dropped.
func (s *Server) routeInGroup(sender, recipient *device, g *group, node *waBinary.Node, k messageKey, encs []waBinary.Node) {
	if recipient == sender || len(encs) == 0 {
		return
	}
	if recipient.settled(k) {
		s.ledger.note(recipient.address(), "has already, so it is not sent again:", k.id)
		return
	}
	a := g.person(s.passedOn(node, k), "participant", sender.account)
	a["from"], a["participant"], a["addressing_mode"] = g.jid, sender.jidOn(g.server), string(g.addressing())
	if recipient.account != sender.account {
		a["notify"] = sender.account.pushName()
	}
	out := element("message", a, s.parts(node, encs...)...)
	recipient.enqueue(&pendingStanza{node: &out, from: g.jid, id: k.id, message: &k})
}

// refuses says with which error the group refuses a message, 0 when it takes it.
func (g *group) refuses(author *account) int {
	if g == nil {
		return 404
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	role := g.roleLocked(author)
	if role == "" || g.settings.announcement && !role.admin() {
		return 403
	}
	return 0
}
