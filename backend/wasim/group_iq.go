package wasim

import (
	"errors"
	"strconv"

	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/types"
)

// Everything about groups is asked in iqs of the namespace w:g2, to a group or, when it is about several or about one
// that the client is not in, to g.us:
//
//	→ <iq xmlns="w:g2" type="get" to="1203…@g.us"><query request="interactive"/></iq>
//	← <iq type="result"><group id="1203…" subject="Team" s_t s_o s_o_pn creation creator creator_pn size a_v_id p_v_id
//	     addressing_mode="lid">
//	    <participant jid="1234@lid" phone_number="34…@s.whatsapp.net" type="superadmin"/>…
//	    <description id t participant><body>…</body></description>
//	    <announcement/> <locked/> <ephemeral expiration="86400"/> <member_add_mode>all_member_add</member_add_mode>
//	    <membership_approval_mode><group_join state="on"/></membership_approval_mode></group></iq>
//	→ <iq type="get" to="g.us"><participating><participants/><description/></participating></iq>
//	← <iq type="result"><groups><group …/>…</groups></iq>
//	→ <iq type="set" to="g.us"><create subject="Team" key><participant jid/>…</create></iq>
//	← <iq type="result"><group …/></iq>
//	→ <iq type="set" to="1203…@g.us"><add><participant jid="5678@lid"/></add></iq>
//	← <iq type="result"><add><participant jid="5678@lid" phone_number error="403"/></add></iq>
//
// A group names its members by their LIDs, or, when it is an old one, by their phone numbers.

// groupWish is what one iq asks: of whom, by whom, and in which node.
type groupWish struct {
	by    *account
	group *group // nil when it was sent to g.us
	ask   waBinary.Node
}

// groupHandler serves a wish. It returns what is inside the answer, or a refusal.
type groupHandler func(s *Server, w groupWish) ([]waBinary.Node, error)

// refusal is why a wish about a group is not served. Clients know the codes by these texts.
type refusal struct {
	code int
	text string
}

// Error renders a refusal.
func (r *refusal) Error() string { return strconv.Itoa(r.code) + " " + r.text }

var (
	errGroupRequest  error = &refusal{400, "bad-request"}
	errNotAdmin      error = &refusal{401, "not-authorized"}
	errNotMember     error = &refusal{403, "forbidden"}
	errNoGroup       error = &refusal{404, "item-not-found"}
	errNotAcceptable error = &refusal{406, "not-acceptable"}
	errConflict      error = &refusal{409, "conflict"}
	errGone          error = &refusal{410, "gone"}
	errGroupFull     error = &refusal{419, "resource-limit"}
	errNoSuchFeature error = &refusal{501, "feature-not-implemented"}
)

// iqGroups serves the namespace w:g2.
func (s *Server) iqGroups(d *device, node *waBinary.Node) *waBinary.Node {
	content, err := s.groupAnswer(d, node)
	var refused *refusal
	if errors.As(err, &refused) {
		return iqError(node, refused.code, refused.text)
	}
	return iqResult(node, content...)
}

func (s *Server) groupAnswer(d *device, node *waBinary.Node) ([]waBinary.Node, error) {
	to, addressed := attrJID(node, "to")
	children := node.GetChildren()
	if !addressed || len(children) == 0 {
		return nil, errGroupRequest
	}
	w := groupWish{by: d.account, ask: children[0]}
	kind := attrString(node, "type")
	if to.User == "" {
		if handler := groupsHandler(kind, w.ask.Tag); handler != nil {
			return handler(s, w)
		}
		return nil, errNoSuchFeature
	}
	if w.group = s.groupOf(to); w.group == nil {
		return nil, errNoGroup
	}
	handler, role := groupHandlers(kind, w.ask.Tag)
	if handler == nil {
		return nil, errNoSuchFeature
	}
	switch has := w.group.role(w.by); {
	case role != "" && has == "":
		return nil, errNotMember
	case role == RoleAdmin && !has.admin():
		return nil, errNotAdmin
	}
	return handler(s, w)
}

// groupsHandler is the table of what can be asked of g.us.
func groupsHandler(kind, tag string) groupHandler {
	switch kind + " " + tag {
	case "get participating":
		return (*Server).groupParticipating
	case "get invite":
		return (*Server).groupOfCode
	case "set invite":
		return (*Server).groupJoin
	case "set create":
		return (*Server).groupCreate
	case "set leave":
		return (*Server).groupLeave
	default:
		return nil
	}
}

// groupHandlers is the table of what can be asked of one group, and who may: a member, an admin, or anyone.
func groupHandlers(kind, tag string) (groupHandler, GroupRole) {
	switch kind + " " + tag {
	case "get query":
		return (*Server).groupQuery, ""
	case "set accept":
		return (*Server).groupAccept, ""
	case "set subject":
		return (*Server).groupSubject, RoleMember
	case "set description":
		return (*Server).groupDescription, RoleMember
	case "set ephemeral", "set not_ephemeral":
		return (*Server).groupEphemeral, RoleMember
	case "set add":
		return (*Server).groupAdd, RoleMember
	case "set remove":
		return (*Server).groupRemove, RoleAdmin
	case "set promote", "set demote":
		return (*Server).groupPromote, RoleAdmin
	case "set announcement", "set not_announcement", "set locked", "set unlocked", "set membership_approval_mode", "set member_add_mode":
		return (*Server).groupMode, RoleAdmin
	case "get invite":
		return (*Server).groupInviteCode, RoleAdmin
	case "set invite":
		return (*Server).groupRevokeCode, RoleAdmin
	case "set revoke":
		return (*Server).groupRevokeInvitation, RoleAdmin
	case "get membership_approval_requests":
		return (*Server).groupRequests, RoleAdmin
	case "set membership_requests_action":
		return (*Server).groupDecide, RoleAdmin
	default:
		return nil, ""
	}
}

// groupParticipating lists the groups that the asking account is in.
func (s *Server) groupParticipating(w groupWish) ([]waBinary.Node, error) {
	_, members := w.ask.GetOptionalChildByTag("participants")
	_, description := w.ask.GetOptionalChildByTag("description")
	list := waBinary.Node{Tag: "groups"}
	var nodes []waBinary.Node
	for _, g := range s.groupsOf(w.by) {
		nodes = append(nodes, g.node(groupDetail{members: members, description: description}))
	}
	if len(nodes) > 0 {
		list.Content = nodes
	}
	return []waBinary.Node{list}, nil
}

// groupQuery tells a member about a group, or someone who was invited to it by name.
func (s *Server) groupQuery(w groupWish) ([]waBinary.Node, error) {
	if invitation, ok := w.ask.GetOptionalChildByTag("add_request"); ok {
		if _, err := w.group.invitation(w.by, attrString(&invitation, "code"), s.now()); err != nil {
			return nil, err
		}
		return []waBinary.Node{w.group.node(groupDetail{members: true, description: true})}, nil
	}
	if w.group.role(w.by) == "" {
		return nil, errNotMember
	}
	return []waBinary.Node{w.group.node(groupDetail{members: true, description: true})}, nil
}

// groupDetail says how much of a group is told.
type groupDetail struct{ members, description bool }

// node renders a group.
func (g *group) node(detail groupDetail, more ...waBinary.Node) waBinary.Node {
	g.mu.Lock()
	defer g.mu.Unlock()
	a := attrs{
		"id": g.jid.User, "creation": groupTime(g.created), "size": strconv.Itoa(len(g.members)),
		"addressing_mode": string(g.addressing()),
		"p_v_id":          strconv.Itoa(g.version), "a_v_id": strconv.Itoa(g.settings.announceVersion),
	}
	g.person(a, "creator", g.creator)
	if subject := g.settings.subject; subject.by != nil {
		a["subject"], a["s_t"] = subject.text, groupTime(subject.at)
		g.person(a, "s_o", subject.by)
	}
	var children []waBinary.Node
	if detail.members {
		for _, m := range g.members {
			children = append(children, g.participant(m.account, m.role))
		}
	}
	children = append(children, more...)
	if description := g.settings.description; detail.description && description.text != "" {
		children = append(children, element("description",
			g.person(attrs{"id": description.id, "t": groupTime(description.at)}, "participant", description.by),
			data("body", []byte(description.text))))
	}
	children = append(children, g.settings.nodes()...)
	return element("group", a, children...)
}

// nodes renders the modes of a group.
func (s groupSettings) nodes() []waBinary.Node {
	var nodes []waBinary.Node
	if s.announcement {
		nodes = append(nodes, element("announcement", nil))
	}
	if s.locked {
		nodes = append(nodes, element("locked", nil))
	}
	if s.ephemeral > 0 {
		nodes = append(nodes, element("ephemeral", attrs{"expiration": strconv.Itoa(s.ephemeral)}))
	}
	if s.approval {
		nodes = append(nodes, element("membership_approval_mode", nil, s.approvalNode()))
	}
	return append(nodes, data("member_add_mode", []byte(s.addMode())))
}

func (s groupSettings) addMode() string {
	if s.adminsAdd {
		return string(types.GroupMemberAddModeAdmin)
	}
	return string(types.GroupMemberAddModeAllMember)
}
