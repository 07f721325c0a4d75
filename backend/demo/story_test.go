package demo

import (
	"regexp"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// braces are a name that no word was put in the place of.
var braces = regexp.MustCompile(`[{}]`)

func TestThreadsAreInOrderAndInThePast(t *testing.T) {
	c, err := readCast()
	require.NoError(t, err)
	for _, now := range []time.Time{
		time.Date(2026, 3, 2, 0, 5, 0, 0, time.UTC), time.Date(2026, 7, 19, 12, 0, 0, 0, time.UTC), time.Date(2026, 11, 23, 23, 59, 0, 0, time.UTC),
	} {
		for seed := range int64(20) {
			threads, err := writeThreads(c, seed, now)
			require.NoError(t, err)
			require.Len(t, threads, 40)
			open := 0
			for _, thread := range threads {
				require.NotEmpty(t, thread.past, thread.contact.Name)
				if len(thread.open) > 0 {
					open++
				}
				before := now.AddDate(0, 0, -reach-2)
				for _, l := range append(thread.past, thread.open...) {
					require.False(t, l.at.Before(before), "%s: in order", thread.contact.Name)
					require.True(t, l.at.Before(now))
					require.NotRegexp(t, braces, l.text+l.note)
					require.True(t, l.kind != aText || l.text != "")
					before = l.at
				}
				for _, l := range thread.open {
					require.False(t, l.out)
				}
			}
			require.Equal(t, 15, open)
		}
	}
}

func TestTheSameSeedWritesTheSame(t *testing.T) {
	c, err := readCast()
	require.NoError(t, err)
	now := time.Date(2026, 11, 23, 17, 0, 0, 0, time.UTC)
	first, err := writeThreads(c, 7, now)
	require.NoError(t, err)
	again, err := writeThreads(c, 7, now)
	require.NoError(t, err)
	require.Equal(t, first, again)
	other, err := writeThreads(c, 8, now)
	require.NoError(t, err)
	require.NotEqual(t, first, other)
}

func TestHistoryIsWeeksLongInThreeLanguages(t *testing.T) {
	c, err := readCast()
	require.NoError(t, err)
	now := time.Date(2026, 11, 23, 17, 0, 0, 0, time.UTC)
	threads, err := writeThreads(c, 7, now)
	require.NoError(t, err)
	said, oldest := map[string]int{}, now
	for _, thread := range threads {
		said[thread.contact.Language] += len(thread.past)
		if thread.past[0].at.Before(oldest) {
			oldest = thread.past[0].at
		}
	}
	require.Greater(t, said["es"], 50)
	require.Greater(t, said["en"], 50)
	require.Greater(t, said["de"], 50)
	require.Positive(t, said["ar"])
	require.Greater(t, now.Sub(oldest), 21*24*time.Hour)
}
