package wasim

import (
	"bytes"
	"crypto/sha1"
	"encoding/binary"
	"errors"
	"slices"
	"strconv"
	"sync"

	"go.mau.fi/libsignal/ecc"
	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/types"
	"google.golang.org/protobuf/proto"
)

// lowPreKeys is the number of one-time keys below which a device is told to upload more.
const lowPreKeys = 10

// keyStore holds the public keys with which others start a Signal session with a device.
type keyStore struct {
	mu       sync.Mutex
	regID    uint32
	identity [32]byte
	signed   publicKey
	oneTime  []publicKey
	// refill makes more one-time keys. Phones set it; for linked devices it is nil.
	refill func() []publicKey
}

// bundle is what a sender gets. oneTime is nil when the device has none left; a session works without it.
type bundle struct {
	regID    uint32
	identity [32]byte
	signed   publicKey
	oneTime  *publicKey
}

// take returns a bundle and uses up a one-time key; left is how many remain.
func (k *keyStore) take() (b bundle, left int) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.oneTime) == 0 && k.refill != nil {
		k.oneTime = k.refill()
	}
	b = bundle{regID: k.regID, identity: k.identity, signed: k.signed}
	if len(k.oneTime) > 0 {
		b.oneTime = &k.oneTime[0]
		k.oneTime = k.oneTime[1:]
	}
	return b, len(k.oneTime)
}

func (k *keyStore) lose() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.oneTime = nil
}

func (k *keyStore) count() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return len(k.oneTime)
}

// iqEncrypt serves the keys of the Signal protocol:
//
//	get <count/>                                  → <count value="812"/>
//	get <digest/>                                 → what the server holds, with a hash
//	get <key><user jid/>…</key>                   → <list><user jid>bundle or <error/></user>…</list>
//	set <registration/><type/><identity/><list>…  → stores one-time keys and the signed one
//	set <rotate><skey/></rotate>                  → replaces the signed key
func (s *Server) iqEncrypt(d *device, node *waBinary.Node) *waBinary.Node {
	if attrString(node, "type") == "get" {
		if _, ok := node.GetOptionalChildByTag("count"); ok {
			return iqResult(node, element("count", attrs{"value": strconv.Itoa(d.keys.count())}))
		}
		if _, ok := node.GetOptionalChildByTag("digest"); ok {
			return iqResult(node, d.keys.digest())
		}
		if wanted, ok := node.GetOptionalChildByTag("key"); ok {
			return iqResult(node, element("list", nil, s.bundles(wanted.GetChildrenByTag("user"))...))
		}
		return iqError(node, 400, "bad-request")
	}
	if rotate, ok := node.GetOptionalChildByTag("rotate"); ok {
		if err := d.keys.rotate(rotate); err != nil {
			return iqError(node, 406, "not-acceptable")
		}
		return iqResult(node)
	}
	if err := d.keys.upload(node); err != nil {
		s.log.Debug().Err(err).Msg("prekeys refused")
		return iqError(node, 406, "not-acceptable")
	}
	return iqResult(node)
}

// bundles answers with the JIDs exactly as they were asked for, because clients look their answer up by them.
func (s *Server) bundles(users []waBinary.Node) []waBinary.Node {
	out := make([]waBinary.Node, 0, len(users))
	for _, user := range users {
		jid, ok := attrJID(&user, "jid")
		if !ok {
			continue
		}
		d := s.deviceOf(jid)
		if d == nil {
			out = append(out, element("user", attrs{"jid": jid}, element("error", attrs{"code": "404", "text": "item-not-found"})))
			continue
		}
		b, left := d.keys.take()
		children := b.nodes()
		if d.identity != nil {
			if raw, err := proto.Marshal(d.identity); err == nil {
				children = append(children, data("device-identity", raw))
			}
		}
		out = append(out, element("user", attrs{"jid": jid, "t": s.unixNow()}, children...))
		if left < lowPreKeys && d.id != 0 {
			s.tellPreKeysLow(d, left)
		}
	}
	return out
}

func (s *Server) tellPreKeysLow(d *device, left int) {
	s.notify(d, types.ServerJID, "encrypt", element("count", attrs{"value": strconv.Itoa(left)}))
}

func (b bundle) nodes() []waBinary.Node {
	children := []waBinary.Node{
		data("registration", binary.BigEndian.AppendUint32(nil, b.regID)),
		data("type", []byte{ecc.DjbType}),
		data("identity", b.identity[:]),
		b.signed.node("skey"),
	}
	if b.oneTime != nil {
		children = append(children, b.oneTime.node("key"))
	}
	return children
}

func (k publicKey) node(tag string) waBinary.Node {
	children := []waBinary.Node{data("id", k.id[:]), data("value", k.key[:])}
	if tag == "skey" {
		children = append(children, data("signature", k.signature))
	}
	return element(tag, nil, children...)
}

func (k publicKey) number() uint32 {
	return uint32(k.id[0])<<16 | uint32(k.id[1])<<8 | uint32(k.id[2])
}

func keyNumber(n uint32) [3]byte { return [3]byte{byte(n >> 16), byte(n >> 8), byte(n)} }

var errPreKeys = errors.New("keys are malformed")

// readPublicKey reads <key> or <skey>. It copies, because a key outlives the frame that it came in by far.
func readPublicKey(n waBinary.Node) (publicKey, error) {
	id, value := childContent(&n, "id"), childContent(&n, "value")
	if len(id) != 3 || len(value) != 32 {
		return publicKey{}, errPreKeys
	}
	return publicKey{id: [3]byte(id), key: [32]byte(value), signature: bytes.Clone(childContent(&n, "signature"))}, nil
}

func (k *keyStore) upload(node *waBinary.Node) error {
	identity, registration := childContent(node, "identity"), childContent(node, "registration")
	if len(identity) != 32 || len(registration) != 4 {
		return errPreKeys
	}
	signedNode := node.GetChildByTag("skey")
	signed, err := readPublicKey(signedNode)
	if err != nil || !signed.signedBy([32]byte(identity)) {
		return errors.Join(errPreKeys, err)
	}
	list := node.GetChildByTag("list")
	var fresh []publicKey
	for _, child := range list.GetChildrenByTag("key") {
		key, err := readPublicKey(child)
		if err != nil {
			return err
		}
		fresh = append(fresh, key)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.identity != [32]byte(identity) {
		return errors.New("identity key is not the one that was linked")
	}
	k.regID, k.signed = binary.BigEndian.Uint32(registration), signed
	known := make(map[[3]byte]bool, len(k.oneTime))
	for _, key := range k.oneTime {
		known[key.id] = true
	}
	k.oneTime = slices.Grow(k.oneTime, len(fresh))
	for _, key := range fresh {
		if !known[key.id] {
			k.oneTime = append(k.oneTime, key)
		}
	}
	return nil
}

func (k *keyStore) rotate(node waBinary.Node) error {
	signed, err := readPublicKey(node.GetChildByTag("skey"))
	if err != nil {
		return err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if !signed.signedBy(k.identity) {
		return errPreKeys
	}
	k.signed = signed
	return nil
}

// digest tells a client what the server holds, so that it need not upload again at every login.
func (k *keyStore) digest() waBinary.Node {
	k.mu.Lock()
	defer k.mu.Unlock()
	var all bytes.Buffer
	all.Write(k.identity[:])
	all.Write(k.signed.key[:])
	all.Write(k.signed.signature)
	ids := make([]waBinary.Node, len(k.oneTime))
	for i, key := range k.oneTime {
		ids[i] = data("id", key.id[:])
		all.Write(key.key[:])
	}
	sum := sha1.Sum(all.Bytes())
	return element("digest", nil,
		data("registration", binary.BigEndian.AppendUint32(nil, k.regID)),
		data("type", []byte{ecc.DjbType}),
		data("identity", k.identity[:]),
		k.signed.node("skey"),
		element("list", nil, ids...),
		data("hash", sum[:]))
}
