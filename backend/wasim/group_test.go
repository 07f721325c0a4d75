package wasim_test

import (
	"fmt"
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
