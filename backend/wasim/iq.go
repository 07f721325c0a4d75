package wasim

import (
	waBinary "go.mau.fi/whatsmeow/binary"
)

// receive handles a stanza from a device, whether it came over a websocket or from a phone. Answers go to the link.
func (s *Server) receive(d *device, l link, node *waBinary.Node) {
	switch node.Tag {
	case "iq":
		s.receiveIQ(d, l, node)
	case "message":
		s.receiveMessage(d, l, node)
	case "receipt":
		s.receiveReceipt(d, l, node)
	case "ack":
		s.receiveAck(d, node)
	case "presence":
		s.receivePresence(d, node)
	case "chatstate":
		s.receiveChatState(d, node)
	case "ib", "call", "notification":
		// <ib> carries telemetry and the wish for batches of offline stanzas, which are never waited for.
	case "xmlstreamend":
		if c, ok := l.(*connection); ok {
			c.end(nil)
		}
	default:
		s.log.Debug().Str("tag", node.Tag).Msg("unknown stanza")
	}
}

// iqHandler serves one namespace. It returns the answer.
type iqHandler func(s *Server, d *device, node *waBinary.Node) *waBinary.Node

// iqHandlers is the table of what the server answers. An iq that is not in it gets an error, because an empty result
// would hide that a client asked for something that the simulator lacks.
func iqHandlers(namespace string) iqHandler {
	switch namespace {
	case "w:p", "urn:xmpp:ping":
		return func(_ *Server, _ *device, node *waBinary.Node) *waBinary.Node { return iqResult(node) }
	case "encrypt":
		return (*Server).iqEncrypt
	case "usync":
		return (*Server).iqUsync
	case "w:sync:app:state":
		return (*Server).iqAppState
	case "privacy":
		return (*Server).iqPrivacy
	case "md":
		return (*Server).iqDevices
	case "w:m":
		return (*Server).iqMediaConn
	case "abt":
		return (*Server).iqProps
	case "urn:xmpp:whatsapp:dirty":
		return (*Server).iqDirty
	case "urn:xmpp:whatsapp:push", "tos", "w:stats":
		return (*Server).iqAccepted
	case "w:mex":
		return (*Server).iqMex
	case "w:biz":
		return (*Server).iqBusiness
	case "w:qr":
		return (*Server).iqContactLink
	case "bot":
		return (*Server).iqBots
	case "status":
		return (*Server).iqStatus
	case "disappearing_mode":
		return (*Server).iqDisappearing
	case "w:g2":
		return (*Server).iqGroups
	case "w:profile:picture":
		return (*Server).iqPicture
	case "blocklist":
		return (*Server).iqBlocklist
	default:
		return nil
	}
}

func (s *Server) receiveIQ(d *device, l link, node *waBinary.Node) {
	kind := attrString(node, "type")
	if kind != "get" && kind != "set" {
		// The answer to a question of the server, a ping for example.
		return
	}
	namespace := attrString(node, "xmlns")
	if namespace == "passive" {
		s.receivePassive(d, l, node)
		return
	}
	if handler := iqHandlers(namespace); handler != nil {
		l.deliver(handler(s, d, node))
		return
	}
	s.log.Debug().Str("xmlns", namespace).Msg("unknown iq")
	l.deliver(iqError(node, 501, "feature-not-implemented"))
}

// receivePassive starts live traffic when a client says that it is ready for it.
func (s *Server) receivePassive(d *device, l link, node *waBinary.Node) {
	l.deliver(iqResult(node))
	if _, active := node.GetOptionalChildByTag("active"); active {
		s.becomeActive(d, l)
	}
}

// iqAccepted serves requests that a server accepts without visible consequences.
func (s *Server) iqAccepted(_ *device, node *waBinary.Node) *waBinary.Node { return iqResult(node) }
