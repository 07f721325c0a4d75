package wasim

import (
	"strconv"
	"strings"

	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/types"
)

// usync tells a client about users: who is on WhatsApp, their devices, their LID.
//
//	→ <iq xmlns="usync" type="get"><usync sid mode context last index>
//	    <query><devices version="2"/><lid/>…</query>
//	    <list><user jid="34…@s.whatsapp.net"/> <user><contact>+34…</contact></user></list>
//	    <side_list>…</side_list></usync></iq>
//	← <iq type="result"><usync sid mode context last index><result><devices/><lid/>…</result><list>
//	    <user jid="34…@s.whatsapp.net"><devices>…</devices><lid val="1234@lid"/></user>…</list>
//	    <side_list>…</side_list></usync></iq>
//
// JIDs are answered exactly as they were asked for. A contact is asked for as +34…, 34… or either with @c.us; the answer has
// the number as it was written, and names the phone-number JID, or the LID when the query has addressing_mode="lid":
//
//	<user jid="34…@s.whatsapp.net"><contact type="in">+34…</contact>…</user>
//	<user jid="34…@s.whatsapp.net"><contact type="out">+34…</contact></user>     nobody has this number; no jid with LIDs
//	<user><contact type="invalid">12</contact></user>                             not a number
//
// Users that were asked for by JID and do not exist are left out. What a query can ask about a user (the names that both
// clients know): contact, devices, lid, status, picture, business, disappearing_mode, username, bot.

// maxUsync bounds how many users one query asks about.
const maxUsync = 20_000

func (s *Server) iqUsync(d *device, node *waBinary.Node) *waBinary.Node {
	request, ok := node.GetOptionalChildByTag("usync")
	if !ok {
		return iqError(node, 400, "bad-request")
	}
	query := request.GetChildByTag("query")
	list, side := request.GetChildByTag("list"), request.GetChildByTag("side_list")
	if len(list.GetChildren())+len(side.GetChildren()) > maxUsync {
		return iqError(node, 406, "not-acceptable")
	}
	var results []waBinary.Node
	for _, protocol := range query.GetChildren() {
		results = append(results, waBinary.Node{Tag: protocol.Tag})
	}
	answer := []waBinary.Node{element("result", nil, results...), {Tag: "list", Content: s.usyncList(d, query, list)}}
	if side.Tag != "" {
		answer = append(answer, waBinary.Node{Tag: "side_list", Content: s.usyncList(d, query, side)})
	}
	return iqResult(node, element("usync", attrs{
		"sid": attrString(&request, "sid"), "index": "0", "last": "true",
		"mode": attrString(&request, "mode"), "context": attrString(&request, "context"),
	}, answer...))
}

func (s *Server) usyncList(d *device, query, list waBinary.Node) []waBinary.Node {
	var users []waBinary.Node
	for _, user := range list.GetChildrenByTag("user") {
		if answer, known := s.usyncUser(d.account, query, user); known {
			users = append(users, answer)
		}
	}
	return users
}

func (s *Server) usyncUser(asker *account, query, user waBinary.Node) (waBinary.Node, bool) {
	if jid, ok := attrJID(&user, "jid"); ok {
		a := s.accountOf(jid)
		if a == nil {
			return waBinary.Node{}, false
		}
		return element("user", attrs{"jid": jid}, s.usyncAnswers(asker, a, query, user)...), true
	}
	contact, ok := user.GetOptionalChildByTag("contact")
	if !ok {
		return waBinary.Node{}, false
	}
	number, err := usyncNumber(contact)
	if err != nil {
		return element("user", nil, contactNode("invalid", contact)), true
	}
	pn := types.NewJID(number, types.DefaultUserServer)
	asked := query.GetChildByTag("contact")
	byLID := attrString(&asked, "addressing_mode") == types.HiddenUserServer
	a := s.accountOf(pn)
	found := attrs{"jid": pn}
	switch {
	case a == nil && byLID:
		return element("user", nil, contactNode("out", contact)), true
	case a == nil:
		return element("user", found, contactNode("out", contact)), true
	case byLID:
		found["jid"], found["pn_jid"] = a.lidJID(), pn
	}
	return element("user", found, s.usyncAnswers(asker, a, query, user)...), true
}

// usyncNumber reads the digits of a contact: +34…, 34…, +34…@c.us.
func usyncNumber(contact waBinary.Node) (string, error) {
	number, _, _ := strings.Cut(string(content(contact)), "@")
	return digitsOf(number)
}

// contactNode answers a contact with the number as it was asked for.
func contactNode(kind string, contact waBinary.Node) waBinary.Node {
	return waBinary.Node{Tag: "contact", Attrs: attrs{"type": kind}, Content: content(contact)}
}

func (s *Server) usyncAnswers(asker, a *account, query, user waBinary.Node) []waBinary.Node {
	var answers []waBinary.Node
	for _, protocol := range query.GetChildren() {
		if answer, ok := s.usyncProtocol(asker, a, protocol.Tag, user); ok {
			answers = append(answers, answer)
		}
	}
	return answers
}

// usyncProtocol answers one of the things that a query asks about a user. What does not apply to the user is left out.
func (s *Server) usyncProtocol(asker, a *account, protocol string, user waBinary.Node) (waBinary.Node, bool) {
	token := childContent(&user, "tctoken")
	switch protocol {
	case "contact":
		contact := user.GetChildByTag("contact")
		return contactNode("in", contact), true
	case "devices":
		return s.usyncDevices(a), true
	case "lid":
		return element("lid", attrs{"val": a.lidJID()}), true
	case "status":
		return a.statusNode(asker, token), true
	case "picture":
		return s.pictureNode(a, asker, token)
	case "business":
		return a.businessNode()
	case "disappearing_mode":
		return a.disappearing().node(), true
	case "username":
		return waBinary.Node{Tag: "username"}, true
	case "bot":
		return waBinary.Node{}, false
	default:
		return element(protocol, nil, element("error", attrs{"code": "501", "text": "feature-not-implemented"})), true
	}
}

// statusNode is the text about an account, or the code 401 when its owner does not show it.
func (a *account) statusNode(asker *account, token []byte) waBinary.Node {
	if !a.shows("status", asker, token) {
		return element("status", attrs{"code": "401", "type": "fail"})
	}
	a.profile.mu.Lock()
	defer a.profile.mu.Unlock()
	t := strconv.FormatInt(a.profile.about.at.Unix(), 10)
	return waBinary.Node{Tag: "status", Attrs: attrs{"t": t}, Content: []byte(a.profile.about.text)}
}

// pictureNode is the id of an account's picture, left out when there is none to be seen.
func (s *Server) pictureNode(a, asker *account, token []byte) (waBinary.Node, bool) {
	current := s.pictureOf(portrait{person: a})
	if !current.exists() || !a.shows("profile", asker, token) {
		return waBinary.Node{}, false
	}
	return element("picture", attrs{"id": strconv.FormatInt(current.id, 10)}), true
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
