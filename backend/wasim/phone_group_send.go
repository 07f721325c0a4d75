package wasim

import (
	"context"
	"fmt"

	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/types"
	"google.golang.org/protobuf/proto"
)

// A message to a group is encrypted once, with the sender's key for that group. Devices that do not have the key yet get
// it in the same stanza, each encrypted for itself. See group_message.go for the stanza.

// transmitToGroup encrypts a message for a group and hands it to the server.
func (p *endpoint) transmitToGroup(ctx context.Context, g *group, id string, message *waE2E.Message) error {
	plaintext, err := proto.Marshal(message)
	if err != nil {
		return fmt.Errorf("encode message: %w", err)
	}
	p.crypto.Lock()
	defer p.crypto.Unlock()
	parts, err := p.distributeKey(ctx, g)
	if err != nil {
		return err
	}
	ciphertext, err := p.signal.encryptForGroup(ctx, g.jid, p.dev.lid(), pad(plaintext, p.s.noise.bytes(1)[0]))
	if err != nil {
		return err
	}
	kind := wireKindOf(message)
	n := element("message", kind.message(attrs{
		"id": id, "to": g.jid, "phash": g.deviceHash(), "addressing_mode": string(g.addressing()),
	}))
	var children []waBinary.Node
	if len(parts) > 0 {
		children = append(children, element("participants", nil, parts...))
	}
	enc := kind.enc(waBinary.Node{Tag: "enc", Attrs: attrs{"v": "2", "type": "skmsg"}, Content: ciphertext})
	n.Content, err = p.vouched(append(children, kind.meta(enc)...))
	if err != nil {
		return err
	}
	p.submit(&n)
	return nil
}

// distributeKey encrypts the phone's key for the devices in a group that do not have it. When a device that has it is in
// the group no longer, everyone gets a new one. The caller holds p.crypto.
func (p *endpoint) distributeKey(ctx context.Context, g *group) ([]waBinary.Node, error) {
	devices := g.devices()
	holders := p.keyHolders[g]
	remaining := 0
	for _, d := range devices {
		if holders[d] {
			remaining++
		}
	}
	if remaining < len(holders) || holders == nil {
		p.signal.dropSenderKey(g.jid, p.dev.lid())
		holders = make(map[*device]bool)
		p.keyHolders[g] = holders
	}
	share, err := p.keyShare(ctx, g.jid)
	if err != nil {
		return nil, err
	}
	plaintext, err := proto.Marshal(&waE2E.Message{SenderKeyDistributionMessage: share})
	if err != nil {
		return nil, fmt.Errorf("encode sender key: %w", err)
	}
	var parts []waBinary.Node
	for _, d := range devices {
		if d == p.dev || holders[d] {
			continue
		}
		enc, err := p.encryptFor(ctx, d, plaintext)
		if err != nil {
			p.s.log.Debug().Err(err).Str("to", mask(d.account.number)).Msg("device does not get the sender key")
			continue
		}
		holders[d] = true
		parts = append(parts, element("to", attrs{"jid": d.jidOn(g.server)}, enc))
	}
	return parts, nil
}

// withKey adds the phone's key for a group to a message that goes to one device of it. The caller holds p.crypto.
func (p *endpoint) withKey(ctx context.Context, g *group, d *device, message *waE2E.Message) (*waE2E.Message, error) {
	if g.role(d.account) == "" {
		return nil, fmt.Errorf("asked by %s, who is not in the group", mask(d.account.number))
	}
	share, err := p.keyShare(ctx, g.jid)
	if err != nil {
		return nil, err
	}
	message = proto.CloneOf(message)
	message.SenderKeyDistributionMessage = share
	return message, nil
}

// keyShare is the part of a message that lets its reader decrypt what the phone sends to a group. The caller holds
// p.crypto.
func (p *endpoint) keyShare(ctx context.Context, group types.JID) (*waE2E.SenderKeyDistributionMessage, error) {
	share, err := p.signal.shareSenderKey(ctx, group, p.dev.lid())
	if err != nil {
		return nil, err
	}
	return &waE2E.SenderKeyDistributionMessage{GroupID: proto.String(group.String()), AxolotlSenderKeyDistributionMessage: share}, nil
}
