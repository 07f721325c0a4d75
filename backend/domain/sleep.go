package domain

import "time"

// LateAfter is how late a message may be when the computer wakes and still go without a question.
const LateAfter = 30 * time.Minute

// Sleep is a time for which the computer slept: nothing was sent or received.
type Sleep struct {
	From time.Time
	To   time.Time
}

// LateMessage is a message that was due while the computer slept and waits for a person to say whether it still goes.
type LateMessage struct {
	Message   Message
	Chat      Conversation
	Due       time.Time // when it was to go
	Uncertain bool      // a try before the sleep left open whether it went: it can be sent again, but not taken back
}

// AwakeState says what becomes of the wish to keep the computer awake.
type AwakeState string

// The states of that wish.
const (
	AwakeOff     AwakeState = "off"     // nobody asked for it
	AwakeHeld    AwakeState = "held"    // the computer is kept awake
	AwakeBattery AwakeState = "battery" // not plugged in
	AwakeRefused AwakeState = "refused" // the system does not let us
)

// Rest is what people are told about sleep.
type Rest struct {
	Sleeps []Sleep       // the newest, newest first
	Late   []LateMessage // oldest first, MaxLateShown at most
	Waits  int           // how many messages wait for an answer in all
	Awake  AwakeState
}

// MaxLateShown is how many late messages are listed.
const MaxLateShown = 200
