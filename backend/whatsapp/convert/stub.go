package convert

import (
	"strconv"
	"time"

	"go.mau.fi/whatsmeow/proto/waWeb"
	"go.mau.fi/whatsmeow/types"

	"waflow/backend/domain"
)

// Stub converts what a phone keeps in a chat that nobody wrote, so that it is the same line that also comes live. It is false for everything
// else, and true without a message for what people do not see.
func Stub(chat types.JID, web *waWeb.WebMessageInfo, known Known, own Own) (domain.Past, bool) {
	if web == nil || web.Message != nil || web.MessageStubType == nil {
		return domain.Past{}, false
	}
	r := stub{web: web, known: known, own: own, scene: scene{at: time.Unix(int64(min(web.GetMessageTimestamp(), 1<<40)), 0).UTC()}}
	var ok bool
	if r.chat, ok = Chat(chat.ToNonAD(), known(chat.ToNonAD())); !ok {
		return domain.Past{}, false
	}
	r.author()
	var in domain.Inbound
	if call, missed := r.call(); missed {
		in.Message = &domain.InboundMessage{
			WAID: label(web.GetKey().GetID()), Chat: r.chat, Sender: r.actor, At: r.at, Kind: domain.KindCall, Content: &domain.Content{Call: &call},
		}
		if in.Message.WAID == "" || r.ours || r.actor == (domain.Peer{}) {
			return domain.Past{}, true
		}
	} else if l := r.read(); (l.Kind == domain.LineAdded || l.Kind == domain.LineJoined) && len(l.People) == 1 && samePerson(l.People[0], own.peer()) {
		in = r.entered(l.Kind, own)
	} else if l.Kind != "" {
		in = r.line(l)
	} else {
		return domain.Past{}, false
	}
	in.Message.Past = true
	return domain.Past{Messages: []domain.InboundMessage{*in.Message}}, true
}

// stub is one of those on its way.
type stub struct {
	scene
	web   *waWeb.WebMessageInfo
	known Known
	own   Own
}

// author finds out who did it.
func (r *stub) author() {
	for _, name := range []string{r.web.GetParticipant(), r.web.GetKey().GetParticipant()} {
		if jid, err := types.ParseJID(name); err == nil && jid.User != "" {
			r.by(&jid, nil, r.known, r.own)
		}
	}
	switch {
	case r.actor != (domain.Peer{}):
	case r.web.GetKey().GetFromMe():
		r.actor, r.ours = r.own.peer(), true
	case r.chat.Group == "":
		r.actor = r.chat
	}
}

func (r *stub) call() (domain.Call, bool) {
	switch r.web.GetMessageStubType() {
	case waWeb.WebMessageInfo_CALL_MISSED_VOICE, waWeb.WebMessageInfo_SILENCED_UNKNOWN_CALLER_AUDIO:
		return domain.Call{}, true
	case waWeb.WebMessageInfo_CALL_MISSED_VIDEO, waWeb.WebMessageInfo_SILENCED_UNKNOWN_CALLER_VIDEO:
		return domain.Call{Video: true}, true
	case waWeb.WebMessageInfo_CALL_MISSED_GROUP_VOICE:
		return domain.Call{Group: true}, true
	case waWeb.WebMessageInfo_CALL_MISSED_GROUP_VIDEO:
		return domain.Call{Group: true, Video: true}, true
	default:
		return domain.Call{}, false
	}
}

// read is the line of a stub, without a kind for what is none.
func (r *stub) read() domain.Line {
	on := r.first() == "on"
	switch r.web.GetMessageStubType() {
	case waWeb.WebMessageInfo_GROUP_CREATE:
		return domain.Line{Kind: domain.LineCreated}
	case waWeb.WebMessageInfo_GROUP_CHANGE_SUBJECT:
		return domain.Line{Kind: domain.LineSubject, Text: label(r.first())}
	case waWeb.WebMessageInfo_GROUP_CHANGE_DESCRIPTION:
		return domain.Line{Kind: domain.LineDescription, Text: words(r.first())}
	case waWeb.WebMessageInfo_GROUP_CHANGE_ICON:
		return domain.Line{Kind: domain.LinePicture}
	case waWeb.WebMessageInfo_GROUP_CHANGE_INVITE_LINK:
		return domain.Line{Kind: domain.LineNewLink}
	case waWeb.WebMessageInfo_GROUP_CHANGE_ANNOUNCE:
		return domain.Line{Kind: either(on, domain.LineOnlyAdmins, domain.LineEveryone)}
	case waWeb.WebMessageInfo_GROUP_CHANGE_RESTRICT:
		return domain.Line{Kind: either(on, domain.LineInfoAdmins, domain.LineInfoEveryone)}
	case waWeb.WebMessageInfo_GROUP_MEMBERSHIP_JOIN_APPROVAL_MODE:
		return domain.Line{Kind: either(on, domain.LineApproval, "")}
	case waWeb.WebMessageInfo_GROUP_DELETE:
		return domain.Line{Kind: domain.LineDeleted}
	case waWeb.WebMessageInfo_CHANGE_EPHEMERAL_SETTING:
		seconds, _ := strconv.ParseUint(r.first(), 10, 32) // what is no number is off
		return domain.Line{Kind: domain.LineTimer, Seconds: int(seconds)}
	case waWeb.WebMessageInfo_E2E_IDENTITY_CHANGED:
		if r.chat.Group != "" {
			return domain.Line{} // in the chat with that person it says so too
		}
		r.actor, r.ours = r.chat, false
		return domain.Line{Kind: domain.LineSecurityCode}
	case waWeb.WebMessageInfo_INDIVIDUAL_CHANGE_NUMBER:
		return r.number()
	default:
		return r.members()
	}
}

// members is the line of who came and went.
func (r *stub) members() domain.Line {
	var kind domain.LineKind
	switch r.web.GetMessageStubType() {
	case waWeb.WebMessageInfo_GROUP_PARTICIPANT_ADD:
		kind = domain.LineAdded
	case waWeb.WebMessageInfo_GROUP_PARTICIPANT_INVITE, waWeb.WebMessageInfo_GROUP_PARTICIPANT_ACCEPT, waWeb.WebMessageInfo_GROUP_PARTICIPANT_LINKED_GROUP_JOIN:
		kind = domain.LineJoined
	case waWeb.WebMessageInfo_GROUP_PARTICIPANT_REMOVE:
		kind = domain.LineRemoved
	case waWeb.WebMessageInfo_GROUP_PARTICIPANT_LEAVE:
		kind = domain.LineLeft
	case waWeb.WebMessageInfo_GROUP_PARTICIPANT_PROMOTE:
		kind = domain.LinePromoted
	case waWeb.WebMessageInfo_GROUP_PARTICIPANT_DEMOTE:
		kind = domain.LineDemoted
	default:
		return domain.Line{}
	}
	var jids []types.JID
	for _, name := range r.web.GetMessageStubParameters() {
		if jid, err := types.ParseJID(name); err == nil {
			jids = append(jids, jid)
		}
	}
	people := r.known.people(jids)
	switch {
	case len(people) == 0:
		return domain.Line{}
	case kind == domain.LineAdded && len(people) == 1 && samePerson(people[0], r.actor):
		kind = domain.LineJoined
	}
	return domain.Line{Kind: kind, People: people}
}

// number is the line of somebody's new number, which is the first parameter.
func (r *stub) number() domain.Line {
	jid, err := types.ParseJID(r.first())
	if err != nil || r.chat.Group != "" {
		return domain.Line{}
	}
	now := r.known.peer(jid)
	if now.Number == "" {
		return domain.Line{}
	}
	r.actor, r.ours = r.chat, false
	return domain.Line{Kind: domain.LineNumber, Text: now.Number}
}

func (r *stub) first() string {
	if list := r.web.GetMessageStubParameters(); len(list) > 0 {
		return list[0]
	}
	return ""
}

func either(first bool, a, b domain.LineKind) domain.LineKind {
	if first {
		return a
	}
	return b
}
