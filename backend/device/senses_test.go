package device

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"waflow/backend/domain"
)

// listener is a run of the senses as the pool runs them: ticks come when they asked for one.
type listener struct {
	t       require.TestingT
	senses  Senses
	now     time.Time
	told    []SenseEffect
	answers bool          // the phone is there
	after   time.Duration // and takes so long
}

func newListener(t require.TestingT, b Baseline) *listener {
	l := &listener{t: t, now: moment(), senses: NewSenses(domain.PhoneSign{Seen: moment()})}
	l.tell(SenseInput{Kind: SenseHabits, Baseline: b})
	return l
}

func (l *listener) tell(in SenseInput) {
	in.At = l.now
	var effects []SenseEffect
	l.senses, effects = l.senses.Next(in)
	l.told = append(l.told, effects...)
	for _, e := range effects {
		if e.Kind == SenseAsk && l.answers {
			l.now = l.now.Add(l.after)
			l.tell(SenseInput{Kind: SensePhone, Seen: l.now})
		}
	}
}

// pass lets time pass.
func (l *listener) pass(d time.Duration) {
	end := l.now.Add(d)
	for {
		wake := l.senses.Wake()
		if wake.IsZero() || wake.After(end) {
			break
		}
		l.now = laterOf(l.now, wake)
		before := l.senses
		l.tell(SenseInput{Kind: SenseTick})
		require.NotEqual(l.t, before, l.senses, "woken for nothing")
		again := l.senses.Wake()
		require.True(l.t, again.IsZero() || again.After(l.now), "it wakes again at once")
	}
	l.now = laterOf(l.now, end)
}

func (l *listener) count(kind SenseEffectKind) int {
	n := 0
	for _, e := range l.told {
		if e.Kind == kind {
			n++
		}
	}
	return n
}

func busy() Baseline { return NewBaseline(habits(4, func(time.Time) bool { return true }), moment()) }

func TestADeafConnection(t *testing.T) {
	l := newListener(t, busy())
	l.tell(SenseInput{Kind: SenseUp})
	l.pass(75 * time.Minute)
	require.Equal(t, 1, l.count(SenseAsk), "asked once")
	require.Equal(t, 1, l.count(SenseSuspect), "no answer: connect anew")

	l.tell(SenseInput{Kind: SenseDown})
	l.tell(SenseInput{Kind: SenseUp, Doubt: true})
	l.pass(SecondLook + EchoWithin)
	require.Equal(t, 2, l.count(SenseSuspect), "still nothing: people are told")
	l.pass(3 * time.Hour)
	require.Greater(t, l.count(SenseAsk), 4, "it goes on asking")
	require.Zero(t, l.count(SenseHeard))
	l.tell(SenseInput{Kind: SenseArrived})
	require.Equal(t, 1, l.count(SenseHeard))
}

func TestSilenceThatIsOnlySilence(t *testing.T) {
	for name, proof := range map[string]func(l *listener){
		"the phone answers":           func(l *listener) { l.answers, l.after = true, time.Minute },
		"WhatsApp had nothing for us": func(*listener) {},
	} {
		t.Run(name, func(t *testing.T) {
			l := newListener(t, busy())
			proof(l)
			l.tell(SenseInput{Kind: SenseUp})
			suspicions := 0
			for range 24 * 60 {
				l.pass(time.Minute)
				if l.count(SenseSuspect) > suspicions {
					suspicions++
					l.tell(SenseInput{Kind: SenseDown})
					l.tell(SenseInput{Kind: SenseUp, Doubt: true})
					l.tell(SenseInput{Kind: SenseEmpty})
				}
			}
			require.LessOrEqual(t, suspicions, 5, "a business that is closed today is doubted less and less")
			require.LessOrEqual(t, l.count(SenseAsk), 12)
			require.Equal(t, suspicions, l.count(SenseHeard))
			if l.answers {
				require.Zero(t, suspicions)
			}
		})
	}
}

// What WhatsApp says about what waited may be told before the login is.
func TestWhatIsHeardBeforeTheLoginIsTold(t *testing.T) {
	for _, kind := range []SenseKind{SenseEmpty, SenseArrived, SensePhone} {
		l := newListener(t, busy())
		l.tell(SenseInput{Kind: SenseUp})
		l.tell(SenseInput{Kind: SenseDown})
		l.tell(SenseInput{Kind: kind, Seen: l.now})
		l.tell(SenseInput{Kind: SenseUp, Doubt: true})
		require.Equal(t, 1, l.count(SenseHeard), kind)
		l.pass(SecondLook + EchoWithin)
		require.Zero(t, l.count(SenseSuspect), kind)

		l.tell(SenseInput{Kind: SenseDown})
		l.tell(SenseInput{Kind: SenseUp, Doubt: true})
		require.Equal(t, 1, l.count(SenseHeard), "only of the same connection")
	}
}

func TestTheQuestionDoesNotGetThrough(t *testing.T) {
	l := newListener(t, busy())
	l.tell(SenseInput{Kind: SenseUp})
	for l.count(SenseAsk) == 0 {
		l.pass(time.Minute)
	}
	l.tell(SenseInput{Kind: SenseUnasked})
	require.Equal(t, 1, l.count(SenseSuspect), "that nothing goes out is proof enough to connect anew")
}

// days are those that people were told of.
func (l *listener) days() []int {
	var out []int
	for _, e := range l.told {
		if e.Kind == SenseSilent {
			out = append(out, e.Days)
		}
	}
	return out
}

func TestAPhoneThatIsAway(t *testing.T) {
	l := newListener(t, Baseline{})
	l.tell(SenseInput{Kind: SenseUp})
	l.pass(10*24*time.Hour - time.Minute)
	require.Empty(t, l.days(), "ten days are not over")
	require.Equal(t, 9, l.count(SenseAsk), "asked once a day")
	l.pass(4 * 24 * time.Hour)
	require.Equal(t, []int{10, 11, 12, 13}, l.days())
	require.False(t, slices.ContainsFunc(l.told, func(e SenseEffect) bool { return e.Unwatched }))
	l.tell(SenseInput{Kind: SensePhone, Seen: l.now})
	require.Equal(t, 1, l.count(SenseBack))
	require.Equal(t, l.now, l.senses.Phone().Seen)
	l.answers = true
	l.pass(30 * 24 * time.Hour)
	require.Equal(t, []int{10, 11, 12, 13}, l.days(), "a phone that answers is never away, whether it writes or not")
}

// The application was off for eleven days: nothing is known of the phone, so it is asked first, and what is told says that we were away.
func TestTimeInWhichWeWereNotThereIsNotThePhones(t *testing.T) {
	for name, answers := range map[string]bool{"it was there": true, "it is away": false} {
		t.Run(name, func(t *testing.T) {
			l := newListener(t, Baseline{})
			l.tell(SenseInput{Kind: SenseUp})
			l.pass(time.Hour)
			l.tell(SenseInput{Kind: SenseDown})
			kept := l.senses.Phone()
			l.now, l.told = l.now.Add(11*24*time.Hour), nil
			l.senses = NewSenses(kept)
			l.answers = answers
			l.tell(SenseInput{Kind: SenseUp})
			l.pass(30 * time.Minute)
			require.Empty(t, l.days(), "it may still answer")
			l.pass(2 * time.Hour)
			if answers {
				require.Empty(t, l.days())
				return
			}
			require.Equal(t, []int{11}, l.days())
			require.True(t, slices.ContainsFunc(l.told, func(e SenseEffect) bool { return e.Unwatched }))
		})
	}
}

// What the phone did while we were away comes late, with its own time: it counts from then.
func TestASignThatComesLate(t *testing.T) {
	l := newListener(t, Baseline{})
	l.now = l.now.Add(13 * 24 * time.Hour)
	l.tell(SenseInput{Kind: SenseUp})
	wrote := l.now.Add(-3 * 24 * time.Hour)
	l.tell(SenseInput{Kind: SensePhone, Seen: wrote})
	require.Equal(t, wrote, l.senses.Phone().Seen)
	l.pass(6 * 24 * time.Hour)
	require.Empty(t, l.days())
	l.pass(2 * 24 * time.Hour)
	require.Equal(t, []int{10}, l.days()[:1])
	l.tell(SenseInput{Kind: SensePhone, Seen: wrote.Add(-time.Hour)})
	require.Equal(t, wrote, l.senses.Phone().Seen, "an older sign changes nothing")
	l.tell(SenseInput{Kind: SensePhone, Seen: l.now.Add(time.Hour)})
	require.Equal(t, l.now, l.senses.Phone().Seen, "a clock that is ahead makes no sign of the future")
}

// Whatever happens, the senses never wake for nothing, never count more than the time that passed, and suspect only what they asked about or doubted.
func TestSensesAtAnyTime(t *testing.T) {
	kinds := []SenseKind{SenseUp, SenseDown, SenseArrived, SensePhone, SenseEmpty, SenseUnasked, SenseTick, SenseUnlinked, SenseRelinked}
	rapid.Check(t, func(t *rapid.T) {
		l := newListener(t, drawHabits(t))
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			l.pass(time.Duration(rapid.IntRange(0, 30*60).Draw(t, "minutes")) * time.Minute)
			asked, suspected := l.count(SenseAsk), l.count(SenseSuspect)
			in := SenseInput{Kind: rapid.SampledFrom(kinds).Draw(t, "input"), Doubt: rapid.Bool().Draw(t, "doubt")}
			in.Seen = l.now.Add(time.Duration(rapid.IntRange(-20*24, 24).Draw(t, "hours")) * time.Hour)
			l.tell(in)
			require.LessOrEqual(t, l.count(SenseSuspect), l.count(SenseAsk))
			require.LessOrEqual(t, l.count(SenseSuspect)-suspected, 1)
			require.LessOrEqual(t, l.count(SenseAsk)-asked, 1)
			phone := l.senses.Phone()
			require.False(t, phone.Seen.After(l.now))
			if !phone.Seen.IsZero() {
				require.LessOrEqual(t, phone.Watched, l.now.Sub(phone.Seen))
			}
			for _, e := range l.told {
				require.True(t, e.Kind != SenseSilent || e.Days >= domain.PhoneWarnDays)
			}
		}
	})
}
