package wasim

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/types"
	"google.golang.org/protobuf/proto"
)

// HistorySource is the past of a phone that is not kept in memory: its chats and messages are made when they are asked
// for, and come out the same every time. Methods are called from several goroutines.
type HistorySource interface {
	// Chats is how many chats there are. Chat 0 has the newest message of all, and so on.
	Chats() int
	// Chat describes chat i.
	Chat(i int) PastChat
	// Message returns message n of chat i. Message 0 is the newest, and later ones are never newer.
	Message(i, n int) PastMessage
}

// PastChat is a chat of a HistorySource.
type PastChat struct {
	// Peer is a number with the plus, of a phone of this server or of nobody. A group's JID if the group exists.
	Peer string
	// Name is the person's push name. A phone of this server keeps its own.
	Name string
	// Messages is how many messages there are, Unread how many of the newest ones the owner has not read.
	Messages, Unread int
	// Last is when the newest message was written.
	Last time.Time
}

// PastMessage is a message that was written before the simulation began.
type PastMessage struct {
	// ID as phones make it; made when it is empty.
	ID string `json:"id,omitempty"`
	// FromMe is true when the phone's owner wrote it.
	FromMe bool `json:"fromMe"`
	// Author is the number of who wrote it into a group, unless FromMe.
	Author string    `json:"author,omitempty"`
	At     time.Time `json:"at"`
	Text   string    `json:"text,omitempty"`
	// Content is what the message is when it is more than a text.
	Content *waE2E.Message `json:"-"`
	// Draft describes the content instead; its file is uploaded when AddPast takes it.
	Draft *Draft `json:"draft,omitempty"`
	// State of an own message. Empty means StateRead.
	State MessageState `json:"state,omitempty"`
	// Unread is true when the owner has not read it.
	Unread bool `json:"unread,omitempty"`
}

// ErrBadHistory means that a past message lacks its author, its content or its time.
var ErrBadHistory = fmt.Errorf("%w: past messages need a time, a text or content, and in groups an author", errBadRequest)

// pastBook is the source of a phone, and where in it each chat is.
type pastBook struct {
	source HistorySource
	chats  map[string]int // by label
	piece  int            // how many messages are handed over at a time, 0 for chunkMessages
}

// SetHistory gives a phone a past. What the phone shows of a chat is the source's messages and, after them, what was
// written since. It replaces an earlier source, and reaches devices that are linked afterwards and those that ask for
// older messages.
func (p *Phone) SetHistory(source HistorySource) { p.setPast(source, 0) }

func (p *Phone) setPast(source HistorySource, piece int) {
	book := &pastBook{source: source, chats: make(map[string]int, source.Chats()), piece: piece}
	for i := range source.Chats() {
		book.chats[source.Chat(i).Peer] = i
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.past = book
	clear(p.cleared)
}

// AddPast puts messages, in any order, into the past of a chat with a number or a group, where the phone shows them and
// the history of its linked devices has them. Nothing is sent.
func (p *Phone) AddPast(peer string, messages []PastMessage) error {
	with, err := p.party(peer)
	if err != nil {
		return err
	}
	added := make([]*storedMessage, len(messages))
	for i, m := range messages {
		if m.Draft != nil {
			if m.Content, err = p.contentFor(*m.Draft); err != nil {
				return err
			}
		}
		if added[i], err = p.pastMessage(with, m); err != nil {
			return err
		}
		added[i].file = p.fetchFile(added[i])
	}
	if person, ok := with.(*account); ok {
		p.account.meet(person)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	c := p.chats[with.label()]
	if c == nil {
		c = &chat{with: with}
		p.chats[with.label()] = c
	}
	c.messages = slices.Clone(c.messages) // others read the old list
	for _, m := range added {
		if p.messages[m.key] == nil {
			p.messages[m.key] = m
			c.messages = append(c.messages, m)
		}
	}
	slices.SortStableFunc(c.messages, func(x, y *storedMessage) int { return x.At.Compare(y.At) })
	p.s.pulse.beat()
	return nil
}

// pastMessage makes a message as the phone keeps it.
func (p *Phone) pastMessage(with party, m PastMessage) (*storedMessage, error) {
	author, err := p.pastAuthor(with, m)
	if err != nil {
		return nil, err
	}
	content := m.Content
	if content == nil && m.Text != "" {
		content = &waE2E.Message{Conversation: proto.String(m.Text)}
	}
	if content == nil || m.At.IsZero() {
		return nil, ErrBadHistory
	}
	if m.ID == "" {
		m.ID = p.newMessageID()
	}
	stored := &storedMessage{
		ChatMessage: ChatMessage{
			ID: m.ID, Peer: with.label(), Author: author.label(), FromMe: m.FromMe, Text: textOf(content), At: m.At,
			State: StateReceived, Read: m.FromMe || !m.Unread,
		},
		content: content, server: types.HiddenUserServer, author: author.jidOn(types.HiddenUserServer),
	}
	stored.with, stored.by, stored.key = with, author, messageKey{from: Address{Number: stored.Author}, id: m.ID}
	if m.FromMe {
		if stored.State = m.State; stored.State == "" {
			stored.State = StateRead
		}
	}
	return stored, nil
}

func (p *Phone) pastAuthor(with party, m PastMessage) (party, error) {
	switch {
	case m.FromMe:
		return p.account, nil
	case !isGroup(with.label()):
		return with, nil
	case m.Author == "":
		return nil, ErrBadHistory
	default:
		return p.partner(m.Author)
	}
}

// stranger is somebody in a phone's past who has no phone on this server.
type stranger struct{ number string }

func (s stranger) label() string { return "+" + s.number }

func (s stranger) jidOn(server string) types.JID {
	if server == types.HiddenUserServer {
		return types.NewJID(strangerLID(s.number), types.HiddenUserServer)
	}
	return types.NewJID(s.number, types.DefaultUserServer)
}

// strangerPrefix begins the LIDs of strangers; those of accounts begin with 1.
const strangerPrefix = "29"

// strangerLID is made from the number, so that every phone that knows a stranger knows the same one.
func strangerLID(digits string) string {
	return strangerPrefix + strings.Repeat("0", max(0, 13-len(digits))) + digits
}

// partner finds who a chat of the phone is with: an account, a group, or somebody in its past.
func (p *Phone) partner(peer string) (party, error) {
	with, err := p.party(peer)
	if err == nil {
		return with, nil
	}
	if digits, bad := digitsOf(peer); bad == nil && p.pastIndex("+"+digits) >= 0 {
		return stranger{digits}, nil
	}
	return nil, err
}

// labelOf is the label of the chat that a JID names.
func (p *Phone) labelOf(jid types.JID) string {
	if a := p.s.accountOf(jid); a != nil {
		return a.label()
	}
	switch {
	case jid.Server == types.HiddenUserServer && strings.HasPrefix(jid.User, strangerPrefix):
		return "+" + strings.TrimLeft(jid.User[len(strangerPrefix):], "0")
	case jid.Server == types.DefaultUserServer:
		return "+" + jid.User
	default:
		return jid.ToNonAD().String()
	}
}

// pastIndex finds a chat in the phone's source, -1 when it is not there.
func (p *Phone) pastIndex(label string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.pastIndexLocked(label)
}

func (p *Phone) pastIndexLocked(label string) int {
	if p.past == nil || p.cleared[label] {
		return -1
	}
	if i, ok := p.past.chats[label]; ok {
		return i
	}
	return -1
}

// Messages returns what the phone shows of the chat with a number or a group's JID, oldest first.
func (p *Phone) Messages(peer string) []ChatMessage {
	t := p.threadOf(peer)
	if t == nil || t.past == 0 {
		return p.endpoint.Messages(peer)
	}
	out := make([]ChatMessage, 0, t.count())
	for n := t.past - 1; n >= 0; n-- {
		m, err := p.threadMessage(t, len(t.live)+n)
		if err != nil {
			continue // a source may hold messages of groups that are gone
		}
		p.mu.Lock() // something may be happening to a message that was recalled
		shown, visible := m.view(p.s.now())
		p.mu.Unlock()
		if visible {
			out = append(out, shown)
		}
	}
	return append(out, p.endpoint.Messages(peer)...)
}

// thread is a chat as it was when somebody looked: what was written since the simulation began, and before that the
// messages of a source. Message 0 is the newest.
type thread struct {
	with   party
	name   string
	live   []*storedMessage // oldest first
	source HistorySource
	chat   int // in the source
	past   int // how many messages the source has
	unread int // of those
	last   time.Time
}

func (t *thread) count() int { return len(t.live) + t.past }

// message returns message n as the phone keeps it.
func (p *Phone) threadMessage(t *thread, n int) (*storedMessage, error) {
	if n < len(t.live) {
		return t.live[len(t.live)-1-n], nil
	}
	m, err := p.pastMessage(t.with, t.source.Message(t.chat, n-len(t.live)))
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if recalled := p.messages[m.key]; recalled != nil {
		return recalled, nil
	}
	return m, nil
}

// recall finds a message of a source, and keeps it because something is about to happen to it. Nil when there is none.
func (p *Phone) recall(label, id string) *storedMessage {
	t := p.threadOf(label)
	if t == nil {
		return nil
	}
	for n := len(t.live); n < t.count(); n++ {
		m, err := p.threadMessage(t, n)
		if err != nil || m.ID != id {
			continue
		}
		p.mu.Lock()
		defer p.mu.Unlock()
		if p.messages[m.key] == nil {
			m.file = p.s.rememberedFile(m.content)
			p.messages[m.key] = m
		}
		return p.messages[m.key]
	}
	return nil
}

// threadOf looks at one chat. Nil when there is none.
func (p *Phone) threadOf(label string) *thread {
	with, err := p.partner(label)
	if err != nil {
		return nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	i := p.pastIndexLocked(with.label())
	c := p.chats[with.label()]
	if c == nil && i < 0 {
		return nil
	}
	t := &thread{with: with}
	if c != nil {
		t.live = c.messages
	}
	if i >= 0 {
		p.addSourceLocked(t, i)
	}
	t.settleLast()
	return t
}

func (p *Phone) addSourceLocked(t *thread, i int) {
	past := p.past.source.Chat(i)
	t.source, t.chat, t.past, t.unread, t.last, t.name = p.past.source, i, past.Messages, past.Unread, past.Last, past.Name
	if settings := p.learned.chats[t.with.label()]; settings != nil && settings.readOnce {
		t.unread = 0
	}
}

// settleLast notes when the newest message was written, and whose push name the chat has.
func (t *thread) settleLast() {
	if len(t.live) > 0 {
		t.last = t.live[len(t.live)-1].At
	}
	if a, ok := t.with.(*account); ok {
		t.name = a.pushName()
	}
}

// threads looks at all chats, the one with the newest message first.
func (p *Phone) threads() []*thread {
	p.mu.Lock()
	var all []*thread
	for _, label := range sortedKeys(p.chats) {
		c := p.chats[label]
		t := &thread{with: c.with, live: c.messages}
		if i := p.pastIndexLocked(label); i >= 0 {
			p.addSourceLocked(t, i)
		}
		all = append(all, t)
	}
	book := p.past
	p.mu.Unlock()
	if book != nil {
		all = append(all, p.sourceThreads(book)...)
	}
	for _, t := range all {
		t.settleLast()
	}
	slices.SortStableFunc(all, func(x, y *thread) int { return y.last.Compare(x.last) })
	return all
}

// sourceThreads are the chats of a source in which nothing was written since.
func (p *Phone) sourceThreads(book *pastBook) []*thread {
	var all []*thread
	for i := range book.source.Chats() {
		label := book.source.Chat(i).Peer
		with, err := p.partner(label)
		if err != nil {
			continue
		}
		p.mu.Lock()
		if p.chats[label] == nil && p.pastIndexLocked(label) >= 0 {
			t := &thread{with: with}
			p.addSourceLocked(t, i)
			all = append(all, t)
		}
		p.mu.Unlock()
	}
	return all
}
