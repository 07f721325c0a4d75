package wasim

import (
	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/proto/waE2E"
)

// The server cannot read a message, so its sender tells it in plain text what the message is for. For a reaction, a photo,
// an edit and a vote:
//
//	<message type="reaction"><participants><to><enc v="2" type="msg" decrypt-fail="hide"/></to></participants></message>
//	<message type="media"><participants><to><enc v="2" type="msg" mediatype="image"/></to></participants></message>
//	<message type="text" edit="1"><participants><to><enc v="2" type="msg" decrypt-fail="hide"/></to></participants></message>
//	<message type="poll"><participants>…</participants><meta polltype="vote"/></message>
//
// edit is 1 for an edit, 2 for a pin, 7 for an author's deletion (and for a reaction that is taken back), 8 for an
// admin's deletion. Clients show no "waiting for this message" for what has decrypt-fail="hide". The values follow
// whatsmeow's send.go and Baileys' relayMessage; mediatype "location" is a guess that neither of them looks at.

// wireKind is what a message's stanza says about it.
type wireKind struct {
	kind  string // type: text, media, reaction, poll, event
	media string // mediatype
	edit  string
	poll  string // polltype
	hide  bool   // decrypt-fail="hide"
	once  bool   // can be opened once; not on the wire
}

func wireKindOf(message *waE2E.Message) wireKind {
	inner, once := unwrap(message)
	k := wireKind{once: once, kind: "text", media: wireMedia(inner), edit: wireEdit(inner)}
	switch {
	case inner.GetReactionMessage() != nil, inner.GetEncReactionMessage() != nil:
		k.kind, k.hide = "reaction", true
	case pollOf(inner) != nil:
		k.kind, k.poll = "poll", "creation"
	case inner.GetPollUpdateMessage() != nil:
		k.kind, k.poll, k.hide = "poll", "vote", true
	case inner.GetEventMessage() != nil:
		k.kind = "event"
	case k.media != "":
		k.kind = "media"
	}
	k.hide = k.hide || k.edit != ""
	return k
}

// wireMedia is the mediatype of a message, empty for what is not media.
func wireMedia(m *waE2E.Message) string {
	switch {
	case m.GetImageMessage() != nil:
		return "image"
	case m.GetStickerMessage() != nil:
		return "sticker"
	case m.GetDocumentMessage() != nil:
		return "document"
	case m.GetAudioMessage().GetPTT():
		return "ptt"
	case m.GetAudioMessage() != nil:
		return "audio"
	case m.GetVideoMessage().GetGifPlayback():
		return "gif"
	case m.GetVideoMessage() != nil:
		return "video"
	case m.GetPtvMessage() != nil:
		return "ptv"
	case m.GetContactMessage() != nil:
		return "vcard"
	case m.GetContactsArrayMessage() != nil:
		return "contact_array"
	case m.GetLocationMessage() != nil:
		return "location"
	case m.GetLiveLocationMessage() != nil:
		return "livelocation"
	case m.GetExtendedTextMessage().GetTitle() != "", m.GetGroupInviteMessage() != nil:
		return "url"
	default:
		return ""
	}
}

// wireEdit is the edit attribute of a message that changes an earlier one.
func wireEdit(m *waE2E.Message) string {
	protocol := m.GetProtocolMessage()
	switch {
	case protocol.GetKey() != nil && protocol.GetType() == waE2E.ProtocolMessage_REVOKE:
		if protocol.GetKey().GetFromMe() {
			return "7"
		}
		return "8"
	case protocol.GetEditedMessage() != nil && protocol.GetType() == waE2E.ProtocolMessage_MESSAGE_EDIT:
		return "1"
	case m.GetReactionMessage() != nil && m.GetReactionMessage().GetText() == "":
		return "7"
	case m.GetPinInChatMessage() != nil:
		return "2"
	default:
		return ""
	}
}

// message adds to the attributes of a <message>.
func (k wireKind) message(a attrs) attrs {
	a["type"] = k.kind
	if k.edit != "" {
		a["edit"] = k.edit
	}
	return a
}

// enc adds to the attributes of an <enc>.
func (k wireKind) enc(n waBinary.Node) waBinary.Node {
	if k.media != "" {
		n.Attrs["mediatype"] = k.media
	}
	if k.hide {
		n.Attrs["decrypt-fail"] = "hide"
	}
	return n
}

// meta adds what stands beside the ciphertexts.
func (k wireKind) meta(ciphertexts ...waBinary.Node) []waBinary.Node {
	if k.poll == "" {
		return ciphertexts
	}
	return append(ciphertexts, element("meta", attrs{"polltype": k.poll}))
}
