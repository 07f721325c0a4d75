package uptime

import (
	"time"

	"waflow/backend/domain"
)

// Span is a stretch of time in which a device told one thing. Cause is "" before its first link: that time is not counted.
type Span struct {
	From, To time.Time
	Cause    domain.Cause
}

// Length is how long the span is, never negative.
func (s Span) Length() time.Duration { return s.To.Sub(s.From) }

// Counted reports whether the span is part of the figures.
func (s Span) Counted() bool { return s.Cause != "" }

// Up reports whether messages could arrive during the span.
func (s Span) Up() bool { return Up(s.Cause) }

// Up reports whether messages arrive at a device that tells this cause: it is connected, or what is wrong does not concern them. During the
// first sync new messages arrive already.
func Up(c domain.Cause) bool {
	switch c {
	case domain.CauseOnline, domain.CauseFirstSync, domain.CauseReachoutTimelock, domain.CausePhoneOfflineTooLong:
		return true
	default:
		return false
	}
}

// Linked reports whether a cause tells of a device that has been linked. While one is linked anew, what it told before says so.
func Linked(c domain.Cause) bool {
	return c.Status() != domain.StatusPending || c == domain.CauseFirstSync
}

// Spans returns what a device told between two moments, without gaps: the first span begins at from, the last ends at to. Rows come in the
// order in which they were written. Where the clock was set back, what was written later holds; rows after to are left out.
func Spans(rows []domain.ToldCause, from, to time.Time) []Span {
	if !from.Before(to) {
		return nil
	}
	begins := []Span{{From: from}}
	linked := false
	for _, row := range rows {
		linked = linked || row.Linked || Linked(row.Cause)
		if at := since(row); linked && at.Before(to) {
			begins = begin(begins, latest(at, from), row.Cause)
		}
	}
	return joined(begins, to)
}

// since is when a row's time began.
func since(row domain.ToldCause) time.Time {
	if !row.DownFrom.IsZero() && row.DownFrom.Before(row.At) {
		return row.DownFrom
	}
	return row.At
}

// begin lets a cause hold from a moment on, whatever was told of the time after it.
func begin(begins []Span, at time.Time, cause domain.Cause) []Span {
	for n := len(begins); n > 0 && !begins[n-1].From.Before(at); n-- {
		begins = begins[:n-1]
	}
	return append(begins, Span{From: at, Cause: cause})
}

// joined gives the spans their ends and makes one of neighbours that tell the same.
func joined(begins []Span, to time.Time) []Span {
	out := begins[:0]
	for i, s := range begins {
		s.To = to
		if i+1 < len(begins) {
			s.To = begins[i+1].From
		}
		if n := len(out); n > 0 && out[n-1].Cause == s.Cause {
			out[n-1].To = s.To
			continue
		}
		out = append(out, s)
	}
	return out
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
