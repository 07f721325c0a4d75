// Package notify decides which notification is shown about devices, and when. The decision is pure: Next takes what happened and when, and
// returns what to show. Notifier feeds it with the clock; showing is left to who asks.
//
// A device is announced when it has been Offline for longer than the setting or when it requires attention, and once more when it is
// back; never when it only flapped, when a person paused it, while it is being linked, or when its notifications are off. What falls
// together becomes one notice. What would be shown in quiet hours, or while a person holds notifications back, is kept and becomes one
// digest at their end, saying how things are then. One exception is a choice: what requires attention may be told in quiet hours too.
package notify

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"waflow/backend/domain"
)

// What is to be shown waits for more of it, so that several become one. A device that changes its mind meanwhile is not shown at all.
const (
	// Gather is how long nothing more has to come.
	Gather = 2 * time.Second
	// GatherBack is the same while devices that were announced are still away: they come back a few at a time.
	GatherBack = 10 * time.Second
	// GatherMost is how long the first of them waits at most.
	GatherMost = 45 * time.Second
)

// InputKind is what happened.
type InputKind string

// The inputs.
const (
	Known      InputKind = "known"      // Device is in State from before: nothing new to anyone
	Changed    InputKind = "changed"    // Device is in State now
	Removed    InputKind = "removed"    // Device is gone
	Configured InputKind = "configured" // the settings are Settings
	Switched   InputKind = "switched"   // the notifications of Device, or of Subaccount if it names none, are as Switch says
	Tick       InputKind = "tick"       // time has passed
)

// Input is one thing that happened, at a moment. The clock of its time zone is the one that quiet hours go by.
type Input struct {
	Kind       InputKind
	At         time.Time
	Device     domain.DeviceRef
	State      domain.DeviceState
	Settings   domain.Settings
	Subaccount domain.SubaccountID
	Switch     domain.NotifySwitch // Known, Switched
	Untold     bool                // Known: of the attention that it requires nobody was told
	PhoneDays  int                 // Known: for how many days without its phone people were told of it; 0 for none
}

// watch is what is known about one device.
type watch struct {
	ref       domain.DeviceRef
	state     domain.DeviceState
	own       domain.NotifySwitch
	muted     bool              // by its own switch or by one above it
	down      time.Time         // since when it is Offline without having been announced; zero if it is not
	announced domain.NoticeKind // what people know, or will from the digest: NoticeOffline, NoticeAttention, or ""
	matter    matter            // of the announced attention
	waiting   domain.NoticeKind // what is about to be shown, or ""
	since     time.Time         // when it began to wait
	kept      bool              // it is to be in the digest
	before    knowledge         // of a device that is kept: what people knew before
}

// knowledge is what people were told of a device.
type knowledge struct {
	announced domain.NoticeKind
	matter    matter
}

// matter is what is told about a device that requires attention, as far as another one of it is news.
type matter struct {
	cause domain.Cause
	last  bool // of a phone that is away: its last days have begun
}

func matterOf(s domain.DeviceState) matter {
	return matter{cause: s.Cause, last: s.Cause == domain.CausePhoneOfflineTooLong && s.Detail.Step >= domain.PhoneLastDays}
}

// State is what the policy remembers. The zero value knows no device and announces without delay.
type State struct {
	settings    domain.Settings
	devices     map[domain.DeviceID]watch
	subaccounts map[domain.SubaccountID]domain.NotifySwitch
	show        time.Time // when what waits is shown; zero if nothing does
	digest      time.Time // when what was kept is shown; zero if nothing was
}

// New returns a state with the settings.
func New(settings domain.Settings) State { return State{settings: settings} }

// Wake returns when the policy wants the input Tick; zero for never.
func (s State) Wake() time.Time {
	wake := sooner(s.show, s.digest)
	for _, w := range s.devices {
		wake = sooner(wake, s.due(w))
	}
	return wake
}

// sooner is the earlier of two moments, of which zero is none.
func sooner(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// due returns when a device that is Offline is to be announced; zero if it is not to be.
func (s State) due(w watch) time.Time {
	if w.down.IsZero() {
		return time.Time{}
	}
	return w.down.Add(max(s.settings.NotifyOfflineAfter, 0))
}

// Next returns the state after an input and the notice to show now, if any: at most one. The notice has no ID.
func Next(s State, in Input) (State, []domain.Notice) {
	s.devices, s.subaccounts = maps.Clone(s.devices), maps.Clone(s.subaccounts)
	if s.devices == nil {
		s.devices, s.subaccounts = map[domain.DeviceID]watch{}, map[domain.SubaccountID]domain.NotifySwitch{}
	}
	switch in.Kind {
	case Known:
		s.devices[in.Device.Device] = s.known(in)
	case Changed:
		s = s.changed(in)
	case Removed:
		delete(s.devices, in.Device.Device)
	case Configured:
		s.settings = in.Settings
	case Switched:
		s = s.switched(in)
	case Tick:
	}
	s = s.mute()
	s = s.collect(in.At)
	s, shown := s.shown(in.At)
	s.digest = s.digestAt(in.At)
	return s, shown
}

// known is a device as it was found: what requires attention already is not told again, but its end is. What the run before could not tell is
// about to be told.
func (s State) known(in Input) watch {
	w := watch{ref: in.Device, state: in.State, own: in.Switch}
	if in.PhoneDays > 0 && !in.Untold {
		// What became of the device since, a start for example, is not what people wait for.
		w.announced = domain.NoticeAttention
		w.matter = matter{cause: domain.CausePhoneOfflineTooLong, last: in.PhoneDays >= domain.PhoneLastDays}
	}
	switch {
	case in.State.Status != domain.StatusAttention:
	case in.Untold:
		w.waiting = domain.NoticeAttention
	default:
		w.announced, w.matter = domain.NoticeAttention, matterOf(in.State)
	}
	return w
}

// Untold returns the devices, in order, that require attention which nobody was told of yet.
func (s State) Untold() []domain.DeviceID {
	var out []domain.DeviceID
	for id, w := range s.devices {
		if w.state.Status == domain.StatusAttention && (w.kept || w.waiting == domain.NoticeAttention) {
			out = append(out, id)
		}
	}
	slices.Sort(out)
	return out
}

// changed takes a device's new state.
func (s State) changed(in Input) State {
	w := s.devices[in.Device.Device]
	was := w.state.Status
	w.ref, w.state = in.Device, in.State
	if w.muted {
		s.devices[in.Device.Device] = silenced(w)
		return s
	}
	waited := w.waiting
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
		if w.announced != domain.NoticeAttention || w.matter != matterOf(in.State) {
			w.waiting = domain.NoticeAttention
		}
	case domain.StatusPending:
		w.down, w.waiting = time.Time{}, ""
		if in.State.Cause == domain.CauseNeverLinked {
			w = forgotten(w) // unlinked on purpose: there is nothing it could be back from
		}
	}
	if w.waiting != waited {
		w.since = time.Time{} // it waits for something else now, and that may be taken back as well
	}
	s.devices[in.Device.Device] = w
	return s
}

// offline counts from the moment at which it is told that the device left, whatever the causes are called by which it stays away: the time in which
// Waflow was closed is nobody's absence. Who was told of a worse trouble is not told of this one too.
func offline(w watch, was domain.Status, in Input) watch {
	asleep := in.State.Cause == domain.CauseWokeFromSleep
	if w.waiting == domain.NoticeOffline && !asleep && in.State.Cause != domain.CausePaused {
		return w // about to be shown, under whatever cause it has then
	}
	w.waiting = ""
	switch {
	case in.State.Cause == domain.CausePaused:
		w.down = time.Time{}
		w = forgotten(w)
	case w.announced != "":
		w.down = time.Time{}
	case was != domain.StatusOffline || w.down.IsZero() || asleep:
		w.down = in.At
	}
	return w
}

// forgotten is a device of which it no longer matters what people were told.
func forgotten(w watch) watch {
	w.announced, w.matter, w.before = "", matter{}, knowledge{}
	return w
}

// collect lets those that have been away for too long wait to be shown, and sets when that is.
func (s State) collect(at time.Time) State {
	var first, last time.Time
	away, back := false, true
	for id, w := range s.devices {
		if due := s.due(w); !due.IsZero() && !at.Before(due) {
			w.down, w.waiting = time.Time{}, domain.NoticeOffline
		}
		switch {
		case w.waiting == "":
			w.since = time.Time{}
			away = away || w.announced == domain.NoticeOffline
		case w.since.IsZero():
			w.since = at
		}
		if w.waiting != "" {
			first = sooner(first, w.since)
			back = back && w.waiting == domain.NoticeBack
			if w.since.After(last) {
				last = w.since
			}
		}
		s.devices[id] = w
	}
	gather := Gather
	if away && back {
		gather = GatherBack
	}
	s.show = time.Time{}
	if !first.IsZero() {
		s.show = sooner(last.Add(gather), first.Add(GatherMost))
	}
	return s
}

// shown makes one notice of what waits, when its time has come: the digest if something was kept, and nothing while notifications are held
// back, but for what is told nevertheless.
func (s State) shown(at time.Time) (State, []domain.Notice) {
	held := s.held(at)
	due := !s.show.IsZero() && !at.Before(s.show)
	digest := held == free && s.keeps()
	if !due && !digest {
		return s, nil
	}
	s.show = time.Time{}
	var items []domain.NoticeItem
	for id, w := range s.devices {
		switch {
		case w.kept && digest:
			if kind := digestKind(w); kind != "" {
				items = append(items, domain.NoticeItem{Ref: w.ref, Kind: kind, State: w.state})
				w.waiting = kind
			} else if w.waiting == "" {
				// It is in somebody's hands and was never told: what it comes to next may be news.
				w.announced, w.matter = w.before.announced, w.before.matter
			}
			w.kept = false
		case w.waiting == "":
			continue
		case held == free, held == quiet && s.settings.Quiet.Attention && w.waiting == domain.NoticeAttention:
			items = append(items, domain.NoticeItem{Ref: w.ref, Kind: w.waiting, State: w.state})
			w.kept = false
		default:
			if !w.kept {
				w.before = knowledge{w.announced, w.matter}
			}
			w.kept = true
		}
		s.devices[id] = told(w)
	}
	if len(items) == 0 {
		return s, nil
	}
	slices.SortFunc(items, worstFirst)
	notice := domain.Notice{Kind: domain.NoticeSeveral, At: at, Items: items, Sound: s.settings.NotifySound && held == free}
	switch {
	case digest:
		notice.Kind = domain.NoticeDigest
	case len(items) == 1:
		notice.Kind = items[0].Kind
	}
	return s, []domain.Notice{notice}
}

// told is a device of which people now know what waited to be shown.
func told(w watch) watch {
	if w.waiting == "" {
		return w
	}
	w.announced, w.matter, w.down = w.waiting, matter{}, time.Time{}
	switch w.waiting {
	case domain.NoticeBack:
		w.announced = ""
	case domain.NoticeAttention:
		w.matter = matterOf(w.state)
	case domain.NoticeOffline, domain.NoticeSeveral, domain.NoticeDigest:
	}
	w.waiting, w.since = "", time.Time{}
	return w
}

// worstFirst orders the items of a notice: a click opens the first.
func worstFirst(a, b domain.NoticeItem) int {
	rank := func(k domain.NoticeKind) int {
		return slices.Index([]domain.NoticeKind{domain.NoticeAttention, domain.NoticeOffline, domain.NoticeBack}, k)
	}
	return cmp.Or(cmp.Compare(rank(a.Kind), rank(b.Kind)), cmp.Compare(a.Ref.Device, b.Ref.Device))
}
