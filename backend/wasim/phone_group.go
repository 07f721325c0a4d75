package wasim

import (
	"errors"
	"fmt"
	"strconv"
	"time"

	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/types"
)

// ErrGroupRefused means that the server did not do what a phone asked about a group, because its owner is no member or no
// admin, because the text is too long, and so on. The code is in the text.
var ErrGroupRefused = errors.New("the group does not allow this")

// GroupOptions describe a new group.
type GroupOptions struct {
	// Subject is the group's name, up to 100 characters.
	Subject string `json:"subject"`
	// Members are the numbers of those who shall be in it besides the phone that makes it.
	Members []string `json:"members"`
	// Addressing is by what the members know each other. Default AddressLID; AddressPhone is what old groups have.
	Addressing Addressing `json:"addressing,omitempty"`
}

// Group is a group as its members see it.
type Group struct {
	// JID is the group's name in every call, for example "120363012345678901@g.us".
	JID         string     `json:"jid"`
	Subject     string     `json:"subject"`
	Description string     `json:"description"`
	Addressing  Addressing `json:"addressing"`
	// Creator is the number of who made it, with the plus.
	Creator string    `json:"creator"`
	Created time.Time `json:"created"`
	// Announcement means that only admins write, Locked that only admins change subject, description and timer.
	Announcement bool `json:"announcement"`
	Locked       bool `json:"locked"`
	// Approval means that admins decide who joins by the link, AdminsAdd that only they add members.
	Approval  bool `json:"approval"`
	AdminsAdd bool `json:"adminsAdd"`
	// Ephemeral is after how many seconds messages disappear, 0 for never.
	Ephemeral int           `json:"ephemeral"`
	Members   []GroupMember `json:"members"`
}

// GroupMember is someone in a group.
type GroupMember struct {
	// Number with the plus.
	Number string    `json:"number"`
	LID    string    `json:"lid"`
	Role   GroupRole `json:"role"`
}

// view copies a group.
func (g *group) view() Group {
	g.mu.Lock()
	defer g.mu.Unlock()
	v := Group{
		JID: g.jid.String(), Subject: g.settings.subject.text, Description: g.settings.description.text, Addressing: g.addressing(),
		Creator: g.creator.label(), Created: g.created, Announcement: g.settings.announcement, Locked: g.settings.locked,
		Approval: g.settings.approval, AdminsAdd: g.settings.adminsAdd, Ephemeral: g.settings.ephemeral,
		Members: make([]GroupMember, len(g.members)),
	}
	for i, m := range g.members {
		v.Members[i] = GroupMember{Number: m.label(), LID: m.lidJID().String(), Role: m.role}
	}
	return v
}

// Groups lists the groups that the phone's account is in, oldest first.
func (p *Phone) Groups() []Group {
	list := make([]Group, 0)
	for _, g := range p.s.groupsOf(p.account) {
		list = append(list, g.view())
	}
	return list
}

// Group returns one group, whether the phone's account is in it or was. It returns ErrUnknownGroup when there is none.
func (p *Phone) Group(jid string) (Group, error) {
	g, err := p.s.group(jid)
	if err != nil {
		return Group{}, err
	}
	return g.view(), nil
}

// CreateGroup makes a group, of which the phone's owner is the superadmin, and returns its JID. Members who do not let
// everyone add them are not in it.
func (p *Phone) CreateGroup(o GroupOptions) (string, error) {
	list, err := p.participants(o.Members)
	if err != nil {
		return "", err
	}
	answer, err := p.askGroup(types.GroupServerJID, "set",
		element("create", attrs{"subject": o.Subject, "addressing_mode": string(o.Addressing)}, list...))
	if err != nil {
		return "", err
	}
	made := answer.GetChildByTag("group")
	return types.NewJID(attrString(&made, "id"), types.GroupServer).String(), nil
}

// SetSubject renames a group.
func (p *Phone) SetSubject(group, subject string) error {
	return p.changeGroup(group, data("subject", []byte(subject)))
}

// SetDescription changes the description of a group; an empty one deletes it.
func (p *Phone) SetDescription(group, text string) error {
	return p.changeGroup(group, element("description", nil, data("body", []byte(text))))
}

// SetEphemeral makes messages of a group disappear: after 86400, 604800 or 7776000 seconds, or never with 0.
func (p *Phone) SetEphemeral(group string, seconds int) error {
	return p.changeGroup(group, element("ephemeral", attrs{"expiration": strconv.Itoa(seconds)}))
}

// GroupMode is something that the admins of a group turn on and off.
type GroupMode string

// The modes, as the fields of Group name them.
const (
	ModeAnnouncement GroupMode = "announcement"
	ModeLocked       GroupMode = "locked"
	ModeApproval     GroupMode = "approval"
	ModeAdminsAdd    GroupMode = "adminsAdd"
)

// SetGroupMode turns a mode of a group on or off.
func (p *Phone) SetGroupMode(group string, mode GroupMode, on bool) error {
	pick := func(yes, no string) string {
		if on {
			return yes
		}
		return no
	}
	switch mode {
	case ModeAnnouncement:
		return p.changeGroup(group, element(pick("announcement", "not_announcement"), nil))
	case ModeLocked:
		return p.changeGroup(group, element(pick("locked", "unlocked"), nil))
	case ModeApproval:
		return p.changeGroup(group, element("membership_approval_mode", nil, element("group_join", attrs{"state": pick("on", "off")})))
	case ModeAdminsAdd:
		return p.changeGroup(group, data("member_add_mode", []byte(pick("admin_add", "all_member_add"))))
	default:
		return fmt.Errorf("%w: there is no mode %q", ErrGroupRefused, mode)
	}
}

// MemberChange is what can be done with members.
type MemberChange string

// The changes of members.
const (
	MemberAdd     MemberChange = "add"
	MemberRemove  MemberChange = "remove"
	MemberPromote MemberChange = "promote"
	MemberDemote  MemberChange = "demote"
)

// ChangeMembers adds people to a group, removes them, or makes them admins and back. It returns a code for each number:
// 200 when it was done, otherwise why not: 403 cannot be added, 404 not in the group, 405 made the group,
// 409 is in it already, 419 the group is full.
func (p *Phone) ChangeMembers(group string, change MemberChange, numbers ...string) (map[string]int, error) {
	g, err := p.s.group(group)
	if err != nil {
		return nil, err
	}
	list, err := p.participants(numbers)
	if err != nil {
		return nil, err
	}
	answer, err := p.askGroup(g.jid, "set", element(string(change), nil, list...))
	if err != nil {
		return nil, err
	}
	codes := make(map[string]int)
	done := answer.GetChildByTag(string(change))
	for _, child := range done.GetChildrenByTag("participant") {
		jid, _ := attrJID(&child, "jid")
		who := p.s.accountOf(jid)
		if who == nil {
			continue
		}
		codes[who.label()] = 200
		if code, err := strconv.Atoi(attrString(&child, "error")); err == nil {
			codes[who.label()] = code
		}
	}
	return codes, nil
}

// LeaveGroup takes the phone's account out of a group.
func (p *Phone) LeaveGroup(group string) error {
	g, err := p.s.group(group)
	if err != nil {
		return err
	}
	answer, err := p.askGroup(types.GroupServerJID, "set", element("leave", nil, element("group", attrs{"id": g.jid})))
	if err != nil {
		return err
	}
	left := answer.GetChildByTag("leave", "group")
	if code := attrString(&left, "error"); code != "" {
		return fmt.Errorf("%w: %s", ErrGroupRefused, code)
	}
	return nil
}

func (p *Phone) changeGroup(group string, change waBinary.Node) error {
	g, err := p.s.group(group)
	if err != nil {
		return err
	}
	_, err = p.askGroup(g.jid, "set", change)
	return err
}

// askGroup asks the server as clients do.
func (p *Phone) askGroup(to types.JID, kind string, ask waBinary.Node) (*waBinary.Node, error) {
	n := element("iq", attrs{"xmlns": "w:g2", "type": kind, "to": to}, ask)
	answer := p.s.iqGroups(p.dev, &n)
	if attrString(answer, "type") == "error" {
		reason := answer.GetChildByTag("error")
		return nil, fmt.Errorf("%w: %s %s", ErrGroupRefused, attrString(&reason, "code"), attrString(&reason, "text"))
	}
	return answer, nil
}

// participants renders numbers as a list of people.
func (p *Phone) participants(numbers []string) ([]waBinary.Node, error) {
	list := make([]waBinary.Node, len(numbers))
	for i, number := range numbers {
		who, err := p.peer(number)
		if err != nil {
			return nil, err
		}
		list[i] = element("participant", attrs{"jid": who.lidJID()})
	}
	return list, nil
}
