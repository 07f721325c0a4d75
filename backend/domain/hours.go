package domain

import "time"

// BusinessHours is when a subaccount does business, by what the clock on the wall shows in a place.
type BusinessHours struct {
	On   bool    // else there are none, and the rest is what the next ones begin with
	Days [7]bool // on which they begin, by time.Weekday
	// From and To are minutes since midnight, 0 to MinutesOfDay-1. Hours whose end is not after their beginning end on the next day; from
	// midnight to midnight is the whole day.
	From, To int
	Zone     string // of the IANA database, "Europe/Lisbon"; "" is this computer's
}

// Check returns why hours can't be kept. Errors: invalid (detail "field": days, time, zone).
func (h BusinessHours) Check() error {
	if h.On && h.Days == [7]bool{} {
		return badHours("days", "Business hours need at least one day.", nil)
	}
	for _, minute := range []int{h.From, h.To} {
		if minute < 0 || minute >= MinutesOfDay {
			return badHours("time", "There is no such time of day.", nil)
		}
	}
	if _, err := h.Place(time.UTC); err != nil {
		return badHours("zone", "There is no such time zone.", err)
	}
	return nil
}

// Place returns where the clock hangs. local is where this computer is. Errors: those of time.LoadLocation.
func (h BusinessHours) Place(local *time.Location) (*time.Location, error) {
	if h.Zone == "" {
		return local, nil
	}
	return Schedule{Zone: h.Zone}.location()
}

// At tells whether a moment lies in the hours, and until when that is certain. The clock of at's own time zone counts: an hour that it
// shows twice counts twice, and one that it skips does not count.
func (h BusinessHours) At(at time.Time) (open bool, until time.Time) {
	hour, minute, second := at.Clock()
	now := hour*60 + minute
	next := MinutesOfDay
	for _, turn := range []int{h.From, h.To} {
		if turn > now {
			next = min(next, turn)
		}
	}
	shown := time.Duration(now)*time.Minute + time.Duration(second)*time.Second + time.Duration(at.Nanosecond())
	until = at.Add(time.Duration(next)*time.Minute - shown)
	if _, changes := at.ZoneBounds(); !changes.IsZero() && changes.Before(until) {
		until = changes
	}
	return h.On && h.openAt(at.Weekday(), now), until
}

// openAt is for a minute of a day, by the clock.
func (h BusinessHours) openAt(day time.Weekday, minute int) bool {
	overnight := h.To <= h.From
	today := minute >= h.From && (overnight || minute < h.To)
	sinceYesterday := overnight && minute < h.To
	return today && h.Days[day] || sinceYesterday && h.Days[(day+6)%7]
}

func badHours(field, message string, err error) error {
	return &Error{Code: CodeInvalid, Message: message, Detail: map[string]string{"field": field}, Err: err}
}
