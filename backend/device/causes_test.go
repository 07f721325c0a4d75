package device

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"waflow/backend/domain"
)

// froms returns a state of each status from which the ways to the causes begin.
func froms() map[domain.Status]State {
	up := State{Phase: PhaseUp, Linked: true, Up: moment().Add(-time.Minute)}
	connected, attention := up, up
	connected.Told = told(domain.CauseOnline)
	attention.Told, attention.Troubles.Deaf, attention.Troubles.DeafTried = told(domain.CauseDeaf), true, true
	return map[domain.Status]State{
		domain.StatusConnected: connected,
		domain.StatusAttention: attention,
		domain.StatusOffline:   {Told: told(domain.CauseServerUnreachable), Phase: PhaseWaiting, Linked: true, Due: moment().Add(time.Minute), Try: 3},
		domain.StatusPending:   {Told: told(domain.CauseNeverLinked), Phase: PhaseRest},
	}
}

// link is a pairing up to the dial with the new session; online is a link that works.
func link() []Input {
	return []Input{{Kind: LoggedOut}, {Kind: PairStarted}, {Kind: PairShown, Step: 1}, {Kind: PairScanned}, {Kind: PairLinked}}
}

func online() []Input {
	return append(link(), Input{Kind: DialStarted}, Input{Kind: DialDone}, Input{Kind: Connected}, Input{Kind: FirstSyncDone})
}

// ways returns for every cause what happens from a device that may be in any of froms until people are told of the cause.
func ways() map[domain.Cause][]Input {
	until := moment().Add(time.Hour)
	after := func(begin []Input, more ...Input) []Input { return append(begin, more...) }
	failed := func(f Failure) []Input {
		return after(link(), Input{Kind: DialStarted}, Input{Kind: DialFailed, Failure: f, Reason: string(f)})
	}
	return map[domain.Cause][]Input{
		domain.CauseOnline:              online(),
		domain.CauseNeverLinked:         after(online(), Input{Kind: Unlink}, Input{Kind: UnlinkDone}),
		domain.CauseShowingQR:           link()[:3],
		domain.CauseShowingCode:         after(link()[:2], Input{Kind: PairShownCode}),
		domain.CausePasskeyRequired:     after(link()[:3], Input{Kind: PairPasskey}),
		domain.CauseLinking:             link(),
		domain.CauseLinkFailed:          after(link()[:3], Input{Kind: PairFailed, Reason: "interrupted"}),
		domain.CauseFirstSync:           after(online()[:8], Input{Kind: FirstSync, Step: 40}),
		domain.CauseConnecting:          after(online(), Input{Kind: Disconnected}),
		domain.CauseNetworkDown:         failed(FailureNetwork),
		domain.CauseServerUnreachable:   failed(FailureServer),
		domain.CauseKeepaliveTimeout:    after(online(), Input{Kind: KeepaliveLost}),
		domain.CauseWokeFromSleep:       after(online(), Input{Kind: Woke}),
		domain.CauseProxyFailed:         failed(FailureProxy),
		domain.CausePaused:              after(online(), Input{Kind: Pause}),
		domain.CauseUnlinked:            after(online(), Input{Kind: LoggedOut}),
		domain.CauseReplaced:            after(online(), Input{Kind: Replaced}),
		domain.CauseTemporarilyBanned:   after(online(), Input{Kind: TempBanned, Until: until, Code: 101}),
		domain.CauseBanned:              after(online(), Input{Kind: Banned}),
		domain.CauseReachoutTimelock:    after(online(), Input{Kind: Timelocked, Until: until}),
		domain.CauseClientOutdated:      after(online(), Input{Kind: Outdated}),
		domain.CausePhoneOfflineTooLong: after(online(), Input{Kind: PhoneSilent, Step: 10}),
		domain.CauseDeaf: after(online(), Input{Kind: DeafSuspected}, Input{Kind: DialStarted}, Input{Kind: DialDone}, Input{Kind: Connected},
			Input{Kind: DeafSuspected}),
		domain.CauseConnectRefused: after(online(), Input{Kind: Refused, Code: 409, Reason: "something new"}),
		domain.CauseClockWrong:     failed(FailureClock),
		domain.CauseStorageFailed:  after(online(), Input{Kind: StorageFailed}),
	}
}

// Whatever a device is told about, every cause can be told next, with its status, since when, and what the cause adds.
func TestEveryCauseFromEveryStatus(t *testing.T) {
	for _, cause := range domain.Causes() {
		for status, from := range froms() {
			t.Run(string(cause)+"/from "+string(status), func(t *testing.T) {
				s, at := from, moment()
				if cause == domain.CauseAppStarting { // the application's start is no event of a state that runs
					s = New(domain.Device{State: from.Told}, true)
					s, _ = Next(s, Input{Kind: Started, At: at, WasLinked: true})
				}
				for _, in := range ways()[cause] {
					at = at.Add(time.Second)
					in.At = at
					s, _ = Next(s, in)
				}
				require.Equal(t, cause, s.Told.Cause)
				require.Equal(t, cause.Status(), s.Told.Status)
				require.False(t, s.Told.Since.IsZero())
				require.False(t, s.Told.Since.After(at))
				requireDetail(t, s.Told)
				requirePressable(t, s)
			})
		}
	}
}

// requireDetail checks what a cause's words are made from.
func requireDetail(t *testing.T, told domain.DeviceState) {
	t.Helper()
	d := told.Detail
	switch told.Cause {
	case domain.CauseTemporarilyBanned:
		require.False(t, d.Until.IsZero())
		require.Equal(t, 101, d.Code)
	case domain.CauseReachoutTimelock:
		require.False(t, d.Until.IsZero())
	case domain.CausePhoneOfflineTooLong:
		require.Equal(t, 10, d.Step)
	case domain.CauseConnectRefused:
		require.Equal(t, 409, d.Code)
		require.Equal(t, "something new", d.Reason)
	case domain.CauseShowingQR:
		require.Equal(t, 1, d.Step)
	case domain.CauseFirstSync:
		require.Equal(t, 40, d.Step)
	case domain.CauseConnecting, domain.CauseNetworkDown, domain.CauseServerUnreachable, domain.CauseKeepaliveTimeout, domain.CauseProxyFailed,
		domain.CauseClockWrong:
		require.False(t, d.NextTry.IsZero(), "when the next try is")
	default:
	}
}

// requirePressable presses the button of a cause: it is never refused, and something comes of it.
func requirePressable(t *testing.T, s State) {
	t.Helper()
	var kind InputKind
	switch s.Told.Cause.Next() {
	case domain.NextTryNow:
		kind = TryNow
	case domain.NextResume:
		kind = Resume
	case domain.NextTakeBack:
		kind = TakeBack
	case domain.NextCheckNow, domain.NextFreeSpace:
		kind = CheckNow
	case domain.NextRelink, domain.NextAgain:
		kind = PairStarted
	case domain.NextShowQR:
		if s.Phase == PhasePairing {
			return // the dialog is open
		}
		kind = PairStarted
	case domain.NextNone, domain.NextWait, domain.NextWaitUntil, domain.NextShowCode, domain.NextContinue, domain.NextUpdate, domain.NextOpenPhone:
		return // nothing to ask of the machine: it waits, a dialog goes on, or people read what to do
	}
	after, effects := Next(s, Input{Kind: kind, At: moment().Add(time.Minute)})
	require.False(t, slices.ContainsFunc(effects, func(e Effect) bool { return e.Kind == Refuse }), "%s is refused", kind)
	dials := slices.ContainsFunc(effects, func(e Effect) bool { return e.Kind == Dial })
	require.True(t, dials || after.Phase == PhasePairing || s.Phase == PhaseDialing, "%s does nothing", kind)
}
