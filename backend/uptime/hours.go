package uptime

import (
	"time"

	"waflow/backend/domain"
)

// InHours adds up the parts of spans that lie in business hours. place is where the clock hangs that the hours go by.
func InHours(spans []Span, hours domain.BusinessHours, place *time.Location) Times {
	var sum Times
	for _, span := range spans {
		for at := span.From.In(place); at.Before(span.To); {
			open, until := hours.At(at)
			if until.After(span.To) {
				until = span.To
			}
			if open {
				sum.add(Span{From: at, To: until, Cause: span.Cause})
			}
			at = until.In(place)
		}
	}
	return sum
}
