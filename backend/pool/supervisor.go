package pool

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"sync/atomic"
	"time"

	"waflow/backend/device"
	"waflow/backend/domain"
	"waflow/backend/panics"
)

// rearmAfter is how long after a panic a device's alarm is set anew.
const rearmAfter = 5 * time.Second

// supervisor runs the machine of one device. Its fields belong to its goroutine, but for those said to be read by others.
type supervisor struct {
	pool   *Pool
	ref    domain.DeviceRef
	box    *mailbox
	gone   chan struct{} // closed when the supervisor has ended and its sessions are closed
	rand   *rand.Rand
	number string    // the device's account, "" if it never had one
	used   time.Time // when a message last came or went, as known at the start

	state    device.State
	session  *session   // the device's own; nil while it has none
	sessions []*session // every one that is not closed yet
	dial     int        // number of the present dial; reports of earlier ones are dropped
	ticket   *ticket
	timer    *time.Timer
	armed    time.Time // what the timer is set to
	pairing  *pairing
	unlink   []chan error // who waits for an unlink

	senses      device.Senses
	sensesTimer *time.Timer
	sensesArmed time.Time // what that timer is set to
	learned     time.Time // when the habits were read

	ready     atomic.Pointer[session]            // read by those who send: set while messages can go
	alert     atomic.Bool                        // read by receivers: the senses want to know of every arrival at once
	arrived   atomic.Int64                       // written by receivers: when something last came, in milliseconds; 0 once that is known
	arrivedIn atomic.Int64                       // of receivers: the slot of that
	shown     atomic.Pointer[domain.PairingStep] // read by PairingOf
}

func newSupervisor(p *Pool, d domain.Device, file string) *supervisor {
	s := &supervisor{
		pool:   p,
		ref:    d.Ref,
		box:    newMailbox("device", *p.log(d.Ref)),
		gone:   make(chan struct{}),
		rand:   rand.New(rand.NewPCG(p.cfg.Seed, uint64(d.Ref.Device))),
		number: d.Account.Number,
		used:   latest(d.LastIn, d.LastOut),
		state:  device.New(d, file != ""),
		senses: sensesOf(d),
	}
	s.box.hurt = s.rearm
	if file != "" {
		s.session = p.newSession(d.Ref, file)
	}
	return s
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// run takes one message after the other until the mailbox is closed, then closes what is open.
func (s *supervisor) run() {
	defer close(s.gone)
	if s.session != nil {
		s.open(s.session)
		s.session.owned.Store(true)
	}
	s.box.drain()
	s.end()
}

// open starts a session's goroutine and takes what its client tells.
func (s *supervisor) open(n *session) {
	n.events = func(ev domain.SessionEvent) { s.box.post(func() { s.happened(n, ev) }) }
	n.receive = s.receive
	s.sessions = slices.DeleteFunc(s.sessions, (*session).closed)
	s.sessions = append(s.sessions, n)
	s.pool.spawn(n.run)
}

// end closes every session and waits for it.
func (s *supervisor) end() {
	s.ready.Store(nil)
	for _, t := range []*time.Timer{s.timer, s.sensesTimer} {
		if t != nil {
			t.Stop()
		}
	}
	s.abandonPairing()
	s.ticket.leave()
	s.pool.renewal.left(s)
	for _, reply := range s.unlink {
		reply <- stopping()
	}
	for _, n := range s.sessions {
		n.close(!n.owned.Load(), 0)
	}
	for _, n := range s.sessions {
		<-n.gone
	}
}

// feed runs the machine and carries out what it says. The error is a person's request that was refused, nil otherwise.
func (s *supervisor) feed(in device.Input) error {
	if in.At.IsZero() {
		in.At = s.pool.now()
	}
	in.Chance = s.rand.Float64()
	before := s.state
	next, effects := device.Next(s.state, in)
	s.state = next
	s.publish()
	var refused error
	for _, e := range effects {
		if e.Kind == device.Refuse {
			refused = e.Err
			continue
		}
		// One that panics keeps neither the others nor the alarm after them from being carried out.
		panics.Step(*s.pool.log(s.ref), string(e.Kind), func() { s.carryOut(e) })
	}
	if in.Kind == device.Woke {
		s.armed = time.Time{} // a timer set before a sleep is late by the sleep
	}
	s.arm()
	if p := s.state.Phase; p != device.PhaseDialing && p != device.PhaseLogin {
		s.ticket.leave()
		s.ticket = nil
	}
	if s.pairing != nil {
		s.pairing.follow()
	}
	s.pool.renewal.follow(s)
	s.follow(before, in)
	return refused
}

// outdated reports whether the device was stopped because WhatsApp refuses this version.
func (s *supervisor) outdated() bool {
	return s.state.Phase == device.PhaseRest && s.state.Told.Cause == domain.CauseClientOutdated
}

// publish sets what other goroutines read.
func (s *supervisor) publish() {
	if s.state.Ready() {
		s.ready.Store(s.session)
	} else {
		s.ready.Store(nil)
	}
}

// arm sets the timer to the machine's alarm.
func (s *supervisor) arm() {
	due := s.state.Alarm()
	if due.Equal(s.armed) {
		return
	}
	if s.timer != nil {
		s.timer.Stop()
	}
	s.armed = due
	if due.IsZero() {
		return
	}
	s.timer = time.AfterFunc(due.Sub(s.pool.now()), func() {
		s.box.post(func() { s.alarm(due) })
	})
}

// rearm has the machine's alarm set a little after a step that panicked, perhaps before it did that: the machine's own deadlines take up what was
// left half done. Not at once, as the alarm itself may be what panics.
func (s *supervisor) rearm() {
	time.AfterFunc(rearmAfter, func() { s.box.post(s.arm) })
}

// alarm is the timer's end. A clock that was set back meanwhile does not make a device wait again.
func (s *supervisor) alarm(due time.Time) {
	if !due.Equal(s.armed) {
		return
	}
	s.armed = time.Time{}
	at := s.pool.now()
	if at.Before(due) {
		at = due
	}
	_ = s.feed(device.Input{Kind: device.Alarm, At: at}) // only persons are refused
}

func (s *supervisor) carryOut(e device.Effect) {
	switch e.Kind {
	case device.Dial:
		s.queueDial()
	case device.Disconnect:
		s.dial++
		s.ticket.leave()
		s.ticket = nil
		if s.session != nil {
			s.session.disconnect()
		}
	case device.DropSession:
		s.dropSession()
	case device.Logout:
		s.logout()
	case device.CutWaits:
		s.pool.tellAll(device.Input{Kind: device.OutageOver}, s.ref.Device)
	case device.Wake:
		s.pool.cfg.Ready(s.ref.Device)
	case device.Record:
		s.record(e.Change)
	case device.Tell:
		s.pool.cfg.Detail(s.ref, e.Change.To)
	case device.Refuse:
	}
}

// queueDial asks the gate. Whoever else ends the dial meanwhile makes its number an old one.
func (s *supervisor) queueDial() {
	s.dial++
	n := s.dial
	s.ticket.leave()
	s.ticket = s.pool.gate.ask(rank{used: s.used}, func() { s.box.post(func() { s.admitted(n) }) })
}

func (s *supervisor) admitted(n int) {
	if n != s.dial || s.session == nil {
		return
	}
	_ = s.feed(device.Input{Kind: device.DialStarted})
	s.session.connect(func(err error) { s.box.post(func() { s.dialed(n, err) }) })
}

func (s *supervisor) dialed(n int, err error) {
	switch {
	case n != s.dial:
	case err == nil:
		_ = s.feed(device.Input{Kind: device.DialDone})
	case errors.Is(err, errNotLinked):
		_ = s.feed(device.Input{Kind: device.LoggedOut})
	default:
		in := device.FailedDial(err)
		s.pool.log(s.ref).Info().Str("failure", string(in.Failure)).Str("reason", in.Reason).Msg("a dial failed")
		_ = s.feed(in)
	}
}

// happened takes what a client tells.
func (s *supervisor) happened(n *session, ev domain.SessionEvent) {
	switch {
	case n == s.session:
		s.sensed(ev)
		if in, ok := device.OfSession(ev); ok {
			in.At = time.Time{} // our clock, so that moments are in order
			if in.Kind == device.Outdated {
				s.pool.renewal.refused(s.ref.Device)
			}
			_ = s.feed(in)
		}
		if ev.Kind == domain.SessionOfflineSynced {
			s.synced()
		}
	case s.pairing != nil && n == s.pairing.session:
		s.pairing.happened(ev)
	case ev.Kind == domain.PairFailed:
		n.phoneTold()
	case ev.Kind == domain.SessionConnected:
		n.signal()
	}
}

// synced says that WhatsApp has handed over what it kept, after the rows of the history that came before.
func (s *supervisor) synced() {
	s.pool.write(write{what: "synced", do: func(context.Context) error {
		s.pool.cfg.Synced(s.ref.Device)
		return nil
	}})
}

// receive puts what arrived on disk. It runs on the client's goroutine.
func (s *supervisor) receive(ctx context.Context, in domain.Inbound) error {
	err := s.pool.cfg.Receive(ctx, s.ref, in)
	switch {
	case err != nil && domain.DiskRefused(err):
		s.box.post(func() { _ = s.feed(device.Input{Kind: device.StorageFailed}) })
	case err == nil:
		s.noteArrival()
	}
	return err
}

// storageProbe is how long after the disk took a row again it is believed to be well.
const storageProbe = 5 * time.Second

// record writes a row of the history. While the disk refuses, the device goes on, people are told all the same, and the row is tried again; that it
// is written in the end is how it is known that the disk is well again.
func (s *supervisor) record(change domain.StateChange) {
	change.Ref = s.ref
	post := func(kind device.InputKind) { s.box.post(func() { _ = s.feed(device.Input{Kind: kind}) }) }
	tell := func() { s.pool.cfg.Unkept(s.ref, s.state.Told) }
	late := s.pool.writer.failing.Load()
	if late {
		tell()
	}
	s.pool.write(write{
		what: "history",
		do:   func(ctx context.Context) error { return s.pool.cfg.Journal(ctx, change) },
		failed: func(err error) {
			if !late {
				late = true
				s.box.post(tell)
			}
			if domain.DiskRefused(err) {
				post(device.StorageFailed)
			}
		},
		done: func(err error, failures int) {
			if err == nil && (failures > 0 || change.To.Cause == domain.CauseStorageFailed) {
				time.AfterFunc(storageProbe, func() { post(device.StorageBack) })
			}
		},
	})
}

// dropSession forgets a session that WhatsApp has ended. Its file goes when the database no longer names it.
func (s *supervisor) dropSession() {
	n := s.session
	s.session = nil
	s.dial++
	if n == nil {
		return
	}
	n.disconnect()
	s.pool.write(write{
		what: "link dropped",
		do: func(ctx context.Context) error {
			_, err := s.pool.cfg.Links.DropLink(ctx, s.ref)
			return err
		},
		done: func(error, int) { n.close(true, 0) },
	})
}

// logout tells WhatsApp that this companion is to be removed, then those who asked for it how that went.
func (s *supervisor) logout() {
	s.session.logout(func(err error) {
		s.box.post(func() {
			if err == nil {
				_ = s.feed(device.Input{Kind: device.UnlinkDone})
			} else {
				_ = s.feed(device.Input{Kind: device.UnlinkFailed})
			}
			if !s.state.Linked {
				err = nil // told by WhatsApp itself, faster than by the answer
			}
			for _, reply := range s.unlink {
				reply <- err
			}
			s.unlink = nil
		})
	})
}
