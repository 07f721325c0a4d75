package wasim

import (
	waBinary "go.mau.fi/whatsmeow/binary"
)

// iqPicture answers that nobody has a profile picture.
func (s *Server) iqPicture(_ *device, node *waBinary.Node) *waBinary.Node {
	if attrString(node, "type") != "get" {
		return iqError(node, 501, "feature-not-implemented")
	}
	return iqError(node, 404, "item-not-found")
}
