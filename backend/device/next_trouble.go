package device

import (
	"time"

	"waflow/backend/domain"
)

// trouble takes what is wrong with, or well again about, a device that holds a session.
func (m *move) trouble() {
	if !m.Linked {
		return
	}
	t := &m.Troubles
	switch m.in.Kind {
	case StorageFailed:
		t.Storage = true
	case StorageBack:
		m.storageBack()
		return
	case DeafSuspected:
		m.deafSuspected()
		return
	case Heard:
		t.Deaf, t.DeafTried = false, false
	case PhoneSilent:
		t.PhoneDays, t.Unwatched = m.in.Step, m.in.Reason == ReasonUnwatched
	case PhoneBack:
		t.PhoneDays, t.Unwatched = 0, false
	case Timelocked:
		t.Timelocked = m.in.Until
	default:
	}
	if m.Phase == PhaseUp {
		m.settle()
	}
	m.forgetTimelock()
}

// phoneDetail says how long the phone has not been seen, and whether we would have seen it.
func phoneDetail(t Troubles) domain.StateDetail {
	detail := domain.StateDetail{Step: t.PhoneDays}
	if t.Unwatched {
		detail.Reason = ReasonUnwatched
	}
	return detail
}

// storageBack asks for what could not be taken meanwhile: it comes again only at the next connect. The wait is that of a failure, in
// case the disk says so only for a moment.
func (m *move) storageBack() {
	if !m.Troubles.Storage {
		return
	}
	m.Troubles.Storage = false
	if m.Phase == PhaseUp {
		m.dropped(domain.CauseConnecting, ReasonRedelivery)
	}
}

// deafSuspected connects anew once; a device that is deaf after that needs a person.
func (m *move) deafSuspected() {
	if m.Phase != PhaseUp {
		return
	}
	if !m.Troubles.DeafTried {
		m.Troubles.DeafTried = true
		m.Try = 0
		m.dial(domain.CauseConnecting, ReasonDeaf)
		return
	}
	m.Troubles.Deaf = true
	m.settle()
}

// forgetTimelock drops a time-lock that is over, so that it wakes nobody.
func (m *move) forgetTimelock() {
	if !m.in.At.Before(m.Troubles.Timelocked) {
		m.Troubles.Timelocked = time.Time{}
	}
}

// firstSync follows the first sync of a new link. A device is Connected when it ends, when there is none, or when it says nothing any more.
func (m *move) firstSync() {
	if m.Phase != PhaseUp || !m.Fresh {
		return
	}
	switch m.in.Kind {
	case FirstSync:
		m.Synced = min(max(m.in.Step, m.Synced), 100)
		m.Due = m.in.At.Add(FirstSyncRest)
	case OfflineSynced:
		if m.Synced > 0 {
			return
		}
		m.synced()
	case FirstSyncDone:
		m.synced()
	default:
	}
	m.settle()
}

func (m *move) synced() {
	m.Fresh, m.Synced, m.Due = false, 0, time.Time{}
}
