package uptime_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"waflow/backend/domain"
	"waflow/backend/uptime"
)

func at(hour, minute int) time.Time { return time.Date(2026, 11, 24, hour, minute, 0, 0, time.UTC) }

func TestSpansAndFigures(t *testing.T) {
	from, to := at(0, 0), at(10, 0)
	for name, c := range map[string]struct {
		rows    []domain.ToldCause
		want    []uptime.Span
		share   float64
		outages int
	}{
		"nothing known": {want: []uptime.Span{{From: from, To: to}}, share: -1},
		"never linked": {
			rows:  []domain.ToldCause{{At: at(1, 0), Cause: domain.CauseNeverLinked}, {At: at(2, 0), Cause: domain.CauseShowingQR}},
			want:  []uptime.Span{{From: from, To: to}},
			share: -1,
		},
		"the time before the first link is not counted": {
			rows: []domain.ToldCause{
				{At: at(1, 0), Cause: domain.CauseNeverLinked},
				{At: at(2, 0), Cause: domain.CauseLinking},
				{At: at(5, 0), Cause: domain.CauseFirstSync},
				{At: at(6, 0), Cause: domain.CauseOnline},
				{At: at(9, 0), Cause: domain.CauseNetworkDown},
			},
			want: []uptime.Span{
				{From: from, To: at(5, 0)},
				{From: at(5, 0), To: at(6, 0), Cause: domain.CauseFirstSync},
				{From: at(6, 0), To: at(9, 0), Cause: domain.CauseOnline},
				{From: at(9, 0), To: to, Cause: domain.CauseNetworkDown},
			},
			share: 0.8, outages: 1,
		},
		"what began before the stretch goes on in it": {
			rows:  []domain.ToldCause{{At: from.Add(-time.Hour), Cause: domain.CauseOnline}},
			want:  []uptime.Span{{From: from, To: to, Cause: domain.CauseOnline}},
			share: 1,
		},
		"linking again is down": {
			rows:  []domain.ToldCause{{At: from, Cause: domain.CauseShowingQR, Linked: true}, {At: at(5, 0), Cause: domain.CauseOnline}},
			want:  []uptime.Span{{From: from, To: at(5, 0), Cause: domain.CauseShowingQR}, {From: at(5, 0), To: to, Cause: domain.CauseOnline}},
			share: 0.5, outages: 1,
		},
		"what does not concern messages is up": {
			rows: []domain.ToldCause{{At: from, Cause: domain.CauseReachoutTimelock}, {At: at(5, 0), Cause: domain.CausePhoneOfflineTooLong}},
			want: []uptime.Span{
				{From: from, To: at(5, 0), Cause: domain.CauseReachoutTimelock}, {From: at(5, 0), To: to, Cause: domain.CausePhoneOfflineTooLong},
			},
			share: 1,
		},
		"a sleep is down from its beginning": {
			rows: []domain.ToldCause{
				{At: from, Cause: domain.CauseOnline}, {At: at(5, 0), Cause: domain.CauseWokeFromSleep, DownFrom: at(4, 0)}, {At: at(5, 0).Add(1), Cause: domain.CauseOnline},
			},
			want: []uptime.Span{
				{From: from, To: at(4, 0), Cause: domain.CauseOnline},
				{From: at(4, 0), To: at(5, 0).Add(1), Cause: domain.CauseWokeFromSleep},
				{From: at(5, 0).Add(1), To: to, Cause: domain.CauseOnline},
			},
			share: 0.9, outages: 1,
		},
		"of a clock that was set back the later word holds": {
			rows: []domain.ToldCause{
				{At: from, Cause: domain.CauseOnline},
				{At: at(8, 0), Cause: domain.CauseNetworkDown},
				{At: at(9, 0), Cause: domain.CauseOnline},
				{At: at(6, 0), Cause: domain.CauseNetworkDown},
				{At: at(7, 0), Cause: domain.CauseOnline},
			},
			want: []uptime.Span{
				{From: from, To: at(6, 0), Cause: domain.CauseOnline},
				{From: at(6, 0), To: at(7, 0), Cause: domain.CauseNetworkDown},
				{From: at(7, 0), To: to, Cause: domain.CauseOnline},
			},
			share: 0.9, outages: 1,
		},
		"two causes in a row are one outage": {
			rows: []domain.ToldCause{
				{At: from, Cause: domain.CauseOnline},
				{At: at(2, 0), Cause: domain.CauseKeepaliveTimeout},
				{At: at(3, 0), Cause: domain.CauseNetworkDown},
				{At: at(4, 0), Cause: domain.CauseOnline},
				{At: at(9, 0), Cause: domain.CausePaused},
			},
			want: []uptime.Span{
				{From: from, To: at(2, 0), Cause: domain.CauseOnline},
				{From: at(2, 0), To: at(3, 0), Cause: domain.CauseKeepaliveTimeout},
				{From: at(3, 0), To: at(4, 0), Cause: domain.CauseNetworkDown},
				{From: at(4, 0), To: at(9, 0), Cause: domain.CauseOnline},
				{From: at(9, 0), To: to, Cause: domain.CausePaused},
			},
			share: 0.7, outages: 2,
		},
	} {
		t.Run(name, func(t *testing.T) {
			spans := uptime.Spans(c.rows, from, to)
			require.Equal(t, c.want, spans)
			s := uptime.Summarize(spans)
			share, counted := s.Share()
			require.Equal(t, c.share >= 0, counted)
			if counted {
				require.InDelta(t, c.share, share, 0.0001)
			}
			require.Equal(t, c.outages, s.Outages)
		})
	}
}

func TestTheMedianIsOfOutagesThatAreOver(t *testing.T) {
	var rows []domain.ToldCause
	for i, length := range []time.Duration{50 * time.Minute, time.Minute, 2 * time.Minute} {
		rows = append(rows,
			domain.ToldCause{At: at(i, 0), Cause: domain.CauseNetworkDown}, domain.ToldCause{At: at(i, 0).Add(length), Cause: domain.CauseOnline})
	}
	rows = append(rows, domain.ToldCause{At: at(4, 0), Cause: domain.CauseBanned})
	s := uptime.Summarize(uptime.Spans(rows, at(0, 0), at(10, 0)))
	require.Equal(t, 2*time.Minute, s.Median)
	require.Equal(t, []uptime.CauseTime{
		{Cause: domain.CauseBanned, Time: 6 * time.Hour, Times: 1}, {Cause: domain.CauseNetworkDown, Time: 53 * time.Minute, Times: 3},
	}, s.Causes)
}

func TestDaysFollowTheCalendarWhereClocksChange(t *testing.T) {
	madrid, err := time.LoadLocation("Europe/Madrid")
	require.NoError(t, err)
	from := time.Date(2026, 10, 24, 0, 0, 0, 0, madrid)
	to := time.Date(2026, 10, 26, 12, 0, 0, 0, madrid)
	days := uptime.Days(uptime.Spans([]domain.ToldCause{{At: from, Cause: domain.CauseOnline}}, from, to), madrid)
	var lengths []time.Duration
	for _, d := range days {
		lengths = append(lengths, d.Up)
		require.Zero(t, d.Begin.Hour())
	}
	require.Equal(t, []time.Duration{24 * time.Hour, 25 * time.Hour, 12 * time.Hour}, lengths)
}

func TestDaysWhereTheClocksSkipMidnight(t *testing.T) {
	santiago, err := time.LoadLocation("America/Santiago")
	require.NoError(t, err)
	from := time.Date(2026, 9, 5, 0, 0, 0, 0, santiago) // the 6th begins at one o'clock
	to := time.Date(2026, 9, 8, 0, 0, 0, 0, santiago)
	var lengths []time.Duration
	for _, d := range uptime.Days(uptime.Spans([]domain.ToldCause{{At: from, Cause: domain.CauseOnline}}, from, to), santiago) {
		lengths = append(lengths, d.Up)
	}
	require.Equal(t, []time.Duration{24 * time.Hour, 23 * time.Hour, 24 * time.Hour}, lengths)
}

func TestAStripShowsEvenTheShortestProblem(t *testing.T) {
	rows := []domain.ToldCause{
		{At: at(1, 0), Cause: domain.CauseOnline},
		{At: at(5, 30), Cause: domain.CauseUnlinked},
		{At: at(5, 30).Add(time.Second), Cause: domain.CauseShowingQR},
		{At: at(5, 31), Cause: domain.CauseOnline},
	}
	require.Equal(t, []uptime.Block{
		{From: at(0, 0), To: at(1, 0)},
		{From: at(1, 0), To: at(5, 0), Status: domain.StatusConnected},
		{From: at(5, 0), To: at(6, 0), Status: domain.StatusAttention},
		{From: at(6, 0), To: at(10, 0), Status: domain.StatusConnected},
	}, uptime.Strip(uptime.Spans(rows, at(0, 0), at(10, 0)), 10))
}

// anyRows draws rows in any order of their times, as a clock that is set back makes them.
func anyRows(t *rapid.T) []domain.ToldCause {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) domain.ToldCause {
		row := domain.ToldCause{
			At:    at(0, 0).Add(time.Duration(rapid.Int64Range(-int64(100*time.Hour), int64(400*time.Hour)).Draw(t, "at"))),
			Cause: rapid.SampledFrom(domain.Causes()).Draw(t, "cause"),
		}
		if rapid.Bool().Draw(t, "slept") {
			row.DownFrom = row.At.Add(-time.Duration(rapid.Int64Range(0, int64(10*time.Hour)).Draw(t, "slept for")))
		}
		return row
	}), 0, 40).Draw(t, "rows")
}

func TestWhateverTheHistoryTheTimeAddsUp(t *testing.T) {
	zones := []*time.Location{time.UTC}
	for _, name := range []string{"Europe/Madrid", "America/Sao_Paulo", "Australia/Lord_Howe", "Pacific/Apia", "America/Santiago"} {
		zone, err := time.LoadLocation(name)
		require.NoError(t, err)
		zones = append(zones, zone)
	}
	rapid.Check(t, func(t *rapid.T) {
		rows := anyRows(t)
		from := at(0, 0).Add(time.Duration(rapid.Int64Range(0, int64(24*time.Hour)).Draw(t, "from")))
		to := from.Add(time.Duration(rapid.Int64Range(1, int64(300*time.Hour)).Draw(t, "length")))
		spans := uptime.Spans(rows, from, to)

		require.Equal(t, from, spans[0].From)
		require.Equal(t, to, spans[len(spans)-1].To)
		for i, s := range spans {
			require.Positive(t, s.Length())
			if i > 0 {
				require.Equal(t, spans[i-1].To, s.From)
				require.NotEqual(t, spans[i-1].Cause, s.Cause)
			}
		}

		sum := uptime.Summarize(spans)
		require.Equal(t, to.Sub(from), sum.Before+sum.Up+sum.Down)
		if share, counted := sum.Share(); counted {
			require.True(t, share >= 0 && share <= 1)
		}
		var down time.Duration
		for _, c := range sum.Causes {
			require.False(t, uptime.Up(c.Cause))
			down += c.Time
		}
		require.Equal(t, sum.Down, down)
		require.LessOrEqual(t, sum.Median, sum.Down)

		zone := rapid.SampledFrom(zones).Draw(t, "zone")
		var byDay uptime.Times
		for _, d := range uptime.Days(spans, zone) {
			byDay.Before, byDay.Up, byDay.Down = byDay.Before+d.Before, byDay.Up+d.Up, byDay.Down+d.Down
		}
		require.Equal(t, sum.Times, byDay)

		cells := rapid.IntRange(1, 50).Draw(t, "cells")
		blocks := uptime.Strip(spans, cells)
		require.LessOrEqual(t, len(blocks), cells)
		require.Equal(t, from, blocks[0].From)
		require.Equal(t, to, blocks[len(blocks)-1].To)
	})
}
