package wasim

import (
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
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
	told     int // messages written without being asked
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
		c.rng = newRandomSource(p.s.opts.Seed, "behaviour of "+p.account.number).rng
		c.contacts = make(map[*account]*acquaintance)
	}
	c.phone, c.behaviour = p, b
	c.play++
	play := c.play
	c.mu.Unlock()
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
	c.schedule(play, acts)
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
	c.schedule(play, acts)
}

func (c *script) schedule(play int, acts []act) {
	for _, a := range acts {
		c.phone.s.after(a.after, func() { c.do(play, a) })
	}
}

// do does what was decided, unless the contact behaves differently by now.
func (c *script) do(play int, a act) {
	c.mu.Lock()
	current := c.play == play
	c.mu.Unlock()
	if !current {
		return
	}
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
