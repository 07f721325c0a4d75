package device

import (
	"time"

	"waflow/backend/domain"
)

// Phase is what the connection of a device is doing, whatever is told about it.
type Phase string

// The phases.
const (
	PhaseRest      Phase = "rest"      // nothing runs and nothing is planned: only a person or WhatsApp moves it on
	PhaseWaiting   Phase = "waiting"   // the next dial is planned: Due
	PhaseDialing   Phase = "dialing"   // a dial was asked for: at the gate until Due is set, then on its way until Due
	PhaseLogin     Phase = "login"     // the handshake is done, WhatsApp has not let us in yet; until Due
	PhaseUp        Phase = "up"        // logged in
	PhasePairing   Phase = "pairing"   // a pairing owns the connection
	PhaseUnlinking Phase = "unlinking" // WhatsApp was asked to remove this companion
)

// Phases returns every phase.
func Phases() []Phase {
	return []Phase{PhaseRest, PhaseWaiting, PhaseDialing, PhaseLogin, PhaseUp, PhasePairing, PhaseUnlinking}
}

// Troubles are conditions that outlive a connection: they are told as soon as the device is up, and again after each reconnect.
type Troubles struct {
	Storage    bool      // what arrives can't be put on disk
	Deaf       bool      // connected, and yet nothing arrives
	DeafTried  bool      // suspected to be deaf once; the one forced reconnect was made
	PhoneDays  int       // days for which the phone has not been seen, once that is too long; 0 otherwise
	Unwatched  bool      // for a good part of them we were not connected, so it may have been there
	Timelocked time.Time // until when first contacts are restricted
}

// State is everything that the machine knows about one device.
type State struct {
	Told   domain.DeviceState // what people read; its Status always belongs to its Cause
	Phase  Phase
	Linked bool      // there is a session that could be dialed
	Due    time.Time // PhaseWaiting: the next dial. PhaseDialing and PhaseLogin: when to give up. PhaseUp: when the first sync counts as over
	Lost   bool      // PhaseDialing: a disconnect was told before the handshake was
	Try    int       // failed tries in a row
	Up     time.Time // when the present connection was logged in
	Fresh  bool      // linked, and its first sync has not ended
	Synced int       // percent of the first sync

	Troubles Troubles
	Before   domain.DeviceState // PhasePairing: what is told again when the pairing ends without a link
}

// Alarm returns when the machine wants the input Alarm; zero for never.
func (s State) Alarm() time.Time {
	switch s.Phase {
	case PhaseWaiting, PhaseDialing, PhaseLogin:
		return s.Due
	case PhaseUp:
		return earliest(s.Due, s.Troubles.Timelocked)
	case PhaseRest, PhasePairing, PhaseUnlinking:
	}
	return time.Time{}
}

// Ready reports whether messages can be sent: logged in, and the disk takes what becomes of them.
func (s State) Ready() bool {
	return s.Phase == PhaseUp && !s.Troubles.Storage
}

// Paused reports whether an operator has stopped a device that could be dialed.
func (s State) Paused() bool {
	return s.Linked && s.Told.Cause == domain.CausePaused
}

// earliest returns the earlier of two times, where zero is no time.
func earliest(a, b time.Time) time.Time {
	if a.IsZero() || (!b.IsZero() && b.Before(a)) {
		return b
	}
	return a
}

// New returns the state of a device as the database has it, before the input Started. linked says whether it has a session file: that
// outweighs the stored cause, because a crash may lie between the two.
func New(d domain.Device, linked bool) State {
	s := State{Told: d.State, Phase: PhaseRest, Linked: linked}
	s.Told.Status = d.State.Cause.Status()
	if linked {
		s.Troubles.PhoneDays = d.Phone.Told
		s.Troubles.Timelocked = d.State.Detail.Locked
	}
	switch d.State.Cause {
	case domain.CauseReachoutTimelock:
		s.Troubles.Timelocked = d.State.Detail.Until
	case domain.CausePhoneOfflineTooLong:
		s.Troubles.Unwatched = d.State.Detail.Reason == ReasonUnwatched
	case domain.CauseDeaf:
		s.Troubles.DeafTried = true // the new connection has to show that it hears
	default:
	}
	if d.Paused && linked {
		s.Told.Cause = domain.CausePaused
		s.Told.Status = domain.CausePaused.Status()
		if d.State.Cause != domain.CausePaused {
			s.Told.Detail = domain.StateDetail{}
		}
	}
	return s
}
