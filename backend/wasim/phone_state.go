package wasim

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"strconv"
	"sync"
	"time"

	"go.mau.fi/whatsmeow/appstate"
	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/proto/waServerSync"
	"go.mau.fi/whatsmeow/proto/waSyncAction"
	"go.mau.fi/whatsmeow/store"
	waLog "go.mau.fi/whatsmeow/util/log"
	"google.golang.org/protobuf/proto"
)

// phoneAppState is a phone's side of the app state: the keys that it shares with linked devices, and what it knows of
// each collection. Patches are made by state_codec.go; reading and checking them is the client library's.
type phoneAppState struct {
	phone *Phone

	mu     sync.Mutex
	keys   []*stateKey // the newest last
	shared map[uint16]bool
	memory *appStateMemory
	proc   *appstate.Processor
	// entries is what the collections hold now, by collection and index.
	entries map[string]map[string]stateEntry
	// introduced is true once every collection has something in it.
	introduced bool
}

// stateEntry is a value in a collection and the record that holds it.
type stateEntry struct {
	stateChange
	keyID, indexMAC, valueMAC []byte
}

func newPhoneAppState(p *Phone) *phoneAppState { return &phoneAppState{phone: p} }

// prepare makes the first key when it is needed: most phones never link a device.
func (a *phoneAppState) prepare() {
	if a.proc != nil {
		return
	}
	a.memory = newAppStateMemory()
	a.shared = make(map[uint16]bool)
	a.entries = make(map[string]map[string]stateEntry)
	a.proc = appstate.NewProcessor(&store.Device{AppStateKeys: a.memory, AppState: a.memory}, waLog.Noop)
	a.addKey()
}

// addKey makes a key, which everything from now on is encrypted with. Its id is the device that made it, two bytes, and
// a number that grows, four bytes.
func (a *phoneAppState) addKey() {
	random := a.phone.random
	epoch, made := uint32(1+random.intN(1<<15)), a.phone.now()
	if len(a.keys) > 0 {
		epoch = binary.BigEndian.Uint32(a.newest().id[2:]) + 1
		if earliest := a.newest().made.Add(time.Millisecond); made.Before(earliest) {
			made = earliest // clients take the one with the latest time for the newest
		}
	}
	id := binary.BigEndian.AppendUint32([]byte{0, 0}, epoch)
	key := newStateKey(id, random.bytes(32), made)
	a.keys = append(a.keys, key)
	a.memory.keys[string(id)] = store.AppStateSyncKey{Data: key.data, Timestamp: key.made.UnixMilli()}
	a.memory.latest = id
}

func (a *phoneAppState) newest() *stateKey { return a.keys[len(a.keys)-1] }

func (a *phoneAppState) key(id []byte) *stateKey {
	for _, k := range a.keys {
		if string(k.id) == string(id) {
			return k
		}
	}
	return nil
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
	name := a.phone.account.pushName()
	for _, entry := range []struct {
		collection appstate.WAPatchName
		stateChange
	}{
		{appstate.WAPatchCriticalBlock, pushNameChange(name)},
		{appstate.WAPatchCriticalUnblockLow, contactChange(a.phone.account.pn(), a.phone.account.lidJID(), name)},
		{appstate.WAPatchRegularLow, unarchiveChange(false)},
		{appstate.WAPatchRegularHigh, stateChange{[]string{appstate.IndexFavorites}, 1, &waSyncAction.SyncActionValue{
			FavoritesAction: &waSyncAction.FavoritesAction{},
		}}},
		{appstate.WAPatchRegular, stateChange{[]string{appstate.IndexPrimaryFeature}, 7, &waSyncAction.SyncActionValue{
			PrimaryFeature: &waSyncAction.PrimaryFeature{},
		}}},
	} {
		if err := a.publish(ctx, entry.collection, []stateChange{entry.stateChange}); err != nil {
			return err
		}
	}
	a.introduced = true
	return nil
}

// change publishes entries of one collection.
func (a *phoneAppState) change(ctx context.Context, name appstate.WAPatchName, changes ...stateChange) error {
	if err := a.introduce(ctx); err != nil {
		return err
	}
	if a.phone.outbox.keep(func() {
		if err := a.upload(a.phone.s.ctx, name, changes); err != nil {
			a.phone.s.log.Debug().Err(err).Msg("change that waited for the network")
		}
	}) {
		return nil
	}
	return a.upload(ctx, name, changes)
}

func (a *phoneAppState) upload(ctx context.Context, name appstate.WAPatchName, changes []stateChange) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.publish(ctx, name, changes)
}

const (
	// publishAttempts is how often a patch is rebased when a linked device was faster.
	publishAttempts = 5
	// maxInlineMutations is how many mutations a patch holds itself; more go into a blob of their own.
	maxInlineMutations = 50
)

// publish adds a patch to its collection, after catching up with what others have added. The caller holds a.mu.
func (a *phoneAppState) publish(ctx context.Context, name appstate.WAPatchName, changes []stateChange) error {
	for range publishAttempts {
		if err := a.catchUp(ctx, name); err != nil {
			return err
		}
		mutations, err := a.mutations(name, changes)
		if err != nil || len(mutations) == 0 {
			return err
		}
		state := a.memory.states[string(name)]
		patch := a.newest().encodePatch(name, state, mutations, func(index []byte) []byte {
			return a.memory.macs[string(name)][string(index)]
		})
		raw, err := a.pack(patch)
		if err != nil {
			return err
		}
		upload := element("collection", attrs{"name": string(name), "version": strconv.FormatUint(state.Version, 10)}, data("patch", raw))
		answer := a.phone.s.syncCollection(a.phone.dev, upload)
		if attrString(&answer, "type") != "error" {
			return a.catchUp(ctx, name)
		}
	}
	return fmt.Errorf("app state %s keeps changing", name)
}

// mutations encrypts changes. What was set under an older key is removed under that key first: its index is another one.
func (a *phoneAppState) mutations(name appstate.WAPatchName, changes []stateChange) ([]*waServerSync.SyncdMutation, error) {
	var out []*waServerSync.SyncdMutation
	now, newest := a.phone.now(), a.newest()
	add := func(key *stateKey, change stateChange) error {
		m, err := key.encodeMutation(change, now)
		out = append(out, m)
		return err
	}
	for _, change := range changes {
		old, known := a.entries[string(name)][indexName(change.index)]
		if key := a.key(old.keyID); known && key != nil && (key != newest || change.value == nil) {
			if err := add(key, stateChange{index: change.index, version: change.version}); err != nil {
				return nil, err
			}
		}
		if change.value == nil {
			continue
		}
		if err := add(newest, change); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (a *phoneAppState) pack(patch *waServerSync.SyncdPatch) ([]byte, error) {
	if len(patch.GetMutations()) > maxInlineMutations {
		raw, err := proto.Marshal(&waServerSync.SyncdMutations{Mutations: patch.GetMutations()})
		if err != nil {
			return nil, fmt.Errorf("encode mutations: %w", err)
		}
		if patch.ExternalMutations, err = a.phone.s.uploadExternal(raw); err != nil {
			return nil, err
		}
		patch.Mutations = nil
	}
	raw, err := proto.Marshal(patch)
	if err != nil {
		return nil, fmt.Errorf("encode patch: %w", err)
	}
	return raw, nil
}

// catchUp reads what is new in a collection and lets the phone show it. The caller holds a.mu.
func (a *phoneAppState) catchUp(ctx context.Context, name appstate.WAPatchName) error {
	for more := true; more; {
		state := a.memory.states[string(name)]
		answer := a.phone.s.syncCollection(a.phone.dev, element("collection",
			attrs{"name": string(name), "version": strconv.FormatUint(state.Version, 10)}))
		list, err := appstate.ParsePatchList(ctx, &answer, a.phone.downloadExternal)
		if err != nil {
			return fmt.Errorf("parse app state: %w", err)
		}
		mutations, _, err := a.proc.DecodePatches(ctx, list, state, true)
		for _, m := range mutations {
			a.note(string(name), m)
		}
		a.phone.applyState(mutations)
		if err != nil {
			return fmt.Errorf("app state %s does not verify: %w", name, err)
		}
		more = list.HasMorePatches
	}
	return nil
}

func (p *Phone) downloadExternal(_ context.Context, ref *waServerSync.ExternalBlobReference) ([]byte, error) {
	return p.s.openBlob(ref.GetDirectPath(), ref.GetMediaKey(), appStateMedia)
}

// note keeps what a collection holds.
func (a *phoneAppState) note(name string, m appstate.Mutation) {
	index := indexName(m.Index)
	if a.entries[name] == nil {
		a.entries[name] = make(map[string]stateEntry)
	}
	if m.Operation == waServerSync.SyncdMutation_SET {
		a.entries[name][index] = stateEntry{stateChange{m.Index, m.Version, m.Action}, m.KeyID, m.IndexMAC, m.ValueMAC}
	} else if string(a.entries[name][index].indexMAC) == string(m.IndexMAC) {
		delete(a.entries[name], index)
	}
}

// indexName is an index as one string.
func indexName(index []string) string {
	raw, err := json.Marshal(index)
	if err != nil {
		return ""
	}
	return string(raw)
}

// handleNotification keeps the phone's view of the app state current when a linked device changes it, and makes a new
// key when a device that knows the old one is gone.
func (p *Phone) handleNotification(node *waBinary.Node) {
	switch attrString(node, "type") {
	case "server_sync":
		a := p.state
		a.mu.Lock()
		defer a.mu.Unlock()
		a.prepare()
		for _, c := range node.GetChildrenByTag("collection") {
			if err := a.catchUp(p.s.ctx, appstate.WAPatchName(attrString(&c, "name"))); err != nil {
				p.s.log.Debug().Err(err).Msg("app state from a linked device")
			}
		}
	case "account_sync":
		if _, devices := node.GetOptionalChildByTag("devices"); devices {
			p.forgetOffers()
			p.rekey()
		}
	}
}
