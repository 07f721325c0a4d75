package wasim

import (
	"strconv"

	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/proto/waServerSync"
	"go.mau.fi/whatsmeow/types"
	"google.golang.org/protobuf/proto"
)

// collection is one of the app state collections of an account: encrypted patches that its devices share. The server can
// not read them; it numbers them and hands them out.
type collection struct {
	patches [][]byte // patch n is version n+1
}

// iqAppState serves the account's app state:
//
//	→ <sync><collection name="critical_block" return_snapshot="true"/></sync>        everything
//	→ <sync><collection name="regular_low" version="3"/></sync>                      what came after version 3
//	→ <sync><collection name="regular_low" version="3"><patch>…</patch></collection> one more, based on version 3
//	← <sync><collection name version="4"><patches><patch>…</patch>…</patches></collection></sync>
//	← <sync><collection name type="error"><error code="409" text="conflict"/><patches>…    when version 3 is not the newest
//
// The other devices get <notification type="server_sync"><collection name version/></notification>.
func (s *Server) iqAppState(d *device, node *waBinary.Node) *waBinary.Node {
	request, ok := node.GetOptionalChildByTag("sync")
	if !ok || attrString(node, "type") != "set" {
		return iqError(node, 400, "bad-request")
	}
	var answers []waBinary.Node
	for _, wanted := range request.GetChildrenByTag("collection") {
		if attrString(&wanted, "name") == "" {
			return iqError(node, 400, "bad-request")
		}
		answers = append(answers, s.syncCollection(d, wanted))
	}
	return iqResult(node, element("sync", nil, answers...))
}

func (s *Server) syncCollection(d *device, wanted waBinary.Node) waBinary.Node {
	name := attrString(&wanted, "name")
	base, err := strconv.ParseUint(attrString(&wanted, "version"), 10, 64)
	if err != nil || attrString(&wanted, "return_snapshot") == "true" {
		base = 0
	}
	patch, uploads := wanted.GetOptionalChildByTag("patch")
	a := d.account
	a.mu.Lock()
	c := a.collections[name]
	if c == nil {
		c = &collection{}
		a.collections[name] = c
	}
	conflict := uploads && base != uint64(len(c.patches))
	if uploads && !conflict {
		if !c.add(content(patch)) {
			a.mu.Unlock()
			return collectionError(name, 400, "bad-request")
		}
		base++
	}
	version := len(c.patches)
	newer := c.since(base)
	a.mu.Unlock()

	answer := element("collection", attrs{"name": name, "version": strconv.Itoa(version)})
	if conflict {
		answer = collectionError(name, 409, "conflict")
	}
	if len(newer) > 0 {
		answer.Content = append(answer.GetChildren(), element("patches", nil, newer...))
	}
	if uploads && !conflict {
		s.tellCollection(d, name, version)
	}
	return answer
}

func collectionError(name string, code int, text string) waBinary.Node {
	return element("collection", attrs{"name": name, "type": "error"},
		element("error", attrs{"code": strconv.Itoa(code), "text": text}))
}

// add stores a patch under the next version, if it is one.
func (c *collection) add(raw []byte) bool {
	var patch waServerSync.SyncdPatch
	if err := proto.Unmarshal(raw, &patch); err != nil {
		return false
	}
	patch.Version = &waServerSync.SyncdVersion{Version: proto.Uint64(uint64(len(c.patches) + 1))}
	numbered, err := proto.Marshal(&patch)
	if err != nil {
		return false
	}
	c.patches = append(c.patches, numbered)
	return true
}

func (c *collection) since(version uint64) []waBinary.Node {
	var nodes []waBinary.Node
	for i := version; i < uint64(len(c.patches)); i++ {
		nodes = append(nodes, data("patch", c.patches[i]))
	}
	return nodes
}

// tellCollection tells the account's other devices that a collection has changed.
func (s *Server) tellCollection(changer *device, name string, version int) {
	news := element("collection", attrs{"name": name, "version": strconv.Itoa(version)})
	for _, d := range changer.account.deviceList() {
		if d != changer {
			s.notify(d, types.ServerJID, "server_sync", news)
		}
	}
}
