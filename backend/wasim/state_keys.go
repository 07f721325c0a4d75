package wasim

import (
	"context"

	"go.mau.fi/whatsmeow/proto/waE2E"
	"google.golang.org/protobuf/proto"
)

// The keys of the app state travel in messages of category "peer":
//
//	phone  → device: protocolMessage APP_STATE_SYNC_KEY_SHARE {keys: [{keyId, keyData {keyData, fingerprint, timestamp}}]}
//	device → phone:  protocolMessage APP_STATE_SYNC_KEY_REQUEST {keyIds}
//
// A new device gets all keys, because older records are still encrypted with older ones. Clients encrypt with the newest:
// whatsmeow goes by the timestamp, Baileys by the last one of a share. When a device is removed the phone makes a new key,
// so that the removed one cannot read on, and shares it with those that stay.

// share is the message with which the phone gives its keys to a device: those with the given ids, or all.
func (a *phoneAppState) share(d *device, ids ...[]byte) *waE2E.Message {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.prepare()
	a.shared[d.id] = true
	wanted := a.keys
	if len(ids) > 0 {
		wanted = nil
		for _, id := range ids {
			if key := a.key(id); key != nil {
				wanted = append(wanted, key)
			}
		}
	}
	if len(wanted) == 0 {
		return nil
	}
	fingerprint := &waE2E.AppStateSyncKeyFingerprint{RawID: proto.Uint32(a.phone.rawID), CurrentIndex: proto.Uint32(0)}
	for _, linked := range a.phone.account.deviceList() {
		fingerprint.DeviceIndexes = append(fingerprint.DeviceIndexes, linked.keyIndex)
		fingerprint.CurrentIndex = proto.Uint32(max(fingerprint.GetCurrentIndex(), linked.keyIndex))
	}
	keys := make([]*waE2E.AppStateSyncKey, len(wanted))
	for i, key := range wanted {
		keys[i] = &waE2E.AppStateSyncKey{
			KeyID: &waE2E.AppStateSyncKeyId{KeyID: key.id},
			KeyData: &waE2E.AppStateSyncKeyData{
				KeyData: key.data, Fingerprint: fingerprint, Timestamp: proto.Int64(key.made.UnixMilli()),
			},
		}
	}
	return &waE2E.Message{ProtocolMessage: &waE2E.ProtocolMessage{
		Type:                 waE2E.ProtocolMessage_APP_STATE_SYNC_KEY_SHARE.Enum(),
		AppStateSyncKeyShare: &waE2E.AppStateSyncKeyShare{Keys: keys},
	}}
}

// shareKey gives a device all keys.
func (p *Phone) shareKey(ctx context.Context, d *device) error {
	return p.tellLinked(ctx, d, p.state.share(d))
}

// answerKeyRequest gives a device the keys that it asks for, as far as the phone knows them.
func (p *Phone) answerKeyRequest(ctx context.Context, d *device, request *waE2E.AppStateSyncKeyRequest) error {
	ids := make([][]byte, 0, len(request.GetKeyIDs()))
	for _, id := range request.GetKeyIDs() {
		ids = append(ids, id.GetKeyID())
	}
	if len(ids) == 0 {
		return nil
	}
	if message := p.state.share(d, ids...); message != nil {
		return p.tellLinked(ctx, d, message)
	}
	return nil
}

// rekey makes a new key and shares it with the linked devices, if one that knows the newest key is linked no more.
func (p *Phone) rekey() {
	a := p.state
	a.mu.Lock()
	gone := false
	for id := range a.shared {
		if p.account.device(id) == nil {
			delete(a.shared, id)
			gone = true
		}
	}
	if !gone {
		a.mu.Unlock()
		return
	}
	a.addKey()
	newest := a.newest().id
	var stay []*device
	for _, d := range p.account.deviceList() {
		if a.shared[d.id] {
			stay = append(stay, d)
		}
	}
	a.mu.Unlock()
	for _, d := range stay {
		if err := p.tellLinked(p.s.ctx, d, p.state.share(d, newest)); err != nil {
			p.s.log.Debug().Err(err).Msg("new app state key not shared")
		}
	}
}

// RotateStateKey makes a new app state key, as a phone does from time to time, without telling the linked devices. They
// ask for it when they meet it.
func (p *Phone) RotateStateKey() {
	p.state.mu.Lock()
	defer p.state.mu.Unlock()
	p.state.prepare()
	p.state.addKey()
}
