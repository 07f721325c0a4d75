package convert

import (
	"go.mau.fi/whatsmeow/proto/waHistorySync"
	"go.mau.fi/whatsmeow/proto/waWeb"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"

	"waflow/backend/domain"
)

// History converts a message that our phone handed over as history. The result is empty for one that is not stored, as with Message.
func History(e *events.Message, own Own) []domain.InboundMessage {
	var out []domain.InboundMessage
	for _, in := range Message(e, own) {
		if in.Message == nil {
			continue
		}
		in.Message.Past = true
		in.Message.State = stateOf(e.SourceWebMsg.GetStatus())
		out = append(out, *in.Message)
	}
	return out
}

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
	add := func(id, name string) {
		jid, err := types.ParseJID(id)
		if err != nil || name == "" || name == "-" {
			return
		}
		if jid.Server == types.GroupServer {
			out = append(out, domain.InboundName{Peer: domain.Peer{Group: jid.User}, Name: valid(name)})
			return
		}
		if peer, ok := person(jid, types.JID{}); ok {
			out = append(out, domain.InboundName{Peer: peer, Name: valid(name)})
		}
	}
	for _, n := range sync.GetPushnames() {
		add(n.GetID(), n.GetPushname())
	}
	for _, c := range sync.GetConversations() {
		if jid, err := types.ParseJID(c.GetID()); err == nil && jid.Server == types.GroupServer {
			add(c.GetID(), c.GetName())
		}
	}
	return out
}
