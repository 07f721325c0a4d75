package wasim

import (
	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/types"
)

// Receipts for messages in a group go to the group and name the message's author beside it:
//
//	→ <receipt id="3EB0…" to="1203…@g.us" participant="1234:2@lid" [type]/>
//	← <receipt id="3EB0…" from="1203…@g.us" participant="5678:3@lid" [type] t addressing_mode="lid"/>
//
// The author's devices get them as they do in other chats, with the reader as participant; a retry receipt goes to the one
// device that can answer it. The reader's other devices hear of a read message with themselves as participant and with the
// author as recipient.

func (s *Server) forwardGroupReceipt(d *device, g *group, author types.JID, kind string, node *waBinary.Node) {
	writer := s.writerOf(author)
	switch kind {
	case "retry":
		if target := writer.device(author.Device); target != nil && target != d {
			s.queueGroupReceipt(target, g, d.jidOn(g.server), node, nil)
		}
	case "sender", "peer_msg", "hist_sync", "server-error":
	case "read-self", "played-self":
		s.tellReader(d, g, author, node)
	default:
		if writer != d.account {
			for _, target := range writer.deviceList() {
				s.queueGroupReceipt(target, g, d.jidOn(g.server), node, nil)
			}
		}
		if kind == "read" || kind == "played" {
			s.tellReader(d, g, author, node)
		}
	}
}

// tellReader lets the reader's other devices know that messages in a group were read.
func (s *Server) tellReader(d *device, g *group, author types.JID, node *waBinary.Node) {
	for _, target := range d.account.deviceList() {
		if target != d {
			s.queueGroupReceipt(target, g, d.account.jidOn(g.server), node, attrs{"recipient": author.ToNonAD()})
		}
	}
}

func (s *Server) queueGroupReceipt(target *device, g *group, reader types.JID, node *waBinary.Node, more attrs) {
	out := withAttrs(&waBinary.Node{Tag: "receipt", Content: node.Content, Attrs: attrs{
		"from": g.jid, "participant": reader, "id": attrString(node, "id"), "type": attrString(node, "type"), "t": s.unixNow(),
		"addressing_mode": string(g.addressing()),
	}}, more)
	target.enqueue(&pendingStanza{node: out, from: g.jid, id: attrString(node, "id")})
}
