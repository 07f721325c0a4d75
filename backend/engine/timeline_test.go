package engine

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"waflow/backend/bridge"
	"waflow/backend/domain"
	"waflow/backend/store"
)

// report is what the device page tells of the last seven days.
func (b *bubble) report() bridge.UptimeReport {
	b.t.Helper()
	report, err := facade[*bridge.Timeline](b).Report(int64(b.reception), 7)
	require.NoError(b.t, err)
	return report
}

// downFor is for how long a cause kept the device down.
func downFor(report bridge.UptimeReport, cause domain.Cause) time.Duration {
	for _, c := range report.Causes {
		if c.Cause == string(cause) {
			return time.Duration(c.Time) * time.Millisecond
		}
	}
	return 0
}

func TestTimeInWhichWaflowWasClosedOrAsleepIsNoUptime(t *testing.T) {
	inBubble(t, func(b *bubble) {
		require.Negative(t, b.report().Uptime.Share, "nothing is counted before the first link")
		b.link(b.reception, b.ours)
		linked := b.now()
		time.Sleep(4 * time.Hour)
		require.InDelta(t, 1, b.report().Uptime.Share, 0.0001)

		b.quietly()
		time.Sleep(2 * time.Hour)
		b.start()
		b.awaitHistory(domain.CauseAppStarting)
		b.awaitCause(b.reception, domain.CauseOnline)
		time.Sleep(time.Hour)
		b.slept.Add(int64(time.Hour))
		b.awaitHistory(domain.CauseWokeFromSleep)
		b.awaitCause(b.reception, domain.CauseOnline)
		time.Sleep(2 * time.Hour)

		require.InDelta(t, -1, b.report().Uptime.Business, 0, "there are no business hours")
		b.opensOnSaturdays(5, 7) // of which one passed while Waflow was closed
		report := b.report()
		require.InDelta(t, 0.5, report.Uptime.Business, 0.01)
		require.InDelta(t, 2*time.Hour, downFor(report, domain.CauseAppStarting), float64(time.Minute))
		require.InDelta(t, time.Hour, downFor(report, domain.CauseWokeFromSleep), float64(time.Minute))
		require.Equal(t, 2, report.Uptime.Outages)
		require.InDelta(t, 0.7, report.Uptime.Share, 0.01)
		require.WithinDuration(t, linked, time.UnixMilli(report.Uptime.Strip[1].From), time.Hour)

		page, err := facade[*bridge.Timeline](b).Changes(int64(b.reception), 0, true, 10)
		require.NoError(t, err)
		require.Len(t, page.Changes, 2)
		require.InDelta(t, time.Hour.Milliseconds(), page.Changes[0].Slept, float64(time.Minute.Milliseconds()))
		require.Equal(t, "closed", page.Changes[1].Reason)
		require.InDelta(t, (2 * time.Hour).Milliseconds(), page.Changes[1].End-page.Changes[1].At, float64(time.Minute.Milliseconds()))

		fleet, err := facade[*bridge.Timeline](b).Fleet(7)
		require.NoError(t, err)
		require.Equal(t, []bridge.Uptime{report.Uptime}, fleet)
	})
}

func TestAfterACrashTheHistoryKnowsWhenThatWas(t *testing.T) {
	inBubble(t, func(b *bubble) {
		b.link(b.reception, b.ours)
		time.Sleep(3 * time.Hour)
		crash := b.now()
		b.quietly()
		b.forgetClosing(crash)
		time.Sleep(3 * time.Hour)
		b.start()
		b.awaitHistory(domain.CauseAppStarting)
		b.awaitCause(b.reception, domain.CauseOnline)
		require.InDelta(t, 3*time.Hour, downFor(b.report(), domain.CauseAppStarting), float64(2*aliveEvery))
	})
}

// opensOnSaturdays gives the subaccount business hours on the day that the clock of a bubble begins with, in its zone.
func (b *bubble) opensOnSaturdays(from, to int) {
	b.t.Helper()
	device, err := b.store.Device(context.Background(), b.reception)
	require.NoError(b.t, err)
	hours := bridge.BusinessHours{On: true, Days: [7]bool{time.Saturday: true}, From: from * 60, To: to * 60, Zone: "UTC"}
	_, err = facade[*bridge.Fleet](b).SetBusinessHours(int64(device.Ref.Subaccount), hours)
	require.NoError(b.t, err)
}

// forgetClosing leaves of a run what a crash leaves: the last note of those that were made now and then.
func (b *bubble) forgetClosing(crash time.Time) {
	b.t.Helper()
	opened, err := store.Open(context.Background(), store.Options{Dir: b.dir, Now: func() time.Time { return crash.Add(-aliveEvery) }})
	require.NoError(b.t, err)
	require.NoError(b.t, opened.KeepAlive(context.Background()))
	require.NoError(b.t, opened.Close())
}
