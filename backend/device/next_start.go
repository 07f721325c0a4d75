package device

import (
	"waflow/backend/domain"
)

// started is the application's start: what was told by the process before may be long over.
func (m *move) started() {
	if m.Phase != PhaseRest {
		return
	}
	if !m.Linked {
		m.startedUnlinked()
		return
	}
	switch m.Told.Cause {
	case domain.CausePaused, domain.CauseReplaced:
		// A person decides: to dial a session that was replaced would throw the other program out.
	case domain.CauseTemporarilyBanned:
		if m.in.At.Before(m.Told.Detail.NextTry) {
			m.Phase, m.Due = PhaseWaiting, m.Told.Detail.NextTry
			return
		}
		m.startDial()
	default:
		m.startDial()
	}
}

// startDial dials at the application's start. Nothing arrived since the former run ended, so that is when the device went offline; what was
// told last outweighs a note of the end that is older.
func (m *move) startDial() {
	before := m.Told
	m.dial(domain.CauseAppStarting, "")
	if m.in.Since.IsZero() || before.Cause == domain.CauseAppStarting {
		return
	}
	m.Told.Detail.Reason = ReasonClosed
	since := m.in.Since
	if since.Before(before.Since) {
		since = before.Since
	}
	if since.Before(m.in.At) {
		m.Told.Since = since
	}
}

// startedUnlinked corrects a cause that needs a session where there is none: a pairing that a crash cut off, or a link whose end was not recorded.
func (m *move) startedUnlinked() {
	switch m.Told.Cause {
	case domain.CauseNeverLinked, domain.CauseLinkFailed, domain.CauseUnlinked, domain.CauseBanned:
		return
	default:
	}
	if m.in.WasLinked {
		m.tell(domain.CauseUnlinked, domain.StateDetail{})
		return
	}
	m.tell(domain.CauseNeverLinked, domain.StateDetail{})
}

// alarm is the time that State.Alarm named.
func (m *move) alarm() {
	due := m.Alarm()
	if due.IsZero() || m.in.At.Before(due) {
		return
	}
	switch m.Phase {
	case PhaseWaiting:
		cause := m.Told.Cause
		if cause == domain.CauseTemporarilyBanned {
			cause = domain.CauseConnecting
		}
		m.dial(cause, m.reasonKept())
	case PhaseDialing, PhaseLogin:
		m.Try++
		m.wait(domain.CauseServerUnreachable, domain.StateDetail{Reason: ReasonNoAnswer})
	case PhaseUp:
		if !m.Due.IsZero() && !m.in.At.Before(m.Due) {
			m.synced()
		}
		m.settle()
		m.forgetTimelock()
	case PhaseRest, PhasePairing, PhaseUnlinking:
	}
}

// reasonKept returns the reason told, which a try under the same cause keeps; a ban's reason ends with the ban.
func (m *move) reasonKept() string {
	if m.Told.Cause == domain.CauseTemporarilyBanned {
		return ""
	}
	return m.Told.Detail.Reason
}

// better is news that makes waiting pointless.
func (m *move) better() {
	switch m.in.Kind {
	case OutageOver:
		if m.Phase == PhaseWaiting && sharedOutage(m.Told.Cause) {
			m.dial(m.Told.Cause, m.reasonKept())
		}
	case NetworkChanged:
		if m.Phase == PhaseWaiting && m.Told.Cause != domain.CauseTemporarilyBanned {
			m.Try = 0
			m.dial(m.Told.Cause, m.reasonKept())
		}
	case Woke:
		m.woke()
	case VersionRenewed:
		if m.Phase == PhaseRest && m.Told.Cause == domain.CauseClientOutdated {
			m.dial(domain.CauseConnecting, "")
		}
	default:
	}
}

// woke is the end of a sleep. Whatever was open before is taken for dead: finding it out by a lost keepalive would take a minute.
func (m *move) woke() {
	switch m.Phase {
	case PhaseWaiting:
		if m.Told.Cause == domain.CauseTemporarilyBanned {
			m.alarm()
			return
		}
		m.redial()
	case PhaseDialing, PhaseLogin, PhaseUp:
		m.redial()
	case PhaseRest, PhasePairing, PhaseUnlinking:
	}
}

// redial dials after a sleep, and says when that began.
func (m *move) redial() {
	m.Try = 0
	m.dial(domain.CauseWokeFromSleep, "")
	m.Told.Detail.DownFrom = m.in.Since
}

// sharedOutage reports whether a cause may be over for one device because it is over for another: not a proxy of its own, nor a clock.
func sharedOutage(c domain.Cause) bool {
	switch c {
	case domain.CauseNetworkDown, domain.CauseServerUnreachable, domain.CauseKeepaliveTimeout, domain.CauseWokeFromSleep,
		domain.CauseConnecting, domain.CauseAppStarting:
		return true
	default:
		return false
	}
}
