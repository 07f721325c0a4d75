package domain

import "time"

// GapID names a gap.
type GapID int64

// GapState says how far it is known whether anything is missing.
type GapState string

// The states of a gap, in the order in which it comes past them.
const (
	GapOpen        GapState = "open"         // the device is away
	GapEnded       GapState = "ended"        // it is back, and what WhatsApp kept for it is arriving
	GapChecking    GapState = "checking"     // the phone is asked, conversation by conversation
	GapVerified    GapState = "verified"     // all that the phone has of that time is here
	GapNotProvable GapState = "not_provable" // the phone did not answer, or was asked about enough: see Gap.Todo
)

// Gap is a time in which nothing could arrive at a device that was linked.
type Gap struct {
	ID       GapID
	Ref      DeviceRef
	From, To time.Time // To is zero while it is open
	Cause    Cause     // what it began with
	Relinked bool      // the link was lost meanwhile, and with it what WhatsApp keeps for a device that is away
	State    GapState
	Late     int        // messages of that time that arrived when it was over
	Found    int        // messages of that time that the phone handed over when it was asked, or after a new link
	Todo     []GapCheck // GapChecking, GapNotProvable: the conversations in which something may be missing still
	Mark     MessageID  // the newest message when it began
}

// GapCheck is a conversation that is to be compared with the phone.
type GapCheck struct {
	Conversation ConversationID `json:"conversation"`
	Before       int            `json:"before"` // messages of the gap's time that were here before the phone was asked
}

// Older asks a phone for what comes before a message of a conversation.
type Older struct {
	Request string // names the request; the answer names it again
	Chat    Peer
	WAID    string // "" for a message that nobody knows: what is older than At
	FromMe  bool
	At      time.Time
	Count   int
}

// OlderAnswer is what a phone answered, once it is kept.
type OlderAnswer struct {
	Request string    // that it answers
	Oldest  time.Time // of the messages that it brought; zero if there were none
	End     bool      // the phone has nothing older
}
