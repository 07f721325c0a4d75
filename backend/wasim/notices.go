package wasim

import (
	"strconv"
	"time"

	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/types"
)

// What the server tells a client after its login, without being asked:
//
//	← <ib from="s.whatsapp.net"><edge_routing><routing_info>…</routing_info></edge_routing></ib>
//	← <ib from="s.whatsapp.net"><dirty type="account_sync|groups|syncd_app_state" timestamp="1700000000"/></ib>
//	← <ib from="s.whatsapp.net"><thread_metadata/></ib>
//
// The client sends the routing information in front of its next handshake (frame.go). What is dirty has changed since the
// client last said that it is clean; it is told so at every login until then:
//
//	→ <iq xmlns="urn:xmpp:whatsapp:dirty" type="set"><clean type="account_sync" [timestamp="1700000000"]/></iq>
//
// While a client is connected the server asks now and then whether it lives. The clients do not answer; they ask the same
// themselves (w:p) twice a minute. One that was not heard of for too long is taken to be gone:
//
//	← <iq from="s.whatsapp.net" id type="get" xmlns="urn:xmpp:ping"/>
const (
	pingInterval = 2 * time.Minute
	// silenceLimit is how long a connection lives on without a sign of its client.
	silenceLimit = 6 * time.Minute
)

// afterLogin lists these notices for a device.
func (s *Server) afterLogin(d *device) []waBinary.Node {
	notice := func(child waBinary.Node) waBinary.Node {
		return element("ib", attrs{"from": types.ServerJID}, child)
	}
	notices := []waBinary.Node{notice(element("edge_routing", nil, data("routing_info", []byte{0x08, 0x0d, 0x08, 0x02})))}
	for _, kind := range []string{"account_sync", "groups", "syncd_app_state"} {
		if at, dirty := d.dirtySince(kind); dirty {
			notices = append(notices, notice(element("dirty", attrs{"type": kind, "timestamp": strconv.FormatInt(at, 10)})))
		}
	}
	return append(notices, notice(waBinary.Node{Tag: "thread_metadata"}))
}

// dirtySince tells when something changed that the client has not called clean since.
func (d *device) dirtySince(kind string) (int64, bool) {
	d.account.profile.mu.Lock()
	changed := d.account.profile.changed[kind]
	if changed == 0 {
		changed = d.account.profile.since
	}
	d.account.profile.mu.Unlock()
	d.mu.Lock()
	defer d.mu.Unlock()
	return changed, changed > d.cleaned[kind]
}

// changed notes that a part of the account's state is not what it was.
func (a *account) changed(kind string) {
	now := a.s.now().Unix()
	a.profile.mu.Lock()
	defer a.profile.mu.Unlock()
	// Two changes in one second are two changes: the client may have called the first one clean.
	a.profile.changed[kind] = max(now, a.profile.since+1, a.profile.changed[kind]+1)
}

// iqDirty takes what a client calls clean.
func (s *Server) iqDirty(d *device, node *waBinary.Node) *waBinary.Node {
	for _, clean := range node.GetChildrenByTag("clean") {
		kind := attrString(&clean, "type")
		changed, _ := d.dirtySince(kind)
		at, err := strconv.ParseInt(attrString(&clean, "timestamp"), 10, 64)
		if err != nil || at > changed {
			at = changed
		}
		switch kind {
		case "account_sync", "groups", "syncd_app_state":
			d.mu.Lock()
			if d.cleaned == nil {
				d.cleaned = make(map[string]int64)
			}
			d.cleaned[kind] = max(d.cleaned[kind], at)
			d.mu.Unlock()
		default:
			return iqError(node, 400, "bad-request")
		}
	}
	return iqResult(node)
}

// watchSilence pings the client of a connection until it ends, and ends it when nothing was heard for too long.
func (c *connection) watchSilence() {
	for c.pause(pingInterval) {
		if c.ignores() {
			continue // a fault keeps the line open, or it ends anyway
		}
		if time.Since(c.lastHeard()) > silenceLimit {
			c.s.log.Debug().Msg("client was not heard of for too long")
			c.reset()
			return
		}
		c.deliver(&waBinary.Node{Tag: "iq", Attrs: attrs{
			"from": types.ServerJID, "id": c.s.nextID.next(), "type": "get", "xmlns": "urn:xmpp:ping",
		}})
	}
}

func (c *connection) heard() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.lastFrame = time.Now()
}

func (c *connection) lastHeard() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.lastFrame
}
