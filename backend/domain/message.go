package domain

import "time"

// MaxTextBytes is the longest text that is shown and sent, in bytes of UTF-8.
const MaxTextBytes = 64 << 10

// Peer names a chat partner as WhatsApp does. At least one of LID and Number is set for a person.
type Peer struct {
	LID    string // user part of the LID, "" while unknown
	Number string // international digits without "+", "" while unknown
	Group  string // user part of a group JID; then LID and Number are empty
}

// Conversation is one contact or group as seen by one subaccount.
type Conversation struct {
	Ref         ConversationRef
	Contact     ContactID
	Peer        Peer
	Title       string   // contact's name; the interface shows the number where it is ""
	FirstDevice DeviceID // the device the contact first wrote to, 0 if we wrote first
	LastDevice  DeviceID // the device that carried the newest message
	LastMessage Message  // the newest
	LastAt      time.Time
	Unread      int
	Draft       string
}

// Direction says who wrote a message.
type Direction string

// The directions.
const (
	In  Direction = "in"
	Out Direction = "out"
)

// MessageState is how far an outgoing message has come. Incoming ones have StateReceived.
type MessageState string

// The states, in the order in which an outgoing message passes them.
const (
	StateReceived  MessageState = "received"
	StateScheduled MessageState = "scheduled" // saved here, its time has not come; At is that time
	StateQueued    MessageState = "queued"    // saved here, not yet gone
	StateSending   MessageState = "sending"   // handed to the client library
	StateUncertain MessageState = "uncertain" // handed over, and no answer came: it goes again with the same id
	StateSent      MessageState = "sent"      // WhatsApp has it
	StateDelivered MessageState = "delivered" // on the contact's phone
	StateRead      MessageState = "read"
	StatePlayed    MessageState = "played"
	StateFailed    MessageState = "failed" // refused for good; FailCode says why
)

// MessageKind says what a message holds.
type MessageKind string

// The kinds. What a message of any kind holds besides its words is its Content. KindNotice is a line that nobody wrote: it is never unread.
// KindUnknown is kept raw and shown as what it is called.
const (
	KindText         MessageKind = "text"
	KindImage        MessageKind = "image"
	KindVideo        MessageKind = "video"
	KindGIF          MessageKind = "gif"
	KindVoice        MessageKind = "voice"
	KindAudio        MessageKind = "audio"
	KindDocument     MessageKind = "document"
	KindSticker      MessageKind = "sticker"
	KindLocation     MessageKind = "location"
	KindLiveLocation MessageKind = "live_location"
	KindContact      MessageKind = "contact"
	KindContacts     MessageKind = "contacts"
	KindPoll         MessageKind = "poll"
	KindEvent        MessageKind = "event"
	KindInvite       MessageKind = "invite"
	KindCall         MessageKind = "call" // one that was missed
	KindNotice       MessageKind = "notice"
	KindUnknown      MessageKind = "unknown"
)

// Message is one entry of a conversation.
type Message struct {
	ID           MessageID
	Conversation ConversationRef
	Device       DeviceID // the device that carried it
	WAID         string   // WhatsApp's id of the message
	Direction    Direction
	FromPhone    bool       // ours, typed on the phone or another companion
	Operator     OperatorID // who wrote it here; 0 if incoming or from the phone
	Kind         MessageKind
	Text         string    // what was written: a text, a caption, the question of a poll
	Author       *Author   // who wrote what came in a group, else nil
	Content      *Content  // nil where the words are all there is
	Media        *Media    // what is here of its file; nil where nobody has asked for it and it has no small picture
	At           time.Time // by WhatsApp's clock if it has told one, else ours
	State        MessageState
	FailCode     Code
	Edited       time.Time // when its text was last changed; zero: never
	Deleted      *Deletion // nil unless it was deleted for everyone
	Reactions    []Reaction
	Votes        []Vote    // of a poll
	People       []Person  // whom the content speaks of
	Answers      MessageID // the message that Content.Reply names, 0 while it is not here
}

// Person is somebody that a message speaks of.
type Person struct {
	Peer   Peer   // as the message names them
	Name   string // what they call themselves, "" while unknown
	Number string // international digits without "+", "" while unknown
	Ours   bool   // one of the subaccount's own devices
}

// Author is who wrote in a group.
type Author struct {
	Contact ContactID
	Name    string // what the person calls themselves, "" while unknown
	Number  string // international digits without "+", "" while unknown
}

// ReceiptKind is what a receipt says about messages.
type ReceiptKind string

// The kinds of receipts. ReceiptSender and ReceiptReadSelf come from our own other devices.
const (
	ReceiptDelivered ReceiptKind = "delivered"
	ReceiptRead      ReceiptKind = "read"
	ReceiptPlayed    ReceiptKind = "played"
	ReceiptReadSelf  ReceiptKind = "read_self" // read on our own phone
)
