package uptime_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"waflow/backend/domain"
	"waflow/backend/uptime"
)

// everyDay and workDays are days on which business hours begin.
func everyDay() [7]bool { return [7]bool{true, true, true, true, true, true, true} }
func workDays() [7]bool { return [7]bool{false, true, true, true, true, true, false} }

// online is a device that is up from one moment to another.
func online(from, to time.Time) []uptime.Span {
	return uptime.Spans([]domain.ToldCause{{At: from, Cause: domain.CauseOnline}}, from, to)
}

func TestBusinessHoursGoByTheClockOnTheWall(t *testing.T) {
	for name, c := range map[string]struct {
		zone     string
		from, to string // local midnights
		hours    domain.BusinessHours
		want     time.Duration
	}{
		"a week":                              {"Europe/Madrid", "2026-11-23", "2026-11-30", domain.BusinessHours{Days: workDays(), From: 540, To: 1080}, 45 * time.Hour},
		"not on a Sunday":                     {"Europe/Madrid", "2026-11-29", "2026-11-30", domain.BusinessHours{Days: workDays(), From: 540, To: 1080}, 0},
		"the Sunday on which an hour is less": {"Europe/Madrid", "2026-03-29", "2026-03-30", domain.BusinessHours{Days: everyDay()}, 23 * time.Hour},
		"the Sunday on which an hour is more": {"Europe/Madrid", "2026-10-25", "2026-10-26", domain.BusinessHours{Days: everyDay()}, 25 * time.Hour},
		"over the hour that is skipped":       {"Europe/Madrid", "2026-03-29", "2026-03-30", domain.BusinessHours{Days: everyDay(), From: 60, To: 240}, 2 * time.Hour},
		"in the hour that is skipped":         {"Europe/Madrid", "2026-03-29", "2026-03-30", domain.BusinessHours{Days: everyDay(), From: 130, To: 150}, 0},
		"over the hour that comes twice":      {"Europe/Madrid", "2026-10-25", "2026-10-26", domain.BusinessHours{Days: everyDay(), From: 60, To: 240}, 4 * time.Hour},
		"until the middle of that hour":       {"Europe/Madrid", "2026-10-25", "2026-10-26", domain.BusinessHours{Days: everyDay(), From: 60, To: 150}, 2 * time.Hour},
		"where half an hour is changed":       {"Australia/Lord_Howe", "2026-04-05", "2026-04-06", domain.BusinessHours{Days: everyDay()}, 24*time.Hour + 30*time.Minute},
		"where a day begins at one":           {"America/Santiago", "2026-09-06", "2026-09-07", domain.BusinessHours{Days: everyDay(), To: 180}, 2 * time.Hour},
		"where a Friday never was":            {"Pacific/Apia", "2011-12-26", "2012-01-02", domain.BusinessHours{Days: workDays(), From: 540, To: 1080}, 36 * time.Hour},
		"over midnight":                       {"Europe/Madrid", "2026-11-27", "2026-11-29", domain.BusinessHours{Days: [7]bool{time.Friday: true}, From: 1200, To: 120}, 6 * time.Hour},
		"over midnight, from the day before":  {"Europe/Madrid", "2026-11-28", "2026-11-29", domain.BusinessHours{Days: [7]bool{time.Friday: true}, From: 1200, To: 120}, 2 * time.Hour},
		"from noon to noon":                   {"Europe/Madrid", "2026-11-23", "2026-11-30", domain.BusinessHours{Days: [7]bool{time.Friday: true}, From: 720, To: 720}, 24 * time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			zone, err := time.LoadLocation(c.zone)
			require.NoError(t, err)
			from, err := time.ParseInLocation(time.DateOnly, c.from, zone)
			require.NoError(t, err)
			to, err := time.ParseInLocation(time.DateOnly, c.to, zone)
			require.NoError(t, err)
			require.Zero(t, uptime.InHours(online(from, to), c.hours, zone), "they are not said to be on")
			c.hours.On = true
			require.Equal(t, uptime.Times{Up: c.want}, uptime.InHours(online(from, to), c.hours, zone))
		})
	}
}

func TestOnlyWhatWasLostInBusinessHoursCounts(t *testing.T) {
	tokyo, err := time.LoadLocation("Asia/Tokyo")
	require.NoError(t, err)
	day := time.Date(2026, 11, 24, 0, 0, 0, 0, tokyo)
	hours := domain.BusinessHours{On: true, Days: workDays(), From: 540, To: 1080}
	spans := uptime.Spans([]domain.ToldCause{
		{At: day.Add(8 * time.Hour), Cause: domain.CauseOnline},
		{At: day.Add(17 * time.Hour), Cause: domain.CauseNetworkDown},
		{At: day.Add(33*time.Hour + 30*time.Minute), Cause: domain.CauseOnline},
	}, day.Add(-24*time.Hour), day.Add(48*time.Hour))
	times := uptime.InHours(spans, hours, tokyo)
	require.Equal(t, uptime.Times{Before: 9 * time.Hour, Up: 16*time.Hour + 30*time.Minute, Down: 90 * time.Minute}, times)
	share, counted := times.Share()
	require.True(t, counted)
	require.InDelta(t, 16.5/18, share, 0.0001)
}

// nearChanges are moments about which clocks change, by zone.
func nearChanges(t *testing.T) map[string]time.Time {
	t.Helper()
	out := map[string]time.Time{}
	for zone, day := range map[string]string{
		"UTC": "2026-11-24", "Europe/Madrid": "2026-10-25", "Europe/Lisbon": "2026-03-29", "Australia/Lord_Howe": "2026-04-05",
		"Pacific/Apia": "2011-12-30", "America/Santiago": "2026-09-06", "America/Sao_Paulo": "2018-11-04",
	} {
		at, err := time.Parse(time.DateOnly, day)
		require.NoError(t, err)
		out[zone] = at
	}
	return out
}

func anyHours(t *rapid.T) domain.BusinessHours {
	h := domain.BusinessHours{On: true}
	for day := range h.Days {
		h.Days[day] = rapid.Bool().Draw(t, "day")
	}
	h.From = rapid.IntRange(0, domain.MinutesOfDay-1).Draw(t, "opens")
	h.To = rapid.IntRange(0, domain.MinutesOfDay-1).Draw(t, "closes")
	return h
}

func TestWhateverTheHoursTheyAreAPartOfTheWhole(t *testing.T) {
	changes := nearChanges(t)
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.SampledFrom([]string{
			"UTC", "Europe/Madrid", "Europe/Lisbon", "Australia/Lord_Howe", "Pacific/Apia", "America/Santiago", "America/Sao_Paulo",
		}).Draw(t, "zone")
		zone, err := time.LoadLocation(name)
		require.NoError(t, err)
		rows, shift := anyRows(t), changes[name].Sub(at(0, 0))
		for i := range rows {
			rows[i].At = rows[i].At.Add(shift)
			if !rows[i].DownFrom.IsZero() {
				rows[i].DownFrom = rows[i].DownFrom.Add(shift)
			}
		}
		from := changes[name].Add(time.Duration(rapid.Int64Range(-int64(72*time.Hour), int64(24*time.Hour)).Draw(t, "from")))
		to := from.Add(time.Duration(rapid.Int64Range(1, int64(200*time.Hour)).Draw(t, "length")))
		spans := uptime.Spans(rows, from, to)
		all := uptime.Summarize(spans).Times
		hours := anyHours(t)
		within := uptime.InHours(spans, hours, zone)
		require.True(t, within.Before <= all.Before && within.Up <= all.Up && within.Down <= all.Down, "%v of %v", within, all)
		require.True(t, within.Before >= 0 && within.Up >= 0 && within.Down >= 0)

		// The other days, and the rest of the round from one beginning to the next, are all that there is besides.
		other := hours
		for day := range other.Days {
			other.Days[day] = !hours.Days[day]
		}
		sum := plus(within, uptime.InHours(spans, other, zone))
		if hours.From != hours.To {
			rest := domain.BusinessHours{On: true, Days: everyDay(), From: hours.To, To: hours.From}
			sum = plus(sum, uptime.InHours(spans, rest, zone))
		}
		require.Equal(t, all, sum)
	})
}

func plus(a, b uptime.Times) uptime.Times {
	return uptime.Times{Before: a.Before + b.Before, Up: a.Up + b.Up, Down: a.Down + b.Down}
}

// A clock is looked at every minute and asked whether it is open, in the words that people say it in.
func TestBusinessHoursAreWhatAClockShowsMinuteByMinute(t *testing.T) {
	changes := nearChanges(t)
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.SampledFrom([]string{"UTC", "Europe/Madrid", "Europe/Lisbon", "Australia/Lord_Howe", "Pacific/Apia", "America/Santiago"}).Draw(t, "zone")
		zone, err := time.LoadLocation(name)
		require.NoError(t, err)
		hours := anyHours(t)
		from := changes[name].Add(time.Duration(rapid.IntRange(-36*60, 24*60).Draw(t, "from")) * time.Minute)
		to := from.Add(time.Duration(rapid.IntRange(1, 48*60).Draw(t, "minutes")) * time.Minute)
		want := time.Duration(0)
		for at := from; at.Before(to); at = at.Add(time.Minute) {
			if shown := at.In(zone); opens(hours, shown.Weekday(), shown.Hour()*60+shown.Minute()) {
				want += time.Minute
			}
		}
		require.Equal(t, uptime.Times{Up: want}, uptime.InHours(online(from, to), hours, zone))
	})
}

// opens tells whether one of the last two days' hours has begun and has not ended. Hours are laid out on a line of minutes since Sunday.
func opens(h domain.BusinessHours, day time.Weekday, minute int) bool {
	length := (h.To - h.From + domain.MinutesOfDay) % domain.MinutesOfDay
	if length == 0 {
		length = domain.MinutesOfDay
	}
	for back := range 2 {
		began := (int(day) - back + 7) % 7
		since := back*domain.MinutesOfDay + minute - h.From
		if h.Days[began] && since >= 0 && since < length {
			return true
		}
	}
	return false
}
