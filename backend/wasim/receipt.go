package wasim

import (
	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/types"
)

// maxReceiptIDs bounds how many messages one receipt settles.
const maxReceiptIDs = 4096

// Receipts say what became of messages:
//
//	→ <receipt id="3EB0…" to="1234:2@lid"/>                              delivered
//	→ <receipt id="3EB0…" to="1234@lid" type="read" t><list><item id/>…  read, for several messages
//	→ <receipt id="3EB0…" to="1234:2@lid" type="retry"><retry count id t v/><registration/>[<keys/>]</receipt>
//	← <ack class="receipt" id="3EB0…" from="1234:2@lid" type="…"/>
//
// A receipt for a delivered message also stands for the message's ack. It is forwarded with from=the device that sent it:
// delivered, read and played to all devices of the message's author, retry to the one device that can answer it. The
// reader's own other devices hear of a read message too: from=their own account, recipient=the chat.

// receiptKind names a receipt for the ledger.
func receiptKind(kind string) string {
	if kind == "" {
		return "delivered"
	}
	return kind
}

// settles tells whether a receipt of this type means that the device has decrypted the message.
func settles(kind string) bool {
	switch kind {
	case "", "inactive", "sender", "peer_msg", "hist_sync":
		return true
	default:
		return false
	}
}

func (s *Server) receiveReceipt(d *device, l link, node *waBinary.Node) {
	id := attrString(node, "id")
	to, ok := attrJID(node, "to")
	if id == "" || !ok {
		s.log.Debug().Msg("receipt without id or recipient")
		return
	}
	kind := attrString(node, "type")
	ids := receiptIDs(node, id)
	ack := waBinary.Node{Tag: "ack", Attrs: attrs{"class": "receipt", "id": id, "from": to, "type": kind, "t": s.unixNow()}}
	if participant, ok := attrJID(node, "participant"); ok {
		ack.Attrs["participant"] = participant
	}
	l.deliver(&ack)
	writer := to
	g := s.groupOf(to)
	if g != nil {
		writer, _ = attrJID(node, "participant")
	}
	author := s.writerOf(writer)
	if author == nil {
		return
	}
	for _, one := range ids {
		s.ledger.receipted(author.number, one, d.address(), receiptKind(kind))
	}
	if settles(kind) {
		s.settleMessages(d, author, ids)
	}
	if g != nil {
		s.forwardGroupReceipt(d, g, writer, kind, node)
		return
	}
	s.forwardReceipt(d, author, to, kind, node)
}

func receiptIDs(node *waBinary.Node, first string) []string {
	ids := []string{first}
	list, ok := node.GetOptionalChildByTag("list")
	if !ok {
		return ids
	}
	for _, item := range list.GetChildrenByTag("item") {
		if id := attrString(&item, "id"); id != "" && len(ids) < maxReceiptIDs {
			ids = append(ids, id)
		}
	}
	return ids
}

// settleMessages takes messages out of the queue of the device that has them now.
func (s *Server) settleMessages(d *device, author *account, ids []string) {
	for _, id := range ids {
		for _, k := range d.settle(id, "+"+author.number) {
			s.ledger.acked(k, d.address())
			d.confirm(k)
		}
	}
}

func (s *Server) forwardReceipt(d *device, author *account, to types.JID, kind string, node *waBinary.Node) {
	own := author == d.account
	switch kind {
	case "retry":
		if target := author.device(to.Device); target != nil && target != d {
			s.queueReceipt(target, node, d.jidOn(to.Server), attrs{})
		}
	case "sender":
	case "peer_msg", "hist_sync", "server-error":
		if phone := author.device(0); own && phone != d {
			s.queueReceipt(phone, node, d.jidOn(to.Server), attrs{})
		}
	case "read-self", "played-self":
		s.tellOwnDevices(d, to, node)
	default:
		if !own {
			for _, target := range author.deviceList() {
				s.queueReceipt(target, node, d.jidOn(to.Server), attrs{})
			}
		}
		if kind == "read" || kind == "played" {
			s.tellOwnDevices(d, to, node)
		}
	}
}

// tellOwnDevices lets the reader's other devices know that a chat was read.
func (s *Server) tellOwnDevices(d *device, chat types.JID, node *waBinary.Node) {
	for _, target := range d.account.deviceList() {
		if target != d {
			s.queueReceipt(target, node, d.account.jidOn(chat.Server), attrs{"recipient": chat.ToNonAD()})
		}
	}
}

func (s *Server) queueReceipt(target *device, node *waBinary.Node, from types.JID, more attrs) {
	a := attrs{"from": from, "id": attrString(node, "id"), "type": attrString(node, "type"), "t": s.unixNow()}
	for _, key := range []string{"participant", "recipient"} {
		if jid, ok := attrJID(node, key); ok {
			a[key] = jid
		}
	}
	out := withAttrs(&waBinary.Node{Tag: "receipt", Attrs: a, Content: node.Content}, more)
	target.enqueue(&pendingStanza{node: out, from: from, id: attrString(node, "id")})
}

// receiveAck takes what a client acknowledges out of its queue: <ack class="message|receipt|notification" id to type/>.
func (s *Server) receiveAck(d *device, node *waBinary.Node) {
	class, id, kind := attrString(node, "class"), attrString(node, "id"), attrString(node, "type")
	to, addressed := attrJID(node, "to")
	participant, named := attrJID(node, "participant")
	done := d.acknowledge(id, func(p *pendingStanza) bool {
		sender, inGroup := attrJID(p.node, "participant")
		return p.node.Tag == class &&
			(!addressed || p.from == to) &&
			(!named || !inGroup || sender == participant) &&
			(kind == "" || class == "message" || attrString(p.node, "type") == kind)
	})
	for _, k := range done {
		s.ledger.acked(k, d.address())
	}
}
