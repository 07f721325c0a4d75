package device

import (
	"time"

	"waflow/backend/domain"
)

// Times of the senses.
const (
	EchoWithin = 2 * time.Minute // the phone's answer to a question of ours; phones sleep, and are woken by it
	SecondLook = 2 * time.Minute // what a connection that was made anew because of a suspicion has to show that it hears
	AskAgain   = 30 * time.Minute
	settling   = time.Minute // after a login, before the phone is asked: what waits comes first
)

// SenseKind is what the senses of a device are told.
type SenseKind string

// The inputs of the senses.
const (
	SenseUp       SenseKind = "up"       // logged in; Doubt: because of a suspicion
	SenseDown     SenseKind = "down"     // not any more
	SenseArrived  SenseKind = "arrived"  // a message or a receipt came
	SensePhone    SenseKind = "phone"    // the phone of the account did something at Seen, which may be long ago
	SenseEmpty    SenseKind = "empty"    // WhatsApp says that nothing waited for us: silence was silence
	SenseUnasked  SenseKind = "unasked"  // the question did not get as far as WhatsApp
	SenseHabits   SenseKind = "habits"   // Baseline
	SenseTick     SenseKind = "tick"     // the time of Wake has come
	SenseUnlinked SenseKind = "unlinked" // there is no phone any more
	SenseRelinked SenseKind = "relinked" // linked (again), by a phone that was there to do it
)

// SenseInput is one thing that the senses are told.
type SenseInput struct {
	Kind     SenseKind
	At       time.Time
	Seen     time.Time
	Doubt    bool
	Baseline Baseline
}

// SenseEffectKind is what the senses ask for.
type SenseEffectKind string

// The effects.
const (
	SenseAsk     SenseEffectKind = "ask"     // ask the phone for something that it answers
	SenseSuspect SenseEffectKind = "suspect" // the machine's input DeafSuspected
	SenseHeard   SenseEffectKind = "heard"   // the machine's input Heard
	SenseSilent  SenseEffectKind = "silent"  // the machine's input PhoneSilent: Days, Unwatched
	SenseBack    SenseEffectKind = "back"    // the machine's input PhoneBack
	SenseSave    SenseEffectKind = "save"    // Heard (zero: nothing new), and what Phone is now
)

// SenseEffect is one thing to do.
type SenseEffect struct {
	Kind      SenseEffectKind
	Days      int
	Unwatched bool
	Heard     time.Time
}

// Senses decide whether a device that seems connected hears anything, and how long its phone has not been seen. They know no clock and ask
// nobody: the pool feeds them and does what they say. The zero value is a device that is not connected.
type Senses struct {
	habits    Baseline
	up        time.Time // since when the device is connected; zero if it is not
	quiet     time.Time // since when nothing came
	slot      int64     // the last one in which something came
	unfounded int       // suspicions in a row after which everything was well
	asked     time.Time // when the question went out that is not answered yet; zero if there is none
	suspects  bool      // it was asked because of the silence
	doubt     bool      // nothing was heard since a connection that a suspicion made anew
	looks     time.Time // in doubt: when the next question goes out
	early     bool      // something was heard over a connection before its login was told: they come from different goroutines

	phone phoneWatch
}

// NewSenses returns the senses of a device that is not connected, with what was kept about its phone.
func NewSenses(phone domain.PhoneSign) Senses { return Senses{phone: phoneWatch{PhoneSign: phone}} }

// Phone returns what is to be kept about the phone.
func (s Senses) Phone() domain.PhoneSign { return s.phone.PhoneSign }

// Alert reports whether every arrival is to be told at once: something depends on it.
func (s Senses) Alert() bool { return !s.asked.IsZero() || s.doubt }

// patience is how much more than usual it takes to be suspicious, after suspicions that were unfounded: the business is closed today.
func (s Senses) patience() float64 { return float64(int(1) << min(s.unfounded, 5)) }

// Wake returns when the senses want the input SenseTick; zero for never.
func (s Senses) Wake() time.Time {
	if s.up.IsZero() {
		return time.Time{}
	}
	wake := s.phone.wake()
	if !s.asked.IsZero() {
		wake = earliest(wake, s.asked.Add(EchoWithin))
	}
	switch {
	case s.suspects:
	case s.doubt:
		wake = earliest(wake, s.looks)
	default:
		wake = earliest(wake, s.habits.Suspicious(s.quiet, s.patience()))
		if s.asked.IsZero() {
			wake = earliest(wake, s.phone.nextAsk(s.up))
		}
	}
	return wake
}

// Next returns the senses after an input and what to do.
func (s Senses) Next(in SenseInput) (Senses, []SenseEffect) {
	t := &sensing{Senses: s, at: in.At}
	if !s.up.IsZero() {
		t.phone.watch(in.At)
	}
	t.take(in)
	return t.Senses, t.effects
}

// sensing is one step in the making.
type sensing struct {
	Senses
	at      time.Time
	effects []SenseEffect
}

func (t *sensing) do(e SenseEffect) { t.effects = append(t.effects, e) }

func (t *sensing) take(in SenseInput) {
	switch in.Kind {
	case SenseUp:
		t.up, t.quiet, t.doubt, t.looks = t.at, t.at, in.Doubt, t.at.Add(SecondLook)
		t.forget()
		t.phone.counted = t.at
		if t.early {
			t.early = false
			t.answered()
		}
	case SenseDown:
		t.up, t.doubt, t.early = time.Time{}, false, false
		t.forget()
	case SenseArrived:
		t.unfounded = 0
		t.heard()
		t.note()
	case SenseEmpty:
		t.answered()
	case SensePhone:
		t.answered()
		t.seen(in.Seen)
	case SenseUnasked:
		t.unanswered()
	case SenseHabits:
		t.habits = in.Baseline
	case SenseTick:
		t.tick()
	case SenseUnlinked:
		t.Senses = Senses{habits: t.habits}
	case SenseRelinked:
		t.phone = phoneWatch{PhoneSign: domain.PhoneSign{Told: t.phone.Told}}
		t.seen(t.at)
	}
}

// forget drops a question.
func (t *sensing) forget() { t.asked, t.suspects = time.Time{}, false }

// heard ends whatever silence there was.
func (t *sensing) heard() {
	t.early = t.early || t.up.IsZero()
	t.quiet = laterOf(t.quiet, t.at)
	t.forget()
	if t.doubt {
		t.doubt = false
		t.do(SenseEffect{Kind: SenseHeard})
	}
}

// answered is a proof that we hear which is no message: the silence was real, and the next one of its kind is less suspicious.
func (t *sensing) answered() {
	if t.suspects || t.doubt {
		t.unfounded++
	}
	t.heard()
}

// note has the slot kept in which something came, once.
func (t *sensing) note() {
	if slot := slotOf(t.at); slot != t.slot {
		t.slot = slot
		t.do(SenseEffect{Kind: SenseSave, Heard: t.at})
	}
}

// ask puts a question to the phone.
func (t *sensing) ask(suspects bool) {
	t.asked, t.suspects = t.at, suspects
	t.phone.ask(t.at)
	t.do(SenseEffect{Kind: SenseAsk})
}

// unanswered is the end of a question. One that was asked for the phone's sake says nothing about us.
func (t *sensing) unanswered() {
	suspects := t.suspects
	t.forget()
	if !suspects {
		return
	}
	t.quiet, t.looks = t.at, t.at.Add(AskAgain)
	t.do(SenseEffect{Kind: SenseSuspect})
}

func (t *sensing) tick() {
	if t.up.IsZero() {
		return
	}
	if !t.asked.IsZero() && !t.at.Before(t.asked.Add(EchoWithin)) {
		t.unanswered()
	}
	switch {
	case t.suspects: // waits for the answer
	case t.doubt:
		if !t.at.Before(t.looks) {
			t.ask(true)
		}
	case t.overdue():
		t.ask(true)
	case t.asked.IsZero() && t.phone.toAsk(t.up, t.at):
		t.ask(false)
	}
	t.days()
}

// overdue reports whether the silence is suspicious.
func (t *sensing) overdue() bool {
	due := t.habits.Suspicious(t.quiet, t.patience())
	return !due.IsZero() && !t.at.Before(due)
}
