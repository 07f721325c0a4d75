package wasim_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.mau.fi/whatsmeow/types/events"

	"waflow/backend/wasim"
)

// expectation waits for the event that the unmodified client must emit.
type expectation func(c *client)

func comes[T any](fits func(T) bool) expectation {
	return func(c *client) { await(c, fits) }
}

// Every way in which a login is refused, and what the client makes of it.
func TestEveryRefusedLogin(t *testing.T) {
	loggedOut := func(code events.ConnectFailureReason) expectation {
		return comes(func(e *events.LoggedOut) bool { return e.OnConnect && e.Reason == code })
	}
	failed := func(code events.ConnectFailureReason) expectation {
		return comes(func(e *events.ConnectFailure) bool { return e.Reason == code && e.Message == "why" })
	}
	gone := comes[*events.Disconnected](nil)
	rows := map[wasim.Fault]expectation{
		{Code: 400}: failed(400),
		{Code: 401}: loggedOut(401),
		{Code: 403}: loggedOut(403),
		{Code: 405}: comes[*events.ClientOutdated](nil),
		{Code: 406}: loggedOut(406),
		{Code: 409}: failed(409),
		{Code: 415}: failed(415),
		{Code: 418}: failed(418),
		{Code: 499}: failed(499),
		{Code: 500}: gone,
		{Code: 501}: failed(501),
		{Code: 503}: gone,
		// A ban that names no reason and no end.
		{Code: 402}: comes(func(e *events.TemporaryBan) bool { return e.Code == 0 && e.Expire == 0 }),
	}
	for reason := 101; reason <= 106; reason++ {
		rows[wasim.Fault{Code: 402, BanCode: reason, Expire: time.Duration(reason) * time.Hour}] = comes(func(e *events.TemporaryBan) bool {
			return int(e.Code) == reason && e.Expire == time.Duration(reason)*time.Hour
		})
	}
	s := newServer(t, wasim.Options{Seed: 1})
	number := 34600000013
	for fault, expect := range rows {
		number++
		t.Run(fmt.Sprintf("%d %d", fault.Code, fault.BanCode), func(t *testing.T) {
			p := newPhone(t, s, fmt.Sprintf("+%d", number), "Clinic")
			c := newClient(t, s, filepath.Join(t.TempDir(), "session.db"))
			require.True(t, c.link(p).Linked)
			c.Disconnect()
			c.forget()
			fault.Kind, fault.Number, fault.Count, fault.Text = wasim.FaultLoginFailure, p.Number(), 1, "why"
			require.NoError(t, s.Inject(fault))
			require.NoError(t, c.Connect())
			expect(c)
			awaitLoss(t)
			require.Empty(t, all[*events.Connected](c))
			if len(all[*events.LoggedOut](c)) == 0 {
				c.relogin()
			} else {
				require.Eventually(t, func() bool { return c.sessions() == 0 }, patience, time.Millisecond, "the session is deleted")
			}
		})
	}
}

// sessions counts the sessions in the client's file. The library deletes one on a goroutine of its own.
func (c *client) sessions() int {
	var n int
	require.NoError(c.t, c.db.QueryRowContext(c.t.Context(), "SELECT COUNT(*) FROM whatsmeow_device").Scan(&n))
	return n
}

// Every way in which the server ends a session that is online.
func TestEveryEndOfALiveSession(t *testing.T) {
	rows := map[string]struct {
		end    func(s *wasim.Server, p *wasim.Phone) error
		expect expectation
	}{
		"unlinked": {
			func(_ *wasim.Server, p *wasim.Phone) error { return p.Unlink(1) },
			comes(func(e *events.LoggedOut) bool { return !e.OnConnect && e.Reason == 401 }),
		},
		"replaced":     {func(_ *wasim.Server, p *wasim.Phone) error { return p.Replace(1) }, comes[*events.StreamReplaced](nil)},
		"515":          {ending(515), comes[*events.ManualLoginReconnect](nil)},
		"503":          {ending(503), comes[*events.Disconnected](nil)},
		"unknown":      {ending(517), comes(func(e *events.StreamError) bool { return e.Code == "517" })},
		"xmlstreamend": {ending(0), comes[*events.Disconnected](nil)},
		"cut":          {func(_ *wasim.Server, p *wasim.Phone) error { return cut(p.DropConnections()) }, comes[*events.Disconnected](nil)},
		"all cut":      {func(s *wasim.Server, _ *wasim.Phone) error { return cut(s.DropAll()) }, comes[*events.Disconnected](nil)},
		"no network": {func(_ *wasim.Server, p *wasim.Phone) error {
			p.SetNetwork(false)
			p.SetNetwork(true)
			return nil
		}, comes[*events.Disconnected](nil)},
		"restart": {func(s *wasim.Server, _ *wasim.Phone) error { return errors.Join(s.Stop(), s.Start(false)) }, comes[*events.Disconnected](nil)},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			s, clinic, c := linked(t)
			ana := newPhone(t, s, "+34600000021", "Ana")
			c.forget()
			require.NoError(t, row.end(s, clinic))
			row.expect(c)
			if name != "515" { // then the harness logs in again, as the product does
				awaitLoss(t)
			}
			switch name {
			case "unlinked":
				return
			case "515":
				await[*events.Connected](c, nil)
			default:
				c.relogin()
			}
			_, err := ana.SendText(t.Context(), clinic.Number(), "still there")
			require.NoError(t, err)
			c.awaitText("still there")
		})
	}
}

func ending(code int) func(*wasim.Server, *wasim.Phone) error {
	return func(_ *wasim.Server, p *wasim.Phone) error {
		p.EndStreams(code)
		return nil
	}
}

func cut(connections int) error {
	if connections != 1 {
		return fmt.Errorf("%d connections were cut", connections)
	}
	return nil
}

// What reaches a client and is not acknowledged, because its own side of the line is dead, comes again.
func TestHalfOpenConnection(t *testing.T) {
	path := filepath.Join(t.TempDir(), "session.db")
	synctest.Test(t, func(t *testing.T) {
		s := newMemoryServer(t, wasim.Options{Seed: 1})
		clinic, ana := newPhone(t, s, "+34600000013", "Clinic"), newPhone(t, s, "+34600000021", "Ana")
		c := newClient(t, s, path)
		require.True(t, c.link(clinic).Linked)
		clinic.HalfOpen()
		id, err := ana.SendText(t.Context(), clinic.Number(), "one way")
		require.NoError(t, err)
		c.awaitText("one way")
		time.Sleep(time.Minute)
		require.NotEmpty(t, all[*events.KeepAliveTimeout](c))
		one := uint16(1)
		delivery := func() wasim.Delivery {
			return s.Ledger().Deliveries(wasim.Filter{ID: id, To: clinic.Number(), ToDevice: &one})[0]
		}
		require.Zero(t, delivery().Acked)
		c.relogin()
		waitFor(t, s, "acknowledged", func() bool { return delivery().Acked > 0 })
		require.Equal(t, 2, delivery().Sent)
		require.Empty(t, c.texts(), "the client knows that it has it")
		quietly(c)
	})
}

// A line that stalls loses nothing, and the client finds out that it lives.
func TestStalledLine(t *testing.T) {
	path := filepath.Join(t.TempDir(), "session.db")
	synctest.Test(t, func(t *testing.T) {
		s := newMemoryServer(t, wasim.Options{Seed: 1})
		clinic, ana := newPhone(t, s, "+34600000013", "Clinic"), newPhone(t, s, "+34600000021", "Ana")
		c := newClient(t, s, path)
		require.True(t, c.link(clinic).Linked)
		clinic.Stall(true)
		clinic.Stall(true)
		_, err := ana.SendText(t.Context(), clinic.Number(), "through the tunnel")
		require.NoError(t, err)
		time.Sleep(time.Minute)
		require.NotEmpty(t, all[*events.KeepAliveTimeout](c))
		require.Empty(t, c.texts())
		clinic.Stall(false)
		c.awaitText("through the tunnel")
		await[*events.KeepAliveRestored](c, nil)
		require.Empty(t, all[*events.Disconnected](c))
		waitFor(t, s, "acknowledged", func() bool {
			return len(s.Ledger().Unacknowledged(wasim.Filter{From: ana.Number(), To: clinic.Number(), LinkedOnly: true})) == 0
		})
		quietly(c)
	})
}

func TestReorderedMessages(t *testing.T) {
	s, clinic, c := linked(t)
	ana := newPhone(t, s, "+34600000021", "Ana")
	require.NoError(t, s.Inject(wasim.Fault{Kind: wasim.FaultReorderMessages, Number: clinic.Number(), Count: 2, Delay: time.Hour}))
	_, err := ana.Burst(t.Context(), clinic.Number(), "m", 4)
	require.NoError(t, err)
	c.awaitText("m 4")
	require.Equal(t, []string{"m 3", "m 2", "m 1", "m 4"}, c.texts())

	require.NoError(t, s.Inject(wasim.Fault{Kind: wasim.FaultReorderMessages, Number: clinic.Number(), Count: 1, Delay: 50 * time.Millisecond}))
	_, err = ana.SendText(t.Context(), clinic.Number(), "nothing follows")
	require.NoError(t, err)
	c.awaitText("nothing follows")
	waitFor(t, s, "all acknowledged", func() bool {
		return len(s.Ledger().Unacknowledged(wasim.Filter{To: clinic.Number(), LinkedOnly: true})) == 0
	})
}

func TestReorderedMessageSurvivesALostConnection(t *testing.T) {
	s, clinic, c := linked(t)
	ana := newPhone(t, s, "+34600000021", "Ana")
	require.NoError(t, s.Inject(wasim.Fault{Kind: wasim.FaultReorderMessages, Number: clinic.Number(), Count: 1, Delay: time.Hour}))
	_, err := ana.SendText(t.Context(), clinic.Number(), "held back")
	require.NoError(t, err)
	clinic.DropConnections()
	awaitLoss(t)
	require.NotContains(t, c.texts(), "held back")
	c.relogin()
	c.awaitText("held back")
}

func TestTimeLock(t *testing.T) {
	s, clinic, c := linked(t)
	ana, ben := newPhone(t, s, "+34600000021", "Ana"), newPhone(t, s, "+34600000022", "Ben")
	_, err := c.sendText(jid(t, ana.LID()), "before")
	require.NoError(t, err)

	clinic.SetTimeLock("", time.Hour)
	news := await(c, func(e *events.NotifyAccountReachoutTimelock) bool { return e.IsActive })
	require.Equal(t, wasim.TimeLockDefault, news.EnforcementType)
	require.Equal(t, clinic.TimeLock().Ends.Unix(), news.TimeEnforcementEnds.Unix())
	_, err = c.sendText(jid(t, ben.LID()), "a new chat")
	require.ErrorContains(t, err, "463")
	require.Equal(t, 463, lastSubmission(s, clinic).Rejected)
	_, err = c.sendText(jid(t, ana.LID()), "a chat that exists")
	require.NoError(t, err)
	_, err = clinic.SendText(t.Context(), ben.Number(), "from the phone")
	require.NoError(t, err)
	waitFor(t, s, "the phone is refused too", func() bool { return clinic.Messages(ben.Number())[0].State == wasim.StateFailed })

	_, err = ben.SendText(t.Context(), clinic.Number(), "hello there")
	require.NoError(t, err)
	c.awaitText("hello there")
	_, err = c.sendText(jid(t, ben.LID()), "who was written to may answer")
	require.NoError(t, err)

	clinic.SetTimeLock("", 0)
	await(c, func(e *events.NotifyAccountReachoutTimelock) bool { return !e.IsActive })
	require.False(t, clinic.TimeLock().Active)
}

func TestTimeLockEndsByItself(t *testing.T) {
	path := filepath.Join(t.TempDir(), "session.db")
	synctest.Test(t, func(t *testing.T) {
		s := newMemoryServer(t, wasim.Options{Seed: 1})
		clinic, ana := newPhone(t, s, "+34600000013", "Clinic"), newPhone(t, s, "+34600000021", "Ana")
		c := newClient(t, s, path)
		require.True(t, c.link(clinic).Linked)
		clinic.SetTimeLock(wasim.TimeLockCompanions, time.Hour)
		_, err := c.sendText(jid(t, ana.LID()), "too early")
		require.ErrorContains(t, err, "463")
		time.Sleep(time.Hour + time.Second)
		await(c, func(e *events.NotifyAccountReachoutTimelock) bool { return !e.IsActive })
		_, err = c.sendText(jid(t, ana.LID()), "in time")
		require.NoError(t, err)

		clinic.SetTimeLock(wasim.TimeLockCompanions, time.Hour)
		ben := newPhone(t, s, "+34600000022", "Ben")
		_, err = clinic.SendText(t.Context(), ben.Number(), "the phone may")
		require.NoError(t, err)
		waitFor(t, s, "read", func() bool { return len(ben.Messages(clinic.Number())) == 1 })
		quietly(c)
	})
}

// Keys that the server has lost are made anew at the next login.
func TestLostPreKeys(t *testing.T) {
	s, clinic, c := linked(t)
	clinic.LosePreKeys()
	require.Zero(t, clinic.LinkedDevices()[0].PreKeys)
	c.relogin()
	waitFor(t, s, "uploaded again", func() bool { return clinic.LinkedDevices()[0].PreKeys > 0 })
}
