package device

import (
	"time"

	"waflow/backend/domain"
)

// The clock of a phone that is away.
const (
	phoneWarn     = domain.PhoneWarnDays * 24 * time.Hour
	phoneAskEvery = 24 * time.Hour   // a phone that was not seen for so long is asked, once in so long
	phoneGrace    = time.Hour        // of being connected after a question, before no answer means that the phone is away
	phoneSave     = time.Hour        // how often it is kept how long we have watched
	phoneGap      = 24 * time.Hour   // of not having watched, from which on that is said
	phoneFine     = 10 * time.Minute // signs closer together than this are kept as one
	phoneAskLeast = time.Hour        // between two questions, however often the connection is made anew
)

// phoneWatch is what is known about the phone of a device.
type phoneWatch struct {
	domain.PhoneSign

	counted time.Time     // up to when Watched counts
	saved   time.Time     // when it was kept
	kept    time.Time     // the Seen that was kept
	asked   time.Time     // the last question
	before  time.Duration // Watched at the first question since Seen
	waits   bool          // a question since Seen is not answered
}

// watch counts the time in which a sign would have been noticed. The senses are told something at least once in phoneSave: where more has passed the
// computer slept.
func (p *phoneWatch) watch(at time.Time) {
	passed := at.Sub(p.counted)
	if passed <= 0 {
		return // told late
	}
	if passed <= phoneSave+phoneFine {
		p.Watched += passed
	}
	p.counted = at
}

// ask takes note of a question.
func (p *phoneWatch) ask(at time.Time) {
	p.asked = at
	if !p.waits {
		p.waits, p.before = true, p.Watched
	}
}

// toAsk reports whether the phone is to be asked, for a device that is connected since up.
func (p *phoneWatch) toAsk(up, at time.Time) bool { return !at.Before(p.nextAsk(up)) }

func (p *phoneWatch) nextAsk(up time.Time) time.Time {
	next := up.Add(settling)
	for _, other := range []time.Time{p.Seen.Add(phoneAskEvery), p.asked.Add(phoneAskEvery)} {
		if other.After(next) {
			next = other
		}
	}
	if p.waits && p.asked.Before(up) {
		return laterOf(up.Add(settling), p.asked.Add(phoneAskLeast)) // it may have got lost with that connection
	}
	return next
}

// wake returns when something about the phone is to be told or kept.
func (p *phoneWatch) wake() time.Time {
	wake := p.counted.Add(phoneSave)
	if p.waits && p.Watched-p.before < phoneGrace {
		wake = earliest(wake, p.counted.Add(phoneGrace-(p.Watched-p.before)))
	}
	return wake
}

// days returns for how many whole days the phone has not been seen, once that is worth telling: 0 before, and while a question may still be answered.
func (p *phoneWatch) days(at time.Time) int {
	if p.Seen.IsZero() || at.Sub(p.Seen) < phoneWarn || !p.waits || p.Watched-p.before < phoneGrace {
		return 0
	}
	return int(at.Sub(p.Seen) / (24 * time.Hour))
}

// unwatched reports whether a good part of the time since the phone was seen passed while we were not connected, so that it may have been there.
func (p *phoneWatch) unwatched(at time.Time) bool { return at.Sub(p.Seen)-p.Watched >= phoneGap }

// seen takes a sign of life. A sign may be older than others: what waited at WhatsApp comes with the time at which the phone sent it. A clock that is ahead
// makes no sign of the future.
func (t *sensing) seen(sign time.Time) {
	p := &t.phone
	if sign.After(t.at) {
		sign = t.at
	}
	if sign.IsZero() || !sign.After(p.Seen) {
		return
	}
	p.Seen, p.Watched, p.waits = sign, 0, false
	if since := laterOf(t.up, sign); !t.up.IsZero() {
		p.Watched = t.at.Sub(since)
	}
	back := p.Told > 0 && t.at.Sub(sign) < phoneWarn
	if back {
		p.Told = 0
		t.do(SenseEffect{Kind: SenseBack})
	}
	if back || p.Seen.Sub(p.kept) >= phoneFine {
		t.save()
	}
}

// days tells for how long the phone has been away when that has changed, and keeps how long we have watched.
func (t *sensing) days() {
	p := &t.phone
	if days := p.days(t.at); days > 0 && days != p.Told {
		p.Told = days
		t.do(SenseEffect{Kind: SenseSilent, Days: days, Unwatched: p.unwatched(t.at)})
		t.save()
	}
	if t.at.Sub(p.saved) >= phoneSave {
		t.save()
	}
}

func (t *sensing) save() {
	t.phone.saved, t.phone.kept = t.at, t.phone.Seen
	t.do(SenseEffect{Kind: SenseSave})
}

func laterOf(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
