package pool

import (
	"slices"
	"sync"
	"time"
)

// gate lets dials through: so many at once, so many per second; those that a person waits for first, then the devices used last, then in the order
// in which they asked.
type gate struct {
	spacing time.Duration

	mu     sync.Mutex
	free   int
	next   time.Time // monotonic: when the next may go
	queue  []*ticket
	timer  *time.Timer
	held   int // how many have yet to ask before anyone goes
	closed bool
}

// ticket is a place at the gate, then a slot behind it.
type ticket struct {
	gate  *gate
	grant func()
	rank  rank
	in    bool // behind the gate
	left  bool
}

// rank is who goes before whom at the gate.
type rank struct {
	person bool      // somebody looks at a dialog and waits
	used   time.Time // when the device was last used
}

func (r rank) before(other rank) bool {
	if r.person != other.person {
		return r.person
	}
	return r.used.After(other.used)
}

func newGate(g Gate) *gate {
	return &gate{spacing: time.Second / time.Duration(g.PerSecond), free: g.AtOnce}
}

// hold lets nobody through until asked was called n times, so that who asks first is not who goes first.
func (g *gate) hold(n int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.held = n
}

// asked says that one of those for whom the gate is held has asked, if it wanted to.
func (g *gate) asked() {
	g.mu.Lock()
	g.held--
	g.mu.Unlock()
	g.admit()
}

// ask queues for a dial. grant is called at most once, from another goroutine or this one, and must not block.
func (g *gate) ask(r rank, grant func()) *ticket {
	t := &ticket{gate: g, grant: grant, rank: r}
	g.mu.Lock()
	at := slices.IndexFunc(g.queue, func(q *ticket) bool { return r.before(q.rank) })
	if at < 0 {
		at = len(g.queue)
	}
	g.queue = slices.Insert(g.queue, at, t)
	g.mu.Unlock()
	g.admit()
	return t
}

// leave gives up the place or the slot. It may be called again, and on nil.
func (t *ticket) leave() {
	if t == nil {
		return
	}
	g := t.gate
	g.mu.Lock()
	if t.left {
		g.mu.Unlock()
		return
	}
	t.left = true
	if t.in {
		g.free++
	} else {
		g.queue = slices.DeleteFunc(g.queue, func(q *ticket) bool { return q == t })
	}
	g.mu.Unlock()
	g.admit()
}

// admit lets through whoever may go now, and comes back for the rest.
func (g *gate) admit() {
	g.mu.Lock()
	var through []*ticket
	for !g.closed && g.held == 0 && g.free > 0 && len(g.queue) > 0 {
		now := time.Now()
		if wait := g.next.Sub(now); wait > 0 {
			g.comeBack(wait)
			break
		}
		t := g.queue[0]
		g.queue = slices.Delete(g.queue, 0, 1)
		t.in = true
		g.free--
		g.next = now.Add(g.spacing)
		through = append(through, t)
	}
	g.mu.Unlock()
	for _, t := range through {
		t.grant()
	}
}

func (g *gate) comeBack(wait time.Duration) {
	if g.timer == nil {
		g.timer = time.AfterFunc(wait, g.admit)
		return
	}
	g.timer.Reset(wait)
}

// close lets nobody through any more.
func (g *gate) close() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.closed = true
	if g.timer != nil {
		g.timer.Stop()
	}
}
