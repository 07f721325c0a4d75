package wasim

import (
	"strconv"

	waBinary "go.mau.fi/whatsmeow/binary"
)

// Who writes to someone lets the service give that person a token, which proves later that they know each other: it opens
// pictures, texts and presence that are for contacts only, and comes along with messages.
//
//	→ <iq xmlns="privacy" type="set"><tokens><token jid="5678@lid" t="1700000000" type="trusted_contact"/></tokens></iq>
//	← to 5678's devices: <notification type="privacy_token" from="34…@s.whatsapp.net" sender_lid="1234@lid" t>
//	    <tokens><token jid="5678@lid" t="1700000000" type="trusted_contact">token</token></tokens></notification>
//
// A token is good for about 28 days and renewed every 7, in steps that both sides count from 1970 (the properties
// tctoken_duration and tctoken_num_buckets).
type trust struct {
	token []byte
	at    int64 // Unix time
}

// trustPeriod is how long a token is not renewed, in seconds.
const trustPeriod = 7 * 24 * 60 * 60

// issueTokens gives the people that a client names a token each.
func (s *Server) issueTokens(d *device, node, tokens waBinary.Node) *waBinary.Node {
	for _, wanted := range tokens.GetChildrenByTag("token") {
		to := s.userOf(&wanted, "jid")
		at, err := strconv.ParseInt(attrString(&wanted, "t"), 10, 64)
		if to == nil || err != nil || attrString(&wanted, "type") != "trusted_contact" {
			return iqError(&node, 400, "bad-request")
		}
		if to != d.account {
			s.issueToken(d.account, to, at)
		}
	}
	return iqResult(&node)
}

func (s *Server) issueToken(from, to *account, at int64) {
	fresh := trust{token: s.noise.bytes(16), at: at}
	from.profile.mu.Lock()
	from.profile.trusted[to] = fresh
	from.profile.mu.Unlock()
	t := strconv.FormatInt(at, 10)
	for _, d := range to.deviceList() {
		token := waBinary.Node{Tag: "token", Attrs: attrs{"jid": d.lid(), "t": t, "type": "trusted_contact"}, Content: fresh.token}
		id := s.nextID.next()
		n := element("notification", attrs{
			"from": from.pn(), "sender_lid": from.lidJID(), "id": id, "type": "privacy_token", "t": s.unixNow(),
		}, element("tokens", nil, token))
		d.enqueue(&pendingStanza{node: &n, from: from.pn(), id: id})
	}
}

// trust gives a person a token after the first message in a period, as every client does.
func (p *endpoint) trust(peer *account) {
	now := p.s.now().Unix()
	p.account.profile.mu.Lock()
	last := p.account.profile.trusted[peer].at
	p.account.profile.mu.Unlock()
	if peer == p.account || last/trustPeriod == now/trustPeriod {
		return
	}
	n := element("iq", attrs{"id": p.s.nextID.next(), "type": "set", "xmlns": "privacy"},
		element("tokens", nil, element("token", attrs{"jid": peer.lidJID(), "t": p.s.unixNow(), "type": "trusted_contact"})))
	p.submit(&n)
}
