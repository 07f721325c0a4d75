package wasim

import (
	"maps"
	"slices"
	"strings"
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
	StatePlayed    MessageState = "played"
	StateFailed    MessageState = "failed"
	StateReceived  MessageState = "received"
)

// ChatMessage is a message as the phone shows it.
type ChatMessage struct {
	ID string `json:"id"`
	// Peer is the number of the other person, with the plus, or the JID of the group.
	Peer string `json:"peer"`
	// Author is the number of who wrote it, with the plus.
	Author string `json:"author"`
	// FromMe is true when the account wrote it, on whatever device.
	FromMe bool `json:"fromMe"`
	// Device is the author's device, 0 for a phone.
	Device uint16 `json:"device"`
	// Text is the text, or the caption of what is not a text.
	Text string    `json:"text"`
	At   time.Time `json:"at"`
	// State of a message to a group is how far it has got with every member.
	State MessageState `json:"state"`
	// Members says how far an own message to a group has got with each of those who were members then, by number with the
	// plus. It is StateSent until the member's first receipt. Nil for everything else.
	Members map[string]MessageState `json:"members,omitempty"`
	// Read is true when this phone's owner has read it.
	Read bool `json:"read"`
	// Content is everything else. Messages sets it for every message.
	*Content
}

type storedMessage struct {
	ChatMessage            // without Content, which view reads from content
	key         messageKey // in Phone.messages
	with        party
	by          party
	members     map[*account]MessageState // what view tells as Members
	content     *waE2E.Message
	later       *later    // nil until something happens to the message
	file        *heldFile // nil when it has none
	server      string    // address space in which it came or went
	author      types.JID // its author's device, as receipts name it
}

type chat struct {
	with     party
	messages []*storedMessage
}

// party is who a chat is with: one person's account, or a group.
type party interface {
	// label is what ChatMessage.Peer says: the number with the plus, or the group's JID.
	label() string
	// jidOn is how stanzas in an address space name it.
	jidOn(server string) types.JID
}

func (a *account) label() string { return "+" + a.number }

// currentLabel is a party's label, for a person the number of the moment.
func currentLabel(with party) string {
	if person, is := with.(*account); is {
		return "+" + person.pn().User
	}
	return with.label()
}

// party finds who a number, with or without the plus, or a group's JID stands for.
func (p *endpoint) party(peer string) (party, error) {
	if isGroup(peer) {
		return p.s.group(peer)
	}
	return p.peer(peer)
}

// isGroup tells whether a chat's name is a group's JID.
func isGroup(peer string) bool { return strings.HasSuffix(peer, "@"+types.GroupServer) }

// Messages returns what the phone shows of the chat with a number or a group's JID, oldest first.
func (p *endpoint) Messages(peer string) []ChatMessage {
	out := make([]ChatMessage, 0)
	with, err := p.party(peer)
	if err != nil {
		return out
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if c := p.chats[with.label()]; c != nil {
		for _, m := range c.messages {
			if shown, visible := m.view(p.s.now()); visible {
				shown.Peer = currentLabel(with)
				out = append(out, shown)
			}
		}
	}
	return out
}

// Peers lists the numbers with which there is a chat, in order. For groups see Groups.
func (p *endpoint) Peers() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	out := make([]string, 0, len(p.chats))
	for _, c := range p.chats {
		if person, is := c.with.(*account); is {
			out = append(out, currentLabel(person))
		}
	}
	slices.Sort(out)
	return out
}

// shownKey identifies a message within a phone: its author's account and its id.
func shownKey(author *account, id string) messageKey {
	return messageKey{from: Address{Number: "+" + author.number}, id: id}
}

// show adds a message to its chat, unless the phone has it already. A message that changes another one does that instead;
// it is kept for devices that ask for it again.
func (p *endpoint) show(author *account, with party, m *storedMessage) {
	m.with, m.by, m.Peer, m.Author = with, author, with.label(), author.label()
	if g, ok := with.(*group); ok && m.FromMe {
		m.members = g.awaited(p.account)
	}
	m.file = p.fetchFile(m)
	c, hidden := p.changeIn(author, with, m)
	if c.act != nil {
		p.find(with, c.target.id)
	}
	k := shownKey(author, m.ID)
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.messages[k] != nil {
		return
	}
	p.messages[k], m.key = m, k
	if hidden {
		p.change(c)
		p.forgetOldMessages()
		return
	}
	p.catchUp(k, m)
	if p.chats[m.Peer] == nil {
		p.chats[m.Peer] = &chat{with: with}
	}
	p.chats[m.Peer].messages = append(p.chats[m.Peer].messages, m)
	p.forgetOldMessages()
	p.s.pulse.beat()
}

// forgetOldMessages bounds what a phone remembers when Options.Keep says so. The caller holds p.mu.
func (p *endpoint) forgetOldMessages() {
	keep := p.s.opts.Keep
	if keep == 0 || len(p.messages) < 2*keep {
		return
	}
	all := slices.SortedFunc(maps.Values(p.messages), func(x, y *storedMessage) int { return x.At.Compare(y.At) })
	forgetOldest(all, keep, func(old *storedMessage) bool {
		delete(p.messages, old.key)
		return true
	})
	for _, c := range p.chats {
		c.messages = slices.DeleteFunc(c.messages, func(m *storedMessage) bool { return p.messages[m.key] != m })
	}
}

func (p *endpoint) shown(author *account, id string) *storedMessage {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.messages[shownKey(author, id)]
}

// rankOf orders the states of an own message.
func rankOf(s MessageState) int {
	return slices.Index([]MessageState{StatePending, StateFailed, StateSent, StateDelivered, StateRead, StatePlayed}, s)
}

// advance moves the ticks of an own message forward, never back.
func (p *endpoint) advance(id string, to MessageState) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if m := p.messages[shownKey(p.account, id)]; m != nil {
		p.advanceLocked(m, to)
	}
}

func (p *endpoint) advanceLocked(m *storedMessage, to MessageState) {
	if rankOf(to) > rankOf(m.State) {
		m.State = to
		p.s.pulse.beat()
	}
}

// advanceFor notes how far an own message has got with a person; a message to a group is as far as its last member.
func (p *endpoint) advanceFor(reader *account, id string, to MessageState) {
	p.mu.Lock()
	defer p.mu.Unlock()
	m := p.messages[shownKey(p.account, id)]
	if m == nil {
		return
	}
	if m.members == nil {
		p.advanceLocked(m, to)
		return
	}
	if before, member := m.members[reader]; !member || rankOf(to) <= rankOf(before) {
		return
	}
	m.members[reader] = to
	p.s.pulse.beat()
	for _, state := range m.members {
		if rankOf(state) < rankOf(to) {
			to = state
		}
	}
	p.advanceLocked(m, to)
}

// MarkRead reads everything that a number, or the others in a group, wrote and sends the read receipts. It returns how
// many messages that were.
func (p *endpoint) MarkRead(peer string) (int, error) {
	with, err := p.party(peer)
	if err != nil {
		return 0, err
	}
	p.mu.Lock()
	var authors []types.JID
	unread := make(map[types.JID][]string)
	count := 0
	if c := p.chats[with.label()]; c != nil {
		for _, m := range c.messages {
			if m.FromMe || m.Read {
				continue
			}
			m.Read = true
			count++
			author := m.author.ToNonAD()
			if unread[author] == nil {
				authors = append(authors, author)
			}
			unread[author] = append(unread[author], m.ID)
		}
	}
	p.mu.Unlock()
	for _, author := range authors {
		p.sendRead(with, author, unread[author])
	}
	return count, nil
}

// sendRead sends read receipts for messages of one author. A receipt to a group names the author beside it.
func (p *endpoint) sendRead(with party, author types.JID, ids []string) {
	kind := "read"
	if _, inGroup := with.(*group); !inGroup && p.account.privacy("readreceipts") == "none" {
		kind = "read-self" // only the own devices hear of it
	}
	for batch := range slices.Chunk(ids, maxReceiptIDs) {
		n := element("receipt", attrs{"id": batch[0], "to": author, "type": kind, "t": p.s.unixNow()})
		if g, ok := with.(*group); ok {
			n.Attrs["to"], n.Attrs["participant"] = g.jid, author
		}
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
