package notify

import (
	"time"

	"waflow/backend/domain"
)

// hold says whether notifications are held back at a moment, and by what.
type hold int

const (
	free   hold = iota
	quiet       // by quiet hours
	paused      // by a person, for a while: nothing is told
)

// held returns what holds notifications back at a moment.
func (s State) held(at time.Time) hold {
	if at.Before(s.settings.NotifyPausedUntil) {
		return paused
	}
	if from, _ := s.settings.Quiet.At(at); !from.IsZero() {
		return quiet
	}
	return free
}

// freeAt returns when nothing holds notifications back any more: quiet hours and a pause may follow each other. Quiet hours that touch
// around the clock are given up after some days; they wake the policy once in between, which does no harm.
func (s State) freeAt(at time.Time) time.Time {
	for range 4 {
		if at.Before(s.settings.NotifyPausedUntil) {
			at = s.settings.NotifyPausedUntil.In(at.Location())
		}
		_, to := s.settings.Quiet.At(at)
		if to.IsZero() {
			break
		}
		at = to
	}
	return at
}

// keeps reports whether something is to be in a digest.
func (s State) keeps() bool {
	for _, w := range s.devices {
		if w.kept {
			return true
		}
	}
	return false
}

// digestAt returns when the next digest is due; zero if nothing was kept.
func (s State) digestAt(at time.Time) time.Time {
	if !s.keeps() {
		return time.Time{}
	}
	return s.freeAt(at)
}

// digestKind is how a device that was kept stands at the end: what still is, or that it is over. "" for one that a person has taken in hand.
func digestKind(w watch) domain.NoticeKind {
	switch w.state.Status {
	case domain.StatusAttention:
		return domain.NoticeAttention
	case domain.StatusOffline:
		if w.state.Cause != domain.CausePaused {
			return domain.NoticeOffline
		}
	case domain.StatusConnected:
		return domain.NoticeBack
	case domain.StatusPending:
	}
	return ""
}

// switched takes the switch of a device or of a subaccount.
func (s State) switched(in Input) State {
	if in.Device.Device == 0 {
		s.subaccounts[in.Subaccount] = in.Switch
		return s
	}
	w := s.devices[in.Device.Device]
	w.ref, w.own = in.Device, in.Switch
	s.devices[in.Device.Device] = w
	return s
}

// mute lets every switch hold. A device whose notifications come on is as one that was found: how it is then is no news.
func (s State) mute() State {
	for id, w := range s.devices {
		muted := domain.Muted(w.own, s.subaccounts[w.ref.Subaccount], s.settings.Notify)
		if muted == w.muted {
			continue
		}
		w.muted = muted
		w = silenced(w)
		if !muted && w.state.Status == domain.StatusAttention {
			w.announced, w.matter = domain.NoticeAttention, matterOf(w.state)
		}
		s.devices[id] = w
	}
	return s
}

// silenced is a device of which nothing is to be told.
func silenced(w watch) watch {
	return watch{ref: w.ref, state: w.state, own: w.own, muted: w.muted}
}
