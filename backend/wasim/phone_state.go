package wasim

import (
	"context"
	"fmt"
	"sync"

	"go.mau.fi/whatsmeow/appstate"
	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/proto/waServerSync"
	"go.mau.fi/whatsmeow/store"
	waLog "go.mau.fi/whatsmeow/util/log"
	"google.golang.org/protobuf/proto"
)

// phoneAppState is a phone's side of the app state: the key that it shares with linked devices, and what it knows of each
// collection. Encoding and checking of patches is the client library's, over a store in memory.
type phoneAppState struct {
	phone *Phone

	mu     sync.Mutex
	keyID  []byte
	key    []byte
	memory *appStateMemory
	proc   *appstate.Processor
	named  string // the push name that was published last
}

func newPhoneAppState(p *Phone) *phoneAppState { return &phoneAppState{phone: p} }

// prepare makes the key when it is first needed: most phones never link a device.
func (a *phoneAppState) prepare() {
	if a.proc != nil {
		return
	}
	a.keyID = append([]byte{0, 0, 0, 0}, a.phone.s.random.bytes(2)...)
	a.key = a.phone.s.random.bytes(32)
	a.memory = &appStateMemory{
		keys:   map[string]store.AppStateSyncKey{string(a.keyID): {Data: a.key, Timestamp: a.phone.s.now().UnixMilli()}},
		states: make(map[string]appstate.HashState),
		macs:   make(map[string][]byte),
		latest: a.keyID,
	}
	a.proc = appstate.NewProcessor(&store.Device{AppStateKeys: a.memory, AppState: a.memory}, waLog.Noop)
}

// share is the message with which a phone gives its key to a linked device.
func (a *phoneAppState) share() *waE2E.Message {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.prepare()
	return &waE2E.Message{ProtocolMessage: &waE2E.ProtocolMessage{
		Type: waE2E.ProtocolMessage_APP_STATE_SYNC_KEY_SHARE.Enum(),
		AppStateSyncKeyShare: &waE2E.AppStateSyncKeyShare{Keys: []*waE2E.AppStateSyncKey{{
			KeyID: &waE2E.AppStateSyncKeyId{KeyID: a.keyID},
			KeyData: &waE2E.AppStateSyncKeyData{
				KeyData: a.key,
				Fingerprint: &waE2E.AppStateSyncKeyFingerprint{
					RawID: proto.Uint32(a.phone.rawID), CurrentIndex: proto.Uint32(1), DeviceIndexes: []uint32{0, 1},
				},
				Timestamp: proto.Int64(a.phone.s.now().UnixMilli()),
			},
		}}},
	}}
}

// publishName puts the push name into the app state unless it is there already.
func (a *phoneAppState) publishName(ctx context.Context, name string) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.prepare()
	if a.named == name {
		return nil
	}
	if err := a.publish(ctx, appstate.BuildSettingPushName(name)); err != nil {
		return err
	}
	a.named = name
	return nil
}

// publish adds a patch to its collection, after catching up with what others have added. The caller holds a.mu.
func (a *phoneAppState) publish(ctx context.Context, patch appstate.PatchInfo) error {
	if err := a.catchUp(ctx, patch.Type); err != nil {
		return err
	}
	state := a.memory.state(string(patch.Type))
	raw, err := a.proc.EncodePatch(ctx, a.keyID, state, patch)
	if err != nil {
		return fmt.Errorf("encode app state: %w", err)
	}
	upload := element("collection", attrs{"name": string(patch.Type), "version": fmt.Sprint(state.Version)}, data("patch", raw))
	answer := a.phone.s.syncCollection(a.phone.dev, upload)
	if attrString(&answer, "type") == "error" {
		return fmt.Errorf("app state %s was refused", patch.Type)
	}
	return a.catchUp(ctx, patch.Type)
}

// catchUp reads what is new in a collection.
func (a *phoneAppState) catchUp(ctx context.Context, name appstate.WAPatchName) error {
	state := a.memory.state(string(name))
	answer := a.phone.s.syncCollection(a.phone.dev, element("collection", attrs{"name": string(name), "version": fmt.Sprint(state.Version)}))
	list, err := appstate.ParsePatchList(ctx, &answer, noExternalBlobs)
	if err != nil {
		return fmt.Errorf("parse app state: %w", err)
	}
	if _, _, err = a.proc.DecodePatches(ctx, list, state, true); err != nil {
		return fmt.Errorf("app state %s does not verify: %w", name, err)
	}
	return nil
}

func noExternalBlobs(context.Context, *waServerSync.ExternalBlobReference) ([]byte, error) {
	return nil, fmt.Errorf("external blobs are not used here")
}

// handleNotification keeps the phone's view of the app state current when a linked device changes it.
func (p *Phone) handleNotification(node *waBinary.Node) {
	if attrString(node, "type") != "server_sync" {
		return
	}
	a := p.state
	a.mu.Lock()
	defer a.mu.Unlock()
	a.prepare()
	for _, c := range node.GetChildrenByTag("collection") {
		if err := a.catchUp(p.s.ctx, appstate.WAPatchName(attrString(&c, "name"))); err != nil {
			p.s.log.Debug().Err(err).Msg("app state from a linked device")
		}
	}
}

// SetName changes the push name, for the people the phone writes to and for its linked devices.
func (p *Phone) SetName(ctx context.Context, name string) error {
	p.account.setPushName(name)
	return p.state.publishName(ctx, name)
}

// appStateMemory is the store behind the processor. Guarded by phoneAppState.mu.
type appStateMemory struct {
	keys   map[string]store.AppStateSyncKey
	latest []byte
	states map[string]appstate.HashState
	macs   map[string][]byte
}

func (m *appStateMemory) state(name string) appstate.HashState { return m.states[name] }

// PutAppStateSyncKey stores a key.
func (m *appStateMemory) PutAppStateSyncKey(_ context.Context, id []byte, key store.AppStateSyncKey) error {
	m.keys[string(id)] = key
	return nil
}

// GetAppStateSyncKey finds a key.
func (m *appStateMemory) GetAppStateSyncKey(_ context.Context, id []byte) (*store.AppStateSyncKey, error) {
	key, ok := m.keys[string(id)]
	if !ok {
		return nil, nil
	}
	return &key, nil
}

// GetLatestAppStateSyncKeyID names the key that new patches use.
func (m *appStateMemory) GetLatestAppStateSyncKeyID(context.Context) ([]byte, error) {
	return m.latest, nil
}

// GetAllAppStateSyncKeys lists the keys.
func (m *appStateMemory) GetAllAppStateSyncKeys(context.Context) ([]*store.AppStateSyncKey, error) {
	var out []*store.AppStateSyncKey
	for _, key := range m.keys {
		out = append(out, &key)
	}
	return out, nil
}

// PutAppStateVersion remembers how far a collection was read.
func (m *appStateMemory) PutAppStateVersion(_ context.Context, name string, version uint64, hash [128]byte) error {
	m.states[name] = appstate.HashState{Version: version, Hash: hash}
	return nil
}

// GetAppStateVersion tells how far a collection was read.
func (m *appStateMemory) GetAppStateVersion(_ context.Context, name string) (uint64, [128]byte, error) {
	s := m.states[name]
	return s.Version, s.Hash, nil
}

// DeleteAppStateVersion forgets a collection.
func (m *appStateMemory) DeleteAppStateVersion(_ context.Context, name string) error {
	delete(m.states, name)
	return nil
}

// PutAppStateMutationMACs remembers the values that a collection has now.
func (m *appStateMemory) PutAppStateMutationMACs(_ context.Context, name string, _ uint64, mutations []store.AppStateMutationMAC) error {
	for _, mutation := range mutations {
		m.macs[name+"/"+string(mutation.IndexMAC)] = mutation.ValueMAC
	}
	return nil
}

// DeleteAppStateMutationMACs forgets values.
func (m *appStateMemory) DeleteAppStateMutationMACs(_ context.Context, name string, indexMACs [][]byte) error {
	for _, index := range indexMACs {
		delete(m.macs, name+"/"+string(index))
	}
	return nil
}

// GetAppStateMutationMAC finds a value.
func (m *appStateMemory) GetAppStateMutationMAC(_ context.Context, name string, indexMAC []byte) ([]byte, error) {
	return m.macs[name+"/"+string(indexMAC)], nil
}
