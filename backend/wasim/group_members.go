package wasim

import (
	"maps"
	"slices"
	"strconv"
	"time"

	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/types"
)

// maxGroupMembers is how many members a group can have.
const maxGroupMembers = 1024

// The codes with which one person in a list is refused, while the others are served.
const (
	codeAddPrivacy = 403 // cannot be added by everyone; the answer has an invitation to send
	codeNoMember   = 404 // no such number, or not in the group
	codeSuperAdmin = 405 // made the group
	codeMember     = 409 // is in the group already
	codeFull       = 419
)

// outcome is what became of one person in a list.
type outcome struct {
	asked      types.JID
	who        *account // nil when there is nobody with that JID
	addable    bool     // the privacy settings let the one who asks add this person
	code       int      // 0 when it was done
	invitation string   // code of an invitation, when code is codeAddPrivacy
	expires    time.Time
}

// outcome renders what became of one person.
func (g *group) outcome(o outcome, role GroupRole) waBinary.Node {
	n := element("participant", attrs{"jid": o.asked})
	if o.who != nil {
		n = g.participant(o.who, role)
	}
	if o.code != 0 {
		n.Attrs["error"] = strconv.Itoa(o.code)
	}
	if o.invitation != "" {
		n.Content = []waBinary.Node{element("add_request", attrs{"code": o.invitation, "expiration": groupTime(o.expires)})}
	}
	return n
}

// people finds the accounts that the participants in a node name. A participant can hold the token of trust (trust.go) that
// the person gave to the one who asks: <participant jid><privacy>token</privacy></participant>.
func (s *Server) people(by *account, n waBinary.Node) []outcome {
	var list []outcome
	for _, child := range n.GetChildrenByTag("participant") {
		jid, ok := attrJID(&child, "jid")
		if !ok || len(list) == maxGroupMembers {
			continue
		}
		o := outcome{asked: jid, who: s.accountOf(jid)}
		o.addable = o.who != nil && o.who.shows("groupadd", by, childContent(&child, "privacy"))
		list = append(list, o)
	}
	return list
}

// groupCreate makes a group. Whoever asks becomes its superadmin.
func (s *Server) groupCreate(w groupWish) ([]waBinary.Node, error) {
	for _, community := range []string{"parent", "linked_parent"} {
		if _, ok := w.ask.GetOptionalChildByTag(community); ok {
			return nil, errNoSuchFeature
		}
	}
	g := &group{
		jid:         types.NewJID("120363"+s.random.digits(12), types.GroupServer),
		server:      types.HiddenUserServer,
		created:     s.now(),
		creator:     w.by,
		members:     []groupMember{{w.by, RoleSuperAdmin}},
		version:     1,
		code:        s.random.code(),
		invitations: make(map[string]groupInvitation),
	}
	if attrString(&w.ask, "addressing_mode") == string(AddressPhone) {
		g.server = types.DefaultUserServer
	}
	if subject := attrString(&w.ask, "subject"); subject != "" {
		if err := checkSubject(subject); err != nil {
			return nil, err
		}
		g.settings.subject = authored{text: subject, by: w.by, at: g.created}
	}
	for _, mode := range w.ask.GetChildren() {
		if err := g.settings.apply(mode); err != nil {
			return nil, err
		}
	}
	wanted := slices.DeleteFunc(s.people(w.by, w.ask), func(o outcome) bool { return o.who == w.by })
	refused := slices.DeleteFunc(s.admitAll(g, w.by, wanted), func(o outcome) bool { return o.code == 0 })
	s.mu.Lock()
	s.groups[g.jid.User], s.codes[g.code] = g, g
	s.mu.Unlock()
	about := attrs{"type": "new"}
	if key := attrString(&w.ask, "key"); key != "" {
		about["key"] = key
	}
	s.tellGroup(g, w.by, g.accounts(), element("create", about, g.node(groupDetail{members: true, description: true})))
	failed := make([]waBinary.Node, len(refused))
	for i, o := range refused {
		failed[i] = g.outcome(o, RoleMember)
	}
	return []waBinary.Node{g.node(groupDetail{members: true, description: true}, failed...)}, nil
}

// admitAll makes people members, those who let themselves be added. The others get an invitation.
func (s *Server) admitAll(g *group, by *account, wanted []outcome) []outcome {
	g.mu.Lock()
	defer g.mu.Unlock()
	for i := range wanted {
		o := &wanted[i]
		switch {
		case o.who == nil:
			o.code = codeNoMember
		case g.roleLocked(o.who) != "":
			o.code = codeMember
		case len(g.members) >= maxGroupMembers:
			o.code = codeFull
		case !o.addable:
			o.code = codeAddPrivacy
			o.invitation, o.expires = s.random.code(), s.now().Add(invitationLife)
			g.dropInvitations(o.who)
			g.invitations[o.invitation] = groupInvitation{invited: o.who, by: by, expires: o.expires}
		default:
			g.joinLocked(o.who)
		}
	}
	return wanted
}

// joinLocked adds a member, whose wish to join and invitations are thereby settled.
func (g *group) joinLocked(a *account) {
	g.members = append(g.members, groupMember{a, RoleMember})
	g.requests = slices.DeleteFunc(g.requests, func(r joinRequest) bool { return r.account == a })
	g.dropInvitations(a)
}

// dropInvitations makes the invitations of a person void, and tells whether there was one. The caller holds g.mu.
func (g *group) dropInvitations(a *account) bool {
	before := len(g.invitations)
	maps.DeleteFunc(g.invitations, func(_ string, i groupInvitation) bool { return i.invited == a })
	return len(g.invitations) < before
}

// groupAdd serves <add><participant jid/>…</add>.
func (s *Server) groupAdd(w groupWish) ([]waBinary.Node, error) {
	g := w.group
	g.mu.Lock()
	allowed := !g.settings.adminsAdd || g.roleLocked(w.by).admin()
	g.mu.Unlock()
	if !allowed {
		return nil, errNotAdmin
	}
	done := s.admitAll(g, w.by, s.people(w.by, w.ask))
	var joined []groupMember
	for _, o := range done {
		if o.code == 0 {
			joined = append(joined, groupMember{o.who, RoleMember})
		}
	}
	s.tellJoined(g, w.by, joined, nil)
	return []waBinary.Node{g.outcomes("add", done)}, nil
}

// tellJoined tells the old members who is new, and the new ones everything.
func (s *Server) tellJoined(g *group, by *account, joined []groupMember, why attrs) {
	if len(joined) == 0 {
		return
	}
	var fresh []*account
	for _, m := range joined {
		fresh = append(fresh, m.account)
	}
	version := g.nextVersion()
	old := slices.DeleteFunc(g.accounts(), func(a *account) bool { return slices.Contains(fresh, a) })
	s.tellGroup(g, by, old, g.membersChange("add", version, why, joined))
	s.tellGroup(g, by, fresh, element("create", why, g.node(groupDetail{members: true, description: true})))
}

func (g *group) nextVersion() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.version++
	return g.version
}

// outcomes renders what became of everyone in a list.
func (g *group) outcomes(tag string, done []outcome) waBinary.Node {
	list := make([]waBinary.Node, len(done))
	for i, o := range done {
		list[i] = g.outcome(o, g.role(o.who))
	}
	return element(tag, nil, list...)
}

// groupRemove serves <remove><participant jid/>…</remove>.
func (s *Server) groupRemove(w groupWish) ([]waBinary.Node, error) {
	g, done := w.group, s.people(w.by, w.ask)
	for i := range done {
		o := &done[i]
		switch g.role(o.who) {
		case "":
			o.code = codeNoMember
		case RoleSuperAdmin:
			o.code = codeSuperAdmin
		case RoleMember, RoleAdmin:
			if !s.removeMember(g, w.by, o.who) {
				o.code = codeNoMember
			}
		}
	}
	return []waBinary.Node{g.outcomes("remove", done)}, nil
}

// removeMember takes someone out of a group and tells everyone, who was removed too. When the last admin goes, the oldest
// member becomes one.
func (s *Server) removeMember(g *group, by, who *account) bool {
	before := g.accounts()
	g.mu.Lock()
	at := slices.IndexFunc(g.members, func(m groupMember) bool { return m.account == who })
	if at < 0 {
		g.mu.Unlock()
		return false
	}
	gone := g.members[at]
	g.members = slices.Delete(g.members, at, at+1)
	g.former = slices.DeleteFunc(g.former, func(f formerMember) bool { return f.account == who })
	g.former = append(g.former, formerMember{who, by != who, s.now()})
	g.version++
	version := g.version
	var heir []groupMember
	if len(g.members) > 0 && !slices.ContainsFunc(g.members, func(m groupMember) bool { return m.role.admin() }) {
		g.members[0].role = RoleAdmin
		heir = append(heir, g.members[0])
	}
	g.mu.Unlock()
	gone.role = RoleMember
	s.tellGroup(g, by, before, g.membersChange("remove", version, nil, []groupMember{gone}))
	if heir != nil {
		s.tellGroup(g, by, g.accounts(), g.membersChange("promote", g.nextVersion(), nil, heir))
	}
	return true
}

// groupPromote serves <promote> and <demote>, which make members admins and back.
func (s *Server) groupPromote(w groupWish) ([]waBinary.Node, error) {
	g, done := w.group, s.people(w.by, w.ask)
	role := RoleMember
	if w.ask.Tag == "promote" {
		role = RoleAdmin
	}
	var changed []groupMember
	for i := range done {
		o := &done[i]
		if o.code = g.setRole(o.who, role); o.code == 0 {
			changed = append(changed, groupMember{o.who, role})
		}
	}
	if len(changed) > 0 {
		s.tellGroup(g, w.by, g.accounts(), g.membersChange(w.ask.Tag, g.nextVersion(), nil, changed))
	}
	return []waBinary.Node{g.outcomes(w.ask.Tag, done)}, nil
}

func (g *group) setRole(who *account, role GroupRole) (code int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for i := range g.members {
		m := &g.members[i]
		switch {
		case m.account != who:
		case m.role == RoleSuperAdmin:
			return codeSuperAdmin
		default:
			m.role = role
			return 0
		}
	}
	return codeNoMember
}

// groupLeave serves <leave><group id="1203…@g.us"/>…</leave>.
func (s *Server) groupLeave(w groupWish) ([]waBinary.Node, error) {
	var left []waBinary.Node
	for _, child := range w.ask.GetChildrenByTag("group") {
		jid, ok := attrJID(&child, "id")
		if !ok {
			return nil, errGroupRequest
		}
		a := attrs{"id": jid}
		if g := s.groupOf(jid); g == nil || !s.removeMember(g, w.by, w.by) {
			a["error"] = strconv.Itoa(codeNoMember)
		}
		left = append(left, element("group", a))
	}
	return []waBinary.Node{element("leave", nil, left...)}, nil
}
