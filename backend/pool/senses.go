package pool

import (
	"context"
	"time"

	"waflow/backend/device"
	"waflow/backend/domain"
	"waflow/backend/panics"
)

// Signs keeps what the senses of the devices have learned.
type Signs interface {
	// NoteSigns keeps that something arrived at heard (zero: nothing new), and what is known about the phone.
	NoteSigns(ctx context.Context, ref domain.DeviceRef, heard time.Time, phone domain.PhoneSign) error
	// Arrivals returns when something arrived since a moment, in slots of ten minutes.
	Arrivals(ctx context.Context, ref domain.DeviceRef, since time.Time) ([]time.Time, error)
}

// noSigns keeps nothing: a pool without a memory is never suspicious of silence.
type noSigns struct{}

func (noSigns) NoteSigns(context.Context, domain.DeviceRef, time.Time, domain.PhoneSign) error {
	return nil
}

func (noSigns) Arrivals(context.Context, domain.DeviceRef, time.Time) ([]time.Time, error) {
	return nil, nil
}

// learnEvery is how often a device's habits are learned anew.
const learnEvery = 24 * time.Hour

// sensesOf returns the senses of a device as it was stored. Who links a phone has it in the hand.
func sensesOf(d domain.Device) device.Senses {
	phone := d.Phone
	if d.Linked.After(phone.Seen) {
		phone = domain.PhoneSign{Seen: d.Linked, Told: phone.Told}
	}
	return device.NewSenses(phone)
}

// follow tells the senses what the machine's step means for them.
func (s *supervisor) follow(before device.State, in device.Input) {
	if in.Kind == device.PairLinked {
		s.sense(device.SenseInput{Kind: device.SenseRelinked})
	}
	if before.Linked && !s.state.Linked {
		s.sense(device.SenseInput{Kind: device.SenseUnlinked})
	}
	was, is := before.Phase == device.PhaseUp, s.state.Phase == device.PhaseUp
	switch {
	case is && !was:
		s.learn()
		s.sense(device.SenseInput{Kind: device.SenseUp, Doubt: s.state.Troubles.DeafTried})
	case was && !is:
		s.sense(device.SenseInput{Kind: device.SenseDown})
	}
}

// sensed tells the senses what a client's event means for them.
func (s *supervisor) sensed(ev domain.SessionEvent) {
	switch {
	case ev.Kind == domain.SessionPhoneSeen:
		s.sense(device.SenseInput{Kind: device.SensePhone, Seen: ev.At})
	case ev.Kind == domain.SessionOfflineSynced && ev.Count == 0:
		s.sense(device.SenseInput{Kind: device.SenseEmpty})
	}
}

// sense runs the senses and does what they say.
func (s *supervisor) sense(in device.SenseInput) {
	if in.At.IsZero() {
		in.At = s.pool.now()
	}
	next, effects := s.senses.Next(in)
	s.senses = next
	s.alert.Store(next.Alert())
	for _, e := range effects {
		s.obey(e)
	}
	s.armSenses()
}

func (s *supervisor) obey(e device.SenseEffect) {
	feed := func(in device.Input) { _ = s.feed(in) } // only persons are refused
	switch e.Kind {
	case device.SenseAsk:
		s.askPhone()
	case device.SenseSuspect:
		s.pool.log(s.ref).Warn().Msg("connected, and nothing arrives though it should")
		feed(device.Input{Kind: device.DeafSuspected})
	case device.SenseHeard:
		feed(device.Input{Kind: device.Heard})
	case device.SenseSilent:
		in := device.Input{Kind: device.PhoneSilent, Step: e.Days}
		if e.Unwatched {
			in.Reason = device.ReasonUnwatched
		}
		feed(in)
	case device.SenseBack:
		feed(device.Input{Kind: device.PhoneBack})
	case device.SenseSave:
		phone := s.senses.Phone()
		s.pool.write(write{what: "signs of life", once: true, do: func(ctx context.Context) error {
			return s.pool.cfg.Signs.NoteSigns(ctx, s.ref, e.Heard, phone)
		}})
	}
}

// askPhone asks the device's phone for something that it answers, beside everything else: WhatsApp may take its time.
func (s *supervisor) askPhone() {
	n := s.dial
	client := s.session.sender()
	if client == nil {
		return
	}
	ask := func() (err error) {
		defer panics.Into(&err, "asking the phone panicked")
		return client.AskPhone(context.Background()) // bounds itself
	}
	s.pool.spawn(func() {
		err := ask()
		if err == nil {
			return
		}
		s.pool.log(s.ref).Info().Err(err).Msg("the phone could not be asked")
		s.box.post(func() {
			if n == s.dial {
				s.sense(device.SenseInput{Kind: device.SenseUnasked})
			}
		})
	})
}

// learn reads the device's habits, once a day.
func (s *supervisor) learn() {
	now := s.pool.now()
	if now.Sub(s.learned) < learnEvery {
		return
	}
	s.learned = now
	s.pool.write(write{what: "habits", once: true, do: func(ctx context.Context) error {
		arrivals, err := s.pool.cfg.Signs.Arrivals(ctx, s.ref, now.Add(-device.BaselineSpan))
		if err != nil {
			return err
		}
		habits := device.NewBaseline(arrivals, now)
		s.box.post(func() { s.sense(device.SenseInput{Kind: device.SenseHabits, Baseline: habits}) })
		return nil
	}})
}

// noteArrival tells the senses that something came, where they do not know yet: once in a slot, or at once when something depends on it. It runs
// on the client's goroutine.
func (s *supervisor) noteArrival() {
	now := s.pool.now()
	slot := now.UnixMilli() / device.Slot.Milliseconds()
	s.arrived.Store(now.UnixMilli())
	if s.arrivedIn.Swap(slot) != slot || s.alert.Load() {
		s.box.post(func() { s.sense(device.SenseInput{Kind: device.SenseArrived, At: now}) })
	}
}

// armSenses sets the timer of the senses.
func (s *supervisor) armSenses() {
	wake := s.senses.Wake()
	if wake.Equal(s.sensesArmed) {
		return
	}
	if s.sensesTimer != nil {
		s.sensesTimer.Stop()
	}
	s.sensesArmed = wake
	if wake.IsZero() {
		return
	}
	s.sensesTimer = time.AfterFunc(max(wake.Sub(s.pool.now()), 0), func() {
		s.box.post(func() {
			if wake.Equal(s.sensesArmed) {
				s.wakeSenses()
			}
		})
	})
}

// wakeSenses tells the senses the time, and before it what came last, of which they may know the slot only.
func (s *supervisor) wakeSenses() {
	s.sensesArmed = time.Time{}
	if last := s.arrived.Load(); last > 0 {
		s.sense(device.SenseInput{Kind: device.SenseArrived, At: time.UnixMilli(last)})
		s.arrived.Store(0)
	}
	s.sense(device.SenseInput{Kind: device.SenseTick})
}
