package gaps

import (
	"time"

	"waflow/backend/domain"
	"waflow/backend/uptime"
)

// Bounds of what is told and asked. A phone is not asked about every dropped connection: WhatsApp keeps what is sent to a device that is away
// for a while, and says when it has handed over all of it.
const (
	shortest   = time.Minute         // what is shorter and brought nothing is not told
	longOutage = time.Hour           // from here on quiet conversations are compared too
	quietFor   = 7 * 24 * time.Hour  // but not those that were quiet for longer than this
	queueKept  = 14 * 24 * time.Hour // after which WhatsApp unlinks a device that stays away
	mostAsked  = 30                  // conversations of one gap, before a person has the rest asked about
	perAnswer  = 200                 // messages that are asked for at a time
	mostRounds = 5                   // answers for one conversation
)

// begins reports whether a change is the begin of a gap: messages could arrive before it and can't any more.
func begins(c domain.StateChange) bool {
	return uptime.Up(c.From.Cause) && !uptime.Up(c.To.Cause)
}

// losesLink reports whether a cause tells that the link is gone, or was made anew.
func losesLink(c domain.Cause) bool {
	return c == domain.CauseUnlinked || c == domain.CauseBanned || !uptime.Linked(c) || c == domain.CauseFirstSync
}

// follow returns a gap that is not over as it is after a change.
func follow(g domain.Gap, c domain.StateChange) domain.Gap {
	g.Relinked = g.Relinked || losesLink(c.To.Cause)
	if uptime.Up(c.To.Cause) {
		if g.To.IsZero() {
			g.To = c.At
			if g.To.Before(g.From) {
				g.To = g.From // the clock was set back
			}
		}
		g.State = domain.GapEnded
		return g
	}
	g.State, g.To = domain.GapOpen, time.Time{}
	return g
}

// doubtful reports whether WhatsApp may have kept less than was sent.
func doubtful(g domain.Gap) bool { return g.Relinked || g.To.Sub(g.From) >= queueKept }

// worthTelling reports whether people are told of a gap.
func worthTelling(g domain.Gap) bool {
	return g.Late > 0 || doubtful(g) || g.To.Sub(g.From) >= shortest
}

// askSince returns since when a conversation has to have had a message to be compared with the phone.
func askSince(g domain.Gap) time.Time {
	if doubtful(g) || g.To.Sub(g.From) >= longOutage {
		return g.From.Add(-quietFor)
	}
	return g.From
}

// covered reports whether the answers that came so far reach back to the beginning of a gap.
func covered(g domain.Gap, a domain.OlderAnswer) bool {
	return a.End || a.Oldest.IsZero() || a.Oldest.Before(g.From)
}
