package wasim

import (
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"time"
)

// script plays a behaviour on a phone. What it has begun and not yet done ends when the behaviour changes.
type script struct {
	phone *Phone

	mu        sync.Mutex
	behaviour Behaviour
	// play counts the behaviours; an act of an earlier one is not done any more. 0 before the first.
	play     int
	rng      *rand.Rand
	contacts map[*account]*acquaintance
	told     int  // messages written without being asked
	open     bool // it has the application open
}

// acquaintance is what a scripted contact remembers of somebody who writes to it.
type acquaintance struct {
	received, written int
	optedOut          bool
}

// Behave makes the phone act by itself from now on, in place of what it did before; the zero Behaviour ends that. It runs
// on the server's clock, and what happens follows from the seed and the phone's number.
//
// Errors: ErrBadBehaviour, ErrUnknownNumber.
func (p *Phone) Behave(b Behaviour) error {
	if err := b.validate(); err != nil {
		return err
	}
	if b.Writing != nil {
		for _, number := range b.Writing.To {
			if _, err := p.peer(number); err != nil {
				return err
			}
		}
	}
	c := &p.script
	c.mu.Lock()
	if c.rng == nil {
		c.phone = p // once: what is scheduled reads it without the lock
		c.rng = newRandomSource(p.s.opts.Seed, "behaviour of "+p.account.number).rng
		c.contacts = make(map[*account]*acquaintance)
	}
	c.behaviour = b
	c.play++
	play, open := c.play, c.open
	c.open = false
	c.mu.Unlock()
	if open {
		p.SetAvailable(false)
	}
	if b.Writing != nil {
		c.again(play, false)
	}
	return nil
}

// Behaviour is how the phone acts by itself.
func (p *Phone) Behaviour() Behaviour {
	p.script.mu.Lock()
	defer p.script.mu.Unlock()
	return p.script.behaviour
}

// isScripted tells whether the phone answers by itself.
func (p *Phone) isScripted() bool {
	p.script.mu.Lock()
	defer p.script.mu.Unlock()
	return p.script.behaviour.Answering != nil
}

// receive lets the contact act upon a message.
func (c *script) receive(from *account, text string) {
	scripted := from.phone.isScripted()
	c.mu.Lock()
	if c.play == 0 {
		c.mu.Unlock()
		return
	}
	known := c.contacts[from]
	if known == nil {
		known = &acquaintance{}
		c.contacts[from] = known
	}
	known.received++
	acts := c.behaviour.decide(occasion{
		at: c.phone.now(), name: c.phone.Name(), from: from.label(), text: text,
		received: known.received, written: known.written, optedOut: known.optedOut, scripted: scripted,
	}, c.rng.Float64)
	if slices.ContainsFunc(acts, func(a act) bool { return a.kind == actOptOut }) {
		known.optedOut = true
	}
	play := c.play
	c.mu.Unlock()
	c.schedule(play, acts, 0)
}

// again lets the contact write something unasked, if it is time, and come back. The first time it only comes back.
func (c *script) again(play int, write bool) {
	c.mu.Lock()
	if c.play != play {
		c.mu.Unlock()
		return
	}
	acts := c.behaviour.decide(occasion{at: c.phone.now(), name: c.phone.Name(), written: c.told}, c.rng.Float64)
	if !write {
		acts = acts[len(acts)-1:]
	} else if len(acts) > 1 {
		c.told++
	}
	c.mu.Unlock()
	c.schedule(play, acts, 0)
}

// schedule does one act after the other, which stand in the order of their times. passed is how much of these has gone by.
func (c *script) schedule(play int, acts []act, passed time.Duration) {
	if len(acts) == 0 {
		return
	}
	next := acts[0]
	c.phone.s.after(next.after-passed, func() {
		if c.plays(play, next.kind) {
			c.do(play, next)
			c.schedule(play, acts[1:], next.after)
		}
	})
}

// plays tells whether a behaviour is still the contact's, and notes whether what it does opens the application.
func (c *script) plays(play int, kind actKind) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.play != play {
		return false
	}
	if kind == actOpen || kind == actLeave {
		c.open = kind == actOpen
	}
	return true
}

// do does what was decided.
func (c *script) do(play int, a act) {
	p := c.phone
	var err error
	switch a.kind {
	case actRead:
		_, err = p.MarkRead(a.to)
	case actOpen, actLeave:
		p.SetAvailable(a.kind == actOpen)
	case actType:
		err = p.SetTyping(a.to, TypingText)
	case actWrite, actOptOut:
		err = c.answer(a)
	case actTell:
		_, err = p.SendText(p.s.ctx, a.to, a.text)
	case actBlock:
		err = p.SetBlocked(a.to, true)
	case actReport:
		p.s.ledger.note(p.dev.address(), "reports", a.to)
	case actAgain:
		c.again(play, true)
	}
	if err != nil {
		p.s.log.Debug().Err(err).Str("phone", mask(p.account.number)).Msg("scripted contact")
	}
}

func (c *script) answer(a act) error {
	peer, err := c.phone.peer(a.to)
	if err != nil {
		return err
	}
	c.mu.Lock()
	c.contacts[peer].written++
	c.mu.Unlock()
	if strings.TrimSpace(a.text) == "" {
		return nil
	}
	_, err = c.phone.SendText(c.phone.s.ctx, a.to, a.text)
	return err
}
