package domain

// Cursor marks a place in a list that the store gave out: opaque, "" is the beginning of the list or, as an answer, its end.
type Cursor string

// ConversationQuery asks for a part of the inbox, newest first.
type ConversationQuery struct {
	Subaccount SubaccountID // 0 means all
	Unsent     bool         // only those with a message that has not gone: queued, held, scheduled or failed
	Before     Cursor
	Limit      int
}

// DevicePatch changes parts of a device; a nil part stays as it is. A device that becomes the favourite takes that from the one before.
type DevicePatch struct {
	Label    *string
	Purpose  *Purpose
	Priority *Priority
	Favorite *bool
	Colour   *Colour // "" takes it away
	Paused   *bool
	Notify   *NotifySwitch
}

// NewMessage is a message to send, as the outbox takes it: the device is chosen, WhatsApp's id and the final payload are made.
type NewMessage struct {
	Conversation ConversationRef
	Device       DeviceID
	Operator     OperatorID
	Text         string
	WAID         string
	Payload      []byte // waE2E.Message, message secret included; of a file it is final once that is on WhatsApp's hosts
	Schedule     Schedule
	Undoable     bool        // a person sends it now: it waits as long as the settings say, and can be taken back
	Kind         MessageKind // "" stands for a text
	Content      *Content
	Media        *Media // what is here of its file, which has to be uploaded first; nil for none
	KeepDraft    bool   // what stands in the composer is another message
}
