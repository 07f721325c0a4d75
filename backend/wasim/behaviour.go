package wasim

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
)

// ErrBadBehaviour means that a behaviour contradicts itself.
var ErrBadBehaviour = errors.New("this behaviour makes no sense")

// Behaviour is how a scripted contact acts, for demos, load and soak tests. What is nil does not happen; the zero value is
// a contact that does nothing by itself. Scripted contacts do not answer each other.
type Behaviour struct {
	// Reading says when the contact reads what it gets. Nil: never.
	Reading *Reading `json:"reading,omitempty"`
	// Answering says when and what it answers.
	Answering *Answering `json:"answering,omitempty"`
	// OptOut says when it wants no more messages.
	OptOut *OptOut `json:"optOut,omitempty"`
	// Patience says what it does about somebody who writes too much.
	Patience *Patience `json:"patience,omitempty"`
	// Writing says what it writes of its own accord.
	Writing *Writing `json:"writing,omitempty"`
}

// Span is a time between two bounds, in seconds. A moment in it is chosen by chance.
type Span struct {
	Min float64 `json:"min"`
	Max float64 `json:"max"`
}

// Reading is a contact's habit of reading.
type Reading struct {
	// After is how long after the message it is read, or after the contact gets up.
	After Span `json:"after"`
	// From and Until are the hours of the day between which it reads, for example 9 and 21.5; From after Until goes over
	// midnight. Both 0 mean always.
	From  float64 `json:"from,omitempty"`
	Until float64 `json:"until,omitempty"`
}

// Answering is a contact's habit of answering.
type Answering struct {
	// After is how long after reading the answer is sent; after the message's arrival for a contact that never reads.
	After Span `json:"after"`
	// Typing is for how many of these seconds the contact can be seen typing. 0: it cannot be seen.
	Typing float64 `json:"typing,omitempty"`
	// Chance is how likely an answer is, from 0 to 1; 0 means always.
	Chance float64 `json:"chance,omitempty"`
	// Lines are the answers, of which one is chosen. {text} stands for what was received, {name} for the contact's own name,
	// {n} for the number of messages that the sender has written.
	Lines []string `json:"lines"`
}

// OptOut makes a contact answer with a word such as "STOP" or "BAJA", after which it answers nothing more to that sender.
type OptOut struct {
	// Words are what it may answer. It answers the one that it finds in the message ("answer STOP to end this"), and
	// nothing when the message has none, unless After is reached: then the first.
	Words []string `json:"words"`
	// After is the number of messages from one sender at which it opts out without having been offered it. 0: never.
	After int `json:"after,omitempty"`
	// Chance is how likely it accepts an offer, from 0 to 1; 0 means always.
	Chance float64 `json:"chance,omitempty"`
}

// Patience makes a contact react to too many messages from somebody to whom it has not written.
type Patience struct {
	// Messages is how many it bears.
	Messages int `json:"messages"`
	// Block and Report are what it does at the next one.
	Block  bool `json:"block,omitempty"`
	Report bool `json:"report,omitempty"`
}

// Writing is what a contact writes without being asked.
type Writing struct {
	// To are the numbers it writes to, each message to one of them.
	To []string `json:"to"`
	// PerHour is how many messages it writes in an hour in which the curve is 1.
	PerHour float64 `json:"perHour"`
	// Curve weighs the hours of the day, from 0 o'clock; empty means that all are 1. Otherwise it has 24 values from 0 to 1.
	Curve []float64 `json:"curve,omitempty"`
	// Lines are what it writes, of which one is chosen. {n} is the number of messages so far, {name} its own name.
	Lines []string `json:"lines"`
}

// maxPerHour bounds how much one contact writes.
const maxPerHour = 100_000

func (b Behaviour) validate() error {
	spans, chances := []Span{}, []float64{}
	if r := b.Reading; r != nil {
		spans = append(spans, r.After)
		if r.From < 0 || r.From > 24 || r.Until < 0 || r.Until > 24 {
			return fmt.Errorf("%w: hours of reading", ErrBadBehaviour)
		}
	}
	if a := b.Answering; a != nil {
		spans, chances = append(spans, a.After, Span{a.Typing, a.Typing}), append(chances, a.Chance)
		if len(a.Lines) == 0 {
			return fmt.Errorf("%w: nothing to answer", ErrBadBehaviour)
		}
	}
	if o := b.OptOut; o != nil {
		chances = append(chances, o.Chance)
		if len(o.Words) == 0 || slices.Contains(o.Words, "") {
			return fmt.Errorf("%w: no word to opt out with", ErrBadBehaviour)
		}
	}
	if w := b.Writing; w != nil {
		chances = append(chances, w.Curve...)
		if len(w.To) == 0 || len(w.Lines) == 0 || w.PerHour <= 0 || w.PerHour > maxPerHour || len(w.Curve) != 0 && len(w.Curve) != 24 {
			return fmt.Errorf("%w: writing", ErrBadBehaviour)
		}
		if len(w.Curve) != 0 && slices.Max(w.Curve) == 0 {
			return fmt.Errorf("%w: a curve without hours", ErrBadBehaviour)
		}
	}
	for _, s := range spans {
		if !(s.Min >= 0 && s.Min <= s.Max && s.Max <= 366*24*3600) {
			return fmt.Errorf("%w: span of time", ErrBadBehaviour)
		}
	}
	for _, c := range chances {
		if !(c >= 0 && c <= 1) {
			return fmt.Errorf("%w: chance", ErrBadBehaviour)
		}
	}
	return nil
}

// occasion is what a contact acts upon: a message that has arrived, or the time to write something.
type occasion struct {
	at   time.Time
	name string // the contact's own

	from     string // number of the sender; empty when it is time to write
	text     string
	received int  // messages from the sender so far, this one included
	written  int  // messages to the sender so far; when it is time to write, all that were written of its own accord
	optedOut bool // the contact wants nothing from the sender any more
	scripted bool // the sender is a scripted contact too
}

// act is something that a contact does.
type act struct {
	after time.Duration // from the occasion on
	kind  actKind
	to    string
	text  string
}

type actKind int

const (
	actRead   actKind = iota
	actOpen           // open the application: the contact can be seen
	actLeave          // leave it again
	actType           // be seen typing
	actWrite          // an answer, which ends the typing
	actOptOut         // the last answer
	actBlock
	actReport
	actTell  // write something unasked
	actAgain // come back to write more
)

// linger is how long a contact keeps the application open after an answer.
const linger = 30 * time.Second

// decide says what a contact does upon an occasion. It depends on nothing but its arguments; random gives numbers from 0
// up to 1.
func (b Behaviour) decide(o occasion, random func() float64) []act {
	if o.from == "" {
		return b.write(o, random)
	}
	if p := b.Patience; p != nil && o.written == 0 && o.received > p.Messages {
		return p.lose(o)
	}
	var acts []act
	at := time.Duration(0)
	if r := b.Reading; r != nil {
		at = r.waits(o.at) + r.After.pick(random)
		acts = append(acts, act{after: at, kind: actOpen}, act{after: at, kind: actRead, to: o.from})
	}
	answer, kind := b.answer(o, random)
	if answer == "" {
		if b.Reading != nil {
			acts = append(acts, act{after: at + linger, kind: actLeave})
		}
		return acts
	}
	var typing time.Duration
	if a := b.Answering; a != nil {
		typing = seconds(a.Typing)
		at += max(a.After.pick(random), typing)
	}
	if typing > 0 {
		acts = append(acts, act{after: at - typing, kind: actType, to: o.from})
	}
	return append(acts, act{after: at, kind: kind, to: o.from, text: answer}, act{after: at + linger, kind: actLeave})
}

// lose is what a contact does that has had enough.
func (p Patience) lose(o occasion) []act {
	var acts []act
	if p.Report {
		acts = append(acts, act{kind: actReport, to: o.from})
	}
	if p.Block {
		acts = append(acts, act{kind: actBlock, to: o.from})
	}
	return acts
}

// answer chooses an answer, empty for none.
func (b Behaviour) answer(o occasion, random func() float64) (string, actKind) {
	if o.optedOut || o.scripted {
		return "", actWrite
	}
	if b.OptOut != nil {
		if word := b.OptOut.word(o, random); word != "" {
			return word, actOptOut
		}
	}
	if b.Answering == nil || !happens(b.Answering.Chance, random) {
		return "", actWrite
	}
	return fill(choose(b.Answering.Lines, random), o.text, o.name, o.received), actWrite
}

func (out OptOut) word(o occasion, random func() float64) string {
	if out.After > 0 && o.received >= out.After {
		return out.Words[0]
	}
	for _, word := range out.Words {
		if strings.Contains(strings.ToLower(o.text), strings.ToLower(word)) && happens(out.Chance, random) {
			return word
		}
	}
	return ""
}

// write thins out a steady stream of occasions by the hour's weight, so that the rate follows the curve.
func (b Behaviour) write(o occasion, random func() float64) []act {
	w := b.Writing
	if w == nil {
		return nil
	}
	gap := time.Duration(-math.Log(1-random()) / w.PerHour * float64(time.Hour))
	again := act{after: gap, kind: actAgain}
	if len(w.Curve) == 24 && random() >= w.Curve[o.at.Hour()] {
		return []act{again}
	}
	text := fill(choose(w.Lines, random), "", o.name, o.written+1)
	return []act{{kind: actTell, to: choose(w.To, random), text: text}, again}
}

// waits is how long it takes until the contact reads at all.
func (r Reading) waits(now time.Time) time.Duration {
	if r.From == r.Until {
		return 0
	}
	hour := float64(now.Hour()) + float64(now.Minute())/60 + float64(now.Second())/3600
	awake := hour >= r.From && hour < r.Until
	if r.From > r.Until {
		awake = hour >= r.From || hour < r.Until
	}
	if awake {
		return 0
	}
	return seconds(math.Mod(r.From-hour+24, 24) * 3600)
}

func (s Span) pick(random func() float64) time.Duration {
	return seconds(s.Min + (s.Max-s.Min)*random())
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }

func happens(chance float64, random func() float64) bool { return chance == 0 || random() < chance }

func choose(lines []string, random func() float64) string {
	return lines[int(random()*float64(len(lines)))]
}

func fill(line, text, name string, n int) string {
	return strings.NewReplacer("{text}", text, "{name}", name, "{n}", fmt.Sprint(n)).Replace(line)
}
