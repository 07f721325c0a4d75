package wasim_test

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"
	"google.golang.org/protobuf/proto"

	"waflow/backend/wasim"
)

func TestUnlinkedFromThePhone(t *testing.T) {
	_, clinic, c := linked(t)
	require.NoError(t, clinic.Unlink(1))
	out := await[*events.LoggedOut](c, nil)
	require.False(t, out.OnConnect)
	require.Empty(t, clinic.LinkedDevices())
	require.ErrorIs(t, clinic.Unlink(1), wasim.ErrUnknownDevice)
}

func TestUnlinkedWhileAway(t *testing.T) {
	_, clinic, c := linked(t)
	c.Disconnect()
	require.Equal(t, 1, clinic.UnlinkAll())
	require.NoError(t, c.Connect())
	out := await[*events.LoggedOut](c, nil)
	require.True(t, out.OnConnect)
	require.Equal(t, events.ConnectFailureLoggedOut, out.Reason)
}

func TestTheClientLogsOut(t *testing.T) {
	s, clinic, c := linked(t)
	require.NoError(t, c.Logout(within(t)))
	waitFor(t, s, "no device left", func() bool { return len(clinic.LinkedDevices()) == 0 })
}

func TestReplacedByAnotherClient(t *testing.T) {
	_, clinic, c := linked(t)
	require.NoError(t, clinic.Replace(1))
	await[*events.StreamReplaced](c, nil)
	awaitLoss(t)
	c.relogin()
}

func TestTheSameSessionConnectsTwice(t *testing.T) {
	s := newServer(t, wasim.Options{Seed: 1})
	p := newPhone(t, s, "+34600000013", "Clinic")
	path := filepath.Join(t.TempDir(), "session.db")
	first := newClient(t, s, path)
	first.link(p)
	second := newClient(t, s, path)
	require.NoError(t, second.Connect())
	await[*events.StreamReplaced](first, nil)
	await[*events.Connected](second, nil)
}

func TestOutdatedClient(t *testing.T) {
	s, _, c := linked(t)
	c.Disconnect()
	s.SetMinClientVersion([3]uint32{2, 4000, 0})
	require.NoError(t, c.Connect())
	await[*events.ClientOutdated](c, nil)
	version, err := whatsmeow.GetLatestVersion(within(t), s.TCPClient())
	require.NoError(t, err)
	require.EqualValues(t, 1099999999, version[2])
}

func TestServerRestarts(t *testing.T) {
	for _, memory := range []bool{true, false} {
		t.Run(fmt.Sprintf("memory %v", memory), func(t *testing.T) {
			s, clinic, c := linked(t)
			ana := newPhone(t, s, "+34600000021", "Ana")
			require.NoError(t, s.Stop())
			await[*events.Disconnected](c, nil)
			require.Error(t, c.Connect())
			_, err := ana.SendText(t.Context(), clinic.Number(), "during the outage")
			require.NoError(t, err)
			require.NoError(t, s.Start(memory))
			require.NoError(t, c.Connect())
			c.awaitText("during the outage")
		})
	}
}

func TestCodeExpires(t *testing.T) {
	s := newServer(t, wasim.Options{Seed: 1, QRLifetimes: []time.Duration{-time.Minute, 2 * time.Minute}})
	p := newPhone(t, s, "+34600000013", "Clinic")
	c := newClient(t, s, filepath.Join(t.TempDir(), "session.db"))
	require.NoError(t, c.Connect())
	codes := await[*events.QR](c, nil).Codes
	require.Len(t, codes, 2)
	_, err := p.Scan(within(t), codes[0])
	require.ErrorIs(t, err, wasim.ErrQRExpired)
	result, err := p.Scan(within(t), codes[1])
	require.NoError(t, err)
	require.True(t, result.Linked)
	_, err = p.Scan(within(t), codes[1])
	require.ErrorIs(t, err, wasim.ErrQRExpired, "a code works once")
	_, err = p.Scan(within(t), "hello")
	require.ErrorIs(t, err, wasim.ErrBadQR)
}

func TestNetworkDropsWhilePairing(t *testing.T) {
	for _, stage := range []wasim.PairingStage{wasim.PairingScan, wasim.PairingSign} {
		t.Run(string(stage), func(t *testing.T) {
			s := newServer(t, wasim.Options{Seed: 1})
			p := newPhone(t, s, "+34600000013", "Clinic")
			c := newClient(t, s, filepath.Join(t.TempDir(), "session.db"))
			require.NoError(t, c.Connect())
			code := await[*events.QR](c, nil).Codes[0]
			require.NoError(t, s.Inject(wasim.Fault{Kind: wasim.FaultDropPairing, Stage: stage, Count: 1}))
			_, err := p.Scan(within(t), code)
			require.ErrorIs(t, err, wasim.ErrPairingInterrupted)
			require.Empty(t, p.LinkedDevices())
			awaitLoss(t)
		})
	}
	t.Run("linked", func(t *testing.T) {
		s := newServer(t, wasim.Options{Seed: 1})
		p := newPhone(t, s, "+34600000013", "Clinic")
		c := newClient(t, s, filepath.Join(t.TempDir(), "session.db"))
		require.NoError(t, c.Connect())
		code := await[*events.QR](c, nil).Codes[0]
		require.NoError(t, s.Inject(wasim.Fault{Kind: wasim.FaultDropPairing, Stage: wasim.PairingLinked, Count: 1}))
		result, err := p.Scan(within(t), code)
		require.NoError(t, err)
		require.True(t, result.Linked)
		await[*events.PairSuccess](c, nil)
		awaitLoss(t)
		c.relogin()
	})
}

func TestRefusedSend(t *testing.T) {
	s, clinic, c := linked(t)
	ana := newPhone(t, s, "+34600000021", "Ana")
	require.NoError(t, s.Inject(wasim.Fault{Kind: wasim.FaultRejectSend, Number: clinic.Number(), Count: 1, Code: 463}))
	_, err := c.sendText(jid(t, ana.LID()), "too many")
	require.ErrorIs(t, err, whatsmeow.ErrServerReturnedError)
	require.ErrorContains(t, err, "463")
	require.Equal(t, 463, lastSubmission(s, clinic).Rejected)
	_, err = c.sendText(jid(t, ana.LID()), "now")
	require.NoError(t, err)
	waitFor(t, s, "only the second arrives", func() bool { return len(ana.Messages(clinic.Number())) == 1 })
}

func lastSubmission(s *wasim.Server, p *wasim.Phone) wasim.Submission {
	all := s.Ledger().Submissions(p.Number())
	return all[len(all)-1]
}

func TestLostAckThenTheSameMessageAgain(t *testing.T) {
	s, clinic, c := linked(t)
	ana := newPhone(t, s, "+34600000021", "Ana")
	require.NoError(t, s.Inject(wasim.Fault{Kind: wasim.FaultLoseAck, Number: clinic.Number(), Count: 1}))
	id := c.GenerateMessageID()
	send := func(timeout time.Duration) error {
		ctx, cancel := context.WithTimeout(t.Context(), timeout)
		defer cancel()
		_, err := c.SendMessage(ctx, jid(t, ana.LID()), &waE2E.Message{Conversation: proto.String("once")}, whatsmeow.SendRequestExtra{ID: id})
		return err
	}
	require.ErrorIs(t, send(300*time.Millisecond), context.DeadlineExceeded)
	waitFor(t, s, "arrived", func() bool { return len(ana.Messages(clinic.Number())) == 1 })
	require.NoError(t, send(patience))
	zero := uint16(0)
	delivery := s.Ledger().Deliveries(wasim.Filter{ID: id, To: ana.Number(), ToDevice: &zero})
	require.Len(t, delivery, 1)
	require.Equal(t, 1, delivery[0].Decrypted)
	require.Len(t, ana.Messages(clinic.Number()), 1)
	require.Equal(t, 2, lastSubmission(s, clinic).Taken)
}

func TestLateAndDoubledAcks(t *testing.T) {
	s, clinic, c := linked(t)
	ana := newPhone(t, s, "+34600000021", "Ana")
	require.NoError(t, s.Inject(wasim.Fault{Kind: wasim.FaultDelayAck, Number: clinic.Number(), Count: 1, Delay: 100 * time.Millisecond}))
	start := time.Now()
	_, err := c.sendText(jid(t, ana.LID()), "late")
	require.NoError(t, err)
	require.Greater(t, time.Since(start), 100*time.Millisecond)
	require.NoError(t, s.Inject(wasim.Fault{Kind: wasim.FaultDoubleAck, Number: clinic.Number(), Count: 1}))
	_, err = c.sendText(jid(t, ana.LID()), "twice")
	require.NoError(t, err)
	require.Equal(t, 2, lastSubmission(s, clinic).Acked)
	_, err = c.sendText(jid(t, ana.LID()), "after")
	require.NoError(t, err)
}

func TestDoubledMessage(t *testing.T) {
	s, clinic, c := linked(t)
	ana := newPhone(t, s, "+34600000021", "Ana")
	require.NoError(t, s.Inject(wasim.Fault{Kind: wasim.FaultDoubleMessage, Number: clinic.Number(), Count: 1}))
	_, err := ana.SendText(t.Context(), clinic.Number(), "double")
	require.NoError(t, err)
	_, err = ana.SendText(t.Context(), clinic.Number(), "end")
	require.NoError(t, err)
	c.awaitText("end")
	require.Equal(t, []string{"double", "end"}, c.texts())
}

func TestRetryAskedByTheClient(t *testing.T) {
	s, clinic, c := linked(t)
	ana := newPhone(t, s, "+34600000021", "Ana")
	require.NoError(t, s.Inject(wasim.Fault{Kind: wasim.FaultCorruptMessage, Number: clinic.Number(), Count: 2}))
	id, err := ana.SendText(t.Context(), clinic.Number(), "broken twice")
	require.NoError(t, err)
	await(c, func(e *events.UndecryptableMessage) bool { return e.Info.ID == id })
	m := await(c, func(m *events.Message) bool { return m.Info.ID == id && m.UnavailableRequestID == "" })
	require.Equal(t, "broken twice", textOf(m))
	require.Equal(t, 2, m.RetryCount)
	require.NotEmpty(t, await(c, func(m *events.Message) bool { return m.UnavailableRequestID != "" }).UnavailableRequestID,
		"the phone resends what its device could not read")
	_, err = ana.SendText(t.Context(), clinic.Number(), "healthy")
	require.NoError(t, err)
	c.awaitText("healthy")
}

func TestRetryAskedByThePhone(t *testing.T) {
	s, clinic, c := linked(t)
	ana := newPhone(t, s, "+34600000021", "Ana")
	require.NoError(t, s.Inject(wasim.Fault{Kind: wasim.FaultCorruptMessage, Phone: true, Number: ana.Number(), Count: 2}))
	sent, err := c.sendText(jid(t, ana.LID()), "broken on the way")
	require.NoError(t, err)
	waitFor(t, s, "readable after retries", func() bool { return len(ana.Messages(clinic.Number())) == 1 })
	require.Equal(t, "broken on the way", ana.Messages(clinic.Number())[0].Text)
	zero := uint16(0)
	d := s.Ledger().Deliveries(wasim.Filter{ID: sent.ID, To: ana.Number(), ToDevice: &zero})[0]
	require.Equal(t, 2, d.Receipts["retry"])
	require.Equal(t, 1, d.Decrypted)
}

func TestBlackHoleAndSlowness(t *testing.T) {
	s, clinic, c := linked(t)
	ana := newPhone(t, s, "+34600000021", "Ana")
	clinic.SetSlow(20 * time.Millisecond)
	_, err := c.sendText(jid(t, ana.LID()), "slowly")
	require.NoError(t, err)
	clinic.BlackHole()
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	_, err = c.SendMessage(ctx, jid(t, ana.LID()), &waE2E.Message{Conversation: proto.String("into the void")})
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.True(t, c.IsConnected())
	require.Len(t, ana.Messages(clinic.Number()), 1)
	c.relogin()
	_, err = c.sendText(jid(t, ana.LID()), "back")
	require.NoError(t, err)
}

func TestUnknownIQGetsAnError(t *testing.T) {
	_, _, c := linked(t)
	_, err := c.GetOrderDetails(within(t), "1", "token")
	var failed *whatsmeow.IQError
	require.ErrorAs(t, err, &failed)
	require.Equal(t, 501, failed.Code)
	settings, err := c.TryFetchPrivacySettings(within(t), true)
	require.NoError(t, err)
	require.Equal(t, types.PrivacySettingAll, settings.ReadReceipts)
}

func TestWrongFaultsAreRefused(t *testing.T) {
	s := newServer(t, wasim.Options{})
	for _, f := range []wasim.Fault{{}, {Kind: "nonsense"}, {Kind: wasim.FaultDelayAck}, {Kind: wasim.FaultRejectSend}, {Kind: wasim.FaultDropPairing, Stage: "x"}} {
		require.ErrorIs(t, s.Inject(f), wasim.ErrBadFault)
	}
	require.ErrorIs(t, s.Inject(wasim.Fault{Kind: wasim.FaultLoseAck, Number: "abc"}), wasim.ErrBadNumber)
	require.ErrorIs(t, s.Listen("0.0.0.0:0"), wasim.ErrNotLoopback)
}
