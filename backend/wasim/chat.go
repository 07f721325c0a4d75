package wasim

import (
	"slices"
	"time"

	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/types"
)

// MessageState is what the ticks of a message say.
type MessageState string

// The states of a message that the account wrote, and StateReceived for the others.
const (
	StatePending   MessageState = "pending"
	StateSent      MessageState = "sent"
	StateDelivered MessageState = "delivered"
	StateRead      MessageState = "read"
	StateFailed    MessageState = "failed"
	StateReceived  MessageState = "received"
)

// ChatMessage is a message as the phone shows it.
type ChatMessage struct {
	ID string `json:"id"`
	// Peer is the number of the other person, with the plus.
	Peer string `json:"peer"`
	// FromMe is true when the account wrote it, on whatever device.
	FromMe bool `json:"fromMe"`
	// Device is the author's device, 0 for a phone.
	Device uint16 `json:"device"`
	// Text is the text, or the kind of what is not a text in brackets.
	Text  string       `json:"text"`
	At    time.Time    `json:"at"`
	State MessageState `json:"state"`
	// Read is true when this phone's owner has read it.
	Read bool `json:"read"`
}

type storedMessage struct {
	ChatMessage
	content *waE2E.Message
	server  string    // address space in which it came or went
	author  types.JID // its author's device, as receipts name it
}

type chat struct {
	messages []*storedMessage
}

// Messages returns what the phone shows of the chat with a number, oldest first.
func (p *Phone) Messages(peer string) []ChatMessage {
	digits, err := digitsOf(peer)
	p.mu.Lock()
	defer p.mu.Unlock()
	out := make([]ChatMessage, 0)
	if err != nil || p.chats[digits] == nil {
		return out
	}
	for _, m := range p.chats[digits].messages {
		out = append(out, m.ChatMessage)
	}
	return out
}

// Peers lists the numbers with which there is a chat, in order.
func (p *Phone) Peers() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	out := make([]string, 0, len(p.chats))
	for number := range p.chats {
		out = append(out, "+"+number)
	}
	slices.Sort(out)
	return out
}

// shownKey identifies a message within a phone: its author's account and its id.
func shownKey(author *account, id string) messageKey {
	return messageKey{from: Address{Number: "+" + author.number}, id: id}
}

// show adds a message to its chat unless the phone has it already.
func (p *Phone) show(author, peer *account, m *storedMessage) {
	p.mu.Lock()
	defer p.mu.Unlock()
	k := shownKey(author, m.ID)
	if p.messages[k] != nil {
		return
	}
	p.messages[k] = m
	if p.chats[peer.number] == nil {
		p.chats[peer.number] = &chat{}
	}
	p.chats[peer.number].messages = append(p.chats[peer.number].messages, m)
	p.s.pulse.beat()
}

func (p *Phone) shown(author *account, id string) *storedMessage {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.messages[shownKey(author, id)]
}

// advance moves the ticks of an own message forward, never back.
func (p *Phone) advance(id string, to MessageState) {
	rank := []MessageState{StatePending, StateFailed, StateSent, StateDelivered, StateRead}
	p.mu.Lock()
	defer p.mu.Unlock()
	m := p.messages[shownKey(p.account, id)]
	if m != nil && slices.Index(rank, to) > slices.Index(rank, m.State) {
		m.State = to
		p.s.pulse.beat()
	}
}

// MarkRead reads everything that the number wrote and sends the read receipts. It returns how many messages that were.
func (p *Phone) MarkRead(peer string) (int, error) {
	a, err := p.peer(peer)
	if err != nil {
		return 0, err
	}
	p.mu.Lock()
	unread := make(map[string][]string) // by address space
	if c := p.chats[a.number]; c != nil {
		for _, m := range c.messages {
			if !m.FromMe && !m.Read {
				m.Read = true
				unread[m.server] = append(unread[m.server], m.ID)
			}
		}
	}
	p.mu.Unlock()
	count := 0
	for server, ids := range unread {
		count += len(ids)
		p.sendRead(a.jidOn(server), ids)
	}
	return count, nil
}

func (p *Phone) sendRead(chat types.JID, ids []string) {
	for batch := range slices.Chunk(ids, maxReceiptIDs) {
		n := element("receipt", attrs{"id": batch[0], "to": chat, "type": "read", "t": p.s.unixNow()})
		if len(batch) > 1 {
			items := make([]waBinary.Node, len(batch)-1)
			for i, id := range batch[1:] {
				items[i] = element("item", attrs{"id": id})
			}
			n.Content = []waBinary.Node{element("list", nil, items...)}
		}
		p.submit(&n)
	}
}

// textOf renders a message for people.
func textOf(m *waE2E.Message) string {
	switch {
	case m.GetConversation() != "":
		return m.GetConversation()
	case m.GetExtendedTextMessage().GetText() != "":
		return m.GetExtendedTextMessage().GetText()
	case m.GetImageMessage() != nil:
		return "[image]"
	case m.GetVideoMessage() != nil:
		return "[video]"
	case m.GetAudioMessage() != nil:
		return "[audio]"
	case m.GetDocumentMessage() != nil:
		return "[document]"
	case m.GetStickerMessage() != nil:
		return "[sticker]"
	case m.GetReactionMessage() != nil:
		return "[reaction]"
	default:
		return ""
	}
}
