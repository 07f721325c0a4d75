package wasim

import (
	"slices"
	"strconv"

	"go.mau.fi/whatsmeow/appstate"
	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/types"
)

// The state that an account's devices share (names, contacts, what is archived, muted, pinned, labelled) lives in five
// collections of encrypted patches. The server numbers the patches and hands them out. It cannot read them, but it sees
// which record each one sets or removes, and so it can put the records that are left into one snapshot.
//
//	→ <iq type="set" xmlns="w:sync:app:state"><sync>
//	    <collection name="critical_block" return_snapshot="true"/>              everything
//	    <collection name="regular_low" version="3"/>                            what came after version 3
//	    <collection name="regular" version="3"><patch>…</patch></collection>    one more, based on version 3
//	  </sync></iq>
//	← <sync><collection name="critical_block" version="40"><snapshot>reference to a blob</snapshot>
//	    <patches><patch>…</patch>…</patches></collection>…</sync>
//	← <sync><collection name version="140" has_more_patches="true"><patches>…   one page of many
//	← <sync><collection name type="error"><error code="409" text="conflict"/><patches>…   version 3 is not the newest
//
// The mutations of a large patch, and every snapshot, are blobs on the media host under keys named "WhatsApp App State
// Keys". The other devices get <notification type="server_sync"><collection name version/></notification>.
//
// What clients check is in whatsmeow (appstate.go, appstate/decode.go) and Baileys (chat-utils.js): the MACs of values,
// indexes, patches and snapshots, and the hash over all records. How many patches the real service puts on a page, and
// when it makes a snapshot, neither of them tells.

const (
	// patchPage is how many patches one answer holds.
	patchPage = 100
	// snapshotAfter is how many patches a collection has before whoever asks for all of it gets a snapshot.
	snapshotAfter = 10
	// snapshotAge is how many patches may follow a snapshot before a new one is made.
	snapshotAge = 10
)

// iqAppState serves the account's app state.
func (s *Server) iqAppState(d *device, node *waBinary.Node) *waBinary.Node {
	request, ok := node.GetOptionalChildByTag("sync")
	if !ok || attrString(node, "type") != "set" {
		return iqError(node, 400, "bad-request")
	}
	var answers []waBinary.Node
	for _, wanted := range request.GetChildrenByTag("collection") {
		if !slices.Contains(appstate.AllPatchNames[:], appstate.WAPatchName(attrString(&wanted, "name"))) {
			return iqError(node, 400, "bad-request")
		}
		answers = append(answers, s.syncCollection(d, wanted))
	}
	return iqResult(node, element("sync", nil, answers...))
}

// syncCollection takes the patch that a device uploads, if there is one, and answers what the device does not have yet.
func (s *Server) syncCollection(d *device, wanted waBinary.Node) waBinary.Node {
	name := attrString(&wanted, "name")
	base, err := strconv.ParseUint(attrString(&wanted, "version"), 10, 64)
	whole := err != nil || attrString(&wanted, "return_snapshot") == "true"
	if whole {
		base = 0
	}
	c := d.account.collection(name)
	if upload, ok := wanted.GetOptionalChildByTag("patch"); ok {
		return s.takePatch(d, c, base, content(upload))
	}
	answer := element("collection", attrs{"name": name})
	var parts []waBinary.Node
	if whole {
		if snapshot, version := s.snapshotOf(c); snapshot != nil {
			parts, base = append(parts, data("snapshot", snapshot)), version
		}
	}
	version := s.addPage(c, &answer, base, parts)
	answer.Attrs["version"] = strconv.FormatUint(version, 10)
	return answer
}

// takePatch adds a patch that is based on the newest version, and tells the other devices.
func (s *Server) takePatch(d *device, c *collection, base uint64, raw []byte) waBinary.Node {
	patch, mutations, err := s.readPatch(raw)
	if err != nil {
		s.log.Debug().Err(err).Msg("app state patch refused")
		return collectionError(c.name, 400, "bad-request")
	}
	version, taken := c.add(base, patch, mutations)
	if !taken {
		answer := collectionError(c.name, 409, "conflict")
		s.addPage(c, &answer, base, answer.GetChildren())
		return answer
	}
	s.tellCollection(d, c.name, version)
	return element("collection", attrs{"name": c.name, "version": strconv.FormatUint(version, 10)})
}

func collectionError(name string, code int, text string) waBinary.Node {
	return element("collection", attrs{"name": name, "type": "error"},
		element("error", attrs{"code": strconv.Itoa(code), "text": text}))
}

// tellCollection tells the account's other devices that a collection has changed.
func (s *Server) tellCollection(changer *device, name string, version uint64) {
	changer.account.changed("syncd_app_state")
	news := element("collection", attrs{"name": name, "version": strconv.FormatUint(version, 10)})
	for _, d := range changer.account.deviceList() {
		if d != changer {
			s.notify(d, types.ServerJID, "server_sync", news)
		}
	}
}
