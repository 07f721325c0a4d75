package convert

import (
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/types"
	"google.golang.org/protobuf/reflect/protoreflect"

	"waflow/backend/domain"
)

// setting is what a message says about itself: what it answers, whom it names, how it came.
type setting struct {
	reply     *domain.Reply
	mentions  []domain.Peer
	forwarded int
	timer     int
}

func (c setting) into(parts *domain.Content) {
	parts.Reply, parts.Mentions, parts.Forwarded, parts.Timer = c.reply, c.mentions, c.forwarded, c.timer
}

// about reads the context of a message without envelopes.
func about(message *waE2E.Message, own Own) setting {
	info := contextInfo(message)
	c := setting{reply: replyTo(info, own), forwarded: count(info.GetForwardingScore()), timer: count(info.GetExpiration())}
	if info.GetIsForwarded() {
		c.forwarded = max(c.forwarded, 1)
	}
	for _, name := range info.GetMentionedJID()[:min(len(info.GetMentionedJID()), domain.MaxMentions)] {
		if peer, ok := personNamed(name); ok {
			c.mentions = append(c.mentions, peer)
		}
	}
	return c
}

// contextInfo finds the context of whatever a message holds.
func contextInfo(message *waE2E.Message) *waE2E.ContextInfo {
	var found *waE2E.ContextInfo
	message.ProtoReflect().Range(func(field protoreflect.FieldDescriptor, value protoreflect.Value) bool {
		if field.Kind() != protoreflect.MessageKind || field.IsList() {
			return true
		}
		if holder, ok := value.Message().Interface().(interface{ GetContextInfo() *waE2E.ContextInfo }); ok {
			found = holder.GetContextInfo()
		}
		return found == nil
	})
	return found
}

// replyTo reads what is answered. The quoted message is the writer's word: nobody else vouches for it.
func replyTo(info *waE2E.ContextInfo, own Own) *domain.Reply {
	if info.GetStanzaID() == "" {
		return nil
	}
	quoted, _ := unwrap(info.GetQuotedMessage())
	c := content{kind: domain.KindUnknown}
	if quoted != nil && !isSilent(quoted) {
		c = body(quoted)
	}
	reply := &domain.Reply{WAID: label(info.GetStanzaID()), Kind: c.kind, Text: excerpt(c.text)}
	if jid, err := types.ParseJID(info.GetParticipant()); err == nil {
		reply.Sender, _ = person(jid, types.JID{})
		reply.Ours = own.is(jid.ToNonAD())
	}
	return reply
}

// personNamed is the person of a JID, false for what is none.
func personNamed(name string) (domain.Peer, bool) {
	jid, err := types.ParseJID(name)
	if err != nil {
		return domain.Peer{}, false
	}
	return person(jid, types.JID{})
}
