package domain

import "time"

// Subaccount is one client, brand or project. Its devices, conversations and contacts never mix with another's.
type Subaccount struct {
	ID       SubaccountID
	Name     string // unique in the workspace, compared without case; 1–60 characters
	Initials string // one or two characters, unique in the workspace
	Colour   Colour
	Position int // place in the rail, from 0
	Created  time.Time
	Notify   NotifySwitch // of its devices
	// KeepDeleted keeps what a message said when it is deleted for everyone; else its words and what it held go.
	KeepDeleted bool
	Hours       BusinessHours
	Fetch       FetchPolicy
}

// Colour names one of the twelve subaccount colours of the design tokens.
type Colour string

// Colours returns the twelve colours in the order in which new subaccounts get them.
func Colours() []Colour {
	return []Colour{"teal", "cobalt", "rust", "violet", "moss", "ochre", "orchid", "slate", "crimson", "sky", "jade", "rose"}
}
