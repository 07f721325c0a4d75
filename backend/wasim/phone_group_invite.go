package wasim

import (
	"context"
	"fmt"
	"strconv"

	"go.mau.fi/whatsmeow/types"
)

// InviteCode is the end of a group's link, https://chat.whatsapp.com/CODE. With reset the old link is void.
func (p *Phone) InviteCode(group string, reset bool) (string, error) {
	g, err := p.s.group(group)
	if err != nil {
		return "", err
	}
	kind := "get"
	if reset {
		kind = "set"
	}
	answer, err := p.askGroup(g.jid, kind, element("invite", nil))
	if err != nil {
		return "", err
	}
	invite := answer.GetChildByTag("invite")
	return attrString(&invite, "code"), nil
}

// JoinGroup opens a group's link. It returns the group's JID; joined is false when the admins have to decide first.
func (p *Phone) JoinGroup(code string) (jid string, joined bool, err error) {
	answer, err := p.askGroup(types.GroupServerJID, "set", element("invite", attrs{"code": code}))
	if err != nil {
		return "", false, err
	}
	if asked, ok := answer.GetOptionalChildByTag("membership_approval_request"); ok {
		return attrString(&asked, "jid"), false, nil
	}
	entered := answer.GetChildByTag("group")
	return attrString(&entered, "jid"), true, nil
}

// DecideJoin lets people in who asked to join a group by its link, or refuses them.
func (p *Phone) DecideJoin(group string, let bool, numbers ...string) error {
	list, err := p.participants(numbers)
	if err != nil {
		return err
	}
	decision := "reject"
	if let {
		decision = "approve"
	}
	return p.changeGroup(group, element("membership_requests_action", nil, element(decision, nil, list...)))
}

// InviteToGroup adds a person to a group. When the person's settings do not let the phone's owner do that, they get an
// invitation in their chat, which they can accept for three days; its message id is returned, empty when it was not needed.
//
// Errors: ErrUnknownGroup, ErrUnknownNumber, ErrGroupRefused, and ctx's.
func (p *Phone) InviteToGroup(ctx context.Context, group, number string) (string, error) {
	g, err := p.s.group(group)
	if err != nil {
		return "", err
	}
	list, err := p.participants([]string{number})
	if err != nil {
		return "", err
	}
	answer, err := p.askGroup(g.jid, "set", element("add", nil, list...))
	if err != nil {
		return "", err
	}
	added := answer.GetChildByTag("add", "participant")
	invitation, invited := added.GetOptionalChildByTag("add_request")
	if !invited {
		if code := attrString(&added, "error"); code != "" {
			return "", fmt.Errorf("%w: %s", ErrGroupRefused, code)
		}
		return "", nil
	}
	expires, err := strconv.ParseInt(attrString(&invitation, "expiration"), 10, 64)
	if err != nil {
		return "", fmt.Errorf("expiration of the invitation: %w", err)
	}
	return p.Write(ctx, number, Draft{Kind: KindGroupInvite, Invite: &GroupInvite{
		Group: group, Name: g.view().Subject, Code: attrString(&invitation, "code"), Expires: expires,
	}})
}

// AcceptInvitation joins the group to which a message in the chat with a number invites.
//
// Errors: ErrUnknownMessage when there is no invitation with that id, ErrUnknownGroup, ErrGroupRefused.
func (p *Phone) AcceptInvitation(peer, id string) error {
	for _, m := range p.Messages(peer) {
		if m.ID != id || m.Invite == nil {
			continue
		}
		admin, err := p.peer(m.Author)
		if err != nil {
			return err
		}
		return p.changeGroup(m.Invite.Group, element("accept", attrs{
			"code": m.Invite.Code, "expiration": strconv.FormatInt(m.Invite.Expires, 10), "admin": admin.lidJID(),
		}))
	}
	return ErrUnknownMessage
}
