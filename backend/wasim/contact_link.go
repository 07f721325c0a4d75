package wasim

import (
	waBinary "go.mau.fi/whatsmeow/binary"
)

// People share their contact with a link, https://wa.me/qr/CODE:
//
//	→ <iq xmlns="w:qr" type="set"><qr type="contact" action="get|revoke"/></iq>      ← <qr code="CODE" type="contact"/>
//	→ <iq xmlns="w:qr" type="get"><qr code="CODE"/></iq>                             ← <qr jid notify="Ana" type="contact"/>

// iqContactLink makes the account's link, and finds whose a link is.
func (s *Server) iqContactLink(d *device, node *waBinary.Node) *waBinary.Node {
	qr, ok := node.GetOptionalChildByTag("qr")
	if !ok {
		return iqError(node, 400, "bad-request")
	}
	if attrString(node, "type") == "set" {
		if attrString(&qr, "type") != "contact" {
			return iqError(node, 400, "bad-request")
		}
		code := d.account.contactCode(attrString(&qr, "action") == "revoke")
		return iqResult(node, element("qr", attrs{"code": code, "type": "contact"}))
	}
	code := attrString(&qr, "code")
	for _, p := range s.Phones() {
		if code != "" && p.account.hasContactCode(code) {
			return iqResult(node, element("qr", attrs{"jid": p.account.pn(), "notify": p.account.pushName(), "type": "contact"}))
		}
	}
	return iqError(node, 404, "item-not-found")
}

// contactCode returns the code of the account's link, a new one if it has none or the old one is revoked.
func (a *account) contactCode(revoke bool) string {
	fresh := "WASIM" + a.s.noise.digits(13)
	a.profile.mu.Lock()
	defer a.profile.mu.Unlock()
	if a.profile.link == "" || revoke {
		a.profile.link = fresh
	}
	return a.profile.link
}

func (a *account) hasContactCode(code string) bool {
	a.profile.mu.Lock()
	defer a.profile.mu.Unlock()
	return a.profile.link == code
}
