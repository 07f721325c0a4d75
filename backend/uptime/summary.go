package uptime

import (
	"cmp"
	"slices"
	"time"

	"waflow/backend/domain"
)

// Times is how much time a device was up and down.
type Times struct {
	Before   time.Duration // before the first link: not counted
	Up, Down time.Duration
}

// Summary is how much of a stretch of time a device was up.
type Summary struct {
	Times
	Outages int           // how often it was down
	Median  time.Duration // of the outages that are over; 0 without one
	Causes  []CauseTime   // what it was down for, longest first
}

// CauseTime is how long a cause kept a device down, and how often.
type CauseTime struct {
	Cause domain.Cause
	Time  time.Duration
	Times int
}

// Share returns the part of the counted time that the device was up, from 0 to 1, and false when no time is counted.
func (t Times) Share() (float64, bool) {
	counted := t.Up + t.Down
	if counted <= 0 {
		return 0, false
	}
	return float64(t.Up) / float64(counted), true
}

func (t *Times) add(s Span) {
	switch {
	case !s.Counted():
		t.Before += s.Length()
	case s.Up():
		t.Up += s.Length()
	default:
		t.Down += s.Length()
	}
}

// Summarize adds up spans that follow each other, as Spans returns them.
func Summarize(spans []Span) Summary {
	var s Summary
	var ended []time.Duration
	var outage time.Duration // of the one that goes on; 0 without one
	byCause := map[domain.Cause]CauseTime{}
	for _, span := range spans {
		s.add(span)
		switch {
		case !span.Counted():
		case span.Up():
			if outage > 0 {
				ended = append(ended, outage)
			}
			outage = 0
		default:
			if outage == 0 {
				s.Outages++
			}
			outage += span.Length()
			c := byCause[span.Cause]
			byCause[span.Cause] = CauseTime{Cause: span.Cause, Time: c.Time + span.Length(), Times: c.Times + 1}
		}
	}
	s.Median = median(ended)
	for _, c := range byCause {
		s.Causes = append(s.Causes, c)
	}
	slices.SortFunc(s.Causes, func(a, b CauseTime) int {
		return cmp.Or(cmp.Compare(b.Time, a.Time), cmp.Compare(a.Cause, b.Cause))
	})
	return s
}

// median returns the middle one, the shorter of the two middle ones of an even number.
func median(lengths []time.Duration) time.Duration {
	if len(lengths) == 0 {
		return 0
	}
	slices.Sort(lengths)
	return lengths[(len(lengths)-1)/2]
}

// Day is one day of a calendar.
type Day struct {
	Begin time.Time // its midnight, or where the stretch begins
	Summary
}

// Days parts spans by the days of a calendar, oldest first. A day has 23 or 25 hours where the clocks change.
func Days(spans []Span, zone *time.Location) []Day {
	var out []Day
	for len(spans) > 0 {
		day := spans[0].From.In(zone)
		end := midnight(day)
		var within []Span
		for len(spans) > 0 && spans[0].From.Before(end) {
			first := spans[0]
			if !first.To.After(end) {
				within, spans = append(within, first), spans[1:]
				continue
			}
			within = append(within, Span{From: first.From, To: end, Cause: first.Cause})
			spans = slices.Clone(spans)
			spans[0].From = end
		}
		out = append(out, Day{Begin: day, Summary: Summarize(within)})
	}
	return out
}

// midnight returns when the day of a moment ends. Where the clocks skip midnight, that is an hour later than the calendar makes it.
func midnight(day time.Time) time.Time {
	end := time.Date(day.Year(), day.Month(), day.Day()+1, 0, 0, 0, 0, day.Location())
	if end.Day() == day.Day() {
		end = end.Add(time.Hour)
	}
	return end
}
