package domain

import "time"

// MergeID names a time when two contacts turned out to be one person.
type MergeID int64

// Contact is a person as one subaccount knows them.
type Contact struct {
	ID      ContactID
	Name    string   // what they call themselves, "" while unknown
	Numbers []string // international digits without "+", the one they have now first
	Merges  []Merge  // newest first
}

// Merge is a contact that turned out to be the same person as another one, as it was before.
type Merge struct {
	ID       MergeID
	At       time.Time
	Name     string
	Numbers  []string
	Messages int // that go back to it when the two are parted
}

// Parted are two conversations that were one.
type Parted struct {
	Kept  ConversationID
	Apart ConversationID // the one that was made for the contact that is its own again
}
