package domain

import "time"

// Inbound is one thing that a device received and that has to be on disk before WhatsApp is told that we have it.
// Exactly one field is set.
type Inbound struct {
	Message  *InboundMessage
	Change   *InboundChange `json:",omitzero"`
	Receipt  *InboundReceipt
	History  *InboundHistory
	Name     *InboundName
	Identity *InboundIdentity
}

// InboundMessage is a message as a device received it, decrypted and converted.
type InboundMessage struct {
	WAID      string
	Chat      Peer // the other person, or the group
	Sender    Peer // who wrote it: the contact, a member, or ourselves
	FromMe    bool // written by our account elsewhere: on the phone or another companion
	PushName  string
	At        time.Time // server time, second resolution
	Kind      MessageKind
	Text      string
	Content   *Content `json:",omitzero"` // nil where the words are all there is
	Raw       []byte   // the protobuf as received (waE2E.Message), without small pictures; empty of what may not be kept
	Undecrypt bool     // arrived but could not be decrypted (yet); Raw is empty, the real one may follow under the same id

	Past  bool         `json:",omitzero"` // from the history that the phone handed over: it is no news to anybody
	State MessageState `json:",omitzero"` // of the past: how far ours had come; "" stands for sent
}

// InboundReceipt tells how far messages have come.
type InboundReceipt struct {
	Kind   ReceiptKind
	Chat   Peer
	Sender Peer // whose device says so
	WAIDs  []string
	At     time.Time
}

// InboundHistory is a history-sync notification, kept as it came and left unreceipted until it has been worked through. It is told twice: as soon
// as it can be read, and once more when its id is known.
type InboundHistory struct {
	WAID  string // "" the first time
	Type  string
	Chunk int
	At    time.Time
	Raw   []byte // the HistorySyncNotification protobuf

	Percent int `json:",omitzero"` // how far the phone has come with handing over, as it says
}

// InboundName is a name that a person chose for themselves.
type InboundName struct {
	Peer Peer
	Name string
}

// InboundIdentity says that a LID and a phone number are the same person.
type InboundIdentity struct {
	LID    string
	Number string
}
