package domain

// OutboxItem is a message that is to be sent, with everything that sending it needs.
type OutboxItem struct {
	Message MessageID
	Ref     DeviceRef
	Chat    ConversationID
	Out     Outgoing
	Tries   int // earlier tries after which it is uncertain whether it went
}

// SendOutcome is how far a try to send a message has come.
type SendOutcome string

// The outcomes.
const (
	SendBegun     SendOutcome = "begun"     // it is handed to the client library
	SendGone      SendOutcome = "gone"      // WhatsApp has it
	SendNotGone   SendOutcome = "not_gone"  // it did not go
	SendRefused   SendOutcome = "refused"   // it never will
	SendUncertain SendOutcome = "uncertain" // it may have gone: it goes again with the same id
)

// SendNote is an outcome to be kept.
type SendNote struct {
	Message MessageID
	Outcome SendOutcome
	Result  SendResult // SendGone
	Code    Code       // SendRefused: why
}

// OutboxStep is what a device's line does in one write: it keeps what became of messages and takes the next ones.
type OutboxStep struct {
	Device DeviceID
	Notes  []SendNote
	Take   int              // how many at most
	Paused []ConversationID // whose turn it is not
	Held   []MessageID      // taken before and not noted yet
}
