// Package notify decides which notification is shown about devices, and when. The decision is pure: Next takes what happened and when, and
// returns what to show. Notifier feeds it with the clock; showing is left to who asks.
//
// A device is announced when it has been Offline for longer than the setting or when it requires attention, and once more when it is
// back; never when it only flapped, when a person paused it, or while it is being linked. What falls together becomes one notice.
package notify

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"waflow/backend/domain"
)

// Gather is how long something that is to be shown waits for more of it, so that several become one. A device that changes its mind meanwhile is not
// shown at all.
const Gather = 2 * time.Second

// InputKind is what happened.
type InputKind string

// The inputs.
const (
	Known      InputKind = "known"      // Device is in State from before: nothing new to anyone
	Changed    InputKind = "changed"    // Device is in State now
	Removed    InputKind = "removed"    // Device is gone
	Configured InputKind = "configured" // After is the setting
	Tick       InputKind = "tick"       // time has passed
)

// Input is one thing that happened, at a moment.
type Input struct {
	Kind   InputKind
	At     time.Time
	Device domain.DeviceRef
	State  domain.DeviceState
	After  time.Duration // how long a device is Offline before it is announced
}

// watch is what is known about one device.
type watch struct {
	ref       domain.DeviceRef
	state     domain.DeviceState
	down      time.Time         // since when it is Offline without having been announced; zero if it is not
	announced domain.NoticeKind // what people know: NoticeOffline, NoticeAttention, or ""
	cause     domain.Cause      // of the announced attention
	waiting   domain.NoticeKind // what is about to be shown, or ""
}

// State is what the policy remembers. The zero value knows no device and announces without delay.
type State struct {
	after   time.Duration
	devices map[domain.DeviceID]watch
	show    time.Time // when what waits is shown; zero if nothing does
}

// New returns a state with the setting.
func New(after time.Duration) State { return State{after: after} }

// Wake returns when the policy wants the input Tick; zero for never.
func (s State) Wake() time.Time {
	wake := s.show
	for _, w := range s.devices {
		if due := s.due(w); !due.IsZero() && (wake.IsZero() || due.Before(wake)) {
			wake = due
		}
	}
	return wake
}

// due returns when a device that is Offline is to be announced; zero if it is not to be.
func (s State) due(w watch) time.Time {
	if w.down.IsZero() {
		return time.Time{}
	}
	return w.down.Add(max(s.after, 0))
}

// Next returns the state after an input and the notice to show now, if any: at most one. The notice has no ID.
func Next(s State, in Input) (State, []domain.Notice) {
	s.devices = maps.Clone(s.devices)
	if s.devices == nil {
		s.devices = map[domain.DeviceID]watch{}
	}
	switch in.Kind {
	case Known:
		s.devices[in.Device.Device] = known(in)
	case Changed:
		s = s.changed(in)
	case Removed:
		delete(s.devices, in.Device.Device)
	case Configured:
		s.after = in.After
	case Tick:
	}
	s = s.collect(in.At)
	return s.shown(in.At)
}

// known is a device as it was found: what requires attention already is not told again, but its end is.
func known(in Input) watch {
	w := watch{ref: in.Device, state: in.State}
	if in.State.Status == domain.StatusAttention {
		w.announced, w.cause = domain.NoticeAttention, in.State.Cause
	}
	return w
}

// changed takes a device's new state.
func (s State) changed(in Input) State {
	w := s.devices[in.Device.Device]
	was := w.state.Status
	w.ref, w.state = in.Device, in.State
	switch in.State.Status {
	case domain.StatusConnected:
		w.down = time.Time{}
		w.waiting = ""
		if w.announced != "" {
			w.waiting = domain.NoticeBack
		}
	case domain.StatusOffline:
		w = offline(w, was, in)
	case domain.StatusAttention:
		w.down = time.Time{}
		w.waiting = ""
		if w.announced != domain.NoticeAttention || w.cause != in.State.Cause {
			w.waiting = domain.NoticeAttention
		}
	case domain.StatusPending:
		w.down, w.waiting = time.Time{}, ""
		if in.State.Cause == domain.CauseNeverLinked {
			w.announced = "" // unlinked on purpose: there is nothing it could be back from
		}
	}
	s.devices[in.Device.Device] = w
	return s
}

// offline counts from the moment at which the device left, whatever the causes are called by which it stays away. Who was told of a
// worse trouble is not told of this one too.
func offline(w watch, was domain.Status, in Input) watch {
	asleep := in.State.Cause == domain.CauseWokeFromSleep
	if w.waiting == domain.NoticeOffline && !asleep && in.State.Cause != domain.CausePaused {
		return w // about to be shown, under whatever cause it has then
	}
	w.waiting = ""
	switch {
	case in.State.Cause == domain.CausePaused:
		w.down, w.announced = time.Time{}, ""
	case w.announced != "":
		w.down = time.Time{}
	case in.State.Cause == domain.CauseAppStarting:
		w.down = in.State.Since
	case was != domain.StatusOffline || w.down.IsZero() || asleep:
		w.down = in.At
	}
	return w
}

// collect lets those that have been away for too long wait to be shown, and sets when that is.
func (s State) collect(at time.Time) State {
	some := false
	for id, w := range s.devices {
		if due := s.due(w); !due.IsZero() && !at.Before(due) {
			w.down, w.waiting = time.Time{}, domain.NoticeOffline
			s.devices[id] = w
		}
		some = some || w.waiting != ""
	}
	switch {
	case !some:
		s.show = time.Time{}
	case s.show.IsZero():
		s.show = at.Add(Gather)
	}
	return s
}

// shown makes one notice of what waits, when its time has come.
func (s State) shown(at time.Time) (State, []domain.Notice) {
	if s.show.IsZero() || at.Before(s.show) {
		return s, nil
	}
	s.show = time.Time{}
	var items []domain.NoticeItem
	for id, w := range s.devices {
		if w.waiting == "" {
			continue
		}
		items = append(items, domain.NoticeItem{Ref: w.ref, Kind: w.waiting, State: w.state})
		s.devices[id] = told(w)
	}
	slices.SortFunc(items, worstFirst)
	notice := domain.Notice{Kind: domain.NoticeSeveral, At: at, Items: items}
	if len(items) == 1 {
		notice.Kind = items[0].Kind
	}
	return s, []domain.Notice{notice}
}

// told is a device of which people now know what waited to be shown.
func told(w watch) watch {
	w.announced, w.cause = w.waiting, ""
	switch w.waiting {
	case domain.NoticeBack:
		w.announced = ""
	case domain.NoticeAttention:
		w.cause = w.state.Cause
	case domain.NoticeOffline, domain.NoticeSeveral:
	}
	w.waiting = ""
	return w
}

// worstFirst orders the items of a notice: a click opens the first.
func worstFirst(a, b domain.NoticeItem) int {
	rank := func(k domain.NoticeKind) int {
		return slices.Index([]domain.NoticeKind{domain.NoticeAttention, domain.NoticeOffline, domain.NoticeBack}, k)
	}
	return cmp.Or(cmp.Compare(rank(a.Kind), rank(b.Kind)), cmp.Compare(a.Ref.Device, b.Ref.Device))
}
