package device

import (
	"time"

	"waflow/backend/domain"
)

// person takes what an operator asks for, and what becomes of an unlink.
func (m *move) person() {
	switch m.in.Kind {
	case TryNow:
		m.tryNow()
	case CheckNow:
		m.checkNow()
	case Reroute:
		m.reroute()
	case Pause:
		m.pause()
	case Resume:
		if m.Paused() {
			m.dial(domain.CauseConnecting, "")
		}
	case TakeBack:
		m.takeBack()
	case Unlink:
		m.unlink()
	case UnlinkDone:
		if m.Phase == PhaseUnlinking {
			m.gone(domain.CauseNeverLinked, domain.StateDetail{Reason: ReasonUnlinkedHere})
		}
	case UnlinkFailed:
		if m.Phase == PhaseUnlinking {
			m.dial(domain.CauseConnecting, "")
		}
	default:
	}
}

// tryNow dials at once where a dial can help and throws nobody out.
func (m *move) tryNow() {
	switch m.Phase {
	case PhaseWaiting:
		if m.Told.Cause == domain.CauseTemporarilyBanned && m.in.At.Before(m.Due) {
			m.refuse(domain.CodeConflict, "WhatsApp has banned this number for a time; it is tried again when that ends")
			return
		}
		m.Try = 0
		m.dial(m.afterWait(), "")
	case PhaseRest:
		switch {
		case !m.Linked:
			m.refuse(domain.CodeConflict, "this device is not linked; link it first")
		case m.Paused():
			m.refuse(domain.CodeConflict, "this device is paused; resume it")
		case m.Told.Cause == domain.CauseReplaced:
			m.refuse(domain.CodeConflict, "another program uses this session; take it back")
		default:
			m.dial(domain.CauseConnecting, "")
		}
	case PhaseDialing, PhaseLogin, PhaseUp, PhasePairing, PhaseUnlinking:
	}
}

// afterWait returns the cause to tell while a wait that was cut is tried.
func (m *move) afterWait() domain.Cause {
	if m.Told.Cause == domain.CauseTemporarilyBanned {
		return domain.CauseConnecting
	}
	return m.Told.Cause
}

// checkNow makes the connection anew where it is in doubt, and is tryNow elsewhere.
func (m *move) checkNow() {
	if m.Phase != PhaseUp {
		m.tryNow()
		return
	}
	if m.Troubles.Deaf || m.Troubles.Storage {
		m.Troubles.Deaf, m.Troubles.Storage = false, false
		m.Try = 0
		m.dial(domain.CauseConnecting, "")
	}
}

// reroute makes the connection anew, so that nothing goes on the way of before. What rests stays at rest.
func (m *move) reroute() {
	switch m.Phase {
	case PhasePairing, PhaseUnlinking:
		m.refuse(domain.CodeLinkBusy, "this device is being linked or unlinked; wait until that has ended")
	case PhaseWaiting:
		if m.Told.Cause == domain.CauseTemporarilyBanned {
			return
		}
		fallthrough
	case PhaseDialing, PhaseLogin, PhaseUp:
		m.Try = 0
		m.dial(domain.CauseConnecting, "")
	case PhaseRest:
	}
}

// pause stops a device that runs. What needs attention is not hidden behind a pause.
func (m *move) pause() {
	switch {
	case m.Paused():
	case m.Phase == PhasePairing || m.Phase == PhaseUnlinking:
		m.refuse(domain.CodeLinkBusy, "this device is being linked or unlinked; wait until that has ended")
	case m.Phase == PhaseRest || m.Told.Cause == domain.CauseTemporarilyBanned:
		m.refuse(domain.CodeConflict, "this device is stopped already")
	default:
		m.end(domain.CausePaused, domain.StateDetail{})
	}
}

func (m *move) takeBack() {
	switch {
	case m.Phase == PhaseRest && m.Told.Cause == domain.CauseReplaced:
		m.dial(domain.CauseConnecting, "")
	case m.Phase == PhaseRest || m.Phase == PhasePairing || m.Phase == PhaseUnlinking:
		m.refuse(domain.CodeConflict, "no other program holds this session")
	default:
		// Pressed twice, or it is back already.
	}
}

func (m *move) unlink() {
	switch {
	case m.Phase == PhaseUnlinking:
	case m.Phase == PhasePairing:
		m.refuse(domain.CodeLinkBusy, "this device is being linked; cancel that first")
	case !m.Linked:
		m.refuse(domain.CodeConflict, "this device is not linked")
	case m.Phase != PhaseUp:
		m.refuse(domain.CodeNotConnected, "the phone can only be told while this device is connected; it can also be removed on the phone, under linked devices")
	default:
		m.Phase, m.Due = PhaseUnlinking, time.Time{}
		m.do(Logout)
	}
}
