package wasim

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"

	"go.mau.fi/whatsmeow/appstate"
	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/proto/waServerSync"
	"go.mau.fi/whatsmeow/proto/waSyncAction"
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
	// introduced is true once every collection has something in it.
	introduced bool
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

// introduce puts into every collection what even a new account has, before its first device is linked. Clients treat a
// collection that is still empty as one that they never read.
func (a *phoneAppState) introduce(ctx context.Context) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.introduced {
		return nil
	}
	a.prepare()
	for _, patch := range []appstate.PatchInfo{
		appstate.BuildSettingPushName(a.phone.account.pushName()),
		contactPatch(a.phone.account, a.phone.account.pushName()),
		settingPatch(appstate.WAPatchRegularLow, appstate.IndexSettingUnarchiveChats, 4, &waSyncAction.SyncActionValue{
			UnarchiveChatsSetting: &waSyncAction.UnarchiveChatsSetting{UnarchiveChats: proto.Bool(false)},
		}),
		settingPatch(appstate.WAPatchRegularHigh, appstate.IndexFavorites, 1, &waSyncAction.SyncActionValue{
			FavoritesAction: &waSyncAction.FavoritesAction{},
		}),
		settingPatch(appstate.WAPatchRegular, appstate.IndexPrimaryFeature, 7, &waSyncAction.SyncActionValue{
			PrimaryFeature: &waSyncAction.PrimaryFeature{},
		}),
	} {
		if err := a.publish(ctx, patch); err != nil {
			return err
		}
	}
	a.introduced = true
	return nil
}

func settingPatch(kind appstate.WAPatchName, index string, version int32, value *waSyncAction.SyncActionValue) appstate.PatchInfo {
	return appstate.PatchInfo{Type: kind, Mutations: []appstate.MutationInfo{{Index: []string{index}, Version: version, Value: value}}}
}

// contactPatch is an entry of the phone's address book.
func contactPatch(person *account, name string) appstate.PatchInfo {
	first, _, _ := strings.Cut(name, " ")
	return appstate.PatchInfo{Type: appstate.WAPatchCriticalUnblockLow, Mutations: []appstate.MutationInfo{{
		Index:   []string{appstate.IndexContact, person.pn().String()},
		Version: 2,
		Value: &waSyncAction.SyncActionValue{ContactAction: &waSyncAction.ContactAction{
			FullName: proto.String(name), FirstName: proto.String(first), LidJID: proto.String(person.lidJID().String()),
			SaveOnPrimaryAddressbook: proto.Bool(true),
		}},
	}}}
}

// change publishes a patch of a phone that has devices to tell; before the first link there is nobody.
func (a *phoneAppState) change(ctx context.Context, patch appstate.PatchInfo) error {
	if err := a.introduce(ctx); err != nil {
		return err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.publish(ctx, patch)
}

// publishAttempts is how often a patch is rebased when a linked device was faster.
const publishAttempts = 5

// publish adds a patch to its collection, after catching up with what others have added. The caller holds a.mu.
func (a *phoneAppState) publish(ctx context.Context, patch appstate.PatchInfo) error {
	for range publishAttempts {
		if err := a.catchUp(ctx, patch.Type); err != nil {
			return err
		}
		state := a.memory.state(string(patch.Type))
		raw, err := a.proc.EncodePatch(ctx, a.keyID, state, patch)
		if err != nil {
			return fmt.Errorf("encode app state: %w", err)
		}
		upload := element("collection",
			attrs{"name": string(patch.Type), "version": strconv.FormatUint(state.Version, 10)}, data("patch", raw))
		answer := a.phone.s.syncCollection(a.phone.dev, upload)
		if attrString(&answer, "type") != "error" {
			return a.catchUp(ctx, patch.Type)
		}
	}
	return fmt.Errorf("app state %s keeps changing", patch.Type)
}

// catchUp reads what is new in a collection.
func (a *phoneAppState) catchUp(ctx context.Context, name appstate.WAPatchName) error {
	state := a.memory.state(string(name))
	answer := a.phone.s.syncCollection(a.phone.dev, element("collection", attrs{"name": string(name), "version": strconv.FormatUint(state.Version, 10)}))
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
	return nil, errors.New("external blobs are not used here")
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
	return p.state.change(ctx, appstate.BuildSettingPushName(name))
}

// SaveContact gives a person a name in the phone's address book, which its linked devices read.
func (p *Phone) SaveContact(ctx context.Context, number, name string) error {
	person, err := p.peer(number)
	if err != nil {
		return err
	}
	return p.state.change(ctx, contactPatch(person, name))
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
