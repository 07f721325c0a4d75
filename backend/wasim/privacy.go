package wasim

import (
	"slices"

	waBinary "go.mau.fi/whatsmeow/binary"
)

// defaultPrivacy is what an account that changed nothing has. Names and values are those of the service.
func defaultPrivacy() map[string]string {
	return map[string]string{
		"readreceipts": "all",
		"last":         "all",
		"status":       "contacts",
		"profile":      "all",
		"groupadd":     "all",
		"online":       "all",
		"calladd":      "all",
		"messages":     "all",
		"defense":      "off",
		"stickers":     "contacts",
	}
}

// iqPrivacy serves the account's privacy settings, and takes the tokens that a client issues to the people it writes to:
//
//	get <privacy/>                                      → <privacy><category name value/>…</privacy>
//	set <privacy><category name value/></privacy>       → changes one
//	set <tokens><token jid t type="trusted_contact"/>…  → accepted
func (s *Server) iqPrivacy(d *device, node *waBinary.Node) *waBinary.Node {
	if _, ok := node.GetOptionalChildByTag("tokens"); ok {
		return iqResult(node)
	}
	change, ok := node.GetOptionalChildByTag("privacy")
	if !ok {
		return iqError(node, 400, "bad-request")
	}
	a := d.account
	a.mu.Lock()
	defer a.mu.Unlock()
	if attrString(node, "type") == "set" {
		for _, category := range change.GetChildrenByTag("category") {
			name := attrString(&category, "name")
			if _, known := a.privacy[name]; !known {
				return iqError(node, 400, "bad-request")
			}
			a.privacy[name] = attrString(&category, "value")
		}
	}
	names := make([]string, 0, len(a.privacy))
	for name := range a.privacy {
		names = append(names, name)
	}
	slices.Sort(names)
	categories := make([]waBinary.Node, len(names))
	for i, name := range names {
		categories[i] = element("category", attrs{"name": name, "value": a.privacy[name]})
	}
	return iqResult(node, element("privacy", nil, categories...))
}

// iqBlocklist answers an empty list: nobody blocks anybody here.
func (s *Server) iqBlocklist(_ *device, node *waBinary.Node) *waBinary.Node {
	if attrString(node, "type") != "get" {
		return iqError(node, 501, "feature-not-implemented")
	}
	return iqResult(node, element("list", attrs{"dhash": "none"}))
}

// iqProps answers the switches with which the service turns features on and off in clients. A few that clients look at
// are there; the rest of the real list says nothing to a simulator.
func (s *Server) iqProps(_ *device, node *waBinary.Node) *waBinary.Node {
	prop := func(code, value string) waBinary.Node {
		return element("prop", attrs{"config_code": code, "config_value": value})
	}
	return iqResult(node, element("props",
		attrs{"protocol": "1", "ab_key": "wasim", "hash": "wasim", "refresh": "86400", "refresh_id": "1"},
		prop("1411", "1"), prop("2129", "604800"), prop("2130", "4")))
}
