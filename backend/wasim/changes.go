package wasim

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"go.mau.fi/whatsmeow/proto/waCommon"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/proto/waWeb"
	"go.mau.fi/whatsmeow/types"
	"google.golang.org/protobuf/proto"
)

// Some messages are not shown but change one that is:
//
//	reactionMessage{key, text}                                        an emoji, empty to take it back
//	editedMessage{protocolMessage{key, MESSAGE_EDIT, editedMessage}}  a new text; Baileys leaves out the wrapper
//	protocolMessage{key, REVOKE}                                      deleted for everyone
//	protocolMessage{EPHEMERAL_SETTING, ephemeralExpiration}           new messages of the chat disappear after this time
//	pinInChatMessage{key, type}                                       pinned, or not any more
//	pollUpdateMessage{pollCreationMessageKey, vote}                   a vote, encrypted with the poll's secret
//
// key names the other message as the sender of the change sees it: fromMe is the sender's view.

var (
	// ErrUnknownMessage means that the phone does not show a message with that id.
	ErrUnknownMessage = errors.New("the phone has no such message")
	// ErrNotYours means that only the author of a message can do that to it.
	ErrNotYours = errors.New("only the author can change a message")
	// ErrNotAPoll means that a vote was to go to something else.
	ErrNotAPoll = errors.New("the message is not a poll")
)

const (
	// maxWaiting bounds for how many messages that have not arrived a phone keeps changes.
	maxWaiting = 256
	// maxWaitingEach bounds how many changes it keeps for one of them.
	maxWaitingEach = 16
)

// later is what became of a message after it was sent. Guarded by Phone.mu.
type later struct {
	reactions map[*account]remark
	votes     map[*account]remark
	edited    bool
	deleted   bool
	pinned    bool
}

// remark is what one person did to a message: an emoji, or the hashes of the options of a poll.
type remark struct {
	id      string // of the message that said so
	at      time.Time
	own     bool // the phone's account did it
	emoji   string
	options [][]byte
}

// apply puts what happened into the view of a message.
func (l *later) apply(m *ChatMessage) {
	if l.deleted {
		m.Text, m.Content = "", &Content{Kind: KindDeleted}
		return
	}
	m.Edited, m.Pinned = l.edited, l.pinned
	if len(l.reactions) > 0 {
		m.Reactions = make(map[string]string, len(l.reactions))
	}
	for author, r := range l.reactions {
		m.Reactions[author.label()] = r.emoji
	}
	if m.Poll == nil || len(l.votes) == 0 {
		return
	}
	names := make(map[string]string)
	for _, option := range m.Poll.Options {
		names[optionHash(option)] = option
	}
	m.Poll.Votes = make(map[string][]string)
	for voter, vote := range l.votes {
		for _, hash := range vote.options {
			if name, known := names[string(hash)]; known {
				m.Poll.Votes[voter.label()] = append(m.Poll.Votes[voter.label()], name)
			}
		}
	}
}

// inHistory adds what happened to a message as phones hand it to their linked devices.
func (l *later) inHistory(info *waWeb.WebMessageInfo, m *storedMessage) {
	if l.deleted {
		info.MessageStubType = waWeb.WebMessageInfo_REVOKE.Enum()
		return
	}
	key := func(author *account, r remark) *waCommon.MessageKey {
		k := &waCommon.MessageKey{
			RemoteJID: info.GetKey().RemoteJID, FromMe: proto.Bool(r.own), ID: proto.String(r.id),
		}
		if isGroup(m.Peer) {
			k.Participant = proto.String(author.jidOn(m.server).String())
		}
		return k
	}
	for _, author := range inOrder(l.reactions) {
		r := l.reactions[author]
		info.Reactions = append(info.Reactions, &waWeb.Reaction{
			Key: key(author, r), Text: proto.String(r.emoji), SenderTimestampMS: proto.Int64(r.at.UnixMilli()),
		})
	}
	for _, voter := range inOrder(l.votes) {
		r := l.votes[voter]
		info.PollUpdates = append(info.PollUpdates, &waWeb.PollUpdate{
			PollUpdateMessageKey: key(voter, r), Vote: &waE2E.PollVoteMessage{SelectedOptions: r.options},
			SenderTimestampMS: proto.Int64(r.at.UnixMilli()),
		})
	}
}

// inOrder lists people by their numbers.
func inOrder(remarks map[*account]remark) []*account {
	return slices.SortedFunc(maps.Keys(remarks), func(x, y *account) int { return cmpString(x.number, y.number) })
}

// change is what one message does to another. act runs with Phone.mu held.
type change struct {
	target messageKey
	act    func(*storedMessage)
}

// changeIn reads the change that a message makes. It returns false for a message that is to be shown, and a change
// without effect for one that is neither shown nor understood.
func (p *endpoint) changeIn(author *account, with party, by *storedMessage) (change, bool) {
	m, _ := unwrap(by.content)
	switch {
	case m.GetReactionMessage() != nil:
		r := m.GetReactionMessage()
		return p.changeOf(author, with, r.GetKey(), func(l *later, _ *storedMessage) {
			if l.reactions == nil {
				l.reactions = make(map[*account]remark)
			}
			l.reactions[author] = remark{id: by.ID, at: by.At, own: by.FromMe, emoji: r.GetText()}
			if r.GetText() == "" {
				delete(l.reactions, author)
			}
		}), true
	case m.GetPollUpdateMessage() != nil:
		return p.voteIn(author, with, by, m.GetPollUpdateMessage()), true
	case m.GetPinInChatMessage() != nil:
		pin := m.GetPinInChatMessage()
		return p.changeOf(author, with, pin.GetKey(), func(l *later, _ *storedMessage) {
			l.pinned = pin.GetType() == waE2E.PinInChatMessage_PIN_FOR_ALL
		}), true
	case m.GetProtocolMessage() != nil:
		return p.protocolIn(author, with, m.GetProtocolMessage()), true
	default:
		field, content := body(m)
		return change{}, field == "" && content == nil
	}
}

// protocolIn reads edits, deletions and the chat's timer.
func (p *endpoint) protocolIn(author *account, with party, protocol *waE2E.ProtocolMessage) change {
	switch protocol.GetType() {
	case waE2E.ProtocolMessage_REVOKE:
		if g, ok := with.(*group); ok && g.role(author).admin() {
			return p.changeOf(author, with, protocol.GetKey(), deleted)
		}
		return p.ownChange(author, with, protocol.GetKey(), deleted)
	case waE2E.ProtocolMessage_MESSAGE_EDIT:
		if protocol.GetEditedMessage() == nil {
			break
		}
		return p.ownChange(author, with, protocol.GetKey(), func(l *later, m *storedMessage) {
			if l.deleted {
				return
			}
			edited := proto.CloneOf(protocol.GetEditedMessage())
			if edited.MessageContextInfo == nil {
				edited.MessageContextInfo = m.content.GetMessageContextInfo()
			}
			l.edited, m.content, m.Text = true, edited, textOf(edited)
		})
	case waE2E.ProtocolMessage_EPHEMERAL_SETTING:
		p.setTimer(with, timer{seconds: protocol.GetEphemeralExpiration(), set: protocol.GetEphemeralSettingTimestamp()})
	default:
	}
	return change{}
}

func deleted(l *later, m *storedMessage) { l.deleted, m.content = true, &waE2E.Message{} }

// changeOf is a change that anyone may make.
func (p *endpoint) changeOf(author *account, with party, key *waCommon.MessageKey, act func(*later, *storedMessage)) change {
	owner := p.ownerOf(author, key)
	if owner == nil || key.GetID() == "" {
		return change{}
	}
	return change{target: shownKey(owner, key.GetID()), act: func(m *storedMessage) {
		if m.Peer != with.label() {
			return // the key names a message of another chat
		}
		if m.later == nil {
			m.later = &later{}
		}
		act(m.later, m)
	}}
}

// ownChange is a change that only the author of the message may make.
func (p *endpoint) ownChange(author *account, with party, key *waCommon.MessageKey, act func(*later, *storedMessage)) change {
	if p.ownerOf(author, key) != author {
		return change{}
	}
	return p.changeOf(author, with, key, act)
}

// ownerOf finds the author of the message that a key names, from the view of who sent the key.
func (p *endpoint) ownerOf(sender *account, key *waCommon.MessageKey) *account {
	name := key.GetRemoteJID()
	switch {
	case key.GetFromMe():
		return sender
	case key.GetParticipant() != "":
		name = key.GetParticipant()
	}
	jid, err := types.ParseJID(name)
	if err != nil {
		return nil
	}
	return p.s.accountOf(jid)
}

// change applies a change, or keeps it until its message arrives. The caller holds p.mu.
func (p *endpoint) change(c change) {
	if c.act == nil {
		return
	}
	if m := p.messages[c.target]; m != nil {
		c.act(m)
		p.s.pulse.beat()
		return
	}
	if len(p.waiting) < maxWaiting && len(p.waiting[c.target]) < maxWaitingEach {
		p.waiting[c.target] = append(p.waiting[c.target], c)
	}
}

// catchUp applies what arrived before its message. The caller holds p.mu.
func (p *endpoint) catchUp(k messageKey, m *storedMessage) {
	for _, c := range p.waiting[k] {
		c.act(m)
	}
	delete(p.waiting, k)
}

// React puts an emoji on a message of a chat; an empty one takes it back. It returns the id of the reaction.
func (p *endpoint) React(ctx context.Context, chat, id, emoji string) (string, error) {
	key, _, err := p.keyOf(chat, id)
	if err != nil {
		return "", err
	}
	return p.Send(ctx, chat, &waE2E.Message{ReactionMessage: &waE2E.ReactionMessage{
		Key: key, Text: proto.String(emoji), SenderTimestampMS: proto.Int64(p.now().UnixMilli()),
	}})
}

// Edit gives a message that the account wrote a new text, or a file a new caption.
func (p *endpoint) Edit(ctx context.Context, chat, id, text string) (string, error) {
	key, m, err := p.keyOf(chat, id)
	if err != nil {
		return "", err
	}
	if !key.GetFromMe() {
		return "", ErrNotYours
	}
	return p.Send(ctx, chat, &waE2E.Message{EditedMessage: &waE2E.FutureProofMessage{Message: &waE2E.Message{
		ProtocolMessage: &waE2E.ProtocolMessage{
			Key: key, Type: waE2E.ProtocolMessage_MESSAGE_EDIT.Enum(), EditedMessage: reworded(p.contentOf(m), text),
			TimestampMS: proto.Int64(p.now().UnixMilli()),
		},
	}}})
}

// Delete deletes a message for everyone. In a group an admin may delete what others wrote.
func (p *endpoint) Delete(ctx context.Context, chat, id string) (string, error) {
	key, _, err := p.keyOf(chat, id)
	if err != nil {
		return "", err
	}
	return p.Send(ctx, chat, &waE2E.Message{ProtocolMessage: &waE2E.ProtocolMessage{
		Type: waE2E.ProtocolMessage_REVOKE.Enum(), Key: key,
	}})
}

// PinMessage pins a message in its chat for everyone, or unpins it.
func (p *endpoint) PinMessage(ctx context.Context, chat, id string, pinned bool) (string, error) {
	key, _, err := p.keyOf(chat, id)
	if err != nil {
		return "", err
	}
	kind, seconds := waE2E.PinInChatMessage_PIN_FOR_ALL, uint32(pinLife/time.Second)
	if !pinned {
		kind, seconds = waE2E.PinInChatMessage_UNPIN_FOR_ALL, 0
	}
	return p.Send(ctx, chat, &waE2E.Message{
		PinInChatMessage: &waE2E.PinInChatMessage{
			Key: key, Type: kind.Enum(), SenderTimestampMS: proto.Int64(p.now().UnixMilli()),
		},
		MessageContextInfo: &waE2E.MessageContextInfo{MessageAddOnDurationInSecs: proto.Uint32(seconds)},
	})
}

// pinLife is how long a message stays pinned when nothing else is chosen.
const pinLife = 7 * 24 * time.Hour

// SetTimer makes the new messages of a chat disappear after a time, 0 for never. It returns the id of the message that
// says so; a group's timer is a setting of the group, which no message changes.
func (p *Phone) SetTimer(ctx context.Context, chat string, life time.Duration) (string, error) {
	if isGroup(chat) {
		setting := element("ephemeral", attrs{"expiration": strconv.Itoa(int(life / time.Second))})
		if life == 0 {
			setting = element("not_ephemeral", nil)
		}
		return "", p.changeGroup(chat, setting)
	}
	return p.Send(ctx, chat, &waE2E.Message{ProtocolMessage: &waE2E.ProtocolMessage{
		Type:                      waE2E.ProtocolMessage_EPHEMERAL_SETTING.Enum(),
		EphemeralExpiration:       proto.Uint32(uint32(life / time.Second)),
		EphemeralSettingTimestamp: proto.Int64(p.now().Unix()),
	}})
}

// Timer tells after which time the new messages of a chat disappear, 0 for never.
func (p *endpoint) Timer(peer string) (time.Duration, error) {
	with, err := p.party(peer)
	if err != nil {
		return 0, err
	}
	return time.Duration(p.timerOf(with).seconds) * time.Second, nil
}

// timer is the lifetime of a chat's new messages, and when it was set.
type timer struct {
	seconds uint32
	set     int64
}

// timerOf is the timer of a chat. A group's belongs to the group.
func (p *endpoint) timerOf(with party) timer {
	if g, ok := with.(*group); ok {
		g.mu.Lock()
		defer g.mu.Unlock()
		return timer{seconds: uint32(g.settings.ephemeral)}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.timers[with.label()]
}

// setTimer notes the timer that someone set last.
func (p *endpoint) setTimer(with party, t timer) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if t.set >= p.timers[with.label()].set {
		p.timers[with.label()] = t
		p.s.pulse.beat()
	}
}

// keyOf names a message of a chat as this phone sees it, and returns the message.
func (p *endpoint) keyOf(chat, id string) (*waCommon.MessageKey, *storedMessage, error) {
	with, err := p.party(chat)
	if err != nil {
		return nil, nil, err
	}
	m := p.find(with, id)
	if m == nil {
		return nil, nil, fmt.Errorf("%w: %s", ErrUnknownMessage, id)
	}
	key := &waCommon.MessageKey{
		RemoteJID: proto.String(with.jidOn(m.server).String()), FromMe: proto.Bool(m.FromMe), ID: proto.String(id),
	}
	if _, many := with.(*group); many && !m.FromMe {
		key.Participant = proto.String(m.author.ToNonAD().String())
	}
	return key, m, nil
}

// find looks a message up that is in a chat, for a phone in its past too.
func (p *endpoint) find(with party, id string) *storedMessage {
	if m := p.findLive(with, id); m != nil || !p.isPhone() {
		return m
	}
	return p.account.phone.recall(with.label(), id)
}

func (p *endpoint) findLive(with party, id string) *storedMessage {
	p.mu.Lock()
	defer p.mu.Unlock()
	if c := p.chats[with.label()]; c != nil {
		for _, m := range slices.Backward(c.messages) {
			if m.ID == id {
				return m
			}
		}
	}
	return nil
}

// contentOf is what a message says now.
func (p *endpoint) contentOf(m *storedMessage) *waE2E.Message {
	p.mu.Lock()
	defer p.mu.Unlock()
	return m.content
}

// reworded is a message with another text, or a file with another caption.
func reworded(message *waE2E.Message, text string) *waE2E.Message {
	inner, _ := unwrap(message)
	next := proto.CloneOf(inner)
	next.MessageContextInfo = nil
	switch {
	case next.GetExtendedTextMessage() != nil:
		next.ExtendedTextMessage.Text = proto.String(text)
	case next.GetImageMessage() != nil:
		next.ImageMessage.Caption = proto.String(text)
	case next.GetVideoMessage() != nil:
		next.VideoMessage.Caption = proto.String(text)
	case next.GetDocumentMessage() != nil:
		next.DocumentMessage.Caption = proto.String(text)
	default:
		return &waE2E.Message{Conversation: proto.String(text)}
	}
	return next
}
