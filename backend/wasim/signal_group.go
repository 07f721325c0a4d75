package wasim

import (
	"context"
	"fmt"

	"go.mau.fi/libsignal/groups"
	"go.mau.fi/libsignal/protocol"
	"go.mau.fi/whatsmeow/types"
)

// senderKeyName is how both ends know a device's key for a group: by its LID, whatever the group's address space.
func senderKeyName(group, sender types.JID) *protocol.SenderKeyName {
	return protocol.NewSenderKeyName(group.String(), sender.SignalAddress())
}

// shareSenderKey encodes the key that decrypts what a device, the phone itself, sends to a group from now on. It makes
// the key when there is none.
func (s *signalStore) shareSenderKey(ctx context.Context, group, sender types.JID) ([]byte, error) {
	share, err := groups.NewGroupSessionBuilder(s, s.format).Create(ctx, senderKeyName(group, sender))
	if err != nil {
		return nil, fmt.Errorf("make sender key: %w", err)
	}
	return share.Serialize(), nil
}

// dropSenderKey forgets the phone's key for a group, so that the next message needs a new one.
func (s *signalStore) dropSenderKey(group, sender types.JID) {
	delete(s.senderKeys, senderKeyID(senderKeyName(group, sender)))
}

func senderKeyID(name *protocol.SenderKeyName) string {
	return name.GroupID() + "/" + name.Sender().String()
}

// learnSenderKey takes the key that a device shared.
func (s *signalStore) learnSenderKey(ctx context.Context, group, sender types.JID, shared []byte) (err error) {
	defer recoverMalformed(&err)
	share, err := protocol.NewSenderKeyDistributionMessageFromBytes(shared, s.format.SenderKeyDistributionMessage)
	if err != nil {
		return fmt.Errorf("parse sender key: %w", err)
	}
	return groups.NewGroupSessionBuilder(s, s.format).Process(ctx, senderKeyName(group, sender), share)
}

// encryptForGroup encrypts a padded plaintext once for everyone who has the phone's key.
func (s *signalStore) encryptForGroup(ctx context.Context, group, sender types.JID, plaintext []byte) ([]byte, error) {
	cipher := groups.NewGroupCipher(groups.NewGroupSessionBuilder(s, s.format), senderKeyName(group, sender), s)
	message, err := cipher.Encrypt(ctx, plaintext)
	if err != nil {
		return nil, fmt.Errorf("encrypt for group: %w", err)
	}
	return message.SignedSerialize(), nil
}

// decryptFromGroup decrypts what a device sent to a group. Whatever the bytes are, it returns a plaintext or an error,
// and a failed attempt changes nothing.
func (s *signalStore) decryptFromGroup(ctx context.Context, group, sender types.JID, ciphertext []byte) (plaintext []byte, err error) {
	defer recoverMalformed(&err)
	message, err := protocol.NewSenderKeyMessageFromBytes(ciphertext, s.format.SenderKeyMessage)
	if err != nil {
		return nil, fmt.Errorf("parse group message: %w", err)
	}
	cipher := groups.NewGroupCipher(groups.NewGroupSessionBuilder(s, s.format), senderKeyName(group, sender), s)
	return cipher.Decrypt(ctx, message)
}

// recoverMalformed turns a panic of the library over bytes that someone else made into an error.
func recoverMalformed(err *error) {
	if r := recover(); r != nil {
		*err = fmt.Errorf("malformed ciphertext: %v", r)
	}
}
