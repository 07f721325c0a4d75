package convert

import (
	"go.mau.fi/whatsmeow/proto/waE2E"

	"waflow/backend/domain"
)

// line reads messages that nobody wrote: a chat's timer, and what was pinned in it.
func line(message *waE2E.Message) (content, bool) {
	if p := message.GetProtocolMessage(); p != nil && p.Type != nil && p.GetType() == waE2E.ProtocolMessage_EPHEMERAL_SETTING {
		return lineContent(domain.Line{Kind: domain.LineTimer, Seconds: count(p.GetEphemeralExpiration())}), true
	}
	if pin := message.GetPinInChatMessage(); pin != nil {
		kind := domain.LinePinned
		if pin.GetType() == waE2E.PinInChatMessage_UNPIN_FOR_ALL {
			kind = domain.LineUnpinned
		}
		return lineContent(domain.Line{Kind: kind, Target: label(pin.GetKey().GetID())}), true
	}
	return content{}, false
}

func lineContent(l domain.Line) content {
	return content{kind: domain.KindNotice, parts: domain.Content{Notice: &l}}
}
