package wasim

import (
	"context"

	"go.mau.fi/whatsmeow/appstate"
	"go.mau.fi/whatsmeow/store"
)

// appStateMemory is the store behind the client library's reading of app state, on a phone. Guarded by phoneAppState.mu.
type appStateMemory struct {
	keys   map[string]store.AppStateSyncKey
	latest []byte
	states map[string]appstate.HashState
	macs   map[string]map[string][]byte // by collection, by index
}

func newAppStateMemory() *appStateMemory {
	return &appStateMemory{
		keys:   make(map[string]store.AppStateSyncKey),
		states: make(map[string]appstate.HashState),
		macs:   make(map[string]map[string][]byte),
	}
}

// PutAppStateSyncKey stores a key.
func (m *appStateMemory) PutAppStateSyncKey(_ context.Context, id []byte, key store.AppStateSyncKey) error {
	m.keys[string(id)], m.latest = key, id
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
	delete(m.macs, name)
	return nil
}

// PutAppStateMutationMACs remembers the values that a collection has now.
func (m *appStateMemory) PutAppStateMutationMACs(_ context.Context, name string, _ uint64, mutations []store.AppStateMutationMAC) error {
	if m.macs[name] == nil {
		m.macs[name] = make(map[string][]byte)
	}
	for _, mutation := range mutations {
		m.macs[name][string(mutation.IndexMAC)] = mutation.ValueMAC
	}
	return nil
}

// DeleteAppStateMutationMACs forgets values.
func (m *appStateMemory) DeleteAppStateMutationMACs(_ context.Context, name string, indexMACs [][]byte) error {
	for _, index := range indexMACs {
		delete(m.macs[name], string(index))
	}
	return nil
}

// GetAppStateMutationMAC finds a value.
func (m *appStateMemory) GetAppStateMutationMAC(_ context.Context, name string, indexMAC []byte) ([]byte, error) {
	return m.macs[name][string(indexMAC)], nil
}
