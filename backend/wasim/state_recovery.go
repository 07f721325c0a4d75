package wasim

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"slices"

	"go.mau.fi/whatsmeow/appstate"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/proto/waSyncAction"
	"go.mau.fi/whatsmeow/proto/waSyncdSnapshotRecovery"
	"google.golang.org/protobuf/proto"
)

// A linked device that cannot make sense of a collection has two ways out:
//
//	COMPANION_SYNCD_SNAPSHOT_FATAL_RECOVERY  the phone sends the collection unencrypted, inside the Signal message
//	APP_STATE_FATAL_EXCEPTION_NOTIFICATION   the phone empties the collections and logs every linked device out
//
// The shape of the first is from whatsmeow (appstate/recovery.go); what the second does from its comments (appstate.go).

// sendRecovery answers with all that a collection holds.
func (p *Phone) sendRecovery(d *device, request, name string) error {
	raw, err := p.state.recovery(name)
	if err != nil || raw == nil {
		return err
	}
	type result = waE2E.PeerDataOperationRequestResponseMessage_PeerDataOperationResult
	return p.tellLinked(p.s.ctx, d, peerResponse(waE2E.PeerDataOperationRequestType_COMPANION_SYNCD_SNAPSHOT_FATAL_RECOVERY, request, &result{
		SyncdSnapshotFatalRecoveryResponse: &waE2E.PeerDataOperationRequestResponseMessage_PeerDataOperationResult_SyncDSnapshotFatalRecoveryResponse{
			CollectionSnapshot: raw, IsCompressed: proto.Bool(true),
		},
	}))
}

// recovery encodes a collection as the phone knows it. Nil for a collection that it never read.
func (a *phoneAppState) recovery(name string) ([]byte, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.memory == nil || a.memory.states[name].Version == 0 {
		return nil, nil
	}
	state := a.memory.states[name]
	snapshot := &waSyncdSnapshotRecovery.SyncdSnapshotRecovery{
		Version:        &waSyncdSnapshotRecovery.SyncdVersion{Version: proto.Uint64(state.Version)},
		CollectionName: proto.String(name), CollectionLthash: state.Hash[:],
	}
	for _, index := range sortedKeys(a.entries[name]) {
		entry := a.entries[name][index]
		snapshot.MutationRecords = append(snapshot.MutationRecords, &waSyncdSnapshotRecovery.SyncdPlainTextRecord{
			KeyID: entry.keyID, Mac: entry.valueMAC,
			Value: &waSyncAction.SyncActionData{Index: []byte(index), Value: entry.value, Padding: []byte{}, Version: proto.Int32(entry.version)},
		})
	}
	raw, err := proto.Marshal(snapshot)
	if err != nil {
		return nil, fmt.Errorf("encode recovery: %w", err)
	}
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	if _, err = w.Write(raw); err != nil {
		return nil, fmt.Errorf("compress recovery: %w", err)
	}
	if err = w.Close(); err != nil {
		return nil, fmt.Errorf("compress recovery: %w", err)
	}
	return packed.Bytes(), nil
}

// resetState empties collections, puts into them what the phone knows, and removes every linked device. It does nothing
// when no name is a collection's.
func (p *Phone) resetState(names []string) {
	if !slices.ContainsFunc(appstate.AllPatchNames[:], func(name appstate.WAPatchName) bool { return slices.Contains(names, string(name)) }) {
		return
	}
	p.UnlinkAll()
	a := p.state
	a.mu.Lock()
	defer a.mu.Unlock()
	a.prepare()
	for _, name := range appstate.AllPatchNames {
		if !slices.Contains(names, string(name)) {
			continue
		}
		p.account.collection(string(name)).reset()
		delete(a.memory.states, string(name))
		delete(a.memory.macs, string(name))
		var changes []stateChange
		for _, index := range sortedKeys(a.entries[string(name)]) {
			changes = append(changes, a.entries[string(name)][index].stateChange)
		}
		delete(a.entries, string(name))
		if err := a.publish(p.s.ctx, name, changes); err != nil {
			p.s.log.Debug().Err(err).Msg("app state not put back")
		}
	}
}
