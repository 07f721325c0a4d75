package device

import (
	"time"

	"waflow/backend/domain"
)

// pairing takes the steps of a link dialog. The dialog has a connection of its own; the device's former session stays stopped meanwhile.
func (m *move) pairing() {
	if m.in.Kind == PairStarted {
		m.pairStarted()
		return
	}
	if m.Phase != PhasePairing {
		return
	}
	switch m.in.Kind {
	case PairShown:
		m.tell(domain.CauseShowingQR, domain.StateDetail{Step: m.in.Step})
	case PairShownCode:
		m.tell(domain.CauseShowingCode, domain.StateDetail{Step: m.in.Step})
	case PairPasskey:
		m.tell(domain.CausePasskeyRequired, domain.StateDetail{})
	case PairScanned:
		m.tell(domain.CauseLinking, domain.StateDetail{})
	case PairLinked:
		m.Linked, m.Fresh, m.Synced, m.Try = true, true, 0, 0
		m.Troubles, m.Before = Troubles{}, domain.DeviceState{}
		m.dial(domain.CauseLinking, "")
	case PairFailed:
		m.pairFailed()
	case PairEnded:
		m.backToBefore()
	default:
	}
}

func (m *move) pairStarted() {
	switch {
	case m.Phase == PhasePairing || m.Phase == PhaseUnlinking:
		m.refuse(domain.CodeLinkBusy, "this device is being linked or unlinked already")
	case m.Phase == PhaseUp:
		m.refuse(domain.CodeConflict, "this device is linked and connected; unlink it before linking another phone")
	case m.Paused():
		m.refuse(domain.CodeConflict, "this device is paused; resume it first")
	default:
		if m.open() {
			m.do(Disconnect)
		}
		m.Before = m.Told
		m.Phase, m.Due, m.Try = PhasePairing, time.Time{}, 0
		cause := domain.CauseShowingQR
		if m.in.ByCode {
			cause = domain.CauseShowingCode
		}
		m.tell(cause, domain.StateDetail{})
	}
}

// pairFailed tells the failure where the device has nothing else to tell; one that still holds a session goes back to it.
func (m *move) pairFailed() {
	if m.Linked {
		m.backToBefore()
		return
	}
	m.Phase, m.Before = PhaseRest, domain.DeviceState{}
	m.tell(domain.CauseLinkFailed, domain.StateDetail{Reason: m.in.Reason, Code: m.in.Code})
}

// backToBefore tells again what was told before the dialog, with its moment, and goes on where the device was running.
func (m *move) backToBefore() {
	before := m.Before
	m.Before = domain.DeviceState{}
	m.Phase = PhaseRest
	if !m.Linked || rests(before.Cause) {
		m.Told = before
		return
	}
	if before.Cause == domain.CauseTemporarilyBanned && m.in.At.Before(before.Detail.NextTry) {
		m.Told = before
		m.Phase, m.Due = PhaseWaiting, before.Detail.NextTry
		return
	}
	m.dial(domain.CauseConnecting, "")
}

// rests reports whether a device that holds a session stays at rest under the cause until a person acts.
func rests(c domain.Cause) bool {
	switch c {
	case domain.CausePaused, domain.CauseReplaced, domain.CauseClientOutdated, domain.CauseConnectRefused:
		return true
	default:
		return false
	}
}
