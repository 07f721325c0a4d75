package wasim

import (
	"encoding/binary"
	"errors"
	"strconv"
	"time"

	"go.mau.fi/libsignal/ecc"
	"go.mau.fi/libsignal/signalerror"
	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/types"
	"google.golang.org/protobuf/proto"
)

// maxRetries is how often a phone asks for a message that it cannot read, and how often it answers such a wish.
const maxRetries = 5

// handle does what a phone or a computer does with a stanza. It runs on the mailbox's goroutine.
func (p *endpoint) handle(node *waBinary.Node) {
	switch node.Tag {
	case "message":
		p.handleMessage(node)
	case "receipt":
		p.handleReceipt(node)
		p.acknowledge(node)
	case "notification":
		if attrString(node, "type") == "encrypt" {
			p.forgetSessions(node)
		} else if p.isPhone() {
			p.account.phone.handleNotification(node)
		}
		if p.isPhone() {
			p.account.phone.noteLines(node)
		}
		p.acknowledge(node)
	case "call":
		p.acknowledge(node)
	case "chatstate":
		if p.isPhone() {
			p.account.phone.handleChatState(node)
		}
	case "ack":
		if attrString(node, "class") == "message" {
			state := StateSent
			if attrString(node, "error") != "" {
				state = StateFailed
			}
			p.advance(attrString(node, "id"), state)
		}
	}
}

func (p *endpoint) acknowledge(node *waBinary.Node) {
	a := attrs{"class": node.Tag, "id": attrString(node, "id"), "to": node.Attrs["from"]}
	if node.Tag != "message" {
		a["type"] = attrString(node, "type")
	}
	for _, key := range []string{"participant", "recipient"} {
		if v, ok := attrJID(node, key); ok {
			a[key] = v
		}
	}
	p.submit(&waBinary.Node{Tag: "ack", Attrs: a})
}

func (p *endpoint) handleMessage(node *waBinary.Node) {
	from, ok := attrJID(node, "from")
	if g := p.s.groupOf(from); g != nil {
		p.handleGroupMessage(node, g)
		return
	}
	author := p.s.writerOf(from)
	enc, found := node.GetOptionalChildByTag("enc")
	if !ok || author == nil || !found {
		p.acknowledge(node)
		return
	}
	id := attrString(node, "id")
	message, err := p.decrypt(deviceJID(author.lidJID(), from.Device), enc)
	k := messageKey{from: Address{Number: "+" + author.number, Device: from.Device}, id: id}
	if err != nil {
		p.cannotRead(node, author, k, err)
		return
	}
	p.s.ledger.decrypted(k, p.dev.address())
	p.sendReceipt(node, author)
	if author == p.account {
		p.handleOwn(node, from, message)
		return
	}
	p.arrived(author, author, from, node, message)
}

// arrived shows a message from someone else, or from another device of the account in a group.
func (p *endpoint) arrived(author *account, with party, from types.JID, node *waBinary.Node, message *waE2E.Message) {
	p.store(author, with, from, node, message)
	p.adoptTimer(with, message)
	if author != p.account && p.isPhone() && p.account.phone.reads() {
		if _, err := p.MarkRead(with.label()); err != nil {
			p.s.log.Debug().Err(err).Msg("read receipt")
		}
	}
	if _, group := with.(*group); !group && p.isPhone() && p.shown(author, attrString(node, "id")) != nil {
		p.account.phone.script.receive(author, textOf(message))
	}
}

// cannotRead asks for a message again that could not be decrypted, unless the device has read it before. A message whose
// place in the session is taken need not be a second copy: clients answer retry receipts beside what they send, and at
// times encrypt both with the same key.
func (p *endpoint) cannotRead(node *waBinary.Node, author *account, k messageKey, err error) {
	if p.shown(author, k.id) != nil || errors.Is(err, signalerror.ErrOldCounter) && p.dev.hasConfirmed(k) {
		p.sendReceipt(node, author)
		return
	}
	p.s.log.Debug().Err(err).Str("phone", mask(p.account.number)).Msg("message cannot be decrypted")
	p.askAgain(node, k)
	p.acknowledge(node)
}

func (p *endpoint) decrypt(address types.JID, enc waBinary.Node) (*waE2E.Message, error) {
	p.crypto.Lock()
	padded, err := p.signal.decrypt(p.s.ctx, address, attrString(&enc, "type"), content(enc))
	p.crypto.Unlock()
	if err != nil {
		return nil, err
	}
	return readMessage(padded)
}

// readMessage decodes what was decrypted.
func readMessage(padded []byte) (*waE2E.Message, error) {
	plaintext, err := unpad(padded)
	if err != nil {
		return nil, err
	}
	var message waE2E.Message
	if err = proto.Unmarshal(plaintext, &message); err != nil {
		return nil, err
	}
	return &message, nil
}

// handleOwn takes what one of the account's linked devices says: the copy of what it sent, or a request to the phone.
func (p *endpoint) handleOwn(node *waBinary.Node, from types.JID, message *waE2E.Message) {
	if sent := message.GetDeviceSentMessage(); sent != nil {
		if chat, ok := attrJID(node, "recipient"); ok {
			if peer := p.s.accountOf(chat); peer != nil {
				p.store(p.account, peer, from, node, sent.GetMessage())
			}
			return
		}
		// Baileys wraps what it asks of its phone like a copy of what it sends.
		message = sent.GetMessage()
	}
	if request := message.GetProtocolMessage(); request != nil {
		if d := p.account.device(from.Device); d != nil && p.isPhone() {
			p.account.phone.answerLinked(d, attrString(node, "id"), request)
		}
	}
}

// store shows a message at the time that the server gave it, however late it came.
func (p *endpoint) store(author *account, with party, from types.JID, node *waBinary.Node, message *waE2E.Message) {
	at := p.s.now()
	if seconds, err := strconv.ParseInt(attrString(node, "t"), 10, 64); err == nil {
		at = time.Unix(seconds, 0)
	}
	m := &storedMessage{
		ChatMessage: ChatMessage{
			ID: attrString(node, "id"), FromMe: author == p.account, Device: from.Device,
			Text: textOf(message), At: at, State: StateReceived,
		},
		content: message, server: from.Server, author: from,
	}
	if m.FromMe {
		m.State, m.Read = StateSent, true
	}
	p.show(author, with, m)
}

// sendReceipt tells the author's device that the message has arrived.
func (p *endpoint) sendReceipt(node *waBinary.Node, author *account) {
	a := attrs{"id": attrString(node, "id"), "to": node.Attrs["from"]}
	if author == p.account {
		a["type"] = "sender"
		if attrString(node, "category") == "peer" {
			a["type"] = "peer_msg"
		}
	}
	for _, key := range []string{"participant", "recipient"} {
		if jid, ok := attrJID(node, key); ok {
			a[key] = jid
		}
	}
	p.submit(&waBinary.Node{Tag: "receipt", Attrs: a})
}

// askAgain sends a retry receipt. From the second on it carries keys for a new session.
func (p *endpoint) askAgain(node *waBinary.Node, k messageKey) {
	p.mu.Lock()
	p.retries[k]++
	count := p.retries[k]
	p.mu.Unlock()
	if count > maxRetries {
		return
	}
	a := attrs{"id": k.id, "to": node.Attrs["from"], "type": "retry"}
	for _, key := range []string{"participant", "recipient"} {
		if jid, ok := attrJID(node, key); ok {
			a[key] = jid
		}
	}
	n := element("receipt", a,
		element("retry", attrs{"count": strconv.Itoa(count), "id": k.id, "t": attrString(node, "t"), "v": "1"}),
		data("registration", binary.BigEndian.AppendUint32(nil, p.signal.registered().id)))
	if count > 1 {
		n.Content = append(n.GetChildren(), element("keys", nil,
			data("type", []byte{ecc.DjbType}),
			data("identity", p.signal.registered().pair.Pub[:]),
			p.signal.newPreKeys(1)[0].node("key"),
			p.signal.publicSigned().node("skey")))
	}
	p.submit(&n)
}

func (p *endpoint) handleReceipt(node *waBinary.Node) {
	from, ok := attrJID(node, "from")
	if !ok {
		return
	}
	if reader, inGroup := attrJID(node, "participant"); inGroup {
		from = reader
	}
	kind := attrString(node, "type")
	if kind == "retry" {
		p.answerRetry(node, from)
		return
	}
	author := p.s.writerOf(from)
	ids := receiptIDs(node, attrString(node, "id"))
	switch kind {
	case "server-error", "peer_msg", "hist_sync":
		if d := p.s.deviceOf(from); d != nil && d.account == p.account && p.isPhone() {
			p.account.phone.handlePeerReceipt(d, kind, ids, node)
		}
		return
	}
	if author == nil {
		return
	}
	if author == p.account {
		p.readElsewhere(node, kind, ids)
		return
	}
	for _, id := range ids {
		switch kind {
		case "":
			p.advanceFor(author, id, StateDelivered)
		case "read":
			p.advanceFor(author, id, StateRead)
		case "played":
			p.advanceFor(author, id, StatePlayed)
		}
	}
}

// readElsewhere notes what the owner has read on a linked device.
func (p *endpoint) readElsewhere(node *waBinary.Node, kind string, ids []string) {
	chat, ok := attrJID(node, "recipient")
	if !ok || kind != "read" && kind != "read-self" {
		return
	}
	peer := p.s.accountOf(chat)
	if peer == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, id := range ids {
		if m := p.messages[shownKey(peer, id)]; m != nil {
			m.Read = true
		}
	}
	p.s.pulse.beat()
}

func (p *endpoint) answerRetry(node *waBinary.Node, from types.JID) {
	d := p.s.deviceOf(from)
	retry, ok := node.GetOptionalChildByTag("retry")
	count, err := strconv.Atoi(attrString(&retry, "count"))
	if d == nil || !ok || err != nil || count > maxRetries {
		return
	}
	var fresh *bundle
	if keys, ok := node.GetOptionalChildByTag("keys"); ok {
		if fresh, err = retryBundle(node, keys); err != nil {
			p.s.log.Debug().Err(err).Msg("keys of a retry receipt")
		}
	}
	if err = p.resend(p.s.ctx, d, from, attrString(node, "id"), count, fresh); err != nil {
		p.s.log.Debug().Err(err).Msg("retry receipt not answered")
	}
}

func retryBundle(node *waBinary.Node, keys waBinary.Node) (*bundle, error) {
	identity, registration := childContent(&keys, "identity"), childContent(node, "registration")
	if len(identity) != 32 || len(registration) != 4 {
		return nil, errPreKeys
	}
	signed, err := readPublicKey(keys.GetChildByTag("skey"))
	if err != nil {
		return nil, err
	}
	oneTime, err := readPublicKey(keys.GetChildByTag("key"))
	if err != nil {
		return nil, err
	}
	return &bundle{
		regID: binary.BigEndian.Uint32(registration), identity: [32]byte(identity), signed: signed, oneTime: &oneTime,
	}, nil
}
