package wasim

import (
	"errors"
	"strconv"

	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/types"
)

// ErrUnknownDevice means that the phone has no linked device with that id.
var ErrUnknownDevice = errors.New("the phone has no such linked device")

// News about a list of devices. The account's contacts get
//
//	← <notification type="devices" from="1234@lid"><add device_hash="2:…"><device jid="1234:3@lid" key-index="2"/>
//	    <key-index-list ts/></add></notification>
//
// and its own devices the whole list:
//
//	← <notification type="account_sync" from="34…@s.whatsapp.net"><devices dhash="2:…"><device jid/>…</devices></notification>

// linkDevice makes a device part of its account.
func (s *Server) linkDevice(d *device) {
	d.account.addDevice(d)
	s.ledger.note(d.address(), "was linked", "")
	s.tellDevices(d, "add")
}

// unlinkDevice takes a device from its account and tells its client, if it is there.
func (s *Server) unlinkDevice(d *device) bool {
	if !d.account.removeDevice(d) {
		return false
	}
	s.ledger.note(d.address(), "was unlinked", "")
	if c, ok := d.currentLink().(*connection); ok {
		c.end(conflictError("device_removed"))
	}
	s.tellDevices(d, "remove")
	return true
}

func (s *Server) tellDevices(changed *device, change string) {
	a := changed.account
	entry := element("device", attrs{
		"jid": changed.lid(), "key-index": strconv.FormatUint(uint64(changed.keyIndex), 10),
	})
	news := element(change, attrs{"device_hash": deviceListHash(a.deviceJIDs(types.HiddenUserServer))},
		entry, element("key-index-list", attrs{"ts": s.unixNow()}))
	for _, peer := range a.peerList() {
		for _, d := range peer.deviceList() {
			s.notify(d, a.lidJID(), "devices", news)
		}
	}
	own := a.deviceList()
	list := make([]waBinary.Node, len(own))
	for i, d := range own {
		list[i] = element("device", attrs{"jid": d.pn(), "key-index": strconv.FormatUint(uint64(d.keyIndex), 10)})
	}
	whole := element("devices", attrs{"dhash": deviceListHash(a.deviceJIDs(types.DefaultUserServer))}, list...)
	for _, d := range own {
		if d != changed {
			s.notify(d, a.pn(), "account_sync", whole)
		}
	}
}

// iqDevices serves what a linked device asks about its own link: <remove-companion-device jid reason/> logs it out.
func (s *Server) iqDevices(d *device, node *waBinary.Node) *waBinary.Node {
	remove, ok := node.GetOptionalChildByTag("remove-companion-device")
	if !ok {
		return iqError(node, 501, "feature-not-implemented")
	}
	jid, named := attrJID(&remove, "jid")
	if !named || s.deviceOf(jid) != d || d.id == 0 {
		return iqError(node, 403, "forbidden")
	}
	if d.account.removeDevice(d) {
		s.ledger.note(d.address(), "logged out", "")
		s.tellDevices(d, "remove")
	}
	return iqResult(node)
}
