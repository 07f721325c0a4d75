package device

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// habits are arrivals over some weeks before moment, each time that arrives says so; it is asked for every slot.
func habits(weeks int, arrives func(at time.Time) bool) []time.Time {
	var out []time.Time
	for at := moment().Add(-time.Duration(weeks) * 7 * 24 * time.Hour); at.Before(moment()); at = at.Add(Slot) {
		if arrives(at) {
			out = append(out, at)
		}
	}
	return out
}

// office is when a business is written to: on weekdays from nine to six.
func office(at time.Time) bool {
	return at.Weekday() != time.Sunday && at.Weekday() != time.Saturday && at.Hour() >= 9 && at.Hour() < 18
}

func TestHowLongASilenceIsForgiven(t *testing.T) {
	wednesday := moment() // ten in the morning
	for name, tc := range map[string]struct {
		weeks   int
		arrives func(time.Time) bool
		since   time.Time
		least   time.Duration
		most    time.Duration // 0: never suspicious
	}{
		"a busy desk in its hours":                       {4, office, wednesday, 30 * time.Minute, 90 * time.Minute},
		"a busy desk after hours":                        {4, office, wednesday.Add(8 * time.Hour), 15 * time.Hour, 18 * time.Hour},
		"a busy desk on Friday evening":                  {4, office, wednesday.Add(56 * time.Hour), 62 * time.Hour, 66 * time.Hour},
		"a number to which somebody writes now and then": {4, func(at time.Time) bool { return office(at) && at.YearDay()%3 == 0 && at.Minute() == 0 }, wednesday, 24 * time.Hour, 0},
		"a number to which nobody writes":                {4, func(time.Time) bool { return false }, wednesday, 0, 0},
		"a busy number that was linked lately":           {1, func(time.Time) bool { return true }, wednesday, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			due := NewBaseline(habits(tc.weeks, tc.arrives), moment()).Suspicious(tc.since, 1)
			if tc.most == 0 && due.IsZero() {
				return
			}
			require.False(t, due.IsZero())
			require.GreaterOrEqual(t, due.Sub(tc.since), tc.least)
			if tc.most > 0 {
				require.LessOrEqual(t, due.Sub(tc.since), tc.most)
			}
		})
	}
}

// drawHabits are any habits of four weeks: each hour of the week has its own rate, some of them none.
func drawHabits(t *rapid.T) Baseline {
	random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "habits"), 0))
	var rates [hoursOfWeek]int
	for h := range rates {
		rates[h] = []int{0, 0, 1, 3, 6}[random.IntN(5)]
	}
	return NewBaseline(habits(4, func(at time.Time) bool { return at.Minute()/10 < rates[hourOf(at)] }), moment())
}

func TestSilenceIsNeverSuspiciousWhereNobodyWrites(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := drawHabits(t)
		since := moment().Add(time.Duration(rapid.IntRange(0, hoursOfWeek*60).Draw(t, "minutes")) * time.Minute)
		due := b.Suspicious(since, 1)
		if due.IsZero() {
			return
		}
		require.Positive(t, b.Chance(due.Add(-Slot)), "suspicion falls into a time in which something was to come")
		require.GreaterOrEqual(t, due.Sub(since), 4*Slot, "no burst makes a few minutes suspicious")
		later := b.Suspicious(since, 2)
		require.True(t, later.IsZero() || later.After(due), "more patience takes longer")
	})
}

// A number that is written to as it always was is suspected of silence now and then, which costs a question, and no more than that.
func TestHabitsAreKeptWithoutAlarm(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := drawHabits(t)
		random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "luck"), 1))
		alarms, due := 0, b.Suspicious(moment(), 1)
		for at := moment(); at.Before(moment().Add(4 * 7 * 24 * time.Hour)); at = at.Add(Slot) {
			if !due.IsZero() && !at.Before(due) {
				alarms++
				due = b.Suspicious(at, 1)
			}
			if random.Float64() < b.chance[hourOf(at)] {
				due = b.Suspicious(at, 1)
			}
		}
		require.LessOrEqual(t, alarms, 3)
	})
}
