package notify

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"waflow/backend/domain"
)

// quietNow is half a minute Offline, and quiet hours of two hours around the beginning of a script, at 10:00.
func quietNow() domain.Settings {
	return domain.Settings{NotifyOfflineAfter: 30 * time.Second, Quiet: domain.QuietHours{On: true, From: 9 * 60, To: 11 * 60}}
}

func (s *script) configure(settings domain.Settings) {
	s.step(Input{Kind: Configured, Settings: settings})
}

// last are the items of the last notice, as "kind cause" by device.
func (s *script) last() map[domain.DeviceID]string {
	out := map[domain.DeviceID]string{}
	if len(s.shown) > 0 {
		for _, i := range s.shown[len(s.shown)-1].Items {
			out[i.Ref.Device] = string(i.Kind) + " " + string(i.State.Cause)
		}
	}
	return out
}

func TestQuietHoursKeepForTheirEnd(t *testing.T) {
	s := newScript(0)
	s.configure(quietNow())
	s.change(1, domain.CauseUnlinked)    // and so it stays
	s.change(2, domain.CauseNetworkDown) // and comes back
	s.change(3, domain.CauseReplaced)    // and is paused by a person
	s.change(4, domain.CauseConnecting)  // only flaps
	s.pass(20 * time.Second)
	s.change(4, domain.CauseOnline)
	s.pass(10 * time.Minute)
	s.change(2, domain.CauseOnline)
	s.change(3, domain.CausePaused)
	s.pass(49 * time.Minute)
	require.Empty(t, s.shown)
	s.pass(time.Minute)
	require.Equal(t, []domain.NoticeKind{domain.NoticeDigest}, s.said())
	require.Equal(t, 11, s.shown[0].At.Hour())
	require.Equal(t, map[domain.DeviceID]string{1: "attention unlinked_from_phone", 2: "back online"}, s.last())
	s.change(1, domain.CauseOnline)
	s.pass(time.Hour)
	require.Equal(t, []domain.NoticeKind{domain.NoticeDigest, domain.NoticeBack}, s.said())
}

func TestWhatAPersonHadInHandAsQuietHoursEndedIsNewsWhenItComesAgain(t *testing.T) {
	s := newScript(0)
	s.configure(quietNow())
	s.change(1, domain.CauseStorageFailed)
	s.pass(time.Minute)
	s.change(1, domain.CauseShowingQR)
	s.pass(time.Hour)
	require.Empty(t, s.shown)
	s.change(1, domain.CauseStorageFailed)
	s.pass(time.Minute)
	require.Equal(t, []domain.NoticeKind{domain.NoticeAttention}, s.said())
}

func TestWhatRequiresAttentionMayBeToldInQuietHours(t *testing.T) {
	settings := quietNow()
	settings.Quiet.Attention = true
	s := newScript(0)
	s.configure(settings)
	s.change(1, domain.CauseNetworkDown)
	s.pass(time.Minute)
	s.change(2, domain.CauseUnlinked)
	s.pass(time.Minute)
	require.Equal(t, []domain.NoticeKind{domain.NoticeAttention}, s.said())
	s.pass(time.Hour)
	require.Equal(t, []domain.NoticeKind{domain.NoticeAttention, domain.NoticeDigest}, s.said())
	require.Equal(t, map[domain.DeviceID]string{1: "offline network_down"}, s.last())
}

func TestPausedNotificationsAreToldAfterwards(t *testing.T) {
	settings := quietNow()
	settings.Quiet.Attention = true
	settings.NotifyPausedUntil = begin().Add(90 * time.Minute) // longer than the quiet hours
	s := newScript(0)
	s.configure(settings)
	s.change(1, domain.CauseUnlinked)
	s.pass(89 * time.Minute)
	require.Empty(t, s.shown)
	s.pass(time.Minute)
	require.Equal(t, []domain.NoticeKind{domain.NoticeDigest}, s.said())
	s.change(2, domain.CauseUnlinked)
	s.pass(time.Minute)
	require.Len(t, s.shown, 2)

	s.configure(domain.Settings{NotifyPausedUntil: s.now.Add(time.Hour)})
	s.change(3, domain.CauseUnlinked)
	s.pass(time.Minute)
	require.Len(t, s.shown, 2)
	s.configure(domain.Settings{})
	require.Len(t, s.shown, 3, "a pause that is ended by hand is over at once")
}

func TestAStartInQuietHoursKeepsWhatTheRunBeforeKept(t *testing.T) {
	s := newScript(0)
	s.configure(quietNow())
	for id, since := range []time.Duration{-3 * time.Hour, -30 * time.Minute} {
		state := domain.DeviceState{Status: domain.StatusAttention, Cause: domain.CauseUnlinked, Since: s.now.Add(since)}
		s.step(Input{Kind: Known, Device: ref(id + 1), State: state, Untold: id == 1})
	}
	s.pass(2 * time.Hour)
	require.Equal(t, map[domain.DeviceID]string{2: "attention unlinked_from_phone"}, s.last())
}

func TestSwitches(t *testing.T) {
	s := newScript(30 * time.Second)
	s.step(Input{Kind: Switched, Subaccount: 1, Switch: domain.NotifyOff})
	s.step(Input{Kind: Switched, Device: ref(2), Switch: domain.NotifyOn})
	s.change(1, domain.CauseUnlinked)
	s.change(2, domain.CauseUnlinked)
	s.pass(time.Minute)
	require.Equal(t, map[domain.DeviceID]string{2: "attention unlinked_from_phone"}, s.last())

	s.step(Input{Kind: Switched, Subaccount: 1, Switch: domain.NotifyInherit})
	s.pass(time.Minute)
	require.Len(t, s.shown, 1, "what was so while it was off is no news")
	s.change(1, domain.CauseOnline)
	s.pass(time.Minute)
	require.Equal(t, []domain.NoticeKind{domain.NoticeAttention, domain.NoticeBack}, s.said())

	s.change(1, domain.CauseUnlinked)
	s.step(Input{Kind: Switched, Device: ref(1), Switch: domain.NotifyOff})
	s.pass(time.Minute)
	require.Len(t, s.shown, 2, "what was about to be told is not told")
	s.configure(domain.Settings{Notify: domain.NotifyOff})
	s.change(2, domain.CauseOnline)
	s.change(2, domain.CauseReplaced)
	s.pass(time.Minute)
	require.Len(t, s.shown, 3, "its own switch is on")
}

func TestWhatIsWaitedForAnewGathersAnew(t *testing.T) {
	s := newScript(30 * time.Second)
	s.change(1, domain.CauseNetworkDown)
	s.change(2, domain.CauseNetworkDown)
	s.pass(time.Minute)
	s.change(1, domain.CauseOnline) // waits for the other one
	s.pass(5 * time.Second)
	s.change(1, domain.CauseDeaf)
	require.Len(t, s.shown, 1)
	s.pass(time.Second)
	s.change(1, domain.CauseOnline)
	s.pass(time.Minute)
	require.Equal(t, []domain.NoticeKind{domain.NoticeSeveral, domain.NoticeBack}, s.said(), "what lasted a moment is not told")
}

// Fifty devices lose the network within some seconds and come back a few at a time, as the gate lets them: one notice each way.
func TestAnOutageIsOneNoticeEachWay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := newScript(30 * time.Second)
		for id := 1; id <= 50; id++ {
			s.change(id, domain.CauseOnline)
		}
		for id := 1; id <= 50; id++ {
			s.pass(time.Duration(rapid.IntRange(0, 500).Draw(t, "lost after")) * time.Millisecond)
			s.change(id, domain.CauseKeepaliveTimeout)
		}
		s.pass(5 * time.Minute)
		require.Len(t, s.shown, 1)
		require.Len(t, s.shown[0].Items, 50)
		for id := 1; id <= 50; id++ {
			s.pass(time.Duration(rapid.IntRange(0, 800).Draw(t, "back after")) * time.Millisecond)
			s.change(id, domain.CauseOnline)
		}
		s.pass(5 * time.Minute)
		require.Len(t, s.shown, 2)
		require.Len(t, s.shown[1].Items, 50)
	})
}

// Whatever devices, people and the clock do: nothing is told while notifications are held back, no change is told twice, what is told is
// what is, and what requires attention for long enough has been told once nothing holds it back.
func TestNothingIsLostAndNothingIsToldTwice(t *testing.T) {
	type told struct {
		device domain.DeviceID
		kind   domain.NoticeKind
		since  time.Time
	}
	rapid.Check(t, func(t *rapid.T) {
		s := newScript(0)
		settings := domain.Settings{NotifyOfflineAfter: 30 * time.Second}
		settings.Quiet = domain.QuietHours{
			On: rapid.Bool().Draw(t, "quiet"), From: rapid.IntRange(0, 1439).Draw(t, "from"), Attention: rapid.Bool().Draw(t, "attention told"),
		}
		settings.Quiet.To = (settings.Quiet.From + rapid.IntRange(1, 1439).Draw(t, "length")) % domain.MinutesOfDay
		s.configure(settings)
		last := map[domain.DeviceID]domain.DeviceState{}
		saw := map[told]bool{}
		heard := map[domain.DeviceID]domain.NoticeItem{}
		check := func() {
			for _, n := range s.shown {
				state := State{settings: settings}
				for _, item := range n.Items {
					if held := state.held(n.At); held != free {
						require.True(t, held == quiet && settings.Quiet.Attention && item.Kind == domain.NoticeAttention, "told while held back")
					}
					require.Equal(t, last[item.Ref.Device], item.State, "what is told is what is")
					key := told{item.Ref.Device, item.Kind, item.State.Since}
					require.False(t, saw[key], "told twice")
					saw[key] = true
					heard[item.Ref.Device] = item
				}
			}
			s.shown = nil
		}
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			s.pass(time.Duration(1+rapid.IntRange(0, 7_200_000).Draw(t, "passed")) * time.Millisecond)
			check()
			if rapid.IntRange(0, 9).Draw(t, "pause") == 0 {
				settings.NotifyPausedUntil = s.now.Add(time.Duration(rapid.IntRange(0, 120).Draw(t, "minutes")) * time.Minute)
				s.configure(settings)
				check()
			}
			id := domain.DeviceID(rapid.IntRange(1, 4).Draw(t, "device"))
			cause := rapid.SampledFrom(domain.Causes()).Draw(t, "cause")
			if last[id].Cause == cause {
				continue
			}
			last[id] = domain.DeviceState{Status: cause.Status(), Cause: cause, Since: s.now}
			s.change(int(id), cause)
			check()
			if cause == domain.CausePaused || cause == domain.CauseNeverLinked {
				delete(heard, id) // a person did it: there is nothing it could be back from
			}
		}
		s.pass(3 * 24 * time.Hour)
		check()
		for id, state := range last {
			if state.Status == domain.StatusAttention {
				require.Equal(t, domain.NoticeAttention, heard[id].Kind, "device %d was never told of", id)
				require.Equal(t, state.Cause, heard[id].State.Cause)
			}
			if state.Status == domain.StatusConnected && heard[id].Kind != "" {
				require.Equal(t, domain.NoticeBack, heard[id].Kind, "device %d was never told to be back", id)
			}
		}
		require.True(t, s.state.Wake().IsZero(), "nothing waits for ever")
	})
}

// What was kept and then taken in hand was never told: when it comes back it is news.
func TestWhatTheDigestLeavesOutIsNewsLater(t *testing.T) {
	s := newScript(0)
	s.configure(domain.Settings{NotifyPausedUntil: s.now.Add(time.Minute)})
	s.change(1, domain.CauseStorageFailed)
	s.pass(30 * time.Second)
	s.change(1, domain.CauseShowingQR)
	s.pass(time.Minute)
	require.Empty(t, s.shown)
	s.change(1, domain.CauseStorageFailed)
	s.pass(time.Minute)
	require.Len(t, s.shown, 1)
}

// What nobody could be told of is told by the next run, whatever held it back: quiet hours, a pause, the end of Waflow itself.
func TestWhatARunCouldNotTellTheNextOneTells(t *testing.T) {
	for name, hold := range map[string]func(now time.Time) domain.Settings{
		"quiet hours":    func(time.Time) domain.Settings { return quietNow() },
		"a pause":        func(now time.Time) domain.Settings { return domain.Settings{NotifyPausedUntil: now.Add(time.Hour)} },
		"no time at all": func(time.Time) domain.Settings { return domain.Settings{} },
	} {
		t.Run(name, func(t *testing.T) {
			before := newScript(0)
			settings := hold(before.now)
			before.configure(settings)
			before.change(1, domain.CauseUnlinked)
			if name != "no time at all" {
				before.pass(10 * time.Minute)
			}
			require.Empty(t, before.shown)
			require.Equal(t, []domain.DeviceID{1}, before.state.Untold())

			for _, away := range []time.Duration{time.Minute, 3 * time.Hour} {
				s := newScript(0)
				s.now = before.now.Add(away)
				s.configure(settings)
				s.step(Input{Kind: Known, Device: ref(1), State: before.state.devices[1].state, Untold: true})
				s.step(Input{Kind: Known, Device: ref(2), State: before.state.devices[1].state})
				s.pass(3 * time.Hour)
				require.Len(t, s.shown, 1)
				require.Equal(t, map[domain.DeviceID]string{1: "attention unlinked_from_phone"}, s.last())
				require.Empty(t, s.state.Untold())
			}
		})
	}
}
