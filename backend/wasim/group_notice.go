package wasim

import (
	"strconv"

	waBinary "go.mau.fi/whatsmeow/binary"
)

// Every change of a group reaches all devices of all members, the one that made it included, in a notification of the
// type w:gp2. It is queued for devices that are away:
//
//	← <notification from="1203…@g.us" type="w:gp2" id t participant="1234@lid" participant_pn="34…@s.whatsapp.net"
//	     notify="Ana" addressing_mode="lid">
//	    one of
//	    <subject subject="Team" s_t s_o s_o_pn/>
//	    <description id><body>…</body></description>   <description id><delete/></description>
//	    <announcement v_id/> <not_announcement v_id/> <locked/> <unlocked/> <ephemeral expiration/> <not_ephemeral/>
//	    <member_add_mode>admin_add</member_add_mode>
//	    <membership_approval_mode><group_join state="on"/></membership_approval_mode>
//	    <add prev_v_id v_id [reason="invite"]><participant jid phone_number/>…</add>
//	    <remove …/> <promote …/> <demote …/>           in the same way; who leaves is participant and removed
//	  </notification>
//
// Whoever is new in a group gets the whole group instead of <add>:
//
//	    <create [type="new"] [reason="invite"] [key]><group …/></create>
//
// Only admins hear of these:
//
//	    <invite code/>   <created_membership_requests request_method="invite_link"><requested_user jid/></…>
//	    <revoked_membership_requests><participant jid/></revoked_membership_requests>

// tellGroup queues the notice of a change that someone made for all devices of some accounts, whose list of groups is
// dirty from now on (notices.go).
func (s *Server) tellGroup(g *group, by *account, to []*account, change waBinary.Node) {
	id := s.nextID.next()
	n := element("notification", g.person(attrs{
		"from": g.jid, "id": id, "type": "w:gp2", "t": s.unixNow(), "notify": by.pushName(), "addressing_mode": string(g.addressing()),
	}, "participant", by), change)
	for _, a := range to {
		a.changed("groups")
		for _, d := range a.deviceList() {
			d.enqueue(&pendingStanza{node: &n, from: g.jid, id: id})
		}
	}
}

// membersChange renders a change of the list of members.
func (g *group) membersChange(tag string, version int, more attrs, who []groupMember) waBinary.Node {
	list := make([]waBinary.Node, len(who))
	for i, m := range who {
		list[i] = g.participant(m.account, m.role)
	}
	n := element(tag, attrs{"prev_v_id": strconv.Itoa(version - 1), "v_id": strconv.Itoa(version)}, list...)
	return *withAttrs(&n, more)
}

// admins lists the members who may change the group.
func (g *group) admins() []*account {
	g.mu.Lock()
	defer g.mu.Unlock()
	var list []*account
	for _, m := range g.members {
		if m.role.admin() {
			list = append(list, m.account)
		}
	}
	return list
}
