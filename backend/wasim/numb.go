package wasim

import waBinary "go.mau.fi/whatsmeow/binary"

// A connection can be numb: it stands, pings and everything else that the client asks for are answered, what the client sends goes out and is
// acknowledged, and nothing is pushed to the client any more: no message, no receipt, no notification. Whatever was meant for it stays in the
// queue of its device. To the client it looks like a number to which nobody writes.

// Numb makes the connections of the account's linked devices numb. It ends with the connection; FaultNumb does it to those that log in.
func (p *Phone) Numb() {
	p.s.ledger.note(p.dev.address(), "connections of its devices become numb", "")
	for _, c := range p.account.connections() {
		c.setNumb()
	}
}

func (c *connection) setNumb() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.numb = true
}

// isPushed tells whether a stanza is one that nobody asked for.
func isPushed(node *waBinary.Node) bool {
	switch node.Tag {
	case "message", "receipt", "notification", "call", "presence", "chatstate", "ib":
		return true
	default:
		return false
	}
}
