package wasim

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"time"

	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/types"
)

// GroupRole says what a member may do.
type GroupRole string

// The roles. An admin may do everything except remove or demote the superadmin, who made the group.
const (
	RoleMember     GroupRole = "member"
	RoleAdmin      GroupRole = "admin"
	RoleSuperAdmin GroupRole = "superadmin"
)

// group is a group chat as the server knows it.
type group struct {
	jid types.JID
	// server is the address space in which the members know each other: LIDs, or phone numbers in an old group.
	server  string
	created time.Time
	creator *account

	mu      sync.Mutex
	members []groupMember // in the order in which they joined
	former  []formerMember
	// version counts the changes of the list of members.
	version     int
	settings    groupSettings
	code        string   // of the invite link
	revoked     []string // what it was before
	invitations map[string]groupInvitation
	requests    []joinRequest
}

type groupMember struct {
	*account
	role GroupRole
}

// formerMember is someone who left a group, or was removed.
type formerMember struct {
	*account
	removed bool
	at      time.Time
}

// groupSettings is what can be changed about a group besides its members.
type groupSettings struct {
	subject      authored
	description  authored
	announcement bool // only admins write
	locked       bool // only admins change the settings
	adminsAdd    bool // only admins add members
	approval     bool // admins decide who joins by link
	ephemeral    int  // seconds after which messages disappear, 0 for never
	// announceVersion counts the changes of announcement.
	announceVersion int
}

// authored is a text that a member set.
type authored struct {
	text string
	id   string
	by   *account
	at   time.Time
}

// groupInvitation lets one person join who could not be added.
type groupInvitation struct {
	invited *account
	by      *account
	expires time.Time
}

// joinRequest is the wish of someone who opened the invite link of a group whose admins decide.
type joinRequest struct {
	*account
	at time.Time
}

func (g *group) label() string          { return g.jid.String() }
func (g *group) jidOn(string) types.JID { return g.jid }
func (g *group) addressing() Addressing {
	if g.server == types.HiddenUserServer {
		return AddressLID
	}
	return AddressPhone
}

// group finds a group by its JID.
func (s *Server) group(jid string) (*group, error) {
	parsed, err := types.ParseJID(jid)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnknownGroup, err)
	}
	if g := s.groupOf(parsed); g != nil {
		return g, nil
	}
	return nil, ErrUnknownGroup
}

// groupOf finds the group that a JID names. Nil when there is none.
func (s *Server) groupOf(jid types.JID) *group {
	if jid.Server != types.GroupServer {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.groups[jid.User]
}

// groupsOf lists the groups of which an account is a member, oldest first.
func (s *Server) groupsOf(a *account) []*group {
	s.mu.Lock()
	every := make([]*group, 0, len(s.groups))
	for _, g := range s.groups {
		every = append(every, g)
	}
	s.mu.Unlock()
	every = slices.DeleteFunc(every, func(g *group) bool { return g.role(a) == "" })
	slices.SortFunc(every, func(x, y *group) int {
		return cmp.Or(x.created.Compare(y.created), cmpString(x.jid.User, y.jid.User))
	})
	return every
}

// role is a member's role, empty for everyone else.
func (g *group) role(a *account) GroupRole {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.roleLocked(a)
}

func (g *group) roleLocked(a *account) GroupRole {
	for _, m := range g.members {
		if m.account == a {
			return m.role
		}
	}
	return ""
}

func (r GroupRole) admin() bool { return r == RoleAdmin || r == RoleSuperAdmin }

// accounts lists the members.
func (g *group) accounts() []*account {
	g.mu.Lock()
	defer g.mu.Unlock()
	list := make([]*account, len(g.members))
	for i, m := range g.members {
		list[i] = m.account
	}
	return list
}

// devices lists the devices of all members.
func (g *group) devices() []*device {
	var list []*device
	for _, a := range g.accounts() {
		list = append(list, a.deviceList()...)
	}
	return list
}

// deviceHash is the hash of all members' devices by which senders and server compare their lists.
func (g *group) deviceHash() string {
	var jids []types.JID
	for _, d := range g.devices() {
		jids = append(jids, d.jidOn(g.server))
	}
	return deviceListHash(jids)
}

// awaited is the state of a new message with everyone who shall get it.
func (g *group) awaited(author *account) map[*account]MessageState {
	states := make(map[*account]MessageState)
	for _, a := range g.accounts() {
		if a != author {
			states[a] = StateSent
		}
	}
	return states
}

// person adds the two identities of someone to the attributes of a stanza: role in the group's address space, and
// role_pn or role_lid in the other.
func (g *group) person(a attrs, role string, who *account) attrs {
	a[role] = who.jidOn(g.server)
	if alias, told := who.alias(g.server); told {
		a[alternate(role, g.server)] = alias
	}
	return a
}

// participant renders someone as an entry of a list of members.
func (g *group) participant(who *account, role GroupRole) waBinary.Node {
	a := attrs{"jid": who.jidOn(g.server)}
	if alias, told := who.alias(g.server); told && alias.Server == types.DefaultUserServer {
		a["phone_number"] = alias
	} else if told {
		a["lid"] = alias
	}
	if role.admin() {
		a["type"] = string(role)
	}
	return element("participant", a)
}

func groupTime(t time.Time) string { return strconv.FormatInt(t.Unix(), 10) }

// acquainted lists who hears of changes of an account's devices: whom it wrote with, and the members of its groups.
func (s *Server) acquainted(a *account) []*account {
	list := a.peerList()
	known := map[*account]bool{a: true}
	for _, peer := range list {
		known[peer] = true
	}
	for _, g := range s.groupsOf(a) {
		for _, member := range g.accounts() {
			if !known[member] {
				known[member] = true
				list = append(list, member)
			}
		}
	}
	return list
}
