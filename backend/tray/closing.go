package tray

// Closing is what becomes of a window that a person closes.
type Closing string

// The ways to close.
const (
	ClosingQuits     Closing = "quit"
	ClosingHides     Closing = "hide"     // the tray brings it back
	ClosingMinimises Closing = "minimise" // the task bar brings it back
)

// Moment is when a window is closed.
type Moment struct {
	Quits     bool // the person wants closing to quit
	Tray      bool // people see the tray icon
	Minimised bool // the window is
}

// Close decides what closing the window does. A window never goes where nothing brings it back; who closes one that is minimised, which
// task bars call "quit", wants it to end.
func Close(m Moment) Closing {
	switch {
	case m.Quits:
		return ClosingQuits
	case m.Tray:
		return ClosingHides
	case m.Minimised:
		return ClosingQuits
	}
	return ClosingMinimises
}
