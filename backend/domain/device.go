package domain

import "time"

// Device is a WhatsApp number linked, or to be linked, to one subaccount.
type Device struct {
	Ref      DeviceRef
	Slot     int // 1, 2, 3 … within the subaccount; 0 until the first link is confirmed; never reused
	Label    string
	Purpose  Purpose
	Priority Priority
	Favorite bool    // at most one per subaccount
	Colour   Colour  // its own mark beside its label; "" for none
	Account  Account // zero until the first link is confirmed
	State    DeviceState
	Created  time.Time
	Linked   time.Time // when the present link was confirmed; zero if there is none
	Paused   bool      // by the operator
	Notify   NotifySwitch
	LastIn   time.Time // when a message last arrived here; zero if never
	LastOut  time.Time // when a message was last sent from here; zero if never
	Phone    PhoneSign
}

// PhoneSign is when the phone of a number last gave a sign of life.
type PhoneSign struct {
	Seen    time.Time     // zero if it has given none
	Watched time.Duration // how long since then the device was connected, so that a sign would have been noticed
	Told    int           // days without a sign that people were told of; 0 for none
}

// Account is who WhatsApp says a linked number is.
type Account struct {
	Number       string // international digits without "+", the user part of the phone-number JID; "" until linked
	LID          string // user part of the LID; "" until WhatsApp tells it
	PushName     string
	BusinessName string
	Platform     string
}

// DeviceState is what is told about a device at one moment.
type DeviceState struct {
	Status Status
	Cause  Cause
	Since  time.Time
	Detail StateDetail
}

// StateDetail holds what a cause adds: until when, why, which try. Zero values mean "nothing to add".
type StateDetail struct {
	Until   time.Time `json:"until,omitzero"`   // end of a ban, a time-lock; end of the wait
	NextTry time.Time `json:"nextTry,omitzero"` // when the pool dials next
	Try     int       `json:"try,omitempty"`    // number of the failed try
	Reason  string    `json:"reason,omitempty"` // WhatsApp's reason or ours, a code or a short English text; no numbers of people
	Code    int       `json:"code,omitempty"`   // number of a refusal
	Step    int       `json:"step,omitempty"`   // "code n of 6", or percent of the first sync

	Proxy    string    `json:"proxy,omitempty"`   // host and port of the proxy that failed; Reason is its ProxyTrouble then
	Locked   time.Time `json:"locked,omitzero"`   // until when WhatsApp restricts first contacts, whatever the cause
	DownFrom time.Time `json:"downFrom,omitzero"` // since when nothing could arrive, where that was noticed afterwards: a sleep
}

// StateChange is one row of a device's history.
type StateChange struct {
	ID    int64 // given when it is written; later rows have higher ones
	Ref   DeviceRef
	At    time.Time
	Until time.Time // when the next row took over; zero while there is none
	From  DeviceState
	To    DeviceState
}

// Began returns when the time of a change began: before the row, where it was noticed afterwards that nothing could arrive.
func (c StateChange) Began() time.Time {
	if from := c.To.Detail.DownFrom; !from.IsZero() && from.Before(c.At) {
		return from
	}
	return c.At
}

// ToldCause is what a row of a device's history says about its time.
type ToldCause struct {
	Device   DeviceID
	At       time.Time
	Cause    Cause
	DownFrom time.Time // since when nothing could arrive, where that was noticed afterwards; zero if there is nothing to add
	Linked   bool      // the device had been linked before this row, whatever other rows tell
}

// ToldBy returns what a row of a device's history says about its time.
func ToldBy(c StateChange) ToldCause {
	return ToldCause{Device: c.Ref.Device, At: c.At, Cause: c.To.Cause, DownFrom: c.To.Detail.DownFrom}
}

// Purpose says what a device is for.
type Purpose string

// The purposes of a device.
const (
	PurposeSales   Purpose = "sales"
	PurposeSupport Purpose = "support"
	PurposeOther   Purpose = "other"
)

// Purposes returns every purpose in the order shown.
func Purposes() []Purpose { return []Purpose{PurposeSales, PurposeSupport, PurposeOther} }

// Priority orders the devices of a subaccount when nothing else decides which one sends.
type Priority string

// The priorities of a device.
const (
	PriorityHigh   Priority = "high"
	PriorityMedium Priority = "medium"
	PriorityLow    Priority = "low"
)

// Priorities returns every priority, highest first.
func Priorities() []Priority { return []Priority{PriorityHigh, PriorityMedium, PriorityLow} }
