package wasim_test

import (
	"errors"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"

	"waflow/backend/wasim"
)

// changed waits until every client of a team was told of a change.
func (g *team) changed(fits func(*events.GroupInfo) bool) {
	for _, c := range g.clients() {
		await(c, fits)
	}
}

func TestChangesOfAGroupReachEveryone(t *testing.T) {
	g := newTeam(t, wasim.AddressLID)
	chat := g.chat(t)
	require.NoError(t, g.desk.SetGroupName(within(t), chat, "Crew"))
	g.changed(func(e *events.GroupInfo) bool {
		return e.Name != nil && e.Name.Name == "Crew" && e.Name.NameSetBy == jid(t, g.school.LID()) &&
			e.Name.NameSetByPN == jid(t, g.school.JID()) && *e.Sender == jid(t, g.school.LID()) && *e.SenderPN == jid(t, g.school.JID())
	})
	require.NoError(t, g.desk.SetGroupTopic(within(t), chat, "", "", "All of us"))
	g.changed(func(e *events.GroupInfo) bool { return e.Topic != nil && e.Topic.Topic == "All of us" })
	require.NoError(t, g.desk.SetGroupTopic(within(t), chat, "", "", ""))
	g.changed(func(e *events.GroupInfo) bool { return e.Topic != nil && e.Topic.TopicDeleted })
	require.NoError(t, g.desk.SetGroupDescription(within(t), chat, "Again"))
	g.changed(func(e *events.GroupInfo) bool { return e.Topic != nil && e.Topic.Topic == "Again" })
	require.NoError(t, g.desk.SetDisappearingTimer(within(t), chat, 24*time.Hour, time.Time{}))
	g.changed(func(e *events.GroupInfo) bool { return e.Ephemeral != nil && e.Ephemeral.DisappearingTimer == 86400 })
	info, err := g.first.GetGroupInfo(within(t), chat)
	require.NoError(t, err)
	require.Equal(t, "Crew", info.Name)
	require.Equal(t, "Again", info.Topic)
	require.Equal(t, jid(t, g.school.LID()), info.TopicSetBy)
	require.EqualValues(t, 86400, info.DisappearingTimer)
	require.NoError(t, g.desk.SetDisappearingTimer(within(t), chat, 0, time.Time{}))
	g.changed(func(e *events.GroupInfo) bool { return e.Ephemeral != nil && !e.Ephemeral.IsEphemeral })

	for mode, fits := range map[wasim.GroupMode]func(*events.GroupInfo, bool) bool{
		wasim.ModeAnnouncement: func(e *events.GroupInfo, on bool) bool { return e.Announce != nil && e.Announce.IsAnnounce == on },
		wasim.ModeLocked:       func(e *events.GroupInfo, on bool) bool { return e.Locked != nil && e.Locked.IsLocked == on },
	} {
		for _, on := range []bool{true, false} {
			require.NoError(t, g.ana.SetGroupMode(g.jid, mode, on))
			g.changed(func(e *events.GroupInfo) bool { return fits(e, on) })
		}
	}
	require.NoError(t, g.ana.SetGroupMode(g.jid, wasim.ModeApproval, true))
	g.changed(func(e *events.GroupInfo) bool { return e.MembershipApprovalMode != nil })
	require.NoError(t, g.ana.SetGroupMode(g.jid, wasim.ModeAdminsAdd, true))
	info, err = g.first.GetGroupInfo(within(t), chat)
	require.NoError(t, err)
	require.True(t, info.IsJoinApprovalRequired)
	require.Equal(t, types.GroupMemberAddModeAdmin, info.MemberAddMode)
}

func TestMembersOfAGroupComeAndGo(t *testing.T) {
	g := newTeam(t, wasim.AddressLID)
	chat, eva := g.chat(t), newPhone(t, g.s, "+34600000023", "Eva")
	evas := newClient(t, g.s, t.TempDir()+"/eva.db")
	evas.link(eva)

	added, err := g.desk.UpdateGroupParticipants(within(t), chat, []types.JID{
		jid(t, eva.JID()), jid(t, g.clinic.LID()), types.NewJID("34699999999", types.DefaultUserServer),
	}, whatsmeow.ParticipantChangeAdd)
	require.NoError(t, err)
	require.Equal(t, []int{0, 409, 404}, []int{added[0].Error, added[1].Error, added[2].Error})
	require.Equal(t, jid(t, eva.LID()), added[0].LID)
	g.changed(func(e *events.GroupInfo) bool { return len(e.Join) == 1 && e.Join[0] == jid(t, eva.LID()) })
	joined := await[*events.JoinedGroup](evas, nil)
	require.Equal(t, "Team", joined.Name)
	require.Len(t, joined.Participants, 4)
	require.Empty(t, joined.Type)
	_, err = g.ana.SendText(t.Context(), g.jid, "welcome")
	require.NoError(t, err)
	evas.awaitText("welcome")

	_, err = g.ana.ChangeMembers(g.jid, wasim.MemberPromote, g.clinic.Number())
	require.NoError(t, err)
	g.changed(func(e *events.GroupInfo) bool { return len(e.Promote) == 1 && e.Promote[0] == jid(t, g.clinic.LID()) })
	_, err = g.first.UpdateGroupParticipants(within(t), chat, []types.JID{jid(t, g.school.LID())}, whatsmeow.ParticipantChangePromote)
	require.NoError(t, err)
	_, err = g.first.UpdateGroupParticipants(within(t), chat, []types.JID{jid(t, g.school.LID())}, whatsmeow.ParticipantChangeDemote)
	require.NoError(t, err)
	g.changed(func(e *events.GroupInfo) bool { return len(e.Demote) == 1 && e.Demote[0] == jid(t, g.school.LID()) })
	removed, err := g.first.UpdateGroupParticipants(within(t), chat, []types.JID{jid(t, eva.LID()), jid(t, g.ana.LID())}, whatsmeow.ParticipantChangeRemove)
	require.NoError(t, err)
	require.Equal(t, []int{0, 405}, []int{removed[0].Error, removed[1].Error})
	g.changed(func(e *events.GroupInfo) bool { return len(e.Leave) == 1 && e.Leave[0] == jid(t, eva.LID()) })
	await(evas, func(e *events.GroupInfo) bool { return len(e.Leave) == 1 && *e.Sender == jid(t, g.clinic.LID()) })
	_, err = evas.GetGroupInfo(within(t), chat)
	require.ErrorIs(t, err, whatsmeow.ErrNotInGroup)

	// What is said afterwards is not for who has gone, and a new key sees to it.
	id, err := g.ana.SendText(t.Context(), g.jid, "among us")
	require.NoError(t, err)
	g.saw(t, id, "among us", 5)
	_, err = evas.sendText(chat, "still here")
	require.Error(t, err)

	require.NoError(t, g.desk.LeaveGroup(within(t), chat))
	g.changed(func(e *events.GroupInfo) bool {
		return len(e.Leave) == 1 && e.Leave[0] == jid(t, g.school.LID()) && *e.Sender == e.Leave[0]
	})
	require.NoError(t, g.ana.LeaveGroup(g.jid))
	require.NoError(t, g.clinic.LeaveGroup(g.jid))
	groups, err := g.first.GetJoinedGroups(within(t))
	require.NoError(t, err)
	require.Empty(t, groups)
}

func TestTheOldestMemberInheritsAGroup(t *testing.T) {
	g := newTeam(t, wasim.AddressLID)
	require.NoError(t, g.ana.LeaveGroup(g.jid))
	g.changed(func(e *events.GroupInfo) bool { return len(e.Promote) == 1 && e.Promote[0] == jid(t, g.clinic.LID()) })
	require.NoError(t, g.first.SetGroupAnnounce(within(t), g.chat(t), true))
}

func TestAClientMakesAGroup(t *testing.T) {
	s, clinic, c := linked(t)
	ana, shy := newPhone(t, s, "+34600000021", "Ana"), newPhone(t, s, "+34600000022", "Shy")
	school := newPhone(t, s, "+34600000014", "School")
	desk := newClient(t, s, t.TempDir()+"/desk.db")
	desk.link(school)
	shysClient := newClient(t, s, t.TempDir()+"/shy.db")
	shysClient.link(shy)
	_, err := shysClient.SetPrivacySetting(within(t), types.PrivacySettingTypeGroupAdd, types.PrivacySettingContacts)
	require.NoError(t, err)

	made, err := c.CreateGroup(within(t), whatsmeow.ReqCreateGroup{
		Name: "Project", Participants: []types.JID{jid(t, ana.JID()), jid(t, school.JID()), jid(t, shy.JID())},
		GroupLocked: types.GroupLocked{IsLocked: true}, MemberAddMode: types.GroupMemberAddModeAdmin,
		GroupEphemeral: types.GroupEphemeral{IsEphemeral: true, DisappearingTimer: 604800},
	})
	require.NoError(t, err)
	require.Equal(t, "Project", made.Name)
	require.True(t, made.IsLocked)
	require.EqualValues(t, 604800, made.DisappearingTimer)
	require.Len(t, made.Participants, 4)
	refused := made.Participants[3]
	require.Equal(t, 403, refused.Error)
	require.NotNil(t, refused.AddRequest)
	for _, one := range []*client{c, desk} {
		joined := await[*events.JoinedGroup](one, nil)
		require.Equal(t, made.JID, joined.JID)
		require.Len(t, joined.Participants, 3)
	}
	sent, err := c.sendText(made.JID, "hello")
	require.NoError(t, err)
	desk.awaitText("hello")
	waitFor(t, s, "on Ana's phone", func() bool { return len(ana.Messages(made.JID.String())) == 1 })

	// Who was not added holds an invitation, good for nobody else.
	inviter, until := jid(t, clinic.LID()), refused.AddRequest.Expiration.Unix()
	info, err := shysClient.GetGroupInfoFromInvite(within(t), made.JID, inviter, refused.AddRequest.Code, until)
	require.NoError(t, err)
	require.Equal(t, "Project", info.Name)
	require.Error(t, desk.JoinGroupWithInvite(within(t), made.JID, inviter, refused.AddRequest.Code, until))
	require.NoError(t, shysClient.JoinGroupWithInvite(within(t), made.JID, inviter, refused.AddRequest.Code, until))
	require.Equal(t, "invite", await[*events.JoinedGroup](shysClient, nil).Reason)
	require.Error(t, shysClient.JoinGroupWithInvite(within(t), made.JID, inviter, refused.AddRequest.Code, until))
	_, err = desk.sendText(made.JID, "all here")
	require.NoError(t, err)
	shysClient.awaitText("all here")
	require.NotEmpty(t, sent.ID)
}

func TestInviteLinks(t *testing.T) {
	g := newTeam(t, wasim.AddressLID)
	eva, noa := newPhone(t, g.s, "+34600000023", "Eva"), newPhone(t, g.s, "+34600000024", "Noa")
	evas := newClient(t, g.s, t.TempDir()+"/eva.db")
	evas.link(eva)
	_, err := g.first.GetGroupInviteLink(within(t), g.chat(t), false)
	require.ErrorIs(t, err, whatsmeow.ErrGroupInviteLinkUnauthorized)
	_, err = g.ana.ChangeMembers(g.jid, wasim.MemberPromote, g.clinic.Number())
	require.NoError(t, err)
	old, err := g.first.GetGroupInviteLink(within(t), g.chat(t), false)
	require.NoError(t, err)
	link, err := g.first.GetGroupInviteLink(within(t), g.chat(t), true)
	require.NoError(t, err)
	require.NotEqual(t, old, link)
	await(g.second, func(e *events.GroupInfo) bool { return e.NewInviteLink != nil && *e.NewInviteLink == link })
	_, err = evas.GetGroupInfoFromLink(within(t), old)
	require.ErrorIs(t, err, whatsmeow.ErrInviteLinkRevoked)
	_, err = evas.JoinGroupWithLink(within(t), "nonsense")
	require.ErrorIs(t, err, whatsmeow.ErrInviteLinkInvalid)
	preview, err := evas.GetGroupInfoFromLink(within(t), link)
	require.NoError(t, err)
	require.Equal(t, "Team", preview.Name)
	require.Equal(t, 3, preview.ParticipantCount)
	require.Empty(t, preview.Participants)
	joined, err := evas.JoinGroupWithLink(within(t), link)
	require.NoError(t, err)
	require.Equal(t, g.chat(t), joined)
	g.changed(func(e *events.GroupInfo) bool {
		return len(e.Join) == 1 && e.JoinReason == "invite" && e.Join[0] == jid(t, eva.LID())
	})

	// With approval, joining is a wish that an admin grants.
	require.NoError(t, g.first.SetGroupJoinApprovalMode(within(t), g.chat(t), true))
	_, in, err := noa.JoinGroup(link[len(whatsmeow.InviteLinkPrefix):])
	require.NoError(t, err)
	require.False(t, in)
	await(g.second, func(e *events.GroupInfo) bool {
		return len(e.UnknownChanges) == 1 && e.UnknownChanges[0].Tag == "created_membership_requests" && *e.Sender == jid(t, noa.LID())
	})
	wishes, err := g.first.GetGroupRequestParticipants(within(t), g.chat(t))
	require.NoError(t, err)
	require.Equal(t, jid(t, noa.LID()), wishes[0].JID)
	_, err = g.first.UpdateGroupRequestParticipants(within(t), g.chat(t), []types.JID{wishes[0].JID}, whatsmeow.ParticipantChangeApprove)
	require.NoError(t, err)
	g.changed(func(e *events.GroupInfo) bool { return len(e.Join) == 1 && e.Join[0] == jid(t, noa.LID()) })
	require.Len(t, noa.Groups(), 1)
}

func TestGroupsRefuse(t *testing.T) {
	g := newTeam(t, wasim.AddressLID)
	chat, ctx := g.chat(t), within(t)
	require.NoError(t, g.ana.SetGroupMode(g.jid, wasim.ModeLocked, true))
	require.NoError(t, g.ana.SetGroupMode(g.jid, wasim.ModeAdminsAdd, true))
	require.NoError(t, g.ana.SetGroupMode(g.jid, wasim.ModeAnnouncement, true))
	newPhone(t, g.s, "+34600000023", "Eva")
	_, communityErr := g.desk.CreateGroup(ctx, whatsmeow.ReqCreateGroup{Name: "All", GroupParent: types.GroupParent{IsParent: true}})
	_, addErr := g.desk.UpdateGroupParticipants(ctx, chat, []types.JID{types.NewJID("34600000023", types.DefaultUserServer)}, whatsmeow.ParticipantChangeAdd)
	_, removeErr := g.desk.UpdateGroupParticipants(ctx, chat, []types.JID{jid(t, g.ana.LID())}, whatsmeow.ParticipantChangeRemove)
	_, subgroupsErr := g.desk.GetSubGroups(ctx, chat)
	for what, refused := range map[string]struct {
		err  error
		code int
	}{
		"subject of a locked group": {g.desk.SetGroupName(ctx, chat, "Crew"), 401},
		"a mode":                    {g.desk.SetGroupAnnounce(ctx, chat, false), 401},
		"adding":                    {addErr, 401},
		"removing":                  {removeErr, 401},
		"community":                 {communityErr, 501},
		"groups of a community":     {subgroupsErr, 501},
	} {
		var iq *whatsmeow.IQError
		require.ErrorAs(t, refused.err, &iq, what)
		require.Equal(t, refused.code, iq.Code, what)
	}
	_, err := g.desk.sendText(chat, "may I?")
	require.ErrorIs(t, err, whatsmeow.ErrServerReturnedError)
	require.Equal(t, 403, lastSubmission(g.s, g.school).Rejected)
	require.ErrorContains(t, g.ana.SetSubject(g.jid, string(make([]byte, 101))), "406")
	require.ErrorContains(t, g.ana.SetEphemeral(g.jid, 17), "400")
	require.ErrorIs(t, g.clinic.SetSubject("1@g.us", "x"), wasim.ErrUnknownGroup)
}

func TestAGroupCanBeFull(t *testing.T) {
	s := newMemoryServer(t, wasim.Options{Seed: 1})
	numbers := make([]string, 1025)
	for i := range numbers {
		numbers[i] = newPhone(t, s, fmt.Sprintf("+346000%05d", i), "Someone").Number()
	}
	owner := s.Phone(numbers[0])
	chat, err := owner.CreateGroup(wasim.GroupOptions{Subject: "All", Members: numbers[1:1024]})
	require.NoError(t, err)
	codes, err := owner.ChangeMembers(chat, wasim.MemberAdd, numbers[1024])
	require.NoError(t, err)
	require.Equal(t, map[string]int{numbers[1024]: 419}, codes)
	code, err := owner.InviteCode(chat, false)
	require.NoError(t, err)
	_, _, err = s.Phone(numbers[1024]).JoinGroup(code)
	require.ErrorContains(t, err, "419")
}

// Whatever several people do to a group at the same time, nobody is in it twice and everyone who is reads everything.
func TestManyChangeAGroupAtTheSameTime(t *testing.T) {
	s := newMemoryServer(t, wasim.Options{Seed: 1})
	phones := make([]*wasim.Phone, 6)
	for i := range phones {
		phones[i] = newPhone(t, s, fmt.Sprintf("+3460000000%d", i), fmt.Sprintf("Phone %d", i))
	}
	owner, second, third, coming, going, guest := phones[0], phones[1], phones[2], phones[3], phones[4], phones[5]
	chat, err := owner.CreateGroup(wasim.GroupOptions{Subject: "Busy", Members: []string{second.Number(), third.Number()}})
	require.NoError(t, err)
	_, err = owner.ChangeMembers(chat, wasim.MemberPromote, second.Number(), third.Number())
	require.NoError(t, err)
	code, err := owner.InviteCode(chat, false)
	require.NoError(t, err)

	var doing sync.WaitGroup
	for _, act := range []func(i int) error{
		func(i int) error { return owner.SetSubject(chat, fmt.Sprintf("Busy %d", i)) },
		func(i int) error { return second.SetGroupMode(chat, wasim.ModeLocked, i%2 == 0) },
		func(int) error {
			_, err := second.ChangeMembers(chat, wasim.MemberAdd, coming.Number(), going.Number())
			return err
		},
		func(int) error { _, err := third.ChangeMembers(chat, wasim.MemberRemove, going.Number()); return err },
		func(int) error { _, _, err := guest.JoinGroup(code); return err },
		func(int) error { _, err := owner.SendText(t.Context(), chat, "from the owner"); return err },
		func(int) error { _, err := third.SendText(t.Context(), chat, "from the third"); return err },
	} {
		doing.Go(func() {
			for i := range 20 {
				if err := act(i); err != nil && !errors.Is(err, wasim.ErrGroupRefused) {
					t.Error(err)
				}
			}
		})
	}
	doing.Wait()
	group, err := owner.Group(chat)
	require.NoError(t, err)
	seen := map[string]bool{}
	for _, m := range group.Members {
		require.False(t, seen[m.Number], "%s is in it twice", m.Number)
		seen[m.Number] = true
	}
	require.True(t, seen[coming.Number()] && seen[guest.Number()])
	for _, p := range []*wasim.Phone{owner, second, third} {
		waitFor(t, s, "everything that was said", func() bool { return len(p.Messages(chat)) == 40 })
	}
	waitFor(t, s, "all acknowledged", func() bool { return len(s.Ledger().Unacknowledged(wasim.Filter{})) == 0 })
}

func TestPhonesInviteThoseWhomTheyCannotAdd(t *testing.T) {
	s, clinic, c := linked(t)
	h := s.ControlHandler()
	ana, shy := newPhone(t, s, "+34600000021", "Ana"), newPhone(t, s, "+34600000022", "Shy")
	shys := newClient(t, s, t.TempDir()+"/shy.db")
	shys.link(shy)
	for _, one := range []*client{c, shys} {
		_, err := one.SetPrivacySetting(within(t), types.PrivacySettingTypeGroupAdd, types.PrivacySettingContacts)
		require.NoError(t, err)
	}
	chat, err := ana.CreateGroup(wasim.GroupOptions{Subject: "Team"})
	require.NoError(t, err)

	// A client takes the invitation that it got in a message.
	id, err := ana.InviteToGroup(t.Context(), chat, clinic.Number())
	require.NoError(t, err)
	invite := await(c, func(m *events.Message) bool { return m.Info.ID == id }).Message.GetGroupInviteMessage()
	require.Equal(t, chat, invite.GetGroupJID())
	require.Equal(t, "Team", invite.GetGroupName())
	require.NoError(t, c.JoinGroupWithInvite(within(t), jid(t, chat), jid(t, ana.LID()), invite.GetInviteCode(), invite.GetInviteExpiration()))
	await[*events.JoinedGroup](c, nil)

	// So does a phone, once.
	_, sent := call[struct{ ID string }](t, h, "POST", "/phones/34600000021/groups/"+chat+"/add", object{"number": shy.Number()})
	waitFor(t, s, "the invitation", func() bool { return shownIn(shy, ana.Number(), sent.ID).ID != "" })
	require.ErrorIs(t, shy.AcceptInvitation(ana.Number(), "other"), wasim.ErrUnknownMessage)
	status, answer := call[object](t, h, "POST", "/phones/34600000022/accept", object{"peer": ana.Number(), "id": sent.ID})
	require.Equal(t, http.StatusOK, status, answer)
	await[*events.JoinedGroup](shys, nil)
	require.ErrorIs(t, shy.AcceptInvitation(ana.Number(), sent.ID), wasim.ErrGroupRefused)
	_, err = ana.InviteToGroup(t.Context(), chat, shy.Number())
	require.ErrorContains(t, err, "409")

	// Who lets everyone add them is in the group at once.
	friend := newPhone(t, s, "+34600000023", "Friend")
	id, err = ana.InviteToGroup(t.Context(), chat, friend.Number())
	require.NoError(t, err)
	require.Empty(t, id)
	group, err := ana.Group(chat)
	require.NoError(t, err)
	require.Len(t, group.Members, 4)
}
