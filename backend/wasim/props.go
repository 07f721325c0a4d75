package wasim

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	waBinary "go.mau.fi/whatsmeow/binary"
)

// The service turns features on and off in clients with properties:
//
//	→ <iq xmlns="abt" type="get"><props protocol="1" [hash="…"]/></iq>
//	← <props protocol="1" ab_key="…" hash="…" refresh="86400" refresh_id="…" [delta_update="false"]>
//	    <prop config_code="9666" config_value="1"/>…</props>
//
// The codes that the clients read are true to them; the rest are numbers and values of the kind that the service sends.

// iqProps answers the whole list every time, because a client that got none for a hash it knows falls back to defaults.
func (s *Server) iqProps(_ *device, node *waBinary.Node) *waBinary.Node {
	props := properties()
	sum := sha256.New()
	children := make([]waBinary.Node, len(props))
	for i, p := range props {
		code, value, _ := strings.Cut(p, "=")
		children[i] = element("prop", attrs{"config_code": code, "config_value": value})
		sum.Write([]byte(p + "\n"))
	}
	return iqResult(node, element("props", attrs{
		"protocol": "1", "ab_key": "wasim", "hash": hex.EncodeToString(sum.Sum(nil)[:8]), "refresh": "86400", "refresh_id": "1", "delta_update": "false",
	}, children...))
}

// properties are the switches, as code=value.
func properties() []string {
	return []string{
		"10518=1",     // tokens of trust with every message to a person
		"9666=1",      // tokens of trust with questions for pictures
		"14303=0",     // tokens of trust are issued to phone numbers
		"2129=604800", // how long a token of trust is not renewed, in seconds
		"2130=4",      // for how many such periods it is good
		"865=604800",  // the same two for those who receive one
		"909=4",
		"1411=1", "166=60", "212=16", "275=64", "282=1", "304=1024", "414=1", "538=0", "552=1", "605=1", "619=1", "806=1",
		"842=1", "1304=1024", "1349=1", "1585=1", "1683=0", "1837=1", "2096=1", "2384=1", "2640=512", "3011=0", "3354=1",
		"3639=1", "4023=1", "4309=0", "5122=1", "6001=1",
	}
}
