package device

import (
	"time"

	"waflow/backend/domain"
)

// connection takes what a dial and the connection after it report.
func (m *move) connection() {
	switch m.in.Kind {
	case DialStarted:
		if m.Phase == PhaseDialing {
			m.Due = m.in.At.Add(DialDeadline)
		}
	case DialDone:
		m.dialDone()
	case DialFailed:
		m.dialFailed()
	case Connected:
		m.connected()
	case Disconnected:
		m.disconnected()
	case LoginAgain:
		if m.Phase == PhaseDialing || m.Phase == PhaseLogin || m.Phase == PhaseUp {
			m.dial(m.offline(), m.reasonKept())
		}
	case KeepaliveLost:
		if m.Phase == PhaseUp {
			m.dropped(domain.CauseKeepaliveTimeout, "")
		}
	default:
	}
}

// offline returns the cause to tell while an open connection is made anew: the one told, if it can be told of a device that is not up.
func (m *move) offline() domain.Cause {
	if m.Phase == PhaseUp {
		return domain.CauseConnecting
	}
	return m.Told.Cause
}

// dialDone is the end of the handshake. A disconnect that overtook it, on its way through another goroutine, is taken now.
func (m *move) dialDone() {
	if m.Phase != PhaseDialing {
		return
	}
	m.Phase, m.Due = PhaseLogin, m.in.At.Add(LoginDeadline)
	if m.Lost {
		m.disconnected()
	}
}

func (m *move) dialFailed() {
	if m.Phase != PhaseDialing && m.Phase != PhaseLogin {
		return
	}
	m.Try++
	if m.in.Failure == FailureRefused {
		m.end(domain.CauseConnectRefused, domain.StateDetail{Code: m.in.Code, Reason: m.in.Reason})
		return
	}
	m.wait(m.in.Failure.Cause(), domain.StateDetail{Code: m.in.Code, Reason: m.in.Reason, Proxy: m.in.Proxy})
}

// connected is the login. It may be told before the dial reports that its handshake is done: they come from different goroutines.
func (m *move) connected() {
	if m.Phase != PhaseDialing && m.Phase != PhaseLogin {
		return
	}
	if m.Told.Cause == domain.CauseNetworkDown || m.Told.Cause == domain.CauseServerUnreachable {
		m.do(CutWaits)
	}
	m.Phase, m.Up, m.Due = PhaseUp, m.in.At, time.Time{}
	if m.Fresh {
		m.Due = m.in.At.Add(FirstSyncRest)
	}
	m.Troubles.Storage = false // what the disk says now, it says at the next message
	m.Troubles.Deaf = false    // what a new connection hears, it has to show first
	m.settle()
	m.forgetTimelock()
	m.do(Wake)
}

// disconnected is a close for no reason we know. While a dial is on its way, the dial itself says what became of it; after its
// handshake nobody else does.
func (m *move) disconnected() {
	switch m.Phase {
	case PhaseUp:
		m.dropped(domain.CauseConnecting, m.in.Reason)
	case PhaseLogin:
		m.Try++
		m.wait(domain.CauseServerUnreachable, domain.StateDetail{Reason: m.in.Reason})
	case PhaseDialing:
		m.Lost = !m.Due.IsZero()
	case PhaseRest, PhaseWaiting, PhasePairing, PhaseUnlinking:
	}
}

// ending takes the reasons for which WhatsApp ends a session or will not open it. They are not retried, and what comes in their
// wake (a plain disconnect, the failed dial) finds the device at rest and changes nothing.
func (m *move) ending() {
	if !m.Linked {
		return
	}
	if m.Phase == PhasePairing {
		m.endedWhilePairing()
		return
	}
	detail := domain.StateDetail{Code: m.in.Code, Reason: m.in.Reason}
	switch m.in.Kind {
	case LoggedOut:
		if m.Phase == PhaseUnlinking {
			m.gone(domain.CauseNeverLinked, domain.StateDetail{Reason: ReasonUnlinkedHere})
			return
		}
		m.gone(domain.CauseUnlinked, detail)
		return
	case Banned:
		m.gone(domain.CauseBanned, detail)
		return
	default:
	}
	if m.Phase == PhaseRest || m.Phase == PhaseUnlinking {
		return
	}
	switch m.in.Kind {
	case Replaced:
		m.end(domain.CauseReplaced, detail)
	case TempBanned:
		m.tempBanned(detail)
	case Outdated:
		if m.Told.Cause != domain.CauseTemporarilyBanned { // it does not dial, and is told whether it may when it does
			m.end(domain.CauseClientOutdated, detail)
		}
	case Refused:
		m.end(domain.CauseConnectRefused, detail)
	default:
	}
}

// tempBanned waits for the end of the ban and not a moment less.
func (m *move) tempBanned(detail domain.StateDetail) {
	m.rest()
	m.Phase, m.Due = PhaseWaiting, m.in.Until
	detail.Until = m.in.Until
	if !m.in.At.Before(m.in.Until) {
		m.Due = m.in.At.Add(BanUnknown)
		detail.Until = time.Time{}
	}
	detail.NextTry = m.Due
	m.tell(domain.CauseTemporarilyBanned, detail)
}

// endedWhilePairing keeps what a late event says about the former session for the moment when the pairing ends.
func (m *move) endedWhilePairing() {
	cause := domain.CauseUnlinked
	switch m.in.Kind {
	case LoggedOut:
	case Banned:
		cause = domain.CauseBanned
	default:
		return
	}
	m.do(DropSession)
	m.Linked = false
	m.Before = domain.DeviceState{Status: cause.Status(), Cause: cause, Since: m.in.At, Detail: domain.StateDetail{Code: m.in.Code, Reason: m.in.Reason}}
}
