package wasim_test

import (
	"fmt"
	"net/http"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"

	"waflow/backend/wasim"
)

// team is a group of three: the clinic with two linked clients, the school with one, and Ana, who has only her phone.
type team struct {
	s                   *wasim.Server
	clinic, school, ana *wasim.Phone
	first, second       *client // the clinic's
	desk                *client // the school's
	jid                 string
}

func newTeam(t *testing.T, addressing wasim.Addressing) *team {
	t.Helper()
	s, clinic, first := linked(t)
	g := &team{
		s: s, clinic: clinic, first: first,
		school: newPhone(t, s, "+34600000014", "School"), ana: newPhone(t, s, "+34600000021", "Ana"),
		second: newClient(t, s, filepath.Join(t.TempDir(), "second.db")),
		desk:   newClient(t, s, filepath.Join(t.TempDir(), "desk.db")),
	}
	g.second.link(clinic)
	g.desk.link(g.school)
	var err error
	g.jid, err = g.ana.CreateGroup(wasim.GroupOptions{
		Subject: "Team", Members: []string{clinic.Number(), g.school.Number()}, Addressing: addressing,
	})
	require.NoError(t, err)
	for _, c := range g.clients() {
		await[*events.JoinedGroup](c, nil)
	}
	return g
}

func (g *team) clients() []*client          { return []*client{g.first, g.second, g.desk} }
func (g *team) phones() []*wasim.Phone      { return []*wasim.Phone{g.clinic, g.school, g.ana} }
func (g *team) chat(t *testing.T) types.JID { return jid(t, g.jid) }

// saw waits until everybody has a text exactly once and the ledger has one acknowledged delivery for each device.
func (g *team) saw(t *testing.T, id, text string, devices int) {
	t.Helper()
	waitFor(t, g.s, text+" is acknowledged by all", func() bool {
		deliveries := g.s.Ledger().Deliveries(wasim.Filter{ID: id})
		for _, d := range deliveries {
			if d.Acked == 0 {
				return false
			}
		}
		return len(deliveries) == devices
	})
	for _, d := range g.s.Ledger().Deliveries(wasim.Filter{ID: id}) {
		require.Equal(t, 1, d.Queued, "%s to %s", text, d.To)
		require.Equal(t, 1, d.Sent, "%s to %s", text, d.To)
		require.Equal(t, 1, d.Acked, "%s to %s", text, d.To)
	}
}

func times(texts []string, text string) int {
	n := 0
	for _, one := range texts {
		if one == text {
			n++
		}
	}
	return n
}

func TestEveryoneInAGroupSeesEverythingOnce(t *testing.T) {
	for _, addressing := range []wasim.Addressing{wasim.AddressLID, wasim.AddressPhone} {
		t.Run(string(addressing), func(t *testing.T) {
			g := newTeam(t, addressing)
			written := map[string]string{} // text by id
			for round := range 2 {
				for i, p := range g.phones() {
					text := fmt.Sprintf("phone %d, round %d", i, round)
					id, err := p.SendText(t.Context(), g.jid, text)
					require.NoError(t, err)
					written[id] = text
				}
				for i, c := range g.clients() {
					text := fmt.Sprintf("client %d, round %d", i, round)
					sent, err := c.sendText(g.chat(t), text)
					require.NoError(t, err)
					written[sent.ID] = text
				}
			}
			for id, text := range written {
				g.saw(t, id, text, 5)
			}
			for i, c := range g.clients() {
				for _, text := range written {
					want := 1
					if text == fmt.Sprintf("client %d, round 0", i) || text == fmt.Sprintf("client %d, round 1", i) {
						want = 0
					}
					require.Equal(t, want, times(c.texts(), text), text)
				}
				require.Empty(t, all[*events.UndecryptableMessage](c))
			}
			for _, p := range g.phones() {
				waitFor(t, g.s, "all shown", func() bool { return len(p.Messages(g.jid)) >= len(written) })
				var texts []string
				for _, m := range p.Messages(g.jid) {
					texts = append(texts, m.Text)
					require.Equal(t, g.jid, m.Peer)
					require.NotEmpty(t, m.Author)
				}
				require.Len(t, texts, len(written))
				for _, text := range written {
					require.Equal(t, 1, times(texts, text), text)
				}
			}
			m := g.desk.awaitText("client 0, round 0")
			require.Equal(t, string(addressing), string(m.Info.AddressingMode))
			require.Equal(t, g.chat(t), m.Info.Chat)
			require.True(t, m.Info.IsGroup)
			require.Equal(t, "Clinic", m.Info.PushName)
			require.EqualValues(t, 1, m.Info.Sender.Device)
			require.False(t, m.Info.SenderAlt.IsEmpty())
			require.True(t, g.second.awaitText("client 0, round 0").Info.IsFromMe)
		})
	}
}

func TestGroupMetadata(t *testing.T) {
	g := newTeam(t, wasim.AddressLID)
	joined := await[*events.JoinedGroup](g.desk, nil)
	require.Equal(t, "new", joined.Type)
	require.Equal(t, "Team", joined.Name)
	require.Equal(t, jid(t, g.ana.LID()), *joined.Sender)
	require.Equal(t, jid(t, g.ana.JID()), *joined.SenderPN)
	info, err := g.first.GetGroupInfo(within(t), g.chat(t))
	require.NoError(t, err)
	require.Equal(t, "Team", info.Name)
	require.Equal(t, jid(t, g.ana.LID()), info.OwnerJID)
	require.Equal(t, types.AddressingModeLID, info.AddressingMode)
	require.Equal(t, 3, info.ParticipantCount)
	require.Equal(t, types.GroupParticipant{
		JID: jid(t, g.ana.LID()), LID: jid(t, g.ana.LID()), PhoneNumber: jid(t, g.ana.JID()), IsAdmin: true, IsSuperAdmin: true,
	}, info.Participants[0])
	groups, err := g.first.GetJoinedGroups(within(t))
	require.NoError(t, err)
	require.Len(t, groups, 1)
	require.Len(t, groups[0].Participants, 3)
	_, err = g.first.GetGroupInfo(within(t), types.NewJID("1", types.GroupServer))
	require.ErrorIs(t, err, whatsmeow.ErrGroupNotFound)
}

func TestControlOfGroups(t *testing.T) {
	s := newServer(t, wasim.Options{Seed: 1})
	h := s.ControlHandler()
	ana, ben, eva := newPhone(t, s, "+34600000021", "Ana"), newPhone(t, s, "+34600000022", "Ben"), newPhone(t, s, "+34600000023", "Eva")
	status, made := call[wasim.Group](t, h, "POST", "/phones/34600000021/groups", object{"subject": "Team", "members": []string{ben.Number()}})
	require.Equal(t, http.StatusOK, status)
	require.Len(t, made.Members, 2)
	require.Equal(t, wasim.RoleSuperAdmin, made.Members[0].Role)
	path := "/groups/" + made.JID
	_, sent := call[struct{ ID string }](t, h, "POST", "/phones/34600000022/send", object{"to": made.JID, "text": "hola"})
	waitFor(t, s, "on Ana's phone", func() bool { return len(ana.Messages(made.JID)) == 1 })
	_, messages := call[[]wasim.ChatMessage](t, h, "GET", "/phones/34600000021/messages?peer="+made.JID, nil)
	require.Equal(t, sent.ID, messages[0].ID)
	require.Equal(t, ben.Number(), messages[0].Author)
	_, read := call[struct{ Count int }](t, h, "POST", "/phones/34600000021/read", object{"peer": made.JID})
	require.Equal(t, 1, read.Count)
	waitFor(t, s, "read ticks", func() bool { return stateOf(ben, made.JID, sent.ID) == wasim.StateRead })

	for what, body := range map[string]object{
		"subject": {"text": "Crew"}, "description": {"text": "All of us"}, "ephemeral": {"seconds": 86400},
		"mode": {"mode": "approval", "on": true},
	} {
		status, answer := call[object](t, h, "POST", "/phones/34600000021"+path+"/"+what, body)
		require.Equal(t, http.StatusOK, status, "%s: %v", what, answer)
	}
	_, code := call[struct{ Code string }](t, h, "GET", "/phones/34600000021"+path+"/invite", nil)
	_, asked := call[struct{ Joined bool }](t, h, "POST", "/phones/34600000023/join", object{"code": code.Code})
	require.False(t, asked.Joined)
	call[object](t, h, "POST", "/phones/34600000021"+path+"/decide", object{"let": true, "numbers": []string{eva.Number()}})
	_, changed := call[struct{ Codes map[string]int }](t, h, "POST", "/phones/34600000021"+path+"/members",
		object{"change": "promote", "numbers": []string{eva.Number(), "+34600000021"}})
	require.Equal(t, map[string]int{eva.Number(): 200, ana.Number(): 405}, changed.Codes)
	_, group := call[wasim.Group](t, h, "GET", "/phones/34600000023"+path, nil)
	require.Equal(t, "Crew", group.Subject)
	require.Equal(t, "All of us", group.Description)
	require.Equal(t, 86400, group.Ephemeral)
	require.True(t, group.Approval)
	require.Equal(t, wasim.RoleAdmin, group.Members[2].Role)
	call[object](t, h, "POST", "/phones/34600000022"+path+"/leave", object{})
	_, groups := call[[]wasim.Group](t, h, "GET", "/phones/34600000022/groups", nil)
	require.Empty(t, groups)
	_, again := call[struct{ Code string }](t, h, "POST", "/phones/34600000023"+path+"/invite", object{})
	require.NotEqual(t, code.Code, again.Code)

	for path, want := range map[string]int{
		"/phones/34600000022" + path + "/leave":   http.StatusForbidden,
		"/phones/34600000022" + path + "/subject": http.StatusForbidden,
		"/phones/34600000022/groups/1@g.us/leave": http.StatusNotFound,
		"/phones/34600000023" + path + "/mode":    http.StatusForbidden,
		"/phones/34600000023/join":                http.StatusForbidden,
	} {
		status, answer := call[object](t, h, "POST", path, object{"text": "x", "mode": "x", "code": code.Code})
		require.Equal(t, want, status, "%s %v", path, answer)
	}
}
