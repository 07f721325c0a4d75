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
//	    <key-index-list ts>signed</key-index-list></add></notification>
//
// once for each address space, because clients keep a list for each; and its own devices the whole list:
//
//	← <notification type="account_sync" from="34…@s.whatsapp.net"><devices dhash="2:…"><device jid/>…</devices></notification>

// linkDevice makes a device part of its account. It returns ErrTooManyDevices when others were linked meanwhile.
func (s *Server) linkDevice(d *device) error {
	if !d.account.addDevice(d) {
		return ErrTooManyDevices
	}
	s.ledger.note(d.address(), "was linked", "")
	s.tellDevices(d, "add")
	return nil
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
	d.account.phone.forgetComputer(d.id)
	s.tellDevices(d, "remove")
	return true
}

func (s *Server) tellDevices(changed *device, change string) {
	a := changed.account
	list := s.keyIndexList(a)
	for _, server := range []string{types.HiddenUserServer, types.DefaultUserServer} {
		if server == types.DefaultUserServer && a.isHidden() {
			continue
		}
		news := element(change, attrs{"device_hash": deviceListHash(a.deviceJIDs(server))}, changed.entry(server), list)
		for _, peer := range s.acquainted(a) {
			for _, d := range peer.deviceList() {
				s.notify(d, a.jidOn(server), "devices", news)
			}
		}
	}
	own := a.deviceList()
	entries := make([]waBinary.Node, len(own), len(own)+1)
	for i, d := range own {
		entries[i] = d.entry(types.DefaultUserServer)
	}
	whole := element("devices", attrs{"dhash": deviceListHash(a.deviceJIDs(types.DefaultUserServer))}, append(entries, list)...)
	for _, d := range own {
		if d != changed {
			s.notify(d, a.pn(), "account_sync", whole)
		}
	}
}

// entry is a device in a list of devices.
func (d *device) entry(server string) waBinary.Node {
	a := attrs{"jid": d.jidOn(server)}
	if d.id != 0 {
		a["key-index"] = strconv.FormatUint(uint64(d.keyIndex), 10)
	}
	return element("device", a)
}

// keyIndexList is the list of valid key indexes with the phone's signature, which goes with every list of devices.
func (s *Server) keyIndexList(a *account) waBinary.Node {
	list, err := a.phone.signedKeyIndexes()
	if err != nil {
		s.log.Debug().Err(err).Msg("key indexes cannot be signed")
	}
	return waBinary.Node{
		Tag: "key-index-list", Attrs: attrs{"ts": strconv.FormatInt(list.at.Unix(), 10)}, Content: list.signed,
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
