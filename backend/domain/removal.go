package domain

// Removal says how a device is removed.
type Removal struct {
	Erase bool   // its conversations go with it; else they stay readable
	Label string // what a person typed to erase: the device's label, compared exactly. Not looked at otherwise
}

// Removed says what became of a device that was removed.
type Removed struct {
	PhoneTold bool // WhatsApp took Waflow off the phone's linked devices, or it was not linked. If false, a person has to do it on the phone
}

// RemovedDevice is what stays of a device whose conversations were kept: what they name it by. Its slot is never given again.
type RemovedDevice struct {
	Ref   DeviceRef
	Slot  int
	Label string
}

// RemovalLoss is what goes when a device is removed.
type RemovalLoss struct {
	Conversations int // that only this device carried: erased with it
	Shared        int // that another device of the subaccount carried too: they stay, without the messages that only this one carried
	Messages      int // that only this device carried
	Waiting       int // not sent yet; they fail when the device is removed
	Backups       int // copies of the database on this computer, which still hold what is erased
}

// BulkAction is what can be done to several devices at once.
type BulkAction string

// The actions for several devices.
const (
	BulkPause  BulkAction = "pause"
	BulkResume BulkAction = "resume"
	BulkTryNow BulkAction = "try_now"
)

// BulkActions returns every action for several devices.
func BulkActions() []BulkAction { return []BulkAction{BulkPause, BulkResume, BulkTryNow} }

// BulkOutcome is what became of one of several devices.
type BulkOutcome struct {
	Device DeviceID
	Err    error // why it was refused, nil if it was done; an *Error where a person can act on it
}
