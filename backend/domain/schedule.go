package domain

import (
	"time"
	_ "time/tzdata" // not every computer has the rules of the time zones, and none has newer ones than its last update
)

// Schedule is when a message is to go: what a clock on the wall shows in a place. It is kept like that, and not only as a moment, so that it
// means the same when the computer travels or when the place changes its daylight saving time. The zero value stands for "as soon as possible".
type Schedule struct {
	Wall string // ScheduleLayout
	Zone string // of the IANA database, "Europe/Lisbon"
}

// ScheduleLayout is how Schedule.Wall is written, as for time.Parse.
const ScheduleLayout = "2006-01-02T15:04"

// ScheduleRule says how a wall clock's time became a moment.
type ScheduleRule string

// The rules. Where clocks are put forward a time is skipped: what was to go in it goes as much later as the clocks were put forward. Where they
// are put back a time comes twice: it goes the first time.
const (
	ScheduleExact   ScheduleRule = "exact"
	ScheduleSkipped ScheduleRule = "skipped"
	ScheduleTwice   ScheduleRule = "twice"
)

// Set reports whether there is a time.
func (s Schedule) Set() bool { return s != Schedule{} }

// At returns the moment, and how it was found. Errors: invalid for a time or a zone that there is not.
func (s Schedule) At() (time.Time, ScheduleRule, error) {
	wall, err := time.Parse(ScheduleLayout, s.Wall)
	if err != nil {
		return time.Time{}, "", badSchedule("time", err)
	}
	place, err := s.location()
	if err != nil {
		return time.Time{}, "", badSchedule("zone", err)
	}
	near := wall.In(place) // at most a day off
	first, last := offset(near.Add(-24*time.Hour)), offset(near.Add(24*time.Hour))
	early, late := wall.Add(-max(first, last)), wall.Add(-min(first, last))
	switch fits := func(t time.Time) bool { return t.Add(offset(t.In(place))).Equal(wall) }; {
	case first == last || fits(early) && !fits(late):
		return early, ScheduleExact, nil
	case fits(early):
		return early, ScheduleTwice, nil
	case fits(late):
		return late, ScheduleExact, nil
	default:
		return late, ScheduleSkipped, nil
	}
}

// location returns the place. "" and "Local" would be the computer's own, which is what a schedule must not depend on.
func (s Schedule) location() (*time.Location, error) {
	if s.Zone == "" || s.Zone == "Local" {
		return nil, &Error{Code: CodeInvalid, Message: "A time needs a time zone by name."}
	}
	return time.LoadLocation(s.Zone)
}

func offset(t time.Time) time.Duration {
	_, seconds := t.Zone()
	return time.Duration(seconds) * time.Second
}

func badSchedule(field string, err error) error {
	return &Error{Code: CodeInvalid, Message: "There is no such time.", Detail: map[string]string{"field": field}, Err: err}
}

// WallOf returns what a clock shows in a zone at a moment, without seconds. Errors: invalid for a zone that there is not.
func WallOf(at time.Time, zone string) (Schedule, error) {
	s := Schedule{Zone: zone}
	place, err := s.location()
	if err != nil {
		return Schedule{}, badSchedule("zone", err)
	}
	s.Wall = at.In(place).Format(ScheduleLayout)
	return s, nil
}
