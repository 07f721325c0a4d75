package device

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"waflow/backend/domain"
)

// walk is a run of the machine as the pool runs it: alarms come when they are due, dials are answered only when they were asked for.
type walk struct {
	state   State
	now     time.Time
	effects []Effect // of the last step
}

func newWalk(t *rapid.T) *walk {
	cause := rapid.SampledFrom(domain.Causes()).Draw(t, "stored cause")
	d := domain.Device{State: told(cause), Paused: rapid.Bool().Draw(t, "paused")}
	w := &walk{state: New(d, rapid.Bool().Draw(t, "linked")), now: moment()}
	w.step(t, Input{Kind: Started, WasLinked: rapid.Bool().Draw(t, "was linked")})
	return w
}

func (w *walk) step(t require.TestingT, in Input) State {
	before := w.state
	in.At = w.now
	w.state, w.effects = Next(w.state, in)
	requireTold(t, before, w.state, w.effects)
	require.False(t, w.state.Told.Since.After(w.now))
	return before
}

func (w *walk) did(kind EffectKind) bool {
	return slices.ContainsFunc(w.effects, func(e Effect) bool { return e.Kind == kind })
}

func drawInput(t *rapid.T) Input {
	kind := rapid.SampledFrom(InputKinds()).Draw(t, "input")
	return Input{
		Kind:      kind,
		Chance:    rapid.Float64Range(0, 0.999).Draw(t, "chance"),
		Failure:   rapid.SampledFrom(Failures()).Draw(t, "failure"),
		Until:     moment().Add(time.Duration(rapid.IntRange(-10, 10_000).Draw(t, "until")) * time.Second),
		Code:      rapid.IntRange(0, 600).Draw(t, "code"),
		Step:      rapid.IntRange(0, 120).Draw(t, "step"),
		WasLinked: rapid.Bool().Draw(t, "was linked"),
	}
}

// wander takes random inputs, calling check after each.
func wander(t *rapid.T, check func(w *walk, before State, in Input)) {
	w := newWalk(t)
	for range rapid.IntRange(1, 60).Draw(t, "steps") {
		w.now = w.now.Add(time.Duration(rapid.IntRange(0, 40_000).Draw(t, "passed")) * time.Millisecond)
		if due := w.state.Alarm(); !due.IsZero() && !w.now.Before(due) {
			w.step(t, Input{Kind: Alarm})
		}
		in := drawInput(t)
		before := w.step(t, in)
		check(w, before, in)
	}
}

// pressed returns the inputs with which a person answers a next action, or waits for it.
func pressed(n domain.NextAction) []InputKind {
	switch n {
	case domain.NextShowQR, domain.NextShowCode, domain.NextAgain, domain.NextRelink:
		return []InputKind{PairStarted}
	case domain.NextTryNow, domain.NextWait, domain.NextUpdate:
		return []InputKind{TryNow}
	case domain.NextResume:
		return []InputKind{Resume}
	case domain.NextTakeBack:
		return []InputKind{TakeBack}
	case domain.NextCheckNow, domain.NextFreeSpace:
		return []InputKind{CheckNow}
	case domain.NextOpenPhone:
		return []InputKind{PhoneBack}
	case domain.NextNone, domain.NextContinue, domain.NextWaitUntil:
	}
	return nil
}

// moves reports whether something is under way that will bring an input without a person.
func (w *walk) moves() bool {
	switch w.state.Phase {
	case PhaseDialing, PhaseUnlinking, PhasePairing, PhaseUp:
		return true // the dial, the logout, the pairing, the connection report
	case PhaseWaiting, PhaseLogin:
		return !w.state.Alarm().IsZero()
	case PhaseRest:
	}
	return false
}

func TestNoStateIsADeadEnd(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		wander(t, func(w *walk, _ State, _ Input) {
			if w.moves() {
				return
			}
			next := w.state.Told.Cause.Next()
			kinds := pressed(next)
			require.NotEmpty(t, kinds, "%s rests and offers nothing to press", w.state.Told.Cause)
			for _, kind := range kinds {
				after, effects := Next(w.state, Input{Kind: kind, At: w.now})
				require.NotEqual(t, w.state.Phase, after.Phase, "%s does nothing for %s", kind, w.state.Told.Cause)
				require.False(t, slices.ContainsFunc(effects, func(e Effect) bool { return e.Kind == Refuse }))
			}
		})
	})
}

// An action that a connected device offers answers too.
func TestActionsOfAConnectedDeviceAnswer(t *testing.T) {
	for cause, change := range ups() {
		s := State{Told: told(cause), Phase: PhaseUp, Linked: true}
		change(&s)
		for _, kind := range pressed(cause.Next()) {
			after, _ := Next(s, Input{Kind: kind, At: moment()})
			require.NotEqual(t, s.Told.Cause, after.Told.Cause, "%s for %s", kind, cause)
		}
	}
}

func TestResponsesNeedADial(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		wander(t, func(w *walk, before State, _ Input) {
			if w.state.Phase == PhaseDialing && before.Phase != PhaseDialing {
				require.True(t, w.did(Dial), "dialing begins with a dial")
			}
			if w.did(Dial) {
				require.True(t, w.state.Linked, "only a device with a session is dialed")
				require.Equal(t, PhaseDialing, w.state.Phase)
			}
			if before.open() && !w.state.open() {
				require.True(t, w.did(Disconnect), "what was open is closed")
			}
		})
	})
}

// open is move's, for a state.
func (s State) open() bool { return (&move{State: s}).open() }

func byPerson(kind InputKind) bool {
	return slices.Contains([]InputKind{TryNow, CheckNow, Reroute, Pause, Resume, TakeBack, Unlink, PairStarted, PairEnded, PairFailed, PairLinked}, kind)
}

func TestTerminalCausesNeverRetryByThemselves(t *testing.T) {
	terminal := []domain.Cause{
		domain.CauseUnlinked, domain.CauseBanned, domain.CauseReplaced, domain.CauseConnectRefused, domain.CauseClientOutdated,
		domain.CauseNeverLinked, domain.CauseLinkFailed, domain.CausePaused,
	}
	rapid.Check(t, func(t *rapid.T) {
		wander(t, func(w *walk, before State, in Input) {
			ended := slices.Contains(terminal, before.Told.Cause)
			if !ended || byPerson(in.Kind) || in.Kind == Started || in.Kind == VersionRenewed {
				return
			}
			if before.Phase == PhaseRest {
				require.Equal(t, PhaseRest, w.state.Phase, "%s after %s", before.Told.Cause, in.Kind)
				require.False(t, w.did(Dial))
				require.True(t, w.state.Alarm().IsZero(), "nothing is planned for a device at rest")
			}
		})
	})
}

func TestABanIsWaitedOut(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		wander(t, func(w *walk, before State, in Input) {
			if before.Told.Cause != domain.CauseTemporarilyBanned || !w.now.Before(before.Due) {
				return
			}
			require.False(t, w.did(Dial), "%s dialed a banned number", in.Kind)
		})
	})
}

func TestPausedStaysPaused(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		wander(t, func(w *walk, before State, in Input) {
			if !before.Paused() {
				return
			}
			switch in.Kind {
			case Resume, LoggedOut, Banned: // what a device without a session is called outweighs the pause
			default:
				require.True(t, w.state.Paused(), "%s ended the pause", in.Kind)
				require.False(t, w.did(Dial))
			}
		})
	})
}

// Events arrive unordered. Whatever comes before or after the reason of an end, up to the moment a person acts, the reason is what is told.
func TestTheReasonOfAnEndOutlastsWhatComesWithIt(t *testing.T) {
	ends := map[InputKind]domain.Cause{
		LoggedOut: domain.CauseUnlinked, Banned: domain.CauseBanned, Replaced: domain.CauseReplaced,
		Outdated: domain.CauseClientOutdated, Refused: domain.CauseConnectRefused,
	}
	noise := []InputKind{
		Disconnected, DialFailed, DialDone, DialStarted, KeepaliveLost, KeepaliveBack, OutageOver, Woke, NetworkChanged, Heard, OfflineSynced,
		FirstSync, FirstSyncDone, StorageFailed, StorageBack, DeafSuspected,
	}
	rapid.Check(t, func(t *rapid.T) {
		w := &walk{state: State{Told: told(domain.CauseOnline), Phase: PhaseUp, Linked: true, Up: moment()}, now: moment()}
		end := rapid.SampledFrom([]InputKind{LoggedOut, Banned, Replaced, Outdated, Refused}).Draw(t, "end")
		happen := func(label string) {
			for _, kind := range rapid.SliceOfN(rapid.SampledFrom(noise), 0, 8).Draw(t, label) {
				if w.state.Phase == PhaseRest && label == "before" {
					return // a refused dial has ended it already
				}
				w.step(t, Input{Kind: kind, Failure: FailureServer})
			}
		}
		happen("before")
		w.step(t, Input{Kind: end})
		require.Equal(t, ends[end], w.state.Told.Cause)
		happen("after")
		require.Equal(t, ends[end], w.state.Told.Cause)
		require.Equal(t, PhaseRest, w.state.Phase)
		require.Equal(t, end == Replaced || end == Outdated || end == Refused, w.state.Linked)
	})
}

func TestARelinkIsNotUndoneByTheFormerLinksEnd(t *testing.T) {
	s := State{Told: told(domain.CauseConnectRefused), Phase: PhaseRest, Linked: true}
	w := &walk{state: s, now: moment()}
	w.step(t, Input{Kind: PairStarted})
	w.step(t, Input{Kind: PairShown, Step: 1})
	w.step(t, Input{Kind: LoggedOut})
	require.Equal(t, domain.CauseShowingQR, w.state.Told.Cause, "the dialog goes on")
	w.step(t, Input{Kind: PairEnded})
	require.Equal(t, domain.CauseUnlinked, w.state.Told.Cause, "and what happened meanwhile is told when it ends")
	require.False(t, w.state.Linked)
}

func TestAConnectionThatDoesNotLastIsNotDialedFasterAndFaster(t *testing.T) {
	w := &walk{state: New(domain.Device{State: told(domain.CauseOnline)}, true), now: moment()}
	w.step(t, Input{Kind: Started})
	var waits []time.Duration
	for range 8 {
		w.step(t, Input{Kind: DialStarted})
		w.step(t, Input{Kind: DialDone})
		w.step(t, Input{Kind: Connected})
		w.now = w.now.Add(time.Second)
		w.step(t, Input{Kind: Disconnected, Chance: 0.999})
		waits = append(waits, w.state.Due.Sub(w.now).Round(time.Second))
		w.now = w.state.Due
		w.step(t, Input{Kind: Alarm})
	}
	require.Equal(t, 2*time.Second, waits[0])
	require.Equal(t, MaxWait, waits[7])
	w.step(t, Input{Kind: DialStarted})
	w.step(t, Input{Kind: Connected})
	w.now = w.now.Add(StableAfter)
	w.step(t, Input{Kind: Disconnected})
	require.Zero(t, w.state.Try, "one that lasted starts over")
}
