package convert

import (
	"encoding/hex"
	"time"

	"go.mau.fi/whatsmeow/proto/waCommon"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"
	"google.golang.org/protobuf/proto"

	"waflow/backend/domain"
)

// Opened is what was sealed in a message with the secret of another one: at most one of them is set.
type Opened struct {
	Vote     *waE2E.PollVoteMessage
	Reaction *waE2E.ReactionMessage
	Message  *waE2E.Message // what an edited message says now
}

// ahead is how far a sender's clock may be beyond the server's; who is further ahead would have the last word for long.
const ahead = 10 * time.Minute

// changeIn reads a message that changes another one, and is false for one that does not. Who did it and where is left to the caller.
func changeIn(e *events.Message, opened Opened, own Own) (*domain.InboundChange, bool) {
	m, _ := unwrap(e.RawMessage)
	if inner := m.GetEditedMessage().GetMessage(); inner != nil {
		m, _ = unwrap(inner)
	}
	c := &domain.InboundChange{WAID: e.Info.ID, At: e.Info.Timestamp}
	var key *waCommon.MessageKey
	var stamp int64
	switch p := m.GetProtocolMessage(); {
	case m.GetReactionMessage() != nil:
		key, stamp = m.GetReactionMessage().GetKey(), m.GetReactionMessage().GetSenderTimestampMS()
		c.Kind, c.Emoji = domain.ChangeReaction, emoji(m.GetReactionMessage().GetText())
	case p.GetType() == waE2E.ProtocolMessage_REVOKE && p.GetKey() != nil:
		key, c.Kind = p.GetKey(), domain.ChangeDelete
	case p.GetType() == waE2E.ProtocolMessage_MESSAGE_EDIT && p.GetEditedMessage() != nil:
		key, stamp = p.GetKey(), p.GetTimestampMS()
		c.Kind, c.Text = domain.ChangeEdit, read(p.GetEditedMessage(), own).text
	default:
		return sealed(c, m, opened, e, own)
	}
	c.At, c.Target = stamped(c.At, stamp), targetOf(key, &e.Info, own)
	return c, true
}

// sealed reads a change that only who has the other message's secret can read.
func sealed(c *domain.InboundChange, m *waE2E.Message, opened Opened, e *events.Message, own Own) (*domain.InboundChange, bool) {
	var key *waCommon.MessageKey
	switch secret := m.GetSecretEncryptedMessage(); {
	case m.GetPollUpdateMessage() != nil:
		key = m.GetPollUpdateMessage().GetPollCreationMessageKey()
		if opened.Vote != nil {
			c.Kind, c.Options = domain.ChangeVote, chosen(opened.Vote)
			c.At = stamped(c.At, m.GetPollUpdateMessage().GetSenderTimestampMS())
		}
	case m.GetEncReactionMessage() != nil:
		key = m.GetEncReactionMessage().GetTargetMessageKey()
		if opened.Reaction != nil {
			c.Kind, c.Emoji = domain.ChangeReaction, emoji(opened.Reaction.GetText())
			c.At = stamped(c.At, opened.Reaction.GetSenderTimestampMS())
		}
	case secret.GetSecretEncType() == waE2E.SecretEncryptedMessage_MESSAGE_EDIT:
		key = secret.GetTargetMessageKey()
		if opened.Message != nil {
			c.Kind, c.Text = domain.ChangeEdit, read(edited(opened.Message), own).text
		}
	default:
		return nil, false
	}
	c.Target = targetOf(key, &e.Info, own)
	if c.Kind == "" {
		c.Kind = domain.ChangeSealed
		c.Raw, _ = proto.Marshal(e.RawMessage) // what can't be encoded is kept without it
	}
	return c, true
}

// edited is what a message says that was edited, through the envelope that says so.
func edited(message *waE2E.Message) *waE2E.Message {
	m, _ := unwrap(message)
	if inner := m.GetEditedMessage().GetMessage(); inner != nil {
		m, _ = unwrap(inner)
	}
	if inner := m.GetProtocolMessage().GetEditedMessage(); inner != nil {
		m = inner
	}
	return m
}

// emoji is what was put on a message.
func emoji(text string) string { return atMost(valid(text), domain.MaxEmojiBytes) }

// chosen are the options of a vote.
func chosen(vote *waE2E.PollVoteMessage) []string {
	var out []string
	for _, option := range vote.GetSelectedOptions()[:min(len(vote.GetSelectedOptions()), domain.MaxOptions)] {
		if len(option) == 32 {
			out = append(out, hex.EncodeToString(option))
		}
	}
	return out
}

// stamped is when somebody did something, by their own clock in milliseconds if it can be right.
func stamped(server time.Time, stamp int64) time.Time {
	own := time.UnixMilli(stamp).UTC()
	if stamp <= 0 || own.After(server.Add(ahead)) {
		return server
	}
	return own
}

// targetOf is the message that a key names as its sender sees it: fromMe is the sender's own; in a group the participant wrote it, in a chat
// with a person the other one.
func targetOf(key *waCommon.MessageKey, info *types.MessageInfo, own Own) domain.Target {
	target := domain.Target{WAID: label(key.GetID())}
	chat, sender, ok := place(info, own)
	switch {
	case !ok:
		return domain.Target{}
	case key.GetFromMe():
		target.Sender, target.FromMe = sender, info.IsFromMe
	case chat.Group != "":
		jid, err := types.ParseJID(key.GetParticipant())
		if err != nil {
			return domain.Target{}
		}
		target.FromMe = own.is(jid.ToNonAD())
		if target.Sender, ok = person(jid, types.JID{}); !ok {
			return domain.Target{}
		}
	case info.IsFromMe:
		target.Sender = chat
	default:
		target.Sender, target.FromMe = own.peer(), true
	}
	return target
}
