package wasim_test

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"

	"waflow/backend/wasim"
)

// mapped is the number that the client knows for a LID, empty for none.
func (c *client) mapped(lid string) string {
	pn, err := c.Store.LIDs.GetPNForLID(c.t.Context(), jid(c.t, lid))
	require.NoError(c.t, err)
	return pn.User
}

func TestALIDWhoseNumberIsLearnedLater(t *testing.T) {
	learns := map[string]func(t *testing.T, s *wasim.Server, clinic, ana *wasim.Phone, c *client){
		"from the next message": func(t *testing.T, _ *wasim.Server, clinic, ana *wasim.Phone, c *client) {
			ana.SetNumberHidden(false)
			_, err := ana.SendText(t.Context(), clinic.Number(), "it is me")
			require.NoError(t, err)
			m := c.awaitText("it is me")
			require.Equal(t, ana.JID(), m.Info.SenderAlt.String())
		},
		"from a message by phone number": func(t *testing.T, _ *wasim.Server, clinic, ana *wasim.Phone, c *client) {
			ana.SetAddressing(wasim.AddressPhone)
			_, err := ana.SendText(t.Context(), clinic.Number(), "from my number")
			require.NoError(t, err)
			m := c.awaitText("from my number")
			require.Equal(t, ana.JID(), m.Info.Sender.String())
			require.Equal(t, ana.LID(), m.Info.SenderAlt.String())
		},
		"by asking for the number": func(t *testing.T, _ *wasim.Server, _, ana *wasim.Phone, c *client) {
			_, err := c.GetUserInfo(within(t), []types.JID{jid(t, ana.JID())})
			require.NoError(t, err)
		},
		"from the phone": func(t *testing.T, s *wasim.Server, clinic, ana *wasim.Phone, _ *client) {
			require.NoError(t, clinic.ShareMapping(t.Context(), ana.Number()))
			waitFor(t, s, "the device has it", func() bool {
				return len(s.Ledger().Unacknowledged(wasim.Filter{To: clinic.Number(), LinkedOnly: true})) == 0
			})
		},
	}
	for name, learn := range learns {
		t.Run(name, func(t *testing.T) {
			s, clinic, c := linked(t)
			ana := newPhone(t, s, "+34600000021", "Ana")
			ana.SetNumberHidden(true)
			_, err := ana.SendText(t.Context(), clinic.Number(), "guess who")
			require.NoError(t, err)
			m := c.awaitText("guess who")
			require.Equal(t, ana.LID(), m.Info.Sender.String())
			require.True(t, m.Info.SenderAlt.IsEmpty())
			require.Empty(t, c.mapped(ana.LID()))
			_, err = c.sendText(jid(t, ana.LID()), "who is it?")
			require.NoError(t, err)
			waitFor(t, s, "the answer", func() bool { return len(ana.Messages(clinic.Number())) == 2 })
			require.Empty(t, c.mapped(ana.LID()))

			learn(t, s, clinic, ana, c)
			require.Eventually(t, func() bool { return "+"+c.mapped(ana.LID()) == ana.Number() }, patience, 1e6)
		})
	}
}

func TestAHiddenNumberIsInNoHistory(t *testing.T) {
	s := newServer(t, wasim.Options{Seed: 1})
	clinic, ana, ben := newPhone(t, s, "+34600000013", "Clinic"), newPhone(t, s, "+34600000021", "Ana"), newPhone(t, s, "+34600000022", "Ben")
	ana.SetNumberHidden(true)
	for _, p := range []*wasim.Phone{ana, ben} {
		_, err := p.SendText(t.Context(), clinic.Number(), "before the link")
		require.NoError(t, err)
	}
	waitFor(t, s, "both", func() bool { return len(clinic.Messages(ana.Number())) == 1 && len(clinic.Messages(ben.Number())) == 1 })
	c := newClient(t, s, filepath.Join(t.TempDir(), "session.db"))
	require.True(t, c.link(clinic).Linked)
	for _, h := range all[*events.Message](c) {
		if notice := h.Message.GetProtocolMessage().GetHistorySyncNotification(); notice != nil {
			_, err := c.DownloadHistorySync(within(t), notice, true)
			require.NoError(t, err)
		}
	}
	require.Equal(t, ben.Number(), "+"+c.mapped(ben.LID()))
	require.Empty(t, c.mapped(ana.LID()))
}

func TestAContactChangesTheNumber(t *testing.T) {
	for name, newLID := range map[string]bool{"same LID": false, "new LID": true} {
		t.Run(name, func(t *testing.T) {
			s, clinic, c := linked(t)
			ana := newPhone(t, s, "+34600000021", "Ana")
			_, err := ana.SendText(t.Context(), clinic.Number(), "old number")
			require.NoError(t, err)
			c.awaitText("old number")
			oldLID := ana.LID()

			require.ErrorIs(t, ana.ChangeNumber(clinic.Number(), newLID), wasim.ErrNumberTaken)
			require.ErrorIs(t, ana.ChangeNumber("12", newLID), wasim.ErrBadNumber)
			require.NoError(t, ana.ChangeNumber("+34 600 000 099", newLID))
			require.Equal(t, "+34600000099", ana.Number())
			require.Equal(t, newLID, ana.LID() != oldLID)
			require.Same(t, ana, s.Phone("+34600000099"))

			_, err = ana.SendText(t.Context(), clinic.Number(), "new number")
			require.NoError(t, err)
			m := c.awaitText("new number")
			require.Equal(t, ana.LID(), m.Info.Sender.String())
			require.Equal(t, ana.JID(), m.Info.SenderAlt.String())
			require.Equal(t, ana.Number(), "+"+c.mapped(ana.LID()))

			people, err := c.IsOnWhatsApp(within(t), []string{"+34600000021", "+34600000099"})
			require.NoError(t, err)
			require.Len(t, people, 1, "the old number is nobody's")
			require.Equal(t, ana.Number(), people[0].Query)
			require.True(t, people[0].IsIn)
			sent, err := c.sendText(jid(t, ana.LID()), "noted")
			require.NoError(t, err)
			waitFor(t, s, "the same chat goes on", func() bool {
				return len(ana.Messages(clinic.Number())) == 3 && len(clinic.Messages(ana.Number())) == 3
			})
			require.Equal(t, []string{ana.Number()}, clinic.Peers())
			require.Equal(t, ana.Number(), clinic.Messages(ana.Number())[0].Peer)
			zero := uint16(0)
			require.Len(t, s.Ledger().Deliveries(wasim.Filter{ID: sent.ID, To: ana.Number(), ToDevice: &zero}), 1)
			_, err = s.NewPhone(wasim.PhoneOptions{Number: "+34600000021"})
			require.ErrorIs(t, err, wasim.ErrNumberTaken)
			require.NoError(t, ana.ChangeNumber("+34600000021", false), "and back")
		})
	}
}

func TestThePhoneChangesItsNumber(t *testing.T) {
	s, clinic, c := linked(t)
	require.NoError(t, clinic.ChangeNumber("+34600000098", true))
	out := await[*events.LoggedOut](c, nil)
	require.False(t, out.OnConnect)
	require.Empty(t, clinic.LinkedDevices())
	again := newClient(t, s, filepath.Join(t.TempDir(), "again.db"))
	require.True(t, again.link(clinic).Linked)
	require.Equal(t, "34600000098", again.Store.ID.User)
}

func TestAContactInstallsTheApplicationAgain(t *testing.T) {
	s, clinic, c := linked(t)
	ana := newPhone(t, s, "+34600000021", "Ana")
	other := newClient(t, s, filepath.Join(t.TempDir(), "ana.db"))
	require.True(t, other.link(ana).Linked)
	talk := func(text string) {
		t.Helper()
		_, err := c.sendText(jid(t, ana.LID()), text+"?")
		require.NoError(t, err)
		waitFor(t, s, "the question "+text, func() bool {
			for _, m := range ana.Messages(clinic.Number()) {
				if m.Text == text+"?" {
					return true
				}
			}
			return false
		})
		_, err = ana.SendText(t.Context(), clinic.Number(), text)
		require.NoError(t, err)
		c.awaitText(text)
		waitFor(t, s, "the phone has it too "+text, func() bool {
			for _, m := range clinic.Messages(ana.Number()) {
				if m.Text == text {
					return true
				}
			}
			return false
		})
	}
	talk("before")
	require.NoError(t, ana.Reinstall())
	await[*events.LoggedOut](other, nil)
	await(c, func(e *events.IdentityChange) bool { return e.JID.String() == ana.LID() })
	talk("after")
	require.NoError(t, ana.Reinstall())
	_, err := ana.SendText(t.Context(), clinic.Number(), "twice")
	require.NoError(t, err)
	c.awaitText("twice")
	talk("and on")
}

// What was on its way to a phone when its owner installed the application again is asked for again.
func TestMessagesThatWaitForAReinstalledPhone(t *testing.T) {
	s, clinic, c := linked(t)
	ana := newPhone(t, s, "+34600000021", "Ana")
	_, err := ana.SendText(t.Context(), clinic.Number(), "hello")
	require.NoError(t, err)
	c.awaitText("hello")
	ana.SetOwnNetwork(false)
	_, err = c.sendText(jid(t, ana.LID()), "while you are away")
	require.NoError(t, err)
	require.NoError(t, ana.Reinstall())
	ana.SetOwnNetwork(true)
	waitFor(t, s, "readable after a retry", func() bool { return len(ana.Messages(clinic.Number())) == 2 })
	require.Equal(t, "while you are away", ana.Messages(clinic.Number())[1].Text)
}
