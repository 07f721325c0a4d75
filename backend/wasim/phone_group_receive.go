package wasim

import (
	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/types"
	"google.golang.org/protobuf/proto"
)

// handleGroupMessage takes a message that came in a group.
func (p *endpoint) handleGroupMessage(node *waBinary.Node, g *group) {
	from, ok := attrJID(node, "participant")
	author := p.s.writerOf(from)
	if !ok || author == nil {
		p.acknowledge(node)
		return
	}
	id := attrString(node, "id")
	k := messageKey{from: Address{Number: author.label(), Device: from.Device}, id: id}
	message, err := p.decryptFromGroup(g, deviceJID(author.lidJID(), from.Device), node)
	if err != nil {
		p.cannotRead(node, author, k, err)
		return
	}
	p.s.ledger.decrypted(k, p.dev.address())
	p.sendReceipt(node, author)
	if sent := message.GetDeviceSentMessage(); sent != nil && author == p.account {
		message = sent.GetMessage()
	}
	if message != nil {
		p.arrived(author, g, from, node, message)
	}
}

// decryptFromGroup decrypts the parts of a group message: the author's key, if there is one for this device, and what is
// encrypted with it, or both in one in the answer to a retry receipt. It returns what was said, which is nil when there
// was only a key, and an error when something was said that cannot be read.
func (p *endpoint) decryptFromGroup(g *group, author types.JID, node *waBinary.Node) (*waE2E.Message, error) {
	var said *waE2E.Message
	var failed error
	for _, enc := range node.GetChildrenByTag("enc") {
		part, err := p.decryptPart(g, author, enc)
		if err != nil {
			failed = err
			continue
		}
		if share := part.GetSenderKeyDistributionMessage(); share != nil {
			p.crypto.Lock()
			err = p.signal.learnSenderKey(p.s.ctx, g.jid, author, share.GetAxolotlSenderKeyDistributionMessage())
			p.crypto.Unlock()
			if err != nil {
				failed = err
			}
			part.SenderKeyDistributionMessage = nil
		}
		if saysSomething(part) {
			said = part
		}
	}
	if said != nil {
		return said, nil
	}
	return nil, failed
}

// saysSomething tells a message from one that only brought a key.
func saysSomething(m *waE2E.Message) bool {
	rest := proto.CloneOf(m)
	rest.MessageContextInfo = nil
	return proto.Size(rest) > 0
}

func (p *endpoint) decryptPart(g *group, author types.JID, enc waBinary.Node) (*waE2E.Message, error) {
	if attrString(&enc, "type") != "skmsg" {
		return p.decrypt(author, enc)
	}
	p.crypto.Lock()
	padded, err := p.signal.decryptFromGroup(p.s.ctx, g.jid, author, content(enc))
	p.crypto.Unlock()
	if err != nil {
		return nil, err
	}
	return readMessage(padded)
}
