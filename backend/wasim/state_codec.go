package wasim

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash"
	"time"

	"go.mau.fi/whatsmeow/appstate"
	"go.mau.fi/whatsmeow/appstate/lthash"
	"go.mau.fi/whatsmeow/proto/waServerSync"
	"go.mau.fi/whatsmeow/proto/waSyncAction"
	"go.mau.fi/whatsmeow/util/cbcutil"
	"go.mau.fi/whatsmeow/util/hkdfutil"
	"google.golang.org/protobuf/proto"
)

// A patch as devices make it. Every mutation is a record: the index ("mute", chat) as an HMAC, the value encrypted and
// followed by 32 bytes of HMAC over the operation, the key's id and the ciphertext. The patch carries two more: one over
// the sum of all values that the collection holds after it (the LT hash), and one over that and the patch's own values.
// All keys come from one shared key by HKDF ("WhatsApp Mutation Keys").
//
// The client library can build patches too, but none that removes something, and only with the time of the real clock.

// stateKey is one of the keys that an account's devices share.
type stateKey struct {
	id, data []byte
	made     time.Time

	index, cipher, value, snapshot, patch []byte
}

func newStateKey(id, data []byte, made time.Time) *stateKey {
	k := hkdfutil.SHA256(data, nil, []byte("WhatsApp Mutation Keys"), 160)
	return &stateKey{
		id: id, data: data, made: made,
		index: k[:32], cipher: k[32:64], value: k[64:96], snapshot: k[96:128], patch: k[128:160],
	}
}

// stateChange is one entry of the app state that is set, or removed when value is nil.
type stateChange struct {
	index []string
	// version is the format of the value, a number that belongs to the kind of entry.
	version int32
	value   *waSyncAction.SyncActionValue
}

// encodeMutation makes the record of a change under a key.
func (k *stateKey) encodeMutation(change stateChange, at time.Time) (*waServerSync.SyncdMutation, error) {
	index, err := json.Marshal(change.index)
	if err != nil {
		return nil, fmt.Errorf("encode index: %w", err)
	}
	operation := waServerSync.SyncdMutation_SET
	value := &waSyncAction.SyncActionValue{}
	if change.value == nil {
		operation = waServerSync.SyncdMutation_REMOVE
	} else {
		value = proto.CloneOf(change.value)
	}
	value.Timestamp = proto.Int64(at.UnixMilli())
	plaintext, err := proto.Marshal(&waSyncAction.SyncActionData{
		Index: index, Value: value, Padding: []byte{}, Version: proto.Int32(change.version),
	})
	if err != nil {
		return nil, fmt.Errorf("encode value: %w", err)
	}
	ciphertext, err := cbcutil.Encrypt(k.cipher, nil, plaintext)
	if err != nil {
		return nil, fmt.Errorf("encrypt value: %w", err)
	}
	length := binary.BigEndian.AppendUint64(nil, uint64(len(k.id)+1))
	sum := macOf(sha512.New, k.value, []byte{byte(operation) + 1}, k.id, ciphertext, length)[:32]
	return &waServerSync.SyncdMutation{
		Operation: operation.Enum(),
		Record: &waServerSync.SyncdRecord{
			Index: &waServerSync.SyncdIndex{Blob: macOf(sha256.New, k.index, index)},
			Value: &waServerSync.SyncdValue{Blob: append(ciphertext, sum...)},
			KeyID: &waServerSync.KeyId{ID: k.id},
		},
	}, nil
}

// encodePatch makes the patch that follows a state of a collection. previous finds the MAC of the value that the
// collection holds for an index, nil when there is none.
func (k *stateKey) encodePatch(
	name appstate.WAPatchName, state appstate.HashState, mutations []*waServerSync.SyncdMutation, previous func(indexMAC []byte) []byte,
) *waServerSync.SyncdPatch {
	var added, removed [][]byte
	own := [][]byte{}
	for _, m := range mutations {
		blob := m.GetRecord().GetValue().GetBlob()
		sum := blob[len(blob)-32:]
		own = append(own, sum)
		if m.GetOperation() == waServerSync.SyncdMutation_SET {
			added = append(added, sum)
		}
		if old := previous(m.GetRecord().GetIndex().GetBlob()); old != nil {
			removed = append(removed, old)
		}
	}
	lthash.WAPatchIntegrity.SubtractThenAddInPlace(state.Hash[:], removed, added)
	version := binary.BigEndian.AppendUint64(nil, state.Version+1)
	snapshot := macOf(sha256.New, k.snapshot, state.Hash[:], version, []byte(name))
	return &waServerSync.SyncdPatch{
		Mutations:   mutations,
		SnapshotMAC: snapshot,
		PatchMAC:    macOf(sha256.New, k.patch, append(append([][]byte{snapshot}, own...), version, []byte(name))...),
		KeyID:       &waServerSync.KeyId{ID: k.id},
	}
}

func macOf(algorithm func() hash.Hash, key []byte, parts ...[]byte) []byte {
	h := hmac.New(algorithm, key)
	for _, part := range parts {
		h.Write(part)
	}
	return h.Sum(nil)
}
