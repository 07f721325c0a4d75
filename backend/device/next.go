package device

import (
	"time"

	"waflow/backend/domain"
)

// Reasons that the machine itself gives in StateDetail.Reason.
const (
	ReasonRedelivery   = "redelivery"    // connects again so that what could not be taken comes again
	ReasonDeaf         = "deaf"          // connects again because nothing arrived
	ReasonNoAnswer     = "no_answer"     // a dial that came to nothing in time
	ReasonUnwatched    = "unwatched"     // the phone was not seen for long, and for a part of that we were not connected
	ReasonUnlinkedHere = "unlinked_here" // unlinked by a person, here
	ReasonClosed       = "closed"        // the application was closed, or had ended
)

// Next returns the state after an input and what to do. It never fails: an input that means nothing in a state leaves it as it is.
// Effects come in the order in which they are to be carried out; at most one of them is Record or Tell, and it comes last.
func Next(s State, in Input) (State, []Effect) {
	m := &move{State: s, in: in}
	m.take()
	return m.finish(s)
}

// move is one transition in the making.
type move struct {
	State
	in      Input
	effects []Effect
}

// finish sets what follows from the cause alone and adds the effect that tells the change, so that no transition can forget either.
func (m *move) finish(before State) (State, []Effect) {
	m.Told.Status = m.Told.Cause.Status()
	m.Told.Detail.Locked = before.Told.Detail.Locked // goes with what is told, and is no news by itself
	if m.Told == before.Told {
		return m.State, m.effects
	}
	m.Told.Detail.Locked = m.Troubles.Timelocked
	kind := Tell
	if m.Told.Cause != before.Told.Cause || m.Told.Status != before.Told.Status {
		kind = Record
	}
	change := domain.StateChange{At: m.in.At, From: before.Told, To: m.Told}
	if m.in.Kind == Started {
		change.At = m.Told.Since // the row of a start tells of the time before it
	}
	m.effects = append(m.effects, Effect{Kind: kind, Change: change})
	return m.State, m.effects
}

func (m *move) do(kind EffectKind) {
	m.effects = append(m.effects, Effect{Kind: kind})
}

func (m *move) refuse(code domain.Code, message string) {
	m.effects = append(m.effects, Effect{Kind: Refuse, Err: &domain.Error{Code: code, Message: message}})
}

// tell sets what people read. The moment is kept while the cause stays.
func (m *move) tell(cause domain.Cause, detail domain.StateDetail) {
	since := m.in.At
	if m.Told.Cause == cause {
		since = m.Told.Since
	}
	m.Told = domain.DeviceState{Cause: cause, Since: since, Detail: detail}
}

// rest ends whatever runs.
func (m *move) rest() {
	if m.open() {
		m.do(Disconnect)
	}
	m.Phase, m.Due, m.Try = PhaseRest, time.Time{}, 0
}

// open reports whether there is a connection, or a dial that may become one.
func (m *move) open() bool {
	switch m.Phase {
	case PhaseDialing, PhaseLogin, PhaseUp, PhaseUnlinking:
		return true
	case PhaseRest, PhaseWaiting, PhasePairing:
	}
	return false
}

// dial asks for a dial at once, ending what runs.
func (m *move) dial(cause domain.Cause, reason string) {
	if m.open() {
		m.do(Disconnect)
	}
	m.Phase, m.Due, m.Lost = PhaseDialing, time.Time{}, false
	detail := domain.StateDetail{Try: m.Try, Reason: reason}
	if cause == domain.CauseProxyFailed {
		detail.Proxy = m.Told.Detail.Proxy
	}
	m.tell(cause, detail)
	m.do(Dial)
}

// wait plans a dial after the tries that failed.
func (m *move) wait(cause domain.Cause, detail domain.StateDetail) {
	if m.open() {
		m.do(Disconnect)
	}
	m.Phase = PhaseWaiting
	m.Due = m.in.At.Add(Backoff(m.Try, m.in.Chance))
	detail.NextTry, detail.Try = m.Due, m.Try
	m.tell(cause, detail)
}

// dropped plans the dial after a connection ended. One that did not last counts as a failed try, so that a connection
// that opens and closes again and again is not dialed every second.
func (m *move) dropped(cause domain.Cause, reason string) {
	if m.in.At.Sub(m.Up) >= StableAfter {
		m.Try = 0
	} else {
		m.Try++
	}
	m.wait(cause, domain.StateDetail{Reason: reason})
}

// end is the way into causes that never retry by themselves.
func (m *move) end(cause domain.Cause, detail domain.StateDetail) {
	m.rest()
	m.tell(cause, detail)
}

// gone is the end of a session: nothing is left that could be dialed.
func (m *move) gone(cause domain.Cause, detail domain.StateDetail) {
	m.rest()
	m.do(DropSession)
	m.Linked, m.Fresh, m.Troubles = false, false, Troubles{}
	m.tell(cause, detail)
}

// settle tells what an open connection deserves: the worst of its troubles, else how far the first sync is, else that all is well.
func (m *move) settle() {
	switch t := m.Troubles; {
	case t.Storage:
		m.tell(domain.CauseStorageFailed, domain.StateDetail{})
	case t.Deaf:
		m.tell(domain.CauseDeaf, domain.StateDetail{})
	case t.PhoneDays > 0:
		m.tell(domain.CausePhoneOfflineTooLong, phoneDetail(t))
	case m.in.At.Before(t.Timelocked):
		m.tell(domain.CauseReachoutTimelock, domain.StateDetail{Until: t.Timelocked})
	case m.Fresh:
		m.tell(domain.CauseFirstSync, domain.StateDetail{Step: m.Synced})
	default:
		m.tell(domain.CauseOnline, domain.StateDetail{})
	}
}

// take sends the input to its rule.
func (m *move) take() {
	switch m.in.Kind {
	case Started:
		m.started()
	case Alarm:
		m.alarm()
	case DialStarted, DialDone, DialFailed, Connected, Disconnected, LoginAgain, KeepaliveLost:
		m.connection()
	case LoggedOut, Replaced, TempBanned, Banned, Outdated, Refused:
		m.ending()
	case OutageOver, Woke, NetworkChanged, VersionRenewed:
		m.better()
	case StorageFailed, StorageBack, DeafSuspected, Heard, PhoneSilent, PhoneBack, Timelocked:
		m.trouble()
	case FirstSync, FirstSyncDone, OfflineSynced:
		m.firstSync()
	case TryNow, CheckNow, Reroute, Pause, Resume, TakeBack, Unlink, UnlinkDone, UnlinkFailed:
		m.person()
	case PairStarted, PairShown, PairShownCode, PairPasskey, PairScanned, PairLinked, PairFailed, PairEnded:
		m.pairing()
	case KeepaliveBack:
		// The connection that had lost its keepalive was closed at once; a late answer revives nothing.
	}
}
