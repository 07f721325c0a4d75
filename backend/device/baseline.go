package device

import (
	"math"
	"time"
)

// How a number's habits are learned and how much silence they forgive. False alarms cost trust and a deaf hour costs a client's messages, so
// each of these errs towards waiting: what a person is told of is decided by a question that is asked and not answered, never by these alone.
const (
	Slot           = 10 * time.Minute    // the grain: in a slot something arrived, or nothing did. However many messages come at once, they are one sign
	BaselineSpan   = 28 * 24 * time.Hour // how far back habits count
	BaselineLeast  = 14 * 24 * time.Hour // a number that has been heard for less has no habits yet, and its silence means nothing
	baselinePrior  = 6                   // slots of silence that every hour of the week is taken to have had besides: one week's hour
	hoursOfWeek    = 7 * 24
	slotsPerHour   = int64(time.Hour / Slot)
	surpriseEnough = 6.9 // -ln(1/1000): a silence that comes about by chance once in a thousand times
	silenceScanned = 7 * 24 * time.Hour
)

// Baseline is when things arrive on a number: for each hour of the week, how likely it is that something arrives within one slot. The zero
// value is a number without habits.
type Baseline struct {
	chance [hoursOfWeek]float64
}

// NewBaseline learns from the slots in which something arrived, in any order, as of now. Time in which the device was not connected counts as
// silence, which only makes the number seem quieter than it is.
func NewBaseline(arrivals []time.Time, now time.Time) Baseline {
	var active [hoursOfWeek]float64
	first := now
	seen := map[int64]bool{}
	for _, at := range arrivals {
		slot := slotOf(at)
		if at.After(now) || now.Sub(at) > BaselineSpan || seen[slot] {
			continue
		}
		seen[slot] = true
		active[hourOf(at)]++
		if at.Before(first) {
			first = at
		}
	}
	watched := now.Sub(first)
	if watched < BaselineLeast {
		return Baseline{}
	}
	var b Baseline
	perHour := watched.Hours() / hoursOfWeek * float64(slotsPerHour)
	for h := range b.chance {
		b.chance[h] = active[h] / (perHour + baselinePrior)
	}
	return b
}

// Chance is how likely it is that something arrives in the slot at a moment: that of the quietest of the hour and its neighbours, so that an
// office that opens late, or a clock that is put forward, makes nothing suspicious.
func (b Baseline) Chance(at time.Time) float64 {
	h := hourOf(at)
	return min(b.chance[(h+hoursOfWeek-1)%hoursOfWeek], b.chance[h], b.chance[(h+1)%hoursOfWeek])
}

// Suspicious returns when a silence that began at a moment is too long to be chance; zero if a week of it would not be. patience (1 or more)
// is how much more it takes: 2 squares the odds.
func (b Baseline) Suspicious(since time.Time, patience float64) time.Time {
	surprise := 0.0
	for end := since.Add(Slot); end.Sub(since) <= silenceScanned; end = end.Add(Slot) {
		surprise -= math.Log1p(-b.Chance(end.Add(-Slot)))
		if surprise >= surpriseEnough*patience {
			return end
		}
	}
	return time.Time{}
}

// slotOf numbers the slots since 1970.
func slotOf(at time.Time) int64 { return at.UnixMilli() / Slot.Milliseconds() }

// hourOf numbers the hours of a week, in UTC.
func hourOf(at time.Time) int {
	at = at.UTC()
	return int(at.Weekday())*24 + at.Hour()
}
