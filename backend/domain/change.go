package domain

import "time"

// ChangeKind says what became of a message after it was sent.
type ChangeKind string

// The kinds of changes.
const (
	ChangeReaction ChangeKind = "reaction"
	ChangeVote     ChangeKind = "vote"
	ChangeEdit     ChangeKind = "edit"
	ChangeDelete   ChangeKind = "delete"
	ChangeSealed   ChangeKind = "sealed" // it could not be decrypted: kept raw, without effect
)

// MaxEmojiBytes bounds a reaction: the longest emoji has 35 bytes.
const MaxEmojiBytes = 64

// InboundChange is a message that is not shown but changes another one.
type InboundChange struct {
	WAID     string // of the message that says so
	Chat     Peer
	Sender   Peer // who did it
	FromMe   bool // our account did it elsewhere
	PushName string
	At       time.Time // when, by the sender's clock where it tells
	Target   Target
	Kind     ChangeKind
	Emoji    string   `json:",omitzero"` // of a reaction; "" takes it back
	Text     string   `json:",omitzero"` // what an edited message says now
	Options  []string `json:",omitzero"` // of a vote: the chosen options, SHA-256 in hex
	Raw      []byte   `json:",omitzero"` // of one that is sealed
}

// Target names the message that is changed.
type Target struct {
	WAID   string
	Sender Peer // who wrote it
	FromMe bool // our account did
}

// Reaction is an emoji that somebody put on a message.
type Reaction struct {
	Emoji  string
	Device DeviceID // of ours that did it, 0: a contact
	Name   string   // of the contact: what they call themselves, else their number; only where it is asked for
	At     time.Time
}

// Vote is what somebody chose in a poll.
type Vote struct {
	Device  DeviceID
	Name    string
	Options []string // SHA-256 of the chosen options, in hex
	At      time.Time
}

// Deletion tells of a message that was deleted for everyone.
type Deletion struct {
	At   time.Time
	By   Deleter
	Name string // of the admin, what they call themselves, else their number
}

// Deleter says who deleted a message.
type Deleter string

// Who deletes messages.
const (
	DeletedBySender Deleter = "sender" // the contact who wrote it
	DeletedByAdmin  Deleter = "admin"  // somebody else in a group
	DeletedByUs     Deleter = "us"
)

// Version is a text that a message had before it was edited.
type Version struct {
	Text string
	At   time.Time // when it was written
}
