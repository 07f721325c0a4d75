package wasim

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"

	waBinary "go.mau.fi/whatsmeow/binary"
)

// Whom an account blocks is a list on the server, by LID:
//
//	→ <iq xmlns="blocklist" type="get"/>
//	→ <iq xmlns="blocklist" type="set"><item jid="5678@lid" pn_jid="34…@s.whatsapp.net" action="block|unblock"/></iq>
//	← <list dhash="…"><item jid="5678@lid"/>…</list>
//	← to the account's other devices: <notification type="account_sync" from t>
//	    <blocklist action="modify" dhash="…" prev_dhash="…"><item jid="5678@lid" action="block"/></blocklist></notification>
//
// What a blocked person writes is acknowledged to him and goes no further; he sees neither picture nor presence.

func (s *Server) iqBlocklist(d *device, node *waBinary.Node) *waBinary.Node {
	a := d.account
	if attrString(node, "type") == "set" {
		item, ok := node.GetOptionalChildByTag("item")
		who := s.userOf(&item, "jid")
		action := attrString(&item, "action")
		if !ok || who == nil || who == a || action != "block" && action != "unblock" {
			return iqError(node, 400, "bad-request")
		}
		s.setBlocked(d, who, action == "block")
	}
	blocked := a.blockedList()
	items := make([]waBinary.Node, len(blocked))
	for i, b := range blocked {
		items[i] = element("item", attrs{"jid": b.lidJID()})
	}
	return iqResult(node, element("list", attrs{"dhash": blockHash(blocked)}, items...))
}

// setBlocked changes the list and tells the account's other devices.
func (s *Server) setBlocked(by *device, who *account, on bool) {
	a := by.account
	before := a.blockedList()
	if slices.Contains(before, who) == on {
		return
	}
	a.profile.mu.Lock()
	if on {
		a.profile.blocked = append(a.profile.blocked, who)
	} else {
		a.profile.blocked = slices.DeleteFunc(a.profile.blocked, func(b *account) bool { return b == who })
	}
	a.profile.mu.Unlock()
	action := "unblock"
	if on {
		action = "block"
	}
	s.tellOwn(a, by, element("blocklist",
		attrs{"action": "modify", "dhash": blockHash(a.blockedList()), "prev_dhash": blockHash(before)},
		element("item", attrs{"jid": who.lidJID(), "action": action})))
}

func (a *account) blockedList() []*account {
	a.profile.mu.Lock()
	defer a.profile.mu.Unlock()
	return slices.Clone(a.profile.blocked)
}

func (a *account) blocks(b *account) bool {
	a.profile.mu.Lock()
	defer a.profile.mu.Unlock()
	return slices.Contains(a.profile.blocked, b)
}

// blockHash lets clients see whether their copy of the list is current.
func blockHash(blocked []*account) string {
	sum := sha256.New()
	for _, a := range blocked {
		sum.Write([]byte(a.lidJID().User))
	}
	return hex.EncodeToString(sum.Sum(nil)[:8])
}

// SetBlocked blocks a number, or unblocks it. Its messages no longer arrive, and it is not told.
//
// Errors: ErrBadNumber, ErrUnknownNumber.
func (p *Phone) SetBlocked(number string, on bool) error {
	who, err := p.peer(number)
	if err != nil {
		return err
	}
	if who != p.account {
		p.s.setBlocked(p.dev, who, on)
	}
	return nil
}

// Blocked lists the numbers that the account blocks, with the plus.
func (p *Phone) Blocked() []string {
	blocked := p.account.blockedList()
	numbers := make([]string, len(blocked))
	for i, a := range blocked {
		numbers[i] = a.label()
	}
	return numbers
}
