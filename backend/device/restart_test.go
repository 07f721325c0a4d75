package device

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"waflow/backend/domain"
)

// life is a device through several runs of the application: each begins with what the rows of the history keep.
type life struct {
	state State
	row   domain.DeviceState // of the last row
	at    time.Time
}

func (l *life) take(inputs ...Input) {
	for _, in := range inputs {
		l.at = l.at.Add(time.Second)
		in.At = l.at
		var effects []Effect
		l.state, effects = Next(l.state, in)
		for _, e := range effects {
			if e.Kind == Record {
				l.row = e.Change.To
			}
		}
	}
}

func (l *life) restart(later time.Duration) {
	l.at = l.at.Add(later)
	l.state = New(domain.Device{State: l.row}, l.state.Linked)
	l.take(Input{Kind: Started, WasLinked: true})
}

func begun(inputs []Input) *life {
	l := &life{state: State{Told: told(domain.CauseNeverLinked), Phase: PhaseRest}, at: moment()}
	l.take(inputs...)
	return l
}

// A time-lock is WhatsApp's and goes on, whatever else is told of the device when the application ends.
func TestATimelockOutlivesARestart(t *testing.T) {
	up := []Input{{Kind: DialStarted}, {Kind: DialDone}, {Kind: Connected}}
	for name, meanwhile := range map[string][]Input{
		"told":                    nil,
		"while offline":           {{Kind: KeepaliveLost}},
		"while paused":            {{Kind: Pause}},
		"while the phone is away": {{Kind: PhoneSilent, Step: 10}},
	} {
		t.Run(name, func(t *testing.T) {
			l := begun(online())
			until := l.at.Add(24 * time.Hour)
			l.take(Input{Kind: Timelocked, Until: until})
			l.take(meanwhile...)
			l.restart(time.Hour)
			l.restart(time.Hour) // this run was not connected
			l.take(Input{Kind: Resume})
			l.take(up...)
			l.take(Input{Kind: PhoneBack})
			require.Equal(t, domain.CauseReachoutTimelock, l.state.Told.Cause)
			require.Equal(t, until, l.state.Told.Detail.Until)

			l.take(Input{Kind: Timelocked}) // lifted
			l.take(Input{Kind: KeepaliveLost})
			l.restart(time.Minute)
			l.take(up...)
			require.Equal(t, domain.CauseOnline, l.state.Told.Cause)
		})
	}
}

// A ban of which WhatsApp named no end is waited for over a restart as well.
func TestABanOutlivesARestart(t *testing.T) {
	for name, until := range map[string]time.Duration{"with an end": 6 * time.Hour, "without": 0} {
		t.Run(name, func(t *testing.T) {
			l := begun(online())
			ban := Input{Kind: TempBanned, Code: 101}
			if until > 0 {
				ban.Until = l.at.Add(until)
			}
			l.take(ban)
			due := l.state.Due
			l.restart(10 * time.Minute)
			require.Equal(t, PhaseWaiting, l.state.Phase)
			require.Equal(t, due, l.state.Due)
			require.Equal(t, domain.CauseTemporarilyBanned, l.state.Told.Cause)
		})
	}
}
