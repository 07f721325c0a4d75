package notify

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"waflow/backend/domain"
)

func begin() time.Time { return time.Date(2026, 3, 4, 10, 0, 0, 0, time.UTC) }

// script runs the policy by the clock: ticks come when they are wanted.
type script struct {
	state State
	now   time.Time
	shown []domain.Notice
}

func newScript(after time.Duration) *script {
	return &script{state: New(domain.Settings{NotifyOfflineAfter: after}), now: begin()}
}

func (s *script) step(in Input) {
	in.At = s.now
	var notices []domain.Notice
	s.state, notices = Next(s.state, in)
	s.shown = append(s.shown, notices...)
}

func (s *script) pass(d time.Duration) {
	until := s.now.Add(d)
	for {
		wake := s.state.Wake()
		if wake.IsZero() || wake.After(until) {
			break
		}
		if s.now.Before(wake) {
			s.now = wake
		}
		s.step(Input{Kind: Tick})
	}
	s.now = until
}

func ref(id int) domain.DeviceRef {
	return domain.DeviceRef{Subaccount: 1, Device: domain.DeviceID(id)}
}

func (s *script) change(id int, cause domain.Cause) {
	s.step(Input{Kind: Changed, Device: ref(id), State: domain.DeviceState{Status: cause.Status(), Cause: cause, Since: s.now}})
}

// said writes the notices as "kind: device kind …".
func (s *script) said() []domain.NoticeKind {
	var out []domain.NoticeKind
	for _, n := range s.shown {
		out = append(out, n.Kind)
	}
	return out
}

func TestPolicy(t *testing.T) {
	type move struct {
		wait  time.Duration
		id    int
		cause domain.Cause
	}
	const s = time.Second
	offline, attention, back, several := domain.NoticeOffline, domain.NoticeAttention, domain.NoticeBack, domain.NoticeSeveral
	for name, tc := range map[string]struct {
		moves []move
		want  []domain.NoticeKind
	}{
		"away too long, then back": {
			[]move{{0, 1, domain.CauseOnline}, {0, 1, domain.CauseNetworkDown}, {60 * s, 1, domain.CauseOnline}},
			[]domain.NoticeKind{offline, back},
		},
		"a flap": {[]move{{0, 1, domain.CauseOnline}, {0, 1, domain.CauseConnecting}, {29 * s, 1, domain.CauseOnline}}, nil},
		"many flaps": {
			[]move{
				{0, 1, domain.CauseOnline},
				{0, 1, domain.CauseConnecting},
				{20 * s, 1, domain.CauseOnline},
				{s, 1, domain.CauseConnecting},
				{20 * s, 1, domain.CauseOnline},
				{s, 1, domain.CauseKeepaliveTimeout},
				{20 * s, 1, domain.CauseOnline},
			}, nil,
		},
		"the causes of one absence count together": {
			[]move{{0, 1, domain.CauseConnecting}, {20 * s, 1, domain.CauseServerUnreachable}, {14 * s, 1, domain.CauseNetworkDown}},
			[]domain.NoticeKind{offline},
		},
		"back for a moment is not back": {
			[]move{{0, 1, domain.CauseNetworkDown}, {40 * s, 1, domain.CauseOnline}, {s, 1, domain.CauseNetworkDown}},
			[]domain.NoticeKind{offline},
		},
		"attention at once":            {[]move{{0, 1, domain.CauseUnlinked}}, []domain.NoticeKind{attention}},
		"attention for a moment":       {[]move{{0, 1, domain.CauseDeaf}, {s, 1, domain.CauseOnline}}, nil},
		"another attention":            {[]move{{0, 1, domain.CauseReplaced}, {10 * s, 1, domain.CauseUnlinked}}, []domain.NoticeKind{attention, attention}},
		"the same attention":           {[]move{{0, 1, domain.CausePhoneOfflineTooLong}, {10 * s, 1, domain.CausePhoneOfflineTooLong}}, []domain.NoticeKind{attention}},
		"offline, then attention":      {[]move{{0, 1, domain.CauseNetworkDown}, {40 * s, 1, domain.CauseUnlinked}}, []domain.NoticeKind{offline, attention}},
		"attention, then offline":      {[]move{{0, 1, domain.CauseTemporarilyBanned}, {10 * s, 1, domain.CauseConnecting}}, []domain.NoticeKind{attention}},
		"relinked":                     {[]move{{0, 1, domain.CauseUnlinked}, {10 * s, 1, domain.CauseShowingQR}, {60 * s, 1, domain.CauseOnline}}, []domain.NoticeKind{attention, back}},
		"unlinked on purpose":          {[]move{{0, 1, domain.CauseReplaced}, {10 * s, 1, domain.CauseNeverLinked}, {60 * s, 1, domain.CauseOnline}}, []domain.NoticeKind{attention}},
		"paused":                       {[]move{{0, 1, domain.CauseOnline}, {0, 1, domain.CausePaused}, {600 * s, 1, domain.CauseOnline}}, nil},
		"paused after an announcement": {[]move{{0, 1, domain.CauseNetworkDown}, {60 * s, 1, domain.CausePaused}, {60 * s, 1, domain.CauseOnline}}, []domain.NoticeKind{offline}},
		"pending":                      {[]move{{0, 1, domain.CauseNeverLinked}, {600 * s, 1, domain.CauseLinkFailed}}, nil},
		"a start that does not get through": {
			[]move{{0, 1, domain.CauseAppStarting}, {20 * s, 1, domain.CauseServerUnreachable}},
			[]domain.NoticeKind{offline},
		},
		"sleep is not absence": {
			[]move{{0, 1, domain.CauseNetworkDown}, {25 * s, 1, domain.CauseWokeFromSleep}, {25 * s, 1, domain.CauseOnline}}, nil,
		},
		"several at once": {
			[]move{{0, 1, domain.CauseNetworkDown}, {s, 2, domain.CauseNetworkDown}, {0, 3, domain.CauseUnlinked}},
			[]domain.NoticeKind{attention, several},
		},
		"several back": {
			[]move{{0, 1, domain.CauseNetworkDown}, {s, 2, domain.CauseNetworkDown}, {60 * s, 1, domain.CauseOnline}, {s, 2, domain.CauseOnline}},
			[]domain.NoticeKind{several, several},
		},
	} {
		t.Run(name, func(t *testing.T) {
			script := newScript(30 * s)
			for _, m := range tc.moves {
				script.pass(m.wait)
				script.change(m.id, m.cause)
			}
			// Long enough for what waits to be gathered, and for an absence to cross its mark.
			script.pass(50 * s)
			require.Equal(t, tc.want, script.said())
		})
	}
}

func TestSeveralNamesEachDeviceWorstFirst(t *testing.T) {
	s := newScript(30 * time.Second)
	s.change(3, domain.CauseNetworkDown)
	s.change(2, domain.CauseNetworkDown)
	s.pass(29 * time.Second)
	s.pass(2 * time.Second)
	s.change(9, domain.CauseReplaced)
	s.pass(10 * time.Second)
	require.Len(t, s.shown, 1)
	var items []string
	for _, i := range s.shown[0].Items {
		items = append(items, string(i.Kind)+" "+string(i.State.Cause))
	}
	require.Equal(t, []string{"attention replaced_elsewhere", "offline network_down", "offline network_down"}, items)
	require.Equal(t, domain.DeviceID(2), s.shown[0].Items[1].Ref.Device)
}

func TestAnotherCauseDoesNotPutOffWhatIsAboutToBeShown(t *testing.T) {
	s := newScript(30 * time.Second)
	s.change(1, domain.CauseNetworkDown)
	s.pass(31 * time.Second)
	s.change(1, domain.CauseServerUnreachable)
	s.pass(2 * time.Second)
	require.Equal(t, []domain.NoticeKind{domain.NoticeOffline}, s.said())
	require.Equal(t, domain.CauseServerUnreachable, s.shown[0].Items[0].State.Cause)
}

// A start tells since when nothing arrived, which is when Waflow was closed. People closed it: they are told of what does not come back.
func TestTheTimeBeforeAStartIsNoAbsence(t *testing.T) {
	s := newScript(30 * time.Second)
	found := domain.DeviceState{Status: domain.StatusConnected, Cause: domain.CauseOnline, Since: s.now.Add(-time.Hour)}
	started := domain.DeviceState{Status: domain.StatusOffline, Cause: domain.CauseAppStarting, Since: s.now.Add(-10 * time.Hour)}
	for id := 1; id <= 50; id++ {
		s.step(Input{Kind: Known, Device: ref(id), State: found})
		s.step(Input{Kind: Changed, Device: ref(id), State: started})
	}
	for id := 1; id < 50; id++ {
		s.pass(200 * time.Millisecond)
		s.change(id, domain.CauseOnline)
	}
	require.Empty(t, s.shown)
	s.pass(30 * time.Second)
	require.Equal(t, []domain.NoticeKind{domain.NoticeOffline}, s.said())
	require.Equal(t, domain.DeviceID(50), s.shown[0].Items[0].Ref.Device)
}

func TestWhatWasFoundIsNotTold(t *testing.T) {
	s := newScript(30 * time.Second)
	s.step(Input{Kind: Known, Device: ref(1), State: domain.DeviceState{Status: domain.StatusAttention, Cause: domain.CauseUnlinked}})
	s.pass(time.Hour)
	require.Empty(t, s.shown)
	s.change(1, domain.CauseShowingQR)
	s.change(1, domain.CauseOnline)
	s.pass(time.Minute)
	require.Equal(t, []domain.NoticeKind{domain.NoticeBack}, s.said())
}

func TestSettingHoldsAtOnce(t *testing.T) {
	s := newScript(time.Hour)
	s.change(1, domain.CauseNetworkDown)
	s.pass(time.Minute)
	s.step(Input{Kind: Configured, Settings: domain.Settings{NotifyOfflineAfter: 30 * time.Second}})
	s.pass(Gather)
	require.Equal(t, []domain.NoticeKind{domain.NoticeOffline}, s.said())
}

func TestRemovedDeviceIsForgotten(t *testing.T) {
	s := newScript(30 * time.Second)
	s.change(1, domain.CauseUnlinked)
	s.step(Input{Kind: Removed, Device: ref(1)})
	s.pass(time.Hour)
	require.Empty(t, s.shown)
	require.True(t, s.state.Wake().IsZero())
}

// Whatever devices do: a notice names no device twice, none that is paused or pending, none as back that was not announced, and none as Offline that has not
// been away for the whole time.
func TestNoticesAreTrue(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := newScript(30 * time.Second)
		last := map[domain.DeviceID]domain.DeviceState{}
		left := map[domain.DeviceID]time.Time{}
		announced := map[domain.DeviceID]bool{}
		for range rapid.IntRange(1, 80).Draw(t, "steps") {
			s.shown = nil
			s.pass(time.Duration(rapid.IntRange(0, 40_000).Draw(t, "passed")) * time.Millisecond)
			for _, n := range s.shown {
				checkNotice(t, n, last, left, announced)
			}
			id := rapid.IntRange(1, 4).Draw(t, "device")
			cause := rapid.SampledFrom(domain.Causes()).Draw(t, "cause")
			if cause.Status() != domain.StatusOffline || last[domain.DeviceID(id)].Status != domain.StatusOffline {
				left[domain.DeviceID(id)] = s.now
			}
			last[domain.DeviceID(id)] = domain.DeviceState{Status: cause.Status(), Cause: cause}
			s.shown = nil
			s.change(id, cause)
			for _, n := range s.shown {
				checkNotice(t, n, last, left, announced)
			}
			if cause == domain.CausePaused || cause == domain.CauseNeverLinked {
				announced[domain.DeviceID(id)] = false
			}
		}
	})
}

func checkNotice(t *rapid.T, n domain.Notice, last map[domain.DeviceID]domain.DeviceState, left map[domain.DeviceID]time.Time, announced map[domain.DeviceID]bool) {
	require.NotEmpty(t, n.Items)
	require.Equal(t, len(n.Items) > 1, n.Kind == domain.NoticeSeveral)
	var ids []domain.DeviceID
	for _, item := range n.Items {
		id := item.Ref.Device
		ids = append(ids, id)
		switch item.Kind {
		case domain.NoticeOffline:
			require.Equal(t, domain.StatusOffline, item.State.Status)
			require.NotEqual(t, domain.CausePaused, item.State.Cause)
			require.GreaterOrEqual(t, n.At.Sub(left[id]), 30*time.Second)
			require.False(t, announced[id], "announced already")
			announced[id] = true
		case domain.NoticeAttention:
			require.Equal(t, domain.StatusAttention, item.State.Status)
			announced[id] = true
		case domain.NoticeBack:
			require.Equal(t, domain.StatusConnected, item.State.Status)
			require.True(t, announced[id])
			announced[id] = false
		default:
			require.Fail(t, "an item has no such kind")
		}
		require.Equal(t, last[id].Cause, item.State.Cause, "what is shown is what is")
	}
	slices.Sort(ids)
	require.Len(t, slices.Compact(ids), len(n.Items))
}
