package domain

import "time"

// NotifySwitch says whether notifications are shown: of a device, of the devices of a subaccount, or of all.
type NotifySwitch string

// The switches. What inherits does as the one above it does, and the workspace shows them.
const (
	NotifyInherit NotifySwitch = ""
	NotifyOn      NotifySwitch = "on"
	NotifyOff     NotifySwitch = "off"
)

// NotifySwitches returns every switch.
func NotifySwitches() []NotifySwitch { return []NotifySwitch{NotifyInherit, NotifyOn, NotifyOff} }

// Muted tells what switches say together, the closest to the device first: the first that does not inherit counts.
func Muted(switches ...NotifySwitch) bool {
	for _, s := range switches {
		if s != NotifyInherit {
			return s == NotifyOff
		}
	}
	return false
}

// MinutesOfDay is how many minutes a clock on the wall counts in a day.
const MinutesOfDay = 24 * 60

// QuietHours is the part of every day in which notifications are held back, by the clock on the wall. They may begin before midnight and
// end after it.
type QuietHours struct {
	On        bool
	From, To  int  // minutes since midnight, 0 to MinutesOfDay-1, not the same
	Attention bool // what requires attention is told nevertheless
}

// At returns when the quiet hours around a moment began and when they end; both are zero when the moment lies in none. The clock of at's
// own time zone counts. Where a change of that clock skips or repeats a time, each night still has one beginning and one end.
func (q QuietHours) At(at time.Time) (from, to time.Time) {
	if !q.On {
		return time.Time{}, time.Time{}
	}
	year, month, day := at.Date()
	for _, begun := range []int{day - 1, day} {
		ends := begun
		if q.To <= q.From {
			ends++
		}
		from = time.Date(year, month, begun, 0, q.From, 0, 0, at.Location())
		to = time.Date(year, month, ends, 0, q.To, 0, 0, at.Location())
		if !at.Before(from) && at.Before(to) {
			return from, to
		}
	}
	return time.Time{}, time.Time{}
}
