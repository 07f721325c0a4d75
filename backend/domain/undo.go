package domain

import "time"

// MaxUndo is the longest time in which a message that a person sends can be taken back before it goes.
const MaxUndo = 5 * time.Second

// UndoChoices returns the times there are to choose from; 0 sends at once.
func UndoChoices() []time.Duration { return []time.Duration{0, 3 * time.Second, MaxUndo} }

// UndoOver returns when a message goes that a person sends now and can take back for a while. last is when the newest one of its conversation
// goes that can still be taken back, zero if there is none: nothing overtakes it. A message that is in nobody's way and need not wait goes now.
func UndoOver(now time.Time, undo time.Duration, last time.Time) time.Time {
	at := now.Add(undo)
	if last.After(at) && !UndoAstray(last, now) {
		return last
	}
	return at
}

// UndoAstray reports whether a countdown that ends at due is longer than any may be: the clock was put back since, and the message goes now.
func UndoAstray(due, now time.Time) bool { return due.Sub(now) > MaxUndo }
