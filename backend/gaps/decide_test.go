package gaps

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"waflow/backend/domain"
	"waflow/backend/uptime"
)

func at(minute int) time.Time { return time.Date(2026, 11, 24, 12, minute, 0, 0, time.UTC) }

func change(when time.Time, from, to domain.Cause) domain.StateChange {
	return domain.StateChange{At: when, From: domain.DeviceState{Cause: from}, To: domain.DeviceState{Cause: to, Since: when}}
}

func TestWhatIsToldAndWhatIsAsked(t *testing.T) {
	for name, c := range map[string]struct {
		gap    domain.Gap
		told   bool
		asked  time.Time // since when a conversation has to have had a message
		doubts bool
	}{
		"a blip":                  {gap: domain.Gap{From: at(0), To: at(0).Add(20 * time.Second)}, asked: at(0)},
		"a blip that held one up": {gap: domain.Gap{From: at(0), To: at(0).Add(20 * time.Second), Late: 1}, told: true, asked: at(0)},
		"some minutes":            {gap: domain.Gap{From: at(0), To: at(5)}, told: true, asked: at(0)},
		"some hours":              {gap: domain.Gap{From: at(0), To: at(300)}, told: true, asked: at(0).Add(-quietFor)},
		"a lost link":             {gap: domain.Gap{From: at(0), To: at(0).Add(time.Second), Relinked: true}, told: true, asked: at(0).Add(-quietFor), doubts: true},
		"longer than it is kept":  {gap: domain.Gap{From: at(0), To: at(0).Add(queueKept)}, told: true, asked: at(0).Add(-quietFor), doubts: true},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, c.told, worthTelling(c.gap))
			require.Equal(t, c.asked, askSince(c.gap))
			require.Equal(t, c.doubts, doubtful(c.gap))
		})
	}
}

func TestAnAnswerCoversAGapWhenItReachesBackToItsBegin(t *testing.T) {
	g := domain.Gap{From: at(10), To: at(20)}
	require.True(t, covered(g, domain.OlderAnswer{Oldest: at(9)}))
	require.True(t, covered(g, domain.OlderAnswer{Oldest: at(15), End: true}), "the phone has nothing older")
	require.True(t, covered(g, domain.OlderAnswer{}), "there is nothing")
	require.False(t, covered(g, domain.OlderAnswer{Oldest: at(10)}), "there may be more of that moment")
	require.False(t, covered(g, domain.OlderAnswer{Oldest: at(15)}))
}

func TestAGapFollowsItsDevice(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		causes := rapid.SliceOfN(rapid.SampledFrom(domain.Causes()), 1, 20).Draw(t, "causes")
		g := domain.Gap{From: at(0), State: domain.GapOpen}
		before, lost := domain.CauseNetworkDown, false
		for n, cause := range causes {
			g = follow(g, change(at(n), before, cause))
			lost = lost || losesLink(cause)
			before = cause
		}
		require.Equal(t, lost, g.Relinked)
		require.Equal(t, uptime.Up(before), g.State == domain.GapEnded)
		require.Equal(t, uptime.Up(before), !g.To.IsZero())
		require.False(t, !g.To.IsZero() && g.To.Before(g.From))
	})
}
