package convert

import (
	"strings"

	"go.mau.fi/whatsmeow/types"

	"waflow/backend/domain"
)

// place says which chat a message belongs to and who wrote it, and false where the domain has no such chat.
func place(info *types.MessageInfo, own Own) (chat, sender domain.Peer, ok bool) {
	sender, known := person(info.Sender, info.SenderAlt)
	if info.IsFromMe {
		sender, known = own.peer(), own.peer() != domain.Peer{}
	}
	if !known {
		return domain.Peer{}, domain.Peer{}, false
	}
	switch {
	case info.Chat.Server == types.GroupServer:
		chat = domain.Peer{Group: info.Chat.User}
		return chat, sender, info.Chat.User != ""
	case info.IsIncomingBroadcast() && !info.IsFromMe:
		return sender, sender, true
	case own.is(info.Chat):
		return own.peer(), sender, true
	case info.IsFromMe:
		chat, ok = person(info.Chat, info.RecipientAlt)
		return chat, sender, ok
	default:
		chat, ok = person(info.Chat, sameUserAlt(info))
		return chat, sender, ok
	}
}

// sameUserAlt is the other name of the chat partner of a message to us: the sender's, or the chat's own.
func sameUserAlt(info *types.MessageInfo) types.JID {
	if info.Sender.ToNonAD() == info.Chat.ToNonAD() && !info.SenderAlt.IsEmpty() {
		return info.SenderAlt
	}
	return info.RecipientAlt
}

// Chat makes a peer of a chat's JID and the other JID of the same person, which may be empty; false where the domain has no such chat.
func Chat(jid, alt types.JID) (domain.Peer, bool) {
	if jid.Server == types.GroupServer && jid.User != "" {
		return domain.Peer{Group: jid.User}, true
	}
	return person(jid, alt)
}

// person makes a peer of a person's JID and the other JID of the same person, which may be empty. It is false for what is no
// person: groups, channels, bots, services, and malformed names.
func person(jid, alt types.JID) (domain.Peer, bool) {
	var peer domain.Peer
	if !add(&peer, jid) || jid.IsBot() {
		return domain.Peer{}, false
	}
	add(&peer, alt)
	return peer, true
}

// add fills in one name of a person.
func add(peer *domain.Peer, jid types.JID) bool {
	if jid.User == "" || jid == types.PSAJID || strings.Trim(jid.User, "0123456789") != "" {
		return false
	}
	switch jid.Server {
	case types.HiddenUserServer, types.HostedLIDServer:
		if peer.LID == "" {
			peer.LID = jid.User
		}
	case types.DefaultUserServer, types.LegacyUserServer, types.HostedServer:
		if peer.Number == "" {
			peer.Number = jid.User
		}
	default:
		return false
	}
	return true
}

func pushName(info *types.MessageInfo) string {
	if info.IsFromMe || info.PushName == "-" {
		return ""
	}
	return valid(info.PushName)
}
