package domain

import (
	"slices"
	"strings"
	"time"
)

// SearchQuery asks for messages that hold what a person typed. A zero filter lets everything pass; several filters all have to.
type SearchQuery struct {
	Text         string // as typed: words, the last one perhaps only begun, and what is in quotes as it stands
	Subaccount   SubaccountID
	Device       DeviceID // that carried it, perhaps as one of several
	Conversation ConversationID
	Kinds        []MessageKind
	From, To     time.Time // From up to and without To, in whole seconds
	Direction    Direction
	Sender       ContactID // who wrote it; 0 for anybody
	Before       Cursor
	Limit        int // 1–200
}

// SearchText is all that is searched of a message: its words, and of what else it holds whatever can be read. What it leaves out is never
// found. The parts stand on lines of their own, the words first.
func (m Message) SearchText() string {
	if m.Content.Empty() {
		return m.Text
	}
	parts := []string{m.Text}
	c := m.Content
	if c.File != nil {
		parts = append(parts, c.File.Name)
	}
	if c.Place != nil {
		parts = append(parts, c.Place.Name, c.Place.Address)
	}
	for _, card := range c.Cards {
		parts = append(append(parts, card.Name), card.Numbers...)
	}
	if c.Poll != nil {
		parts = append(parts, c.Poll.Options...)
	}
	if c.Event != nil {
		parts = append(parts, c.Event.Description, c.Event.Place)
	}
	if c.Invite != nil {
		parts = append(parts, c.Invite.Name)
	}
	if c.Preview != nil {
		parts = append(parts, c.Preview.Title)
	}
	return strings.Join(slices.DeleteFunc(parts, func(part string) bool { return part == "" }), "\n")
}

// TextRange is a part of a text, in bytes of UTF-8: from From up to and without To.
type TextRange struct{ From, To int }

// Hit is a message that was found. Text is all that is searched of it; Ranges are the places in Text that were meant, in order, apart from
// each other, at most 64.
type Hit struct {
	Message      Message
	Conversation Conversation
	Text         string
	Ranges       []TextRange
}

// SearchPage is a part of what was found, newest first.
type SearchPage struct {
	Hits []Hit
	Next Cursor // of the following page, "" at the end
	// Nothing says that what was typed holds no word, number or letter to search for.
	Nothing bool
	// Unread is how many messages, the oldest ones, have not been looked at yet, because the index of an older workspace or of a long history is
	// still being made.
	Unread int
}

// NameQuery asks for conversations by the name or a number of who they are with.
type NameQuery struct {
	Text       string
	Subaccount SubaccountID // 0 means all
	Limit      int          // 1–200
}

// MessagePart is a part of a conversation, oldest first.
type MessagePart struct {
	Messages []Message
	Before   Cursor // of what is older, "" at the beginning; of what follows a place it is not told
	After    Cursor // of what is newer, "" at the end
	Total    int    // of the conversation
}
