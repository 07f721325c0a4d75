package wasim

import (
	waBinary "go.mau.fi/whatsmeow/binary"
)

// iqGroups answers questions about groups. There are none yet: the list of the account's groups is empty, every other
// group is unknown, and none can be made.
func (s *Server) iqGroups(_ *device, node *waBinary.Node) *waBinary.Node {
	if attrString(node, "type") != "get" {
		return iqError(node, 501, "feature-not-implemented")
	}
	if _, ok := node.GetOptionalChildByTag("participating"); ok {
		return iqResult(node, waBinary.Node{Tag: "groups"})
	}
	return iqError(node, 404, "item-not-found")
}

// iqPicture answers that nobody has a profile picture.
func (s *Server) iqPicture(_ *device, node *waBinary.Node) *waBinary.Node {
	if attrString(node, "type") != "get" {
		return iqError(node, 501, "feature-not-implemented")
	}
	return iqError(node, 404, "item-not-found")
}
