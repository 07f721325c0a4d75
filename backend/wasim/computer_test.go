package wasim_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"

	"waflow/backend/wasim"
)

// addComputer links a computer that the simulator runs.
func addComputer(t testing.TB, p *wasim.Phone, name string) *wasim.Computer {
	t.Helper()
	c, err := p.AddComputer(name)
	require.NoError(t, err)
	return c
}

// reached tells which of a number's devices have decrypted a message.
func reached(s *wasim.Server, number, id string) map[uint16]int {
	devices := make(map[uint16]int)
	for _, d := range s.Ledger().Deliveries(wasim.Filter{To: number, ID: id}) {
		devices[d.To.Device] = d.Decrypted
	}
	return devices
}

func TestEveryDeviceOfAContactReadsAndWrites(t *testing.T) {
	for _, addressing := range []wasim.Addressing{wasim.AddressLID, wasim.AddressPhone} {
		t.Run(string(addressing), func(t *testing.T) {
			s, clinic, c := linked(t)
			ana, err := s.NewPhone(wasim.PhoneOptions{Number: "+34600000021", Name: "Ana", Addressing: addressing})
			require.NoError(t, err)
			web, desk := addComputer(t, ana, "Chrome (Linux)"), addComputer(t, ana, "Desktop")

			to := jid(t, ana.LID())
			if addressing == wasim.AddressPhone {
				to = jid(t, ana.JID())
			}
			sent, err := c.sendText(to, "to all of you")
			require.NoError(t, err)
			waitFor(t, s, "all three devices decrypt it", func() bool {
				devices := reached(s, ana.Number(), sent.ID)
				return len(devices) == 3 && devices[0] == 1 && devices[web.ID()] == 1 && devices[desk.ID()] == 1
			})
			waitFor(t, s, "shown", func() bool { return len(web.Messages(clinic.Number())) == 1 })
			require.Equal(t, "to all of you", web.Messages(clinic.Number())[0].Text)
			for _, device := range []uint16{0, web.ID(), desk.ID()} {
				await(c, func(r *events.Receipt) bool {
					return r.Type == types.ReceiptTypeDelivered && r.Sender.Device == device && r.MessageIDs[0] == sent.ID
				})
			}

			id, err := web.SendText(t.Context(), clinic.Number(), "from my computer")
			require.NoError(t, err)
			m := c.awaitText("from my computer")
			require.Equal(t, web.ID(), m.Info.Sender.Device)
			waitFor(t, s, "own copies", func() bool {
				return len(ana.Messages(clinic.Number())) == 2 && len(desk.Messages(clinic.Number())) == 2
			})
			require.True(t, ana.Messages(clinic.Number())[1].FromMe)
			require.Equal(t, web.ID(), ana.Messages(clinic.Number())[1].Device)
			waitFor(t, s, "ticks on the computer", func() bool {
				return web.Messages(clinic.Number())[1].State == wasim.StateDelivered
			})

			require.NoError(t, c.MarkRead(t.Context(), []string{id}, m.Info.Timestamp, m.Info.Chat, m.Info.Sender))
			waitFor(t, s, "read ticks everywhere", func() bool {
				for _, shown := range [][]wasim.ChatMessage{ana.Messages(clinic.Number()), web.Messages(clinic.Number()), desk.Messages(clinic.Number())} {
					if shown[1].State != wasim.StateRead {
						return false
					}
				}
				return true
			})

			_, err = ana.SendText(t.Context(), clinic.Number(), "from my phone")
			require.NoError(t, err)
			c.awaitText("from my phone")
			waitFor(t, s, "copies on the computers", func() bool {
				return len(web.Messages(clinic.Number())) == 3 && len(desk.Messages(clinic.Number())) == 3
			})
			n, err := web.MarkRead(clinic.Number())
			require.NoError(t, err)
			require.Equal(t, 1, n)
			waitFor(t, s, "read on the phone too", func() bool { return ana.Messages(clinic.Number())[0].Read })
		})
	}
}

func TestNewsAboutAContactsComputers(t *testing.T) {
	for _, server := range []string{types.HiddenUserServer, types.DefaultUserServer} {
		t.Run(server, func(t *testing.T) {
			s, clinic, c := linked(t)
			ana := newPhone(t, s, "+34600000021", "Ana")
			to := jid(t, ana.LID())
			if server == types.DefaultUserServer {
				to = jid(t, ana.JID())
			}
			_, err := c.sendText(to, "to the phone alone")
			require.NoError(t, err)

			web := addComputer(t, ana, "Chrome (Linux)")
			waitForNews(t, s, clinic)
			sent, err := c.sendText(to, "to both")
			require.NoError(t, err)
			waitFor(t, s, "both decrypt it", func() bool { return len(reached(s, ana.Number(), sent.ID)) == 2 })

			require.NoError(t, ana.RemoveComputer(web.ID()))
			waitForNews(t, s, clinic)
			sent, err = c.sendText(to, "to the phone alone again")
			require.NoError(t, err)
			waitFor(t, s, "the phone has it", func() bool { return len(ana.Messages(clinic.Number())) == 3 })
			require.NotContains(t, reached(s, ana.Number(), sent.ID), web.ID())
			_, err = web.SendText(t.Context(), clinic.Number(), "still here?")
			require.ErrorIs(t, err, wasim.ErrUnknownDevice)
			require.ErrorIs(t, ana.RemoveComputer(web.ID()), wasim.ErrUnknownDevice)
		})
	}
}

// waitForNews waits until a phone's linked devices have taken everything that was queued for them.
func waitForNews(t testing.TB, s *wasim.Server, p *wasim.Phone) {
	t.Helper()
	waitFor(t, s, "news taken", func() bool {
		for _, d := range p.LinkedDevices() {
			if d.Waiting > 0 {
				return false
			}
		}
		return true
	})
}

func TestComputersCountAmongTheFourDevices(t *testing.T) {
	s, clinic, c := linked(t)
	// The client works off news about its own devices in goroutines, in no order, so each is waited for.
	for i := range 3 {
		addComputer(t, clinic, "Chrome (Linux)")
		require.Eventually(t, func() bool {
			devices, err := c.GetUserDevices(t.Context(), []types.JID{jid(t, clinic.LID())})
			return err == nil && len(devices) == 3+i
		}, patience, time.Millisecond)
	}
	_, err := clinic.AddComputer("one too many")
	require.ErrorIs(t, err, wasim.ErrTooManyDevices)
	require.Len(t, clinic.Computers(), 3)
	require.False(t, clinic.LinkedDevices()[0].Simulated)
	require.True(t, clinic.LinkedDevices()[1].Simulated)
	require.Nil(t, clinic.Computer(1), "the client is none of the simulator's computers")

	// The client's own account has other devices now, which get copies of what it writes.
	ana := newPhone(t, s, "+34600000021", "Ana")
	_, err = c.sendText(jid(t, ana.LID()), "copied")
	require.NoError(t, err)
	for _, computer := range clinic.Computers() {
		waitFor(t, s, "own copy", func() bool { return len(computer.Messages(ana.Number())) == 1 })
		require.True(t, computer.Messages(ana.Number())[0].FromMe)
	}
	_, err = clinic.Computers()[0].SendText(t.Context(), ana.Number(), "from the next desk")
	require.NoError(t, err)
	require.True(t, c.awaitText("from the next desk").Info.IsFromMe)
	require.Equal(t, 4, clinic.UnlinkAll())
	require.Empty(t, clinic.Computers())
}

func TestAComputerWithoutNetworkCatchesUp(t *testing.T) {
	s, clinic, c := linked(t)
	ana := newPhone(t, s, "+34600000021", "Ana")
	web := addComputer(t, ana, "Chrome (Linux)")
	web.SetNetwork(false)
	_, err := c.sendText(jid(t, ana.LID()), "while it was off")
	require.NoError(t, err)
	waitFor(t, s, "the phone has it", func() bool { return len(ana.Messages(clinic.Number())) == 1 })
	require.Empty(t, web.Messages(clinic.Number()))
	web.SetNetwork(true)
	waitFor(t, s, "the computer has it", func() bool { return len(web.Messages(clinic.Number())) == 1 })
}

func TestRetryAskedByAComputer(t *testing.T) {
	s, clinic, c := linked(t)
	ana := newPhone(t, s, "+34600000021", "Ana")
	web := addComputer(t, ana, "Chrome (Linux)")
	require.NoError(t, s.Inject(wasim.Fault{Kind: wasim.FaultCorruptMessage, Number: ana.Number(), Count: 2}))
	sent, err := c.sendText(jid(t, ana.LID()), "broken on the way")
	require.NoError(t, err)
	waitFor(t, s, "readable after retries", func() bool { return len(web.Messages(clinic.Number())) == 1 })
	id := web.ID()
	d := s.Ledger().Deliveries(wasim.Filter{ID: sent.ID, To: ana.Number(), ToDevice: &id})[0]
	require.Equal(t, 2, d.Receipts["retry"])
	require.Equal(t, 1, d.Decrypted)
}

func TestRetryAskedOfAComputer(t *testing.T) {
	s := newServer(t, wasim.Options{Seed: 1})
	clinic := newPhone(t, s, "+34600000013", "Clinic")
	ana := newPhone(t, s, "+34600000021", "Ana")
	web := addComputer(t, ana, "Chrome (Linux)")
	c := newClient(t, s, filepath.Join(t.TempDir(), "session.db"))
	require.True(t, c.link(clinic).Linked)
	require.NoError(t, s.Inject(wasim.Fault{Kind: wasim.FaultCorruptMessage, Number: clinic.Number(), Count: 2}))
	id, err := web.SendText(t.Context(), clinic.Number(), "broken twice")
	require.NoError(t, err)
	m := await(c, func(m *events.Message) bool { return m.Info.ID == id && m.UnavailableRequestID == "" })
	require.Equal(t, "broken twice", textOf(m))
	require.Equal(t, 2, m.RetryCount)
}

func TestAComputerFollowsANewSecurityCode(t *testing.T) {
	s, clinic, c := linked(t)
	ana := newPhone(t, s, "+34600000021", "Ana")
	web := addComputer(t, clinic, "Chrome (Linux)")
	_, err := web.SendText(t.Context(), ana.Number(), "before")
	require.NoError(t, err)
	waitFor(t, s, "read", func() bool { return len(ana.Messages(clinic.Number())) == 1 })
	require.NoError(t, ana.Reinstall())
	waitForNews(t, s, clinic)
	_, err = web.SendText(t.Context(), ana.Number(), "after")
	require.NoError(t, err)
	waitFor(t, s, "read by the new installation", func() bool {
		shown := ana.Messages(clinic.Number())
		return len(shown) > 0 && shown[len(shown)-1].Text == "after"
	})
	require.True(t, c.IsConnected())
}
