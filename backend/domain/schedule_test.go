package domain_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"waflow/backend/domain"
)

func TestAWallClockTimeIsOneMoment(t *testing.T) {
	for _, c := range []struct {
		what, wall, zone, at string
		rule                 domain.ScheduleRule
	}{
		{"a plain day", "2026-11-24T08:00", "Europe/Madrid", "2026-11-24T07:00:00Z", domain.ScheduleExact},
		{"the same wall in another zone", "2026-11-24T08:00", "America/Bogota", "2026-11-24T13:00:00Z", domain.ScheduleExact},
		{"half an hour off", "2026-11-24T08:00", "Asia/Kolkata", "2026-11-24T02:30:00Z", domain.ScheduleExact},
		{"the far east", "2026-11-24T08:00", "Pacific/Kiritimati", "2026-11-23T18:00:00Z", domain.ScheduleExact},
		{"in summer", "2026-07-01T08:00", "Europe/Madrid", "2026-07-01T06:00:00Z", domain.ScheduleExact},
		{"just before the clocks go forward", "2026-03-29T01:59", "Europe/Madrid", "2026-03-29T00:59:00Z", domain.ScheduleExact},
		{"skipped", "2026-03-29T02:30", "Europe/Madrid", "2026-03-29T01:30:00Z", domain.ScheduleSkipped},
		{"just after", "2026-03-29T03:00", "Europe/Madrid", "2026-03-29T01:00:00Z", domain.ScheduleExact},
		{"just before the hour that comes twice", "2026-10-25T01:59", "Europe/Madrid", "2026-10-24T23:59:00Z", domain.ScheduleExact},
		{"twice", "2026-10-25T02:30", "Europe/Madrid", "2026-10-25T00:30:00Z", domain.ScheduleTwice},
		{"just after both", "2026-10-25T03:00", "Europe/Madrid", "2026-10-25T02:00:00Z", domain.ScheduleExact},
		{"the south, forward", "2026-10-04T02:15", "Australia/Lord_Howe", "2026-10-03T15:45:00Z", domain.ScheduleSkipped},
		{"the south, back by half an hour", "2026-04-05T01:45", "Australia/Lord_Howe", "2026-04-04T14:45:00Z", domain.ScheduleTwice},
		{"a midnight that does not exist", "2018-11-04T00:00", "America/Sao_Paulo", "2018-11-04T03:00:00Z", domain.ScheduleSkipped},
		{"a day that does not exist", "2011-12-30T12:00", "Pacific/Apia", "2011-12-30T22:00:00Z", domain.ScheduleSkipped},
	} {
		at, rule, err := domain.Schedule{Wall: c.wall, Zone: c.zone}.At()
		require.NoError(t, err, c.what)
		require.Equal(t, c.at, at.UTC().Format(time.RFC3339), c.what)
		require.Equal(t, c.rule, rule, c.what)
	}
}

func TestWhatIsNoTimeIsRefused(t *testing.T) {
	for _, s := range []domain.Schedule{
		{},
		{Wall: "2026-11-24T08:00"},
		{Wall: "2026-11-24T08:00", Zone: "Local"},
		{Wall: "2026-11-24T08:00", Zone: "Mars/Olympus"},
		{Wall: "2026-11-24T08:00", Zone: "../../etc/passwd"},
		{Wall: "2026-02-30T08:00", Zone: "Europe/Madrid"},
		{Wall: "tomorrow", Zone: "Europe/Madrid"},
		{Zone: "Europe/Madrid"},
	} {
		_, _, err := s.At()
		require.Equal(t, domain.CodeInvalid, domain.CodeOf(err), s)
	}
}

// What a clock shows at a moment leads back to that moment, or where a time comes twice to its first time.
func TestWhatAClockShowsLeadsBack(t *testing.T) {
	zones := []string{"UTC", "Europe/Madrid", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "Asia/Kathmandu", "America/St_Johns", "Pacific/Chatham"}
	rapid.Check(t, func(t *rapid.T) {
		from, to := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC).Unix()/60, time.Date(2037, 1, 1, 0, 0, 0, 0, time.UTC).Unix()/60
		at := time.Unix(60*rapid.Int64Range(from, to).Draw(t, "minute"), 0)
		s, err := domain.WallOf(at, rapid.SampledFrom(zones).Draw(t, "zone"))
		require.NoError(t, err)
		back, rule, err := s.At()
		require.NoError(t, err)
		require.NotEqual(t, domain.ScheduleSkipped, rule, "a clock showed it")
		if rule == domain.ScheduleTwice {
			require.Contains(t, []time.Duration{0, 30 * time.Minute, time.Hour}, at.Sub(back))
			return
		}
		require.True(t, at.Equal(back), "%v, %v", at, back)
	})
}
