package domain

import "time"

// Waiting is what the outbox knows of a message that has not gone.
type Waiting struct {
	Message   MessageID
	Ref       DeviceRef // the device that it goes from
	Due       time.Time // when it is to go; it may lie in the past
	Schedule  Schedule  // as a person chose it, zero if it was to go at once
	Scheduled bool      // its time has not come
	Undoable  bool      // it was sent a moment ago, and goes at Due unless it is taken back
	Late      bool      // it was due while nobody could send it, and waits for a word
	Uncertain bool      // an earlier try left open whether it went
	Behind    bool      // another one of its conversation goes first
	Upload    time.Time // when its file is tried again, which WhatsApp's hosts did not take; zero: it is not put off
}

// HoldCode says why a message has not gone. The set is open: what holds messages later adds its own.
type HoldCode string

// The codes that the outbox itself knows. Of several that hold the one is told that ends last.
const (
	HoldNothing   HoldCode = ""          // it goes now
	HoldUndo      HoldCode = "undo"      // it was sent a moment ago and can be taken back
	HoldScheduled HoldCode = "scheduled" // its time has not come
	HoldLate      HoldCode = "late"      // it was due while the computer slept or Waflow was closed: a person is asked
	HoldDevice    HoldCode = "device"    // its device can't send; the device's cause says why
	HoldUncertain HoldCode = "uncertain" // it may have gone: it goes again with the same id
	HoldBehind    HoldCode = "behind"    // another one of its conversation goes first
	HoldUpload    HoldCode = "upload"    // its file could not be uploaded and is tried again
)

// Hold is why a message has not gone, and when that ends.
type Hold struct {
	Code  HoldCode
	Until time.Time // zero if nobody knows
}

// Hold says why the message has not gone. sends is whether its device can send now, until when that is known to change.
func (w Waiting) Hold(sends bool, until time.Time) Hold {
	switch {
	case w.Undoable:
		return Hold{Code: HoldUndo, Until: w.Due}
	case w.Scheduled:
		return Hold{Code: HoldScheduled, Until: w.Due}
	case w.Late:
		return Hold{Code: HoldLate}
	case w.Uncertain:
		return Hold{Code: HoldUncertain}
	case !sends:
		return Hold{Code: HoldDevice, Until: until}
	case !w.Upload.IsZero():
		return Hold{Code: HoldUpload, Until: w.Upload}
	case w.Behind:
		return Hold{Code: HoldBehind}
	}
	return Hold{}
}

// Fallen is what became of the messages whose time has come: those that were scheduled, and those that can be taken back no more.
type Fallen struct {
	Devices []DeviceID // that have something to send now
	Late    int        // how many wait for a person
	Next    time.Time  // when the next one is due, zero if there is none
}
