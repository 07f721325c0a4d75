package wasim

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"

	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/types"
	"google.golang.org/protobuf/proto"
)

// ErrEmptyText means that there is nothing to send.
var ErrEmptyText = errors.New("the text is empty")

// SendText writes a text to a number or to a group, by its JID. It returns the message's id as soon as the server has taken it. The account's
// linked devices get their copy.
func (p *endpoint) SendText(ctx context.Context, to, text string) (string, error) {
	if text == "" {
		return "", ErrEmptyText
	}
	return p.Send(ctx, to, &waE2E.Message{Conversation: proto.String(text)})
}

// Send sends any message to a number or to a group, by its JID.
func (p *endpoint) Send(ctx context.Context, to string, message *waE2E.Message) (string, error) {
	with, err := p.party(to)
	if err != nil {
		return "", err
	}
	if err = ctx.Err(); err != nil {
		return "", err
	}
	if p.account.device(p.dev.id) != p.dev {
		return "", fmt.Errorf("%w: %d", ErrUnknownDevice, p.dev.id)
	}
	id := p.newMessageID()
	message = p.prepared(with, message)
	server := p.space(with)
	p.show(p.account, with, &storedMessage{
		ChatMessage: ChatMessage{
			ID: id, FromMe: true, Device: p.dev.id, Text: textOf(message), At: p.now(), State: StatePending, Read: true,
		},
		content: message, server: server, author: p.dev.jidOn(server),
	})
	if p.outbox.keep(func() {
		if err := p.dispatch(p.s.ctx, with, server, id, message); err != nil {
			p.s.log.Debug().Err(err).Msg("message that waited for the network")
			p.advance(id, StateFailed)
		}
	}) {
		return id, nil
	}
	return id, p.dispatch(ctx, with, server, id, message)
}

// dispatch encrypts a message and hands it to the server.
func (p *endpoint) dispatch(ctx context.Context, with party, server, id string, message *waE2E.Message) error {
	switch with := with.(type) {
	case *group:
		return p.transmitToGroup(ctx, with, id, message)
	case *account:
		if err := p.transmit(ctx, with, server, id, message); err != nil {
			return err
		}
		p.trust(with)
	}
	return nil
}

// space is the address space in which the endpoint writes to someone.
func (p *endpoint) space(with party) string {
	if g, ok := with.(*group); ok {
		return g.server
	}
	return p.account.phone.addressSpace()
}

// Burst sends count texts, "prefix 1" to "prefix count", as fast as possible and returns their ids.
func (p *endpoint) Burst(ctx context.Context, to, prefix string, count int) ([]string, error) {
	ids := make([]string, 0, count)
	for i := range count {
		id, err := p.SendText(ctx, to, prefix+" "+strconv.Itoa(i+1))
		if err != nil {
			return ids, err
		}
		ids = append(ids, id)
	}
	return ids, nil
}

// newMessageID makes an id as phones do: 32 hexadecimal digits in capitals.
func (p *endpoint) newMessageID() string {
	return "AC" + strings.ToUpper(hex.EncodeToString(p.random.bytes(15)))
}

// transmit encrypts a message for all devices of the peer and of the own account, and hands it to the server.
func (p *endpoint) transmit(ctx context.Context, peer *account, server, id string, message *waE2E.Message) error {
	chatJID := peer.jidOn(server)
	plaintext, err := proto.Marshal(message)
	if err != nil {
		return fmt.Errorf("encode message: %w", err)
	}
	own, err := proto.Marshal(deviceSent(chatJID, message))
	if err != nil {
		return fmt.Errorf("encode own copy: %w", err)
	}
	p.crypto.Lock()
	defer p.crypto.Unlock()
	devices := peer.deviceList()
	if peer != p.account {
		devices = append(devices, p.account.deviceList()...)
	}
	kind := wireKindOf(message)
	var parts []waBinary.Node
	for _, d := range devices {
		if d == p.dev {
			continue
		}
		if kind.once && d.id != 0 && d.account != p.account && p.s.faults.withholds(d) {
			parts = append(parts, element("to", attrs{"jid": d.jidOn(server)}, element("unavailable", attrs{"type": "view_once"})))
			continue
		}
		body := plaintext
		if d.account == p.account {
			body = own
		}
		enc, err := p.encryptFor(ctx, d, body)
		if err != nil {
			p.s.log.Debug().Err(err).Str("to", mask(d.account.number)).Msg("device left out of a message")
			continue
		}
		parts = append(parts, element("to", attrs{"jid": d.jidOn(server)}, kind.enc(enc)))
	}
	children, err := p.vouched(kind.meta(waBinary.Node{Tag: "participants", Content: parts}))
	if err != nil {
		return err
	}
	n := element("message", kind.message(attrs{"id": id, "to": chatJID}), children...)
	p.submit(&n)
	return nil
}

// deviceSent wraps a message for the sender's own other devices.
func deviceSent(chat types.JID, message *waE2E.Message) *waE2E.Message {
	return &waE2E.Message{
		DeviceSentMessage:  &waE2E.DeviceSentMessage{DestinationJID: proto.String(chat.String()), Message: message},
		MessageContextInfo: message.GetMessageContextInfo(),
	}
}

// encryptFor encrypts for one device, with a new session if there is none. The caller holds p.crypto.
func (p *endpoint) encryptFor(ctx context.Context, d *device, plaintext []byte) (waBinary.Node, error) {
	if !p.signal.hasSession(d.lid()) {
		b, left := d.keys.take()
		if left < lowPreKeys && d.id != 0 {
			p.s.tellPreKeysLow(d, left)
		}
		if err := p.signal.startSession(ctx, d.lid(), b); err != nil {
			return waBinary.Node{}, err
		}
	}
	kind, ciphertext, err := p.signal.encrypt(ctx, d.lid(), pad(plaintext, p.s.noise.bytes(1)[0]))
	if err != nil {
		return waBinary.Node{}, err
	}
	return waBinary.Node{Tag: "enc", Attrs: attrs{"v": "2", "type": kind}, Content: ciphertext}, nil
}

// tellLinked sends something to one of the account's own linked devices: keys, history, answers.
func (p *endpoint) tellLinked(ctx context.Context, d *device, message *waE2E.Message) error {
	return p.tellLinkedAs(ctx, d, p.newMessageID(), message)
}

func (p *endpoint) tellLinkedAs(ctx context.Context, d *device, id string, message *waE2E.Message) error {
	plaintext, err := proto.Marshal(message)
	if err != nil {
		return err
	}
	p.mu.Lock()
	p.peerTalk[id] = message
	p.mu.Unlock()
	p.crypto.Lock()
	defer p.crypto.Unlock()
	enc, err := p.encryptFor(ctx, d, plaintext)
	if err != nil {
		return err
	}
	n := element("message", attrs{"id": id, "to": d.pn(), "type": "text", "category": "peer"}, enc)
	p.submit(&n)
	return nil
}

// resend answers a retry receipt: the same message and id once more, for the one device that could not read it.
func (p *endpoint) resend(ctx context.Context, d *device, to types.JID, id string, count int, fresh *bundle) error {
	message, g, a := p.forRetry(d, to, id)
	if message == nil {
		return fmt.Errorf("message %s is not known", id)
	}
	p.crypto.Lock()
	defer p.crypto.Unlock()
	if g != nil {
		withKey, err := p.withKey(ctx, g, d, message)
		if err != nil {
			return err
		}
		message = withKey
	}
	plaintext, err := proto.Marshal(message)
	if err != nil {
		return err
	}
	if fresh != nil {
		if err := p.signal.startSession(ctx, d.lid(), *fresh); err != nil {
			return err
		}
	}
	enc, err := p.encryptFor(ctx, d, plaintext)
	if err != nil {
		return err
	}
	enc.Attrs["count"] = strconv.Itoa(count)
	kind := wireKindOf(message)
	children, err := p.vouched([]waBinary.Node{kind.enc(enc)})
	if err != nil {
		return err
	}
	n := element("message", kind.message(a), children...)
	p.submit(&n)
	return nil
}

// forRetry finds what a device shall get again, the group if it was said in one, and the attributes with which it goes.
func (p *endpoint) forRetry(d *device, to types.JID, id string) (*waE2E.Message, *group, attrs) {
	a := attrs{"id": id, "to": to, "device_fanout": "false"}
	p.mu.Lock()
	defer p.mu.Unlock()
	if told := p.peerTalk[id]; told != nil && d.account == p.account {
		a["category"] = "peer"
		return told, nil, a
	}
	m := p.messages[shownKey(p.account, id)]
	if m == nil {
		return nil, nil, nil
	}
	if g, ok := m.with.(*group); ok {
		return m.content, g, attrs{"id": id, "to": g.jid, "participant": to, "addressing_mode": string(g.addressing())}
	}
	if d.account != p.account {
		return m.content, nil, a
	}
	chat := m.with.jidOn(m.server)
	a["recipient"] = chat
	return deviceSent(chat, m.content), nil, a
}
