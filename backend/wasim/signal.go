package wasim

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"strings"
	"sync"
	"sync/atomic"

	"go.mau.fi/libsignal/ecc"
	groupRecord "go.mau.fi/libsignal/groups/state/record"
	"go.mau.fi/libsignal/keys/identity"
	"go.mau.fi/libsignal/keys/prekey"
	"go.mau.fi/libsignal/protocol"
	"go.mau.fi/libsignal/serialize"
	"go.mau.fi/libsignal/session"
	"go.mau.fi/libsignal/state/record"
	"go.mau.fi/libsignal/util/optional"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/util/keys"
)

// preKeyBatch is how many one-time keys a phone makes at once.
const preKeyBatch = 5

// signalStore is a phone's Signal protocol state, in memory. Sessions are kept as live records, because encoding one costs
// as much as encrypting a message; decrypt puts back a copy when it fails, because a failed decryption changes a record
// half-way.
//
// The sessions and sender keys belong to the phone's crypto lock. The prekeys have a lock of their own, because the
// server fetches them for other phones at any time.
type signalStore struct {
	own    atomic.Pointer[registration]
	format *serialize.Serializer

	sessions   map[string]*record.Session
	identities map[string][32]byte
	senderKeys map[string][]byte

	mu      sync.Mutex
	oneTime map[uint32]*keys.PreKey
	lastKey uint32
}

// registration is what an installation of the application registers with: its identity, and the key that it signed. It is
// replaced as a whole when the application is installed again.
type registration struct {
	pair   *keys.KeyPair
	id     uint32
	signed *keys.PreKey
}

func newSignalStore() (*signalStore, error) {
	s := &signalStore{
		format:     serialize.NewProtoBufSerializer(),
		sessions:   make(map[string]*record.Session),
		identities: make(map[string][32]byte),
		senderKeys: make(map[string][]byte),
		oneTime:    make(map[uint32]*keys.PreKey),
	}
	return s, s.register()
}

// register makes a new identity and forgets everything that belonged to the one before. The caller holds the crypto lock
// of a store that is in use.
func (s *signalStore) register() error {
	var raw [4]byte
	if _, err := rand.Read(raw[:]); err != nil {
		return fmt.Errorf("registration id: %w", err)
	}
	pair := keys.NewKeyPair()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.own.Store(&registration{pair: pair, id: binary.BigEndian.Uint32(raw[:])&0x3fff | 1, signed: pair.CreateSignedPreKey(1)})
	s.dropAllSessions()
	clear(s.identities)
	clear(s.oneTime)
	return nil
}

// dropAllSessions forgets the sessions with everyone, in groups too.
func (s *signalStore) dropAllSessions() {
	clear(s.sessions)
	clear(s.senderKeys)
}

func (s *signalStore) registered() *registration { return s.own.Load() }

// dropSessions forgets the sessions with all devices of an account, whose identity is a new one.
func (s *signalStore) dropSessions(lid types.JID) {
	prefix := lid.SignalAddress().Name() + ":"
	maps.DeleteFunc(s.sessions, func(address string, _ *record.Session) bool { return strings.HasPrefix(address, prefix) })
}

// newPreKeys makes one-time keys and returns their public halves.
func (s *signalStore) newPreKeys(n int) []publicKey {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]publicKey, n)
	for i := range out {
		s.lastKey++
		key := keys.NewPreKey(s.lastKey)
		s.oneTime[s.lastKey] = key
		out[i] = publicKey{id: keyNumber(key.KeyID), key: *key.Pub}
	}
	return out
}

func (s *signalStore) publicSigned() publicKey {
	signed := s.registered().signed
	return publicKey{id: keyNumber(signed.KeyID), key: *signed.Pub, signature: signed.Signature[:]}
}

// hasSession tells whether something can be encrypted for a device without its bundle.
func (s *signalStore) hasSession(address types.JID) bool {
	_, ok := s.sessions[address.SignalAddress().String()]
	return ok
}

// startSession begins a new session from a device's bundle and keeps the old one for messages that are on their way.
func (s *signalStore) startSession(ctx context.Context, address types.JID, b bundle) error {
	if len(b.signed.signature) != 64 {
		return errPreKeys
	}
	id, key := optional.NewEmptyUint32(), ecc.ECPublicKeyable(nil)
	if b.oneTime != nil {
		id, key = optional.NewOptionalUint32(b.oneTime.number()), ecc.NewDjbECPublicKey(b.oneTime.key)
	}
	full := prekey.NewBundle(b.regID, uint32(address.Device), id, b.signed.number(), key,
		ecc.NewDjbECPublicKey(b.signed.key), [64]byte(b.signed.signature),
		identity.NewKey(ecc.NewDjbECPublicKey(b.identity)))
	return session.NewBuilderFromSignal(s, address.SignalAddress(), s.format).ProcessBundle(ctx, full)
}

// encrypt encrypts a padded plaintext. kind is "pkmsg" until the device has answered, "msg" afterwards.
func (s *signalStore) encrypt(ctx context.Context, address types.JID, plaintext []byte) (kind string, ciphertext []byte, err error) {
	cipher := session.NewCipher(session.NewBuilderFromSignal(s, address.SignalAddress(), s.format), address.SignalAddress())
	message, err := cipher.Encrypt(ctx, plaintext)
	if err != nil {
		return "", nil, err
	}
	if message.Type() == protocol.PREKEY_TYPE {
		return "pkmsg", message.Serialize(), nil
	}
	return "msg", message.Serialize(), nil
}

// decrypt decrypts what a device encrypted for this phone. Whatever the bytes are, it returns a plaintext or an error.
func (s *signalStore) decrypt(ctx context.Context, address types.JID, kind string, ciphertext []byte) (plaintext []byte, err error) {
	undo := s.remember(address)
	defer func() {
		if r := recover(); r != nil {
			plaintext, err = nil, fmt.Errorf("malformed ciphertext: %v", r)
		}
		if err != nil {
			err = errors.Join(err, undo())
		}
	}()
	cipher := session.NewCipher(session.NewBuilderFromSignal(s, address.SignalAddress(), s.format), address.SignalAddress())
	switch kind {
	case "pkmsg":
		message, err := protocol.NewPreKeySignalMessageFromBytes(ciphertext, s.format.PreKeySignalMessage, s.format.SignalMessage)
		if err != nil {
			return nil, err
		}
		return cipher.DecryptMessage(ctx, message)
	case "msg":
		message, err := protocol.NewSignalMessageFromBytes(ciphertext, s.format.SignalMessage)
		if err != nil {
			return nil, err
		}
		return cipher.Decrypt(ctx, message)
	default:
		return nil, fmt.Errorf("ciphertext of unknown type %q", kind)
	}
}

// remember copies the session with an address and returns what puts the copy back.
func (s *signalStore) remember(address types.JID) (undo func() error) {
	name := address.SignalAddress().String()
	live, ok := s.sessions[name]
	if !ok {
		return func() error {
			delete(s.sessions, name)
			return nil
		}
	}
	raw := live.Serialize()
	return func() error {
		before, err := record.NewSessionFromBytes(raw, s.format.Session, s.format.State)
		if err != nil {
			return fmt.Errorf("put session back: %w", err)
		}
		s.sessions[name] = before
		return nil
	}
}

var errPadding = errors.New("padding is malformed")

// pad adds one to fifteen bytes, each saying how many there are.
func pad(plaintext []byte, random byte) []byte {
	n := random & 0xf
	if n == 0 {
		n = 0xf
	}
	out := make([]byte, len(plaintext), len(plaintext)+int(n))
	copy(out, plaintext)
	for range n {
		out = append(out, n)
	}
	return out
}

func unpad(padded []byte) ([]byte, error) {
	if len(padded) == 0 {
		return nil, errPadding
	}
	n := int(padded[len(padded)-1])
	if n == 0 || n > len(padded) {
		return nil, errPadding
	}
	return padded[:len(padded)-n], nil
}

// errUnused is returned by the parts of the Signal store interface that the library never calls here.
var errUnused = errors.New("not part of what a phone does")

// GetIdentityKeyPair returns the account's identity.
func (s *signalStore) GetIdentityKeyPair() *identity.KeyPair {
	pair := s.registered().pair
	return identity.NewKeyPair(identity.NewKey(ecc.NewDjbECPublicKey(*pair.Pub)), ecc.NewDjbECPrivateKey(*pair.Priv))
}

// GetLocalRegistrationID returns the number that the phone registered with.
func (s *signalStore) GetLocalRegistrationID() uint32 { return s.registered().id }

// SaveIdentity remembers who was last seen at an address.
func (s *signalStore) SaveIdentity(_ context.Context, address *protocol.SignalAddress, key *identity.Key) error {
	s.identities[address.String()] = key.PublicKey().PublicKey()
	return nil
}

// IsTrustedIdentity trusts everyone, as a phone does whose owner does not compare security codes.
func (s *signalStore) IsTrustedIdentity(context.Context, *protocol.SignalAddress, *identity.Key) (bool, error) {
	return true, nil
}

// LoadPreKey finds a one-time key.
func (s *signalStore) LoadPreKey(_ context.Context, id uint32) (*record.PreKey, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := s.oneTime[id]
	if key == nil {
		return nil, nil
	}
	return record.NewPreKey(id, ecc.NewECKeyPair(ecc.NewDjbECPublicKey(*key.Pub), ecc.NewDjbECPrivateKey(*key.Priv)), nil), nil
}

// StorePreKey is not used.
func (s *signalStore) StorePreKey(context.Context, uint32, *record.PreKey) error { return errUnused }

// ContainsPreKey is not used.
func (s *signalStore) ContainsPreKey(context.Context, uint32) (bool, error) { return false, errUnused }

// RemovePreKey deletes a one-time key after its one use.
func (s *signalStore) RemovePreKey(_ context.Context, id uint32) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.oneTime, id)
	return nil
}

// LoadSession returns the session with an address, a fresh record if there is none.
func (s *signalStore) LoadSession(_ context.Context, address *protocol.SignalAddress) (*record.Session, error) {
	if live, ok := s.sessions[address.String()]; ok {
		return live, nil
	}
	return record.NewSession(s.format.Session, s.format.State), nil
}

// GetSubDeviceSessions is not used.
func (s *signalStore) GetSubDeviceSessions(context.Context, string) ([]uint32, error) {
	return nil, errUnused
}

// StoreSession keeps a session. The library lets a session that begins take the place of the one before in a record that it
// has made itself, and sets that one aside in a record that was read: so a new record is kept as it would be read.
func (s *signalStore) StoreSession(_ context.Context, address *protocol.SignalAddress, r *record.Session) error {
	if r.IsFresh() {
		read, err := record.NewSessionFromBytes(r.Serialize(), s.format.Session, s.format.State)
		if err != nil {
			return fmt.Errorf("keep session: %w", err)
		}
		r = read
	}
	s.sessions[address.String()] = r
	return nil
}

// ContainsSession tells whether there is a session with an address.
func (s *signalStore) ContainsSession(_ context.Context, address *protocol.SignalAddress) (bool, error) {
	_, ok := s.sessions[address.String()]
	return ok, nil
}

// DeleteSession forgets the session with an address.
func (s *signalStore) DeleteSession(_ context.Context, address *protocol.SignalAddress) error {
	delete(s.sessions, address.String())
	return nil
}

// DeleteAllSessions forgets all sessions.
func (s *signalStore) DeleteAllSessions(context.Context) error {
	clear(s.sessions)
	return nil
}

// LoadSignedPreKey finds the signed key.
func (s *signalStore) LoadSignedPreKey(_ context.Context, id uint32) (*record.SignedPreKey, error) {
	signed := s.registered().signed
	if id != signed.KeyID {
		return nil, nil
	}
	pair := ecc.NewECKeyPair(ecc.NewDjbECPublicKey(*signed.Pub), ecc.NewDjbECPrivateKey(*signed.Priv))
	return record.NewSignedPreKey(id, 0, pair, *signed.Signature, nil), nil
}

// LoadSignedPreKeys is not used.
func (s *signalStore) LoadSignedPreKeys(context.Context) ([]*record.SignedPreKey, error) {
	return nil, errUnused
}

// StoreSignedPreKey is not used.
func (s *signalStore) StoreSignedPreKey(context.Context, uint32, *record.SignedPreKey) error {
	return errUnused
}

// ContainsSignedPreKey is not used.
func (s *signalStore) ContainsSignedPreKey(context.Context, uint32) (bool, error) {
	return false, errUnused
}

// RemoveSignedPreKey is not used.
func (s *signalStore) RemoveSignedPreKey(context.Context, uint32) error { return errUnused }

// StoreSenderKey keeps a group session.
func (s *signalStore) StoreSenderKey(_ context.Context, name *protocol.SenderKeyName, key *groupRecord.SenderKey) error {
	s.senderKeys[senderKeyID(name)] = key.Serialize()
	return nil
}

// LoadSenderKey returns a group session, a fresh record if there is none.
func (s *signalStore) LoadSenderKey(_ context.Context, name *protocol.SenderKeyName) (*groupRecord.SenderKey, error) {
	raw, ok := s.senderKeys[senderKeyID(name)]
	if !ok {
		return groupRecord.NewSenderKey(s.format.SenderKeyRecord, s.format.SenderKeyState), nil
	}
	return groupRecord.NewSenderKeyFromBytes(raw, s.format.SenderKeyRecord, s.format.SenderKeyState)
}
