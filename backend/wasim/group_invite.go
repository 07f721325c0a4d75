package wasim

import (
	"slices"
	"time"

	waBinary "go.mau.fi/whatsmeow/binary"
)

// People join a group by its link, https://chat.whatsapp.com/CODE, or by an invitation that a member sends to one person
// whom the service did not let in at once:
//
//	→ <iq type="get" to="1203…@g.us"><invite/></iq>                 ← <invite code/>      type="set" makes a new code
//	→ <iq type="get" to="g.us"><invite code/></iq>                  ← <group …/>          without joining
//	→ <iq type="set" to="g.us"><invite code/></iq>                  ← <group jid/>        or, when admins decide,
//	                                                                  <membership_approval_request jid/>
//	→ <iq type="get" to="1203…@g.us"><query><add_request code expiration admin/></query></iq>    ← <group …/>
//	→ <iq type="set" to="1203…@g.us"><accept code expiration admin/></iq>
//	→ <iq type="get" to="1203…@g.us"><membership_approval_requests/></iq>
//	← <membership_approval_requests><membership_approval_request jid request_time/>…</…>
//	→ <iq type="set" to="1203…@g.us"><membership_requests_action><approve|reject><participant jid/>…</…></…></iq>
//
// A code that was replaced is gone (410); one that never was is not acceptable (406).

// invitationLife is how long an invitation to one person can be accepted.
const invitationLife = 3 * 24 * time.Hour

// maxRevoked bounds how many old codes of a group are remembered as such.
const maxRevoked = 16

// maxJoinRequests bounds how many people wait for an admin's decision.
const maxJoinRequests = 1024

// groupInviteCode tells an admin the code of the link.
func (s *Server) groupInviteCode(w groupWish) ([]waBinary.Node, error) {
	g := w.group
	g.mu.Lock()
	code := g.code
	g.mu.Unlock()
	return []waBinary.Node{element("invite", attrs{"code": code})}, nil
}

// groupRevokeCode makes a new code. The old one leads nowhere any more.
func (s *Server) groupRevokeCode(w groupWish) ([]waBinary.Node, error) {
	g, code := w.group, s.random.code()
	g.mu.Lock()
	g.revoked = append(g.revoked, g.code)
	g.code = code
	var forgotten string
	if len(g.revoked) > maxRevoked {
		forgotten, g.revoked = g.revoked[0], g.revoked[1:]
	}
	g.mu.Unlock()
	s.mu.Lock()
	s.codes[code] = g
	delete(s.codes, forgotten)
	s.mu.Unlock()
	news := element("invite", attrs{"code": code})
	s.tellGroup(g, w.by, g.admins(), news)
	return []waBinary.Node{news}, nil
}

// byCode finds the group that a link leads to.
func (s *Server) byCode(code string) (*group, error) {
	s.mu.Lock()
	g := s.codes[code]
	s.mu.Unlock()
	if g == nil {
		return nil, errNotAcceptable
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.code != code {
		return nil, errGone
	}
	return g, nil
}

// groupOfCode tells what a link leads to. Strangers do not learn who the members are.
func (s *Server) groupOfCode(w groupWish) ([]waBinary.Node, error) {
	g, err := s.byCode(attrString(&w.ask, "code"))
	if err != nil {
		return nil, err
	}
	return []waBinary.Node{g.node(groupDetail{members: g.role(w.by) != "", description: true})}, nil
}

// groupJoin lets someone in by a link, or on the list of those about whom the admins decide.
func (s *Server) groupJoin(w groupWish) ([]waBinary.Node, error) {
	g, err := s.byCode(attrString(&w.ask, "code"))
	if err != nil {
		return nil, err
	}
	if needed, first := g.needsApproval(w.by, s.now()); needed {
		if first {
			requested := g.participant(w.by, RoleMember)
			requested.Tag = "requested_user"
			s.tellGroup(g, w.by, g.admins(), element("created_membership_requests", attrs{"request_method": "invite_link"}, requested))
		}
		return []waBinary.Node{element("membership_approval_request", attrs{"jid": g.jid})}, nil
	}
	if err = s.joinByInvite(g, w.by, w.by); err != nil {
		return nil, err
	}
	return []waBinary.Node{element("group", attrs{"jid": g.jid})}, nil
}

// needsApproval notes the wish of someone who cannot join without an admin. first is false when it was known.
func (g *group) needsApproval(who *account, now time.Time) (needed, first bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	needed = g.settings.approval && g.roleLocked(who) == ""
	known := slices.ContainsFunc(g.requests, func(r joinRequest) bool { return r.account == who })
	if !needed || known || len(g.requests) >= maxJoinRequests {
		return needed, false
	}
	g.requests = append(g.requests, joinRequest{who, now})
	return true, true
}

// joinByInvite makes someone a member who has a link or an invitation.
func (s *Server) joinByInvite(g *group, by, who *account) error {
	g.mu.Lock()
	switch {
	case g.roleLocked(who) != "":
		g.mu.Unlock()
		return errConflict
	case len(g.members) >= maxGroupMembers:
		g.mu.Unlock()
		return errGroupFull
	}
	g.joinLocked(who)
	g.mu.Unlock()
	s.tellJoined(g, by, []groupMember{{who, RoleMember}}, attrs{"reason": "invite"})
	return nil
}

// invitation finds an invitation that is good for someone.
func (g *group) invitation(who *account, code string, now time.Time) (groupInvitation, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	invitation, ok := g.invitations[code]
	switch {
	case !ok || invitation.invited != who:
		return groupInvitation{}, errNotAcceptable
	case now.After(invitation.expires):
		return groupInvitation{}, errGone
	}
	return invitation, nil
}

// groupAccept lets someone in who was invited by name.
func (s *Server) groupAccept(w groupWish) ([]waBinary.Node, error) {
	invitation, err := w.group.invitation(w.by, attrString(&w.ask, "code"), s.now())
	if err != nil {
		return nil, err
	}
	return nil, s.joinByInvite(w.group, invitation.by, w.by)
}

// groupRevokeInvitation serves <revoke><participant jid/>…</revoke>: the invitations of these people are void.
func (s *Server) groupRevokeInvitation(w groupWish) ([]waBinary.Node, error) {
	done := s.people(w.by, w.ask)
	g := w.group
	g.mu.Lock()
	for i := range done {
		if done[i].who == nil || !g.dropInvitations(done[i].who) {
			done[i].code = codeNoMember
		}
	}
	g.mu.Unlock()
	return []waBinary.Node{g.outcomes("revoke", done)}, nil
}

// groupRequests lists who waits for an admin's decision.
func (s *Server) groupRequests(w groupWish) ([]waBinary.Node, error) {
	g := w.group
	g.mu.Lock()
	defer g.mu.Unlock()
	list := make([]waBinary.Node, len(g.requests))
	for i, r := range g.requests {
		list[i] = element("membership_approval_request", g.person(attrs{
			"request_time": groupTime(r.at), "request_method": "invite_link",
		}, "jid", r.account))
	}
	return []waBinary.Node{element("membership_approval_requests", nil, list...)}, nil
}

// groupDecide lets people in who asked for it, or refuses them.
func (s *Server) groupDecide(w groupWish) ([]waBinary.Node, error) {
	children := w.ask.GetChildren()
	if len(children) != 1 || children[0].Tag != "approve" && children[0].Tag != "reject" {
		return nil, errGroupRequest
	}
	g, done := w.group, s.people(w.by, children[0])
	var joined, refused []groupMember
	g.mu.Lock()
	for i := range done {
		o := &done[i]
		at := slices.IndexFunc(g.requests, func(r joinRequest) bool { return r.account == o.who })
		switch {
		case at < 0:
			o.code = codeNoMember
		case children[0].Tag == "reject":
			g.requests = slices.Delete(g.requests, at, at+1)
			refused = append(refused, groupMember{o.who, RoleMember})
		case len(g.members) >= maxGroupMembers:
			o.code = codeFull
		default:
			g.joinLocked(o.who)
			joined = append(joined, groupMember{o.who, RoleMember})
		}
	}
	g.mu.Unlock()
	s.tellJoined(g, w.by, joined, attrs{"reason": "invite"})
	for _, m := range refused {
		s.tellGroup(g, w.by, g.admins(), element("revoked_membership_requests", nil, g.participant(m.account, m.role)))
	}
	return []waBinary.Node{element("membership_requests_action", nil, g.outcomes(children[0].Tag, done))}, nil
}

// code makes the code of an invitation: 22 letters and digits.
func (r *randomSource) code() string {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	code := make([]byte, 22)
	for i := range code {
		code[i] = alphabet[r.intN(len(alphabet))]
	}
	return string(code)
}
