package wasim

import (
	"strconv"
	"strings"

	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/proto/waVnameCert"
	"go.mau.fi/whatsmeow/types"
	"google.golang.org/protobuf/proto"
)

// iqUsync tells a client about users: who is on WhatsApp, their devices, their LID.
//
//	→ <iq xmlns="usync" type="get"><usync sid mode context last index>
//	    <query><devices version="2"/><lid/>…</query>
//	    <list><user jid="34…@s.whatsapp.net"/> <user><contact>+34…</contact></user></list></usync></iq>
//	← <iq type="result"><usync sid><result/><list>
//	    <user jid="34…@s.whatsapp.net"><devices>…</devices><lid val="1234@lid"/></user>…</list></usync></iq>
//
// JIDs are answered exactly as they were asked for. A contact query answers the phone-number JID, or the LID when the
// query has addressing_mode="lid". Users that do not exist are left out, except from contact queries, which say type="out".
func (s *Server) iqUsync(_ *device, node *waBinary.Node) *waBinary.Node {
	request, ok := node.GetOptionalChildByTag("usync")
	if !ok {
		return iqError(node, 400, "bad-request")
	}
	query, list := request.GetChildByTag("query"), request.GetChildByTag("list")
	var users, results []waBinary.Node
	for _, user := range list.GetChildrenByTag("user") {
		if answer, known := s.usyncUser(query, user); known {
			users = append(users, answer)
		}
	}
	for _, protocol := range query.GetChildren() {
		results = append(results, waBinary.Node{Tag: protocol.Tag})
	}
	return iqResult(node, element("usync", attrs{
		"sid": attrString(&request, "sid"), "index": "0", "last": "true",
		"mode": attrString(&request, "mode"), "context": attrString(&request, "context"),
	}, element("result", nil, results...), waBinary.Node{Tag: "list", Content: users}))
}

func (s *Server) usyncUser(query, user waBinary.Node) (waBinary.Node, bool) {
	jid, byJID := attrJID(&user, "jid")
	contact, byContact := user.GetOptionalChildByTag("contact")
	if !byJID && !byContact {
		return waBinary.Node{}, false
	}
	var a *account
	if byJID {
		a = s.accountOf(jid)
	} else {
		asked, _, _ := strings.Cut(string(content(contact)), "@")
		a = s.accountOf(types.NewJID(strings.TrimPrefix(asked, "+"), types.DefaultUserServer))
	}
	if a == nil {
		if !byContact {
			return waBinary.Node{}, false
		}
		out := waBinary.Node{Tag: "contact", Attrs: attrs{"type": "out"}, Content: content(contact)}
		return element("user", attrs{}, out), true
	}
	answer := attrs{"jid": jid}
	if !byJID {
		answer["jid"] = a.pn()
		asked := query.GetChildByTag("contact")
		if attrString(&asked, "addressing_mode") == "lid" {
			answer["jid"], answer["pn_jid"] = a.lidJID(), a.pn()
		}
	}
	var children []waBinary.Node
	for _, protocol := range query.GetChildren() {
		if child, ok := s.usyncProtocol(a, protocol, contact); ok {
			children = append(children, child)
		}
	}
	return element("user", answer, children...), true
}

// usyncProtocol answers one of the things that a query asks about a user.
func (s *Server) usyncProtocol(a *account, protocol, contact waBinary.Node) (waBinary.Node, bool) {
	switch protocol.Tag {
	case "contact":
		return waBinary.Node{Tag: "contact", Attrs: attrs{"type": "in"}, Content: content(contact)}, true
	case "devices":
		return s.usyncDevices(a), true
	case "lid":
		return element("lid", attrs{"val": a.lidJID()}), true
	case "status":
		return waBinary.Node{Tag: "status", Attrs: attrs{"t": "0"}, Content: []byte(a.phone.about)}, true
	case "business":
		return a.businessNode()
	case "disappearing_mode":
		return element("disappearing_mode", attrs{"duration": "0", "t": "0"}), true
	case "username":
		return waBinary.Node{Tag: "username"}, true
	case "picture":
		return waBinary.Node{}, false
	default:
		return element(protocol.Tag, nil, element("error", attrs{"code": "501", "text": "feature-not-implemented"})), true
	}
}

func (s *Server) usyncDevices(a *account) waBinary.Node {
	devices := a.deviceList()
	list := make([]waBinary.Node, len(devices))
	for i, d := range devices {
		entry := attrs{"id": strconv.Itoa(int(d.id)), "is_hosted": "false"}
		if d.id != 0 {
			entry["key-index"] = strconv.FormatUint(uint64(d.keyIndex), 10)
		}
		list[i] = element("device", entry)
	}
	return element("devices", nil, element("device-list", nil, list...), s.keyIndexList(a))
}

// businessNode is the verified name of a business account.
func (a *account) businessNode() (waBinary.Node, bool) {
	if a.business == "" {
		return waBinary.Node{}, false
	}
	details, err := proto.Marshal(&waVnameCert.VerifiedNameCertificate_Details{
		VerifiedName: proto.String(a.business), Issuer: proto.String("smb:wa"),
	})
	if err != nil {
		return waBinary.Node{}, false
	}
	cert, err := proto.Marshal(&waVnameCert.VerifiedNameCertificate{Details: details})
	if err != nil {
		return waBinary.Node{}, false
	}
	return element("business", nil, waBinary.Node{
		Tag: "verified_name",
		Attrs: attrs{
			"verified_level": "unknown", "v": "1", "host_storage": "1", "actual_actors": "1", "privacy_mode_ts": "0",
		},
		Content: cert,
	}), true
}
