package device

import "waflow/backend/domain"

// EffectKind is something to do after an input.
type EffectKind string

// The effects, in the words of the pool that carries them out.
const (
	Dial        EffectKind = "dial"         // ask the gate, then connect
	Disconnect  EffectKind = "disconnect"   // end the connection, or the dial that is on its way or at the gate
	DropSession EffectKind = "drop_session" // the session is gone: close it, forget the link, delete its file
	Logout      EffectKind = "logout"       // ask WhatsApp to remove this companion; brings UnlinkDone or UnlinkFailed
	CutWaits    EffectKind = "cut_waits"    // got through after failing: the others need not wait any longer
	Wake        EffectKind = "wake"         // messages that wait can go
	Record      EffectKind = "record"       // status or cause changed: a row of the history, and people are told
	Tell        EffectKind = "tell"         // only the detail changed: people are told, the history is not
	Refuse      EffectKind = "refuse"       // a person asked for what can't be done: Err
)

// Effect is one thing to do.
type Effect struct {
	Kind   EffectKind
	Change domain.StateChange // Record and Tell; without Ref, which the machine does not know
	Err    *domain.Error      // Refuse
}
