// Package convert turns the events of the WhatsApp client library into what the domain stores. It is pure: no clock, no
// store, no network. What it is given was decrypted from somebody else's bytes and may hold anything.
//
// # What becomes a message
//
// Everything in a chat with a person or in a group that its people would see or miss. What a message says in words is its text, what it holds
// besides is its content; both are bounded and valid, whatever was sent. What is not known here is domain.KindUnknown, with WhatsApp's own name
// of it. Messages keep their protobuf, so that a later version can read more in them, but not those that open once: of them only that they came.
// What only changes another message (reactions, votes, edits, deletions) is a change and no message. One that is sealed and could not be opened is
// kept raw. Messages without content for people are not stored and may be acknowledged: protocol messages (keys, settings, requests between our own
// devices), sender keys, and empty ones.
//
// Not stored either, because they belong to no conversation of the domain: status updates, channels (newsletters), copies of
// what our account sent to a broadcast list, and chats with bots and with other services. A message that came to us through
// somebody's broadcast list is an ordinary message of that person.
//
// # Who is who
//
// A person has a LID and a phone number, and a stanza names at least one of them. The events carry both where the stanza or
// the session file knows both; see Peer.
package convert

import (
	"time"

	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"
	"google.golang.org/protobuf/proto"

	"waflow/backend/domain"
)

// Own is who the session belongs to: the user parts of its phone-number JID and of its LID.
type Own struct{ Number, LID string }

// peer is our own account as a chat partner.
func (o Own) peer() domain.Peer { return domain.Peer{Number: o.Number, LID: o.LID} }

func (o Own) is(jid types.JID) bool {
	return jid.User != "" && (jid.User == o.Number && jid.Server == types.DefaultUserServer ||
		jid.User == o.LID && jid.Server == types.HiddenUserServer)
}

// Message converts a message. Opened is what was sealed in it. The result is empty for one that is not stored; see the package documentation.
func Message(e *events.Message, opened Opened, own Own) []domain.Inbound {
	info := &e.Info
	if notice := historyNotice(e, own); notice != nil {
		return []domain.Inbound{{History: notice}}
	}
	chat, sender, ok := place(info, own)
	if !ok || info.ID == "" {
		return nil
	}
	if change, ok := changeIn(e, opened, own); ok {
		if change.Target.WAID == "" {
			return nil
		}
		change.Chat, change.Sender, change.FromMe, change.PushName = chat, sender, info.IsFromMe, pushName(info)
		return []domain.Inbound{{Change: change}}
	}
	c := read(e.RawMessage, own)
	if c.silent {
		return nil
	}
	if l := c.parts.Notice; l != nil {
		l.Actor, l.Ours = sender, info.IsFromMe
	}
	return []domain.Inbound{{Message: &domain.InboundMessage{
		WAID:     info.ID,
		Chat:     chat,
		Sender:   sender,
		FromMe:   info.IsFromMe,
		PushName: pushName(info),
		At:       info.Timestamp,
		Kind:     c.kind,
		Text:     c.text,
		Content:  c.held(),
		Raw:      kept(e.RawMessage, c),
	}}}
}

// kept is a message as it is kept so that a later version can read more in it.
func kept(message *waE2E.Message, c content) []byte {
	if c.secret {
		return nil
	}
	if c.kind != domain.KindUnknown {
		message = light(message)
	}
	raw, err := proto.Marshal(message)
	if err != nil {
		return nil // without required fields, for example: something came, and that is shown
	}
	return raw
}

// Undecryptable converts the news of a message that could not be decrypted (yet). It is stored as a placeholder, unless its
// sender marked it as one whose loss nobody would see.
func Undecryptable(e *events.UndecryptableMessage, own Own) []domain.Inbound {
	info := &e.Info
	chat, sender, ok := place(info, own)
	if !ok || info.ID == "" || e.DecryptFailMode == events.DecryptFailHide || info.Category == categoryPeer {
		return nil
	}
	return []domain.Inbound{{Message: &domain.InboundMessage{
		WAID:      info.ID,
		Chat:      chat,
		Sender:    sender,
		FromMe:    info.IsFromMe,
		PushName:  pushName(info),
		At:        info.Timestamp,
		Kind:      domain.KindUnknown,
		Content:   withheld(e),
		Undecrypt: true,
	}}}
}

// withheld tells why a message has nothing to decrypt: WhatsApp gives some only to phones.
func withheld(e *events.UndecryptableMessage) *domain.Content {
	if e.UnavailableType == events.UnavailableTypeViewOnce {
		return &domain.Content{Once: true}
	}
	return nil
}

// categoryPeer marks what the devices of one account say to each other.
const categoryPeer = "peer"

// Receipt converts a receipt. The result is empty for the kinds that tell nothing about how far a message has come: retries,
// what our own other devices received, and protocol receipts.
func Receipt(e *events.Receipt, own Own) []domain.Inbound {
	kind, ok := receiptKind(e)
	if !ok || len(e.MessageIDs) == 0 {
		return nil
	}
	info := types.MessageInfo{MessageSource: e.MessageSource}
	chat, sender, placed := place(&info, own)
	if !placed {
		return nil
	}
	return []domain.Inbound{{Receipt: &domain.InboundReceipt{Kind: kind, Chat: chat, Sender: sender, WAIDs: e.MessageIDs, At: e.Timestamp}}}
}

func receiptKind(e *events.Receipt) (domain.ReceiptKind, bool) {
	switch e.Type {
	case types.ReceiptTypeDelivered, types.ReceiptTypeInactive:
		// "inactive" is the delivery to a device that nobody looks at.
		return domain.ReceiptDelivered, !e.IsFromMe
	case types.ReceiptTypeRead:
		if e.IsFromMe {
			return domain.ReceiptReadSelf, true
		}
		return domain.ReceiptRead, true
	case types.ReceiptTypeReadSelf:
		return domain.ReceiptReadSelf, true
	case types.ReceiptTypePlayed:
		if e.IsFromMe {
			return domain.ReceiptReadSelf, true
		}
		return domain.ReceiptPlayed, true
	case types.ReceiptTypePlayedSelf:
		return domain.ReceiptReadSelf, true
	default:
		return "", false
	}
}

// PushName converts a name that somebody chose.
func PushName(e *events.PushName) []domain.Inbound { return named(e.JID, e.JIDAlt, e.NewPushName) }

// BusinessName converts the verified name of a business. alt is its other JID, if known.
func BusinessName(e *events.BusinessName, alt types.JID) []domain.Inbound {
	return named(e.JID, alt, e.NewBusinessName)
}

func named(jid, alt types.JID, name string) []domain.Inbound {
	peer, ok := person(jid, alt)
	if !ok || name == "" {
		return nil
	}
	return []domain.Inbound{{Name: &domain.InboundName{Peer: peer, Name: valid(name)}}}
}

// FirstSync tells how far the phone says it has come with handing over the history, in percent, and false for a notice that
// says nothing about that.
func FirstSync(notice *domain.InboundHistory) (percent int, ok bool) {
	var n waE2E.HistorySyncNotification
	if proto.Unmarshal(notice.Raw, &n) != nil || n.Progress == nil {
		return 0, false
	}
	return int(min(n.GetProgress(), 100)), true
}

// historyNotice is the notice that a piece of history can be fetched. Only our own phone may send one.
func historyNotice(e *events.Message, own Own) *domain.InboundHistory {
	info := &e.Info
	if !info.IsFromMe || info.Sender.Device != 0 || !own.is(info.Sender.ToNonAD()) {
		return nil
	}
	return noticeIn(e.RawMessage, info.ID, info.Timestamp)
}

// EarlyHistory is the notice in what our own phone said, nil if there is none. It is as it was encrypted, padded; its id is not known yet.
func EarlyHistory(padded []byte, at time.Time) *domain.InboundHistory {
	if len(padded) == 0 {
		return nil
	}
	padding := int(padded[len(padded)-1])
	var message waE2E.Message
	if padding > len(padded) || proto.Unmarshal(padded[:len(padded)-padding], &message) != nil {
		return nil
	}
	return noticeIn(&message, "", at)
}

func noticeIn(message *waE2E.Message, waid string, at time.Time) *domain.InboundHistory {
	notice := unwrapOwn(message).GetProtocolMessage().GetHistorySyncNotification()
	if notice == nil {
		return nil
	}
	raw, err := proto.Marshal(notice)
	if err != nil {
		return nil
	}
	return &domain.InboundHistory{
		WAID:  waid,
		Type:  notice.GetSyncType().String(),
		Chunk: int(notice.GetChunkOrder()),
		At:    at,
		Raw:   raw,

		Percent: int(min(notice.GetProgress(), 100)),
	}
}
