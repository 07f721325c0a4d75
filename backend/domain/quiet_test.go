package domain_test

import (
	"testing"
	"time"
	_ "time/tzdata" // the machine may have none

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"waflow/backend/domain"
)

func zone(t require.TestingT, name string) *time.Location {
	loc, err := time.LoadLocation(name)
	require.NoError(t, err)
	return loc
}

func TestQuietHours(t *testing.T) {
	madrid := zone(t, "Europe/Madrid")
	night := domain.QuietHours{On: true, From: 22 * 60, To: 7 * 60}
	noon := domain.QuietHours{On: true, From: 12 * 60, To: 13*60 + 30}
	for name, tc := range map[string]struct {
		quiet    domain.QuietHours
		at       time.Time
		from, to string // day and time, "" for none
	}{
		"before midnight":           {night, time.Date(2026, 5, 4, 23, 0, 0, 0, madrid), "04 22:00", "05 07:00"},
		"after midnight":            {night, time.Date(2026, 5, 5, 3, 0, 0, 0, madrid), "04 22:00", "05 07:00"},
		"as they begin":             {night, time.Date(2026, 5, 4, 22, 0, 0, 0, madrid), "04 22:00", "05 07:00"},
		"as they end":               {night, time.Date(2026, 5, 5, 7, 0, 0, 0, madrid), "", ""},
		"by day":                    {night, time.Date(2026, 5, 5, 12, 0, 0, 0, madrid), "", ""},
		"within one day":            {noon, time.Date(2026, 5, 5, 13, 0, 0, 0, madrid), "05 12:00", "05 13:30"},
		"off":                       {domain.QuietHours{From: 0, To: 60}, time.Date(2026, 5, 5, 0, 30, 0, 0, madrid), "", ""},
		"the night that is shorter": {night, time.Date(2026, 3, 29, 4, 0, 0, 0, madrid), "28 22:00", "29 07:00"},
		"the night that is longer":  {night, time.Date(2026, 10, 25, 2, 30, 0, 0, madrid), "24 22:00", "25 07:00"},
	} {
		t.Run(name, func(t *testing.T) {
			from, to := tc.quiet.At(tc.at)
			require.Equal(t, tc.from, clockOf(from))
			require.Equal(t, tc.to, clockOf(to))
		})
	}
	from, to := night.At(time.Date(2026, 3, 29, 4, 0, 0, 0, madrid))
	require.Equal(t, 8*time.Hour, to.Sub(from))
	from, to = night.At(time.Date(2026, 10, 25, 4, 0, 0, 0, madrid))
	require.Equal(t, 10*time.Hour, to.Sub(from))
}

func clockOf(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format("02 15:04")
}

// Whatever the hours and the time zone: a moment lies between the beginning and the end that it is given, they are one whole stretch, and
// far from a change of the clock they hold just while the clock on the wall says so.
func TestQuietHoursAreWholeStretches(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		loc := zone(t, rapid.SampledFrom([]string{"Europe/Madrid", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC"}).Draw(t, "zone"))
		q := domain.QuietHours{On: true, From: rapid.IntRange(0, domain.MinutesOfDay-1).Draw(t, "from")}
		q.To = (q.From + rapid.IntRange(1, domain.MinutesOfDay-1).Draw(t, "length")) % domain.MinutesOfDay
		at := time.Date(2026, 1, 1, 0, rapid.IntRange(0, 365*domain.MinutesOfDay).Draw(t, "minute"), 0, 0, loc)
		from, to := q.At(at)
		if !from.IsZero() {
			require.False(t, at.Before(from))
			require.True(t, at.Before(to))
			require.LessOrEqual(t, to.Sub(from), 25*time.Hour)
			for _, within := range []time.Time{from, from.Add(to.Sub(from) / 2), to.Add(-time.Second)} {
				again, end := q.At(within)
				require.True(t, again.Equal(from) && end.Equal(to), "one stretch has one beginning and one end")
			}
		}
		_, before := at.Add(-36 * time.Hour).Zone()
		_, after := at.Add(36 * time.Hour).Zone()
		if before == after {
			wall := at.Hour()*60 + at.Minute()
			inside := q.From <= wall && wall < q.To
			if q.To < q.From {
				inside = wall >= q.From || wall < q.To
			}
			require.Equal(t, inside, !from.IsZero())
		}
	})
}

func TestTheSwitchClosestToTheDeviceCounts(t *testing.T) {
	inherit, on, off := domain.NotifyInherit, domain.NotifyOn, domain.NotifyOff
	for _, tc := range []struct {
		device, subaccount, workspace domain.NotifySwitch
		muted                         bool
	}{
		{inherit, inherit, inherit, false},
		{inherit, inherit, off, true},
		{inherit, on, off, false},
		{inherit, off, on, true},
		{on, off, off, false},
		{off, on, on, true},
	} {
		require.Equal(t, tc.muted, domain.Muted(tc.device, tc.subaccount, tc.workspace), tc)
	}
}
