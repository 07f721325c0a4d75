package wasim

import (
	"errors"
	"fmt"
	"slices"
	"sync"

	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/proto/waServerSync"
	"google.golang.org/protobuf/proto"
)

// collection is one of the app state collections of an account.
type collection struct {
	name string

	mu      sync.Mutex
	patches []storedPatch // patch n is version n+1
	records map[string]setRecord
	newest  *waServerSync.SyncdPatch // for its MAC over all records
	// snapshot is a reference to the last one that was made, and snapshotAt the version that it shows.
	snapshot   *waServerSync.ExternalBlobReference
	snapshotAt uint64
}

// storedPatch is a patch as it is handed out. One whose mutations are in a blob has them here too, because the blob expires
// and the patch does not.
type storedPatch struct {
	raw       []byte
	path      string // of the blob
	mutations []byte
}

// setRecord is a record and the version that set it.
type setRecord struct {
	*waServerSync.SyncdRecord
	at uint64
}

// collection finds a collection, which comes into being when somebody first asks for it.
func (a *account) collection(name string) *collection {
	a.mu.Lock()
	defer a.mu.Unlock()
	c := a.collections[name]
	if c == nil {
		c = &collection{name: name, records: make(map[string]setRecord)}
		a.collections[name] = c
	}
	return c
}

// The sizes that devices rely on: an index is an HMAC, a value is an IV, at least one block and a MAC.
const (
	indexMACSize = 32
	minValueSize = 16 + 16 + 32
)

var errBadPatch = errors.New("app state patch is malformed")

// readPatch decodes a patch, with its mutations when they are in a blob of their own.
func (s *Server) readPatch(raw []byte) (*waServerSync.SyncdPatch, *waServerSync.SyncdMutations, error) {
	var patch waServerSync.SyncdPatch
	if err := proto.Unmarshal(raw, &patch); err != nil {
		return nil, nil, fmt.Errorf("%w: %w", errBadPatch, err)
	}
	mutations := &waServerSync.SyncdMutations{Mutations: patch.GetMutations()}
	if external := patch.GetExternalMutations(); external != nil {
		blob, err := s.openBlob(external.GetDirectPath(), external.GetMediaKey(), appStateMedia)
		if err != nil {
			return nil, nil, err
		}
		if err = proto.Unmarshal(blob, mutations); err != nil {
			return nil, nil, fmt.Errorf("%w: %w", errBadPatch, err)
		}
	}
	if len(patch.GetSnapshotMAC()) == 0 || len(mutations.GetMutations()) == 0 {
		return nil, nil, errBadPatch
	}
	for _, m := range mutations.GetMutations() {
		if len(m.GetRecord().GetIndex().GetBlob()) != indexMACSize || len(m.GetRecord().GetValue().GetBlob()) < minValueSize {
			return nil, nil, errBadPatch
		}
	}
	return &patch, mutations, nil
}

// add stores a patch under the next version. It does not when base is not the newest version.
func (c *collection) add(base uint64, patch *waServerSync.SyncdPatch, mutations *waServerSync.SyncdMutations) (uint64, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if base != uint64(len(c.patches)) {
		return 0, false
	}
	version := base + 1
	patch.Version = &waServerSync.SyncdVersion{Version: proto.Uint64(version)}
	stored := storedPatch{path: patch.GetExternalMutations().GetDirectPath()}
	var err error
	if stored.raw, err = proto.Marshal(patch); err != nil {
		return 0, false
	}
	if stored.path != "" {
		if stored.mutations, err = proto.Marshal(mutations); err != nil {
			return 0, false
		}
	}
	c.patches = append(c.patches, stored)
	for _, m := range mutations.GetMutations() {
		index := string(m.GetRecord().GetIndex().GetBlob())
		if m.GetOperation() == waServerSync.SyncdMutation_REMOVE {
			delete(c.records, index)
			continue
		}
		c.records[index] = setRecord{m.GetRecord(), version}
	}
	c.newest = &waServerSync.SyncdPatch{SnapshotMAC: patch.SnapshotMAC, KeyID: patch.KeyID}
	return version, true
}

// addPage puts the patches after a version, as many as fit a page, into an answer behind what is in it already. It
// returns the version up to which the answer goes.
func (s *Server) addPage(c *collection, answer *waBinary.Node, base uint64, before []waBinary.Node) uint64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	var page []waBinary.Node
	version := base
	for ; version < uint64(len(c.patches)) && len(page) < patchPage; version++ {
		s.renew(&c.patches[version])
		page = append(page, data("patch", c.patches[version].raw))
	}
	if len(page) > 0 {
		before = append(before, element("patches", nil, page...))
	}
	if version < uint64(len(c.patches)) {
		answer.Attrs["has_more_patches"] = "true"
	}
	if len(before) > 0 {
		answer.Content = before
	}
	return min(version, uint64(len(c.patches)))
}

// renew uploads the mutations of a patch again when their blob is gone. The caller holds the collection's lock.
func (s *Server) renew(p *storedPatch) {
	if p.path == "" || s.blobs.has(p.path) {
		return
	}
	var patch waServerSync.SyncdPatch
	fresh, err := s.uploadExternal(p.mutations)
	if err == nil {
		err = proto.Unmarshal(p.raw, &patch)
	}
	if err != nil {
		s.log.Debug().Err(err).Msg("app state blob not renewed")
		return
	}
	patch.ExternalMutations = fresh
	if raw, err := proto.Marshal(&patch); err == nil {
		p.raw, p.path = raw, fresh.GetDirectPath()
	}
}

// reset empties a collection.
func (c *collection) reset() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.patches, c.newest, c.snapshot, c.snapshotAt = nil, nil, nil, 0
	clear(c.records)
}

// snapshotOf returns an encoded reference to a snapshot of a collection and the version that it shows. There is none
// while the collection has few patches.
func (s *Server) snapshotOf(c *collection) ([]byte, uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	version := uint64(len(c.patches))
	if version < snapshotAfter {
		return nil, 0
	}
	if c.snapshot == nil || version > c.snapshotAt+snapshotAge || !s.blobs.has(c.snapshot.GetDirectPath()) {
		fresh, err := s.uploadSnapshot(c, version)
		if err != nil {
			s.log.Debug().Err(err).Msg("app state snapshot")
			return nil, 0
		}
		c.snapshot, c.snapshotAt = fresh, version
	}
	raw, err := proto.Marshal(c.snapshot)
	if err != nil {
		return nil, 0
	}
	return raw, c.snapshotAt
}

// uploadSnapshot makes a blob of all records, in the order in which they were set. Their common MAC is the one that the
// newest patch came with, because it covers the same records. The caller holds c.mu.
func (s *Server) uploadSnapshot(c *collection, version uint64) (*waServerSync.ExternalBlobReference, error) {
	snapshot := &waServerSync.SyncdSnapshot{
		Version: &waServerSync.SyncdVersion{Version: proto.Uint64(version)},
		Mac:     c.newest.SnapshotMAC, KeyID: c.newest.KeyID,
	}
	indexes := make([]string, 0, len(c.records))
	for index := range c.records {
		indexes = append(indexes, index)
	}
	slices.SortFunc(indexes, func(x, y string) int {
		if byAge := int(c.records[x].at) - int(c.records[y].at); byAge != 0 {
			return byAge
		}
		return cmpString(x, y)
	})
	for _, index := range indexes {
		snapshot.Records = append(snapshot.Records, c.records[index].SyncdRecord)
	}
	raw, err := proto.Marshal(snapshot)
	if err != nil {
		return nil, fmt.Errorf("encode snapshot: %w", err)
	}
	return s.uploadExternal(raw)
}

// uploadExternal puts app state into a blob of its own.
func (s *Server) uploadExternal(raw []byte) (*waServerSync.ExternalBlobReference, error) {
	blob, err := s.uploadMedia(raw, appStateMedia)
	if err != nil {
		return nil, err
	}
	return &waServerSync.ExternalBlobReference{
		MediaKey: blob.key, DirectPath: proto.String(blob.directPath), FileSizeBytes: proto.Uint64(blob.length),
		FileSHA256: blob.sha256, FileEncSHA256: blob.encSHA256, Handle: proto.String("wasim"),
	}, nil
}
