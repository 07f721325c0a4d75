package convert

import (
	"slices"
	"time"

	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"

	"waflow/backend/domain"
)

// Known tells the other JID of a person, the LID of a number or the number of a LID; an empty one where it is not known.
type Known func(types.JID) types.JID

// scene is where and when something happened that nobody wrote, and who did it.
type scene struct {
	chat  domain.Peer
	at    time.Time
	actor domain.Peer
	ours  bool   // our own account did it
	name  string // what the actor calls themselves
}

// line is something that happened there.
func (s scene) line(l domain.Line) domain.Inbound {
	l.Actor, l.Ours = s.actor, s.ours
	return domain.Inbound{Message: &domain.InboundMessage{
		WAID: l.ID(s.at), Chat: s.chat, PushName: s.name, At: s.at, Kind: domain.KindNotice, Content: &domain.Content{Notice: &l},
	}}
}

// by notes who did it. Either JID may be missing.
func (s *scene) by(jid, alt *types.JID, known Known, own Own) {
	for _, j := range []*types.JID{jid, alt} {
		if j == nil || s.actor != (domain.Peer{}) {
			continue
		}
		s.actor = known.peer(*j)
		s.ours = own.is(j.ToNonAD())
	}
	if s.ours {
		s.actor = own.peer()
	}
}

func (k Known) peer(jid types.JID) domain.Peer {
	p, _ := person(jid.ToNonAD(), k(jid.ToNonAD()))
	return p
}

// people are the persons of some JIDs.
func (k Known) people(jids []types.JID) []domain.Peer {
	var out []domain.Peer
	for _, jid := range jids[:min(len(jids), domain.MaxMentions)] {
		if p := k.peer(jid); p != (domain.Peer{}) {
			out = append(out, p)
		}
	}
	return out
}

// GroupChange converts what was changed in a group: a line for each thing. The result is empty for what people do not see.
func GroupChange(e *events.GroupInfo, known Known, own Own) []domain.Inbound {
	if e.JID.Server != types.GroupServer || e.JID.User == "" {
		return nil
	}
	s := scene{chat: domain.Peer{Group: e.JID.User}, at: e.Timestamp}
	s.by(e.Sender, e.SenderPN, known, own)
	if !s.ours {
		s.name = valid(e.Notify)
	}
	out := slices.Concat(s.settings(e), s.members(e, known))
	if e.Name != nil && e.Name.Name != "" {
		out = append(out, domain.Inbound{Name: &domain.InboundName{Peer: s.chat, Name: valid(e.Name.Name)}})
	}
	return out
}

// settings are the lines of what a group is and who may do what in it.
func (s scene) settings(e *events.GroupInfo) []domain.Inbound {
	var out []domain.Inbound
	add := func(changed bool, l domain.Line) {
		if changed {
			out = append(out, s.line(l))
		}
	}
	if e.Name != nil {
		add(true, domain.Line{Kind: domain.LineSubject, Text: label(e.Name.Name)})
	}
	if e.Topic != nil {
		add(true, domain.Line{Kind: domain.LineDescription, Text: words(e.Topic.Topic)})
	}
	if e.Announce != nil {
		add(e.Announce.IsAnnounce, domain.Line{Kind: domain.LineOnlyAdmins})
		add(!e.Announce.IsAnnounce, domain.Line{Kind: domain.LineEveryone})
	}
	if e.Locked != nil {
		add(e.Locked.IsLocked, domain.Line{Kind: domain.LineInfoAdmins})
		add(!e.Locked.IsLocked, domain.Line{Kind: domain.LineInfoEveryone})
	}
	if e.Ephemeral != nil {
		add(true, domain.Line{Kind: domain.LineTimer, Seconds: count(e.Ephemeral.DisappearingTimer)})
	}
	add(e.MembershipApprovalMode != nil && e.MembershipApprovalMode.IsJoinApprovalRequired, domain.Line{Kind: domain.LineApproval})
	add(e.NewInviteLink != nil, domain.Line{Kind: domain.LineNewLink})
	add(e.Delete != nil, domain.Line{Kind: domain.LineDeleted})
	return out
}

// members are the lines of who came, went, and administers the group.
func (s scene) members(e *events.GroupInfo, known Known) []domain.Inbound {
	var out []domain.Inbound
	for _, change := range []struct {
		who                 []types.JID
		themselves, byOther domain.LineKind
	}{
		{e.Join, domain.LineJoined, domain.LineAdded},
		{e.Leave, domain.LineLeft, domain.LineRemoved},
		{e.Promote, domain.LinePromoted, domain.LinePromoted},
		{e.Demote, domain.LineDemoted, domain.LineDemoted},
	} {
		people := known.people(change.who)
		if len(people) == 0 {
			continue
		}
		kind := change.byOther
		if e.JoinReason != "" && change.themselves == domain.LineJoined || s.actor == (domain.Peer{}) || len(people) == 1 && samePerson(people[0], s.actor) {
			kind = change.themselves
		}
		out = append(out, s.line(domain.Line{Kind: kind, People: people}))
	}
	return out
}

// samePerson tells whether two ways to name somebody name the same one.
func samePerson(a, b domain.Peer) bool {
	return a.LID != "" && a.LID == b.LID || a.Number != "" && a.Number == b.Number
}

// GroupJoined converts the news that our account is in a group now. WhatsApp says when only of one that is new; of others it is now.
func GroupJoined(e *events.JoinedGroup, now time.Time, known Known, own Own) []domain.Inbound {
	if e.JID.Server != types.GroupServer || e.JID.User == "" {
		return nil
	}
	s := scene{chat: domain.Peer{Group: e.JID.User}, at: now}
	s.by(e.Sender, e.SenderPN, known, own)
	if !s.ours {
		s.name = valid(e.Notify)
	}
	var out []domain.Inbound
	switch {
	case e.Type == "new":
		if !e.GroupCreated.IsZero() {
			s.at = e.GroupCreated
		}
		out = append(out, s.line(domain.Line{Kind: domain.LineCreated}))
	case e.Reason != "" || s.ours || s.actor == (domain.Peer{}):
		out = append(out, s.entered(domain.LineJoined, own))
	default:
		out = append(out, s.entered(domain.LineAdded, own))
	}
	if e.Name != "" {
		out = append(out, domain.Inbound{Name: &domain.InboundName{Peer: s.chat, Name: valid(e.Name)}})
	}
	return out
}

// entered is the line of our account in a group. Live it has the time at which it was heard of, from the phone the one at which it happened, so
// it is the same within an hour.
func (s scene) entered(kind domain.LineKind, own Own) domain.Inbound {
	in := s.line(domain.Line{Kind: kind, People: []domain.Peer{own.peer()}})
	in.Message.WAID = domain.Line{Kind: domain.LineJoined, People: []domain.Peer{own.peer()}}.ID(s.at.Truncate(time.Hour))
	return in
}

// Picture converts a new picture of a group, also one that was taken away. Those of people are no news.
func Picture(e *events.Picture, known Known, own Own) []domain.Inbound {
	if e.JID.Server != types.GroupServer || e.JID.User == "" {
		return nil
	}
	s := scene{chat: domain.Peer{Group: e.JID.User}, at: e.Timestamp}
	s.by(&e.Author, nil, known, own)
	return []domain.Inbound{s.line(domain.Line{Kind: domain.LinePicture})}
}

// SecurityCode converts the news that somebody has other keys: another phone, or WhatsApp installed again.
func SecurityCode(e *events.IdentityChange, known Known, own Own) []domain.Inbound {
	chat := known.peer(e.JID)
	if chat == (domain.Peer{}) || own.is(e.JID.ToNonAD()) {
		return nil
	}
	return []domain.Inbound{scene{chat: chat, at: e.Timestamp, actor: chat}.line(domain.Line{Kind: domain.LineSecurityCode})}
}

// MissedCall converts a call that began at a time and that nobody took. Our own calls are none.
func MissedCall(meta types.BasicCallMeta, at time.Time, call domain.Call, known Known, own Own) []domain.Inbound {
	caller, ok := person(meta.CallCreator.ToNonAD(), meta.CallCreatorAlt.ToNonAD())
	if !ok || own.is(meta.CallCreator.ToNonAD()) || meta.CallID == "" {
		return nil
	}
	if caller.LID == "" || caller.Number == "" {
		caller = known.peer(meta.CallCreator)
	}
	chat := caller
	if meta.GroupJID.Server == types.GroupServer && meta.GroupJID.User != "" {
		chat, call.Group = domain.Peer{Group: meta.GroupJID.User}, true
	}
	return []domain.Inbound{{Message: &domain.InboundMessage{
		WAID: "call-" + label(meta.CallID), Chat: chat, Sender: caller, At: at, Kind: domain.KindCall, Content: &domain.Content{Call: &call},
	}}}
}
