package convert

import (
	"go.mau.fi/whatsmeow/proto/waCommon"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/proto/waWeb"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"

	"waflow/backend/domain"
)

// mostRemarks bounds how many reactions or votes of one message of the history are taken: a group has 1,024 members.
const mostRemarks = 2048

// past is one message of the history on its way.
type past struct {
	e            *events.Message
	own          Own
	chat, sender domain.Peer
	out          domain.Past
}

// History converts a message that our phone handed over as history, with what became of it. The result is empty for one that is not stored,
// as with Message.
func History(e *events.Message, opened Opened, own Own) domain.Past {
	p := &past{e: e, own: own}
	var ok bool
	if p.chat, p.sender, ok = place(&e.Info, own); !ok || e.Info.ID == "" {
		return domain.Past{}
	}
	shown := *e
	if m := edited(e.RawMessage); isEdit(e.RawMessage) {
		// The phone hands over the edit in the place of the message, whose id the library has put into its own.
		shown.RawMessage = m
		p.change(domain.InboundChange{Kind: domain.ChangeEdit, WAID: e.SourceWebMsg.GetKey().GetID(), Text: read(m, own).text})
	}
	for _, in := range Message(&shown, opened, own) {
		switch {
		case in.Message != nil:
			p.message(*in.Message)
		case in.Change != nil:
			p.out.Changes = append(p.out.Changes, *in.Change)
		}
	}
	p.deleted()
	p.remarks()
	return p.out
}

func (p *past) message(m domain.InboundMessage) {
	m.Past, m.State = true, stateOf(p.e.SourceWebMsg.GetStatus())
	p.out.Messages = append(p.out.Messages, m)
}

// change adds what became of the message, done by whoever wrote it unless the change says otherwise.
func (p *past) change(c domain.InboundChange) {
	if c.Sender == (domain.Peer{}) {
		c.Sender, c.FromMe = p.sender, p.e.Info.IsFromMe
	}
	if c.At.IsZero() {
		c.At = p.e.Info.Timestamp
	}
	c.Chat = p.chat
	c.Target = domain.Target{WAID: p.e.Info.ID, Sender: p.sender, FromMe: p.e.Info.IsFromMe}
	p.out.Changes = append(p.out.Changes, c)
}

// deleted adds a message of which the phone has only that it was deleted.
func (p *past) deleted() {
	web := p.e.SourceWebMsg
	kind := web.GetMessageStubType()
	if kind != waWeb.WebMessageInfo_REVOKE && kind != waWeb.WebMessageInfo_ADMIN_REVOKE || len(p.out.Messages) > 0 {
		return
	}
	p.message(domain.InboundMessage{
		WAID: p.e.Info.ID, Chat: p.chat, Sender: p.sender, FromMe: p.e.Info.IsFromMe, PushName: pushName(&p.e.Info), At: p.e.Info.Timestamp,
		Kind: domain.KindUnknown, Undecrypt: true, // one that says what it was may still come
	})
	c := domain.InboundChange{Kind: domain.ChangeDelete, WAID: p.e.Info.ID, At: moment(int64(min(web.GetRevokeMessageTimestamp(), 1<<40)))}
	if kind == waWeb.WebMessageInfo_ADMIN_REVOKE && len(web.GetMessageStubParameters()) > 0 {
		if jid, err := types.ParseJID(web.GetMessageStubParameters()[0]); err == nil {
			c.Sender, _ = person(jid, types.JID{})
			c.FromMe = p.own.is(jid.ToNonAD())
		}
	}
	p.change(c)
}

// remarks adds the reactions to a message and the votes in a poll.
func (p *past) remarks() {
	reactions, votes := p.e.SourceWebMsg.GetReactions(), p.e.SourceWebMsg.GetPollUpdates()
	for _, r := range reactions[:min(len(reactions), mostRemarks)] {
		p.remark(r.GetKey(), r.GetSenderTimestampMS(), domain.InboundChange{Kind: domain.ChangeReaction, Emoji: emoji(r.GetText())})
	}
	for _, v := range votes[:min(len(votes), mostRemarks)] {
		p.remark(v.GetPollUpdateMessageKey(), v.GetSenderTimestampMS(), domain.InboundChange{Kind: domain.ChangeVote, Options: chosen(v.GetVote())})
	}
}

// remark adds what the sender of the message with a key did, which is our phone's key: fromMe is ours.
func (p *past) remark(key *waCommon.MessageKey, stamp int64, c domain.InboundChange) {
	c.WAID, c.At, c.FromMe = label(key.GetID()), stamped(p.e.Info.Timestamp.AddDate(10, 0, 0), stamp), key.GetFromMe()
	if stamp <= 0 {
		c.At = p.e.Info.Timestamp
	}
	switch {
	case c.FromMe:
		c.Sender = p.own.peer()
	case p.chat.Group != "":
		c.Sender, _ = personNamed(key.GetParticipant())
	default:
		c.Sender = p.chat
	}
	if c.Sender != (domain.Peer{}) {
		p.change(c)
	}
}

// isEdit tells whether a message is the edit of another one.
func isEdit(message *waE2E.Message) bool {
	m, _ := unwrap(message)
	if inner := m.GetEditedMessage().GetMessage(); inner != nil {
		m, _ = unwrap(inner)
	}
	return m.GetProtocolMessage().GetType() == waE2E.ProtocolMessage_MESSAGE_EDIT && m.GetProtocolMessage().GetEditedMessage() != nil
}
