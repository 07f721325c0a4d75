package convert

import (
	"go.mau.fi/whatsmeow/proto/waHistorySync"
	"go.mau.fi/whatsmeow/proto/waWeb"
	"go.mau.fi/whatsmeow/types"

	"waflow/backend/domain"
)

// stateOf is how far one of our messages had come. One that the phone never sent is not told apart from one that WhatsApp has: nobody here can
// do anything about it.
func stateOf(status waWeb.WebMessageInfo_Status) domain.MessageState {
	switch status {
	case waWeb.WebMessageInfo_DELIVERY_ACK:
		return domain.StateDelivered
	case waWeb.WebMessageInfo_READ:
		return domain.StateRead
	case waWeb.WebMessageInfo_PLAYED:
		return domain.StatePlayed
	case waWeb.WebMessageInfo_ERROR, waWeb.WebMessageInfo_PENDING, waWeb.WebMessageInfo_SERVER_ACK:
	}
	return domain.StateSent
}

// HistoryNames are the names that a piece of history tells: what people call themselves, and the subjects of groups.
func HistoryNames(sync *waHistorySync.HistorySync) []domain.InboundName {
	var out []domain.InboundName
	for _, n := range sync.GetPushnames() {
		if jid, err := types.ParseJID(n.GetID()); err == nil {
			out = append(out, Name(jid, types.JID{}, n.GetPushname())...)
		}
	}
	for _, c := range sync.GetConversations() {
		jid, err := types.ParseJID(c.GetID())
		if err == nil && jid.Server == types.GroupServer && c.GetName() != "" {
			out = append(out, domain.InboundName{Peer: domain.Peer{Group: jid.User}, Name: valid(c.GetName())})
		}
	}
	return out
}

// Name is the name that a person goes by, given by one or both of their JIDs; empty where it is none, or nobody's.
func Name(jid, alt types.JID, name string) []domain.InboundName {
	peer, ok := person(jid, alt)
	if !ok || name == "" || name == "-" {
		return nil
	}
	return []domain.InboundName{{Peer: peer, Name: valid(name)}}
}
