package domain

import "time"

// Unread is how much of a subaccount has not been read.
type Unread struct {
	Subaccount    SubaccountID
	Messages      int
	Conversations int // with at least one unread message
}

// ReadMark is a read receipt to send: these messages of one sender were read here.
type ReadMark struct {
	Ref    DeviceRef // the device that carried them
	Chat   Peer
	Sender Peer
	WAIDs  []string
	At     time.Time

	Messages []MessageID // our rows of WAIDs, in the same order; WhatsApp does not need them
}
