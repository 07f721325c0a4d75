package uptime

import (
	"time"

	"waflow/backend/domain"
)

// Block is a stretch of a strip with one status; "" before the first link.
type Block struct {
	From, To time.Time
	Status   domain.Status
}

// Strip returns what a strip of so many cells draws: whole cells, each with the worst status told in it, neighbours joined. However short, a
// problem takes a cell, so that it is seen.
func Strip(spans []Span, cells int) []Block {
	if len(spans) == 0 || cells <= 0 {
		return nil
	}
	from, to := spans[0].From, spans[len(spans)-1].To
	edge := func(n int) time.Time {
		if n >= cells {
			return to
		}
		return from.Add(time.Duration(float64(to.Sub(from)) * float64(n) / float64(cells)))
	}
	var out []Block
	next := 0
	for n := range cells {
		begin, end := edge(n), edge(n+1)
		for next < len(spans) && !spans[next].To.After(begin) {
			next++
		}
		worst := domain.Status("")
		for i := next; i < len(spans) && spans[i].From.Before(end); i++ {
			if status := spans[i].status(); rank(status) > rank(worst) {
				worst = status
			}
		}
		if last := len(out) - 1; last >= 0 && out[last].Status == worst {
			out[last].To = end
			continue
		}
		out = append(out, Block{From: begin, To: end, Status: worst})
	}
	return out
}

func (s Span) status() domain.Status {
	if !s.Counted() {
		return ""
	}
	return s.Cause.Status()
}

// rank orders statuses from "not linked yet" to the worst.
func rank(s domain.Status) int {
	switch s {
	case "":
		return 0
	case domain.StatusConnected:
		return 1
	case domain.StatusPending:
		return 2
	case domain.StatusOffline:
		return 3
	case domain.StatusAttention:
	}
	return 4
}
