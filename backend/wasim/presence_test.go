package wasim_test

import (
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"

	"waflow/backend/wasim"
)

func TestPresenceOfAPhone(t *testing.T) {
	for _, server := range []string{types.HiddenUserServer, types.DefaultUserServer} {
		t.Run(server, func(t *testing.T) {
			s, _, c := linked(t)
			ana := newPhone(t, s, "+34600000021", "Ana")
			to := jid(t, ana.LID())
			if server == types.DefaultUserServer {
				to = jid(t, ana.JID())
			}
			require.NoError(t, c.SendPresence(t.Context(), types.PresenceAvailable))
			require.NoError(t, c.SubscribePresence(t.Context(), to))
			first := await(c, func(p *events.Presence) bool { return p.From == to && p.Unavailable })
			require.True(t, first.LastSeen.IsZero())
			ana.SetAvailable(true)
			await(c, func(p *events.Presence) bool { return p.From == to && !p.Unavailable })
			c.forget()
			ana.SetAvailable(false)
			last := await(c, func(p *events.Presence) bool { return p.From == to && p.Unavailable })
			require.WithinDuration(t, time.Now(), last.LastSeen, time.Minute)

			require.NoError(t, ana.SetPrivacy(t.Context(), "last", "none"))
			c.forget()
			require.NoError(t, c.SubscribePresence(t.Context(), to))
			require.True(t, await[*events.Presence](c, nil).LastSeen.IsZero())
			require.NoError(t, ana.SetPrivacy(t.Context(), "online", "match_last_seen"))
			ana.SetAvailable(true)
			c.forget()
			require.NoError(t, c.SubscribePresence(t.Context(), to))
			require.True(t, await[*events.Presence](c, nil).Unavailable, "who may not see the last time may not see this one")
		})
	}
}

func TestSubscriptionsEndWithTheConnection(t *testing.T) {
	path := filepath.Join(t.TempDir(), "session.db")
	synctest.Test(t, func(t *testing.T) {
		s := newMemoryServer(t, wasim.Options{Seed: 1})
		clinic, ana := newPhone(t, s, "+34600000013", "Clinic"), newPhone(t, s, "+34600000021", "Ana")
		c := newClient(t, s, path)
		require.True(t, c.link(clinic).Linked)
		require.NoError(t, c.SendPresence(t.Context(), types.PresenceAvailable))
		require.NoError(t, c.SubscribePresence(t.Context(), jid(t, ana.LID())))
		await[*events.Presence](c, nil)
		synctest.Wait()
		c.relogin()
		require.NoError(t, c.SendPresence(t.Context(), types.PresenceAvailable))
		synctest.Wait()
		ana.SetAvailable(true)
		synctest.Wait()
		require.Empty(t, all[*events.Presence](c))
		quietly(c)
	})
}

func TestAClientThatLeavesIsNoLongerSeen(t *testing.T) {
	path := filepath.Join(t.TempDir(), "session.db")
	synctest.Test(t, func(t *testing.T) {
		s := newMemoryServer(t, wasim.Options{Seed: 1})
		clinic, ana := newPhone(t, s, "+34600000013", "Clinic"), newPhone(t, s, "+34600000021", "Ana")
		c, other := newClient(t, s, path), newClient(t, s, path+"2")
		require.True(t, c.link(clinic).Linked)
		require.True(t, other.link(ana).Linked)
		require.NoError(t, other.SendPresence(t.Context(), types.PresenceAvailable))
		require.NoError(t, c.SendPresence(t.Context(), types.PresenceAvailable))
		synctest.Wait()
		require.NoError(t, other.SubscribePresence(t.Context(), jid(t, clinic.LID())))
		await(other, func(p *events.Presence) bool { return !p.Unavailable })
		quietly(c)
		await(other, func(p *events.Presence) bool { return p.Unavailable })
		quietly(other)
	})
}

func TestTypingOfPhonesAndComputers(t *testing.T) {
	path := filepath.Join(t.TempDir(), "session.db")
	synctest.Test(t, func(t *testing.T) {
		s := newMemoryServer(t, wasim.Options{Seed: 1})
		clinic, ana := newPhone(t, s, "+34600000013", "Clinic"), newPhone(t, s, "+34600000021", "Ana")
		c := newClient(t, s, path)
		require.True(t, c.link(clinic).Linked)
		web := addComputer(t, ana, "Chrome (Linux)")
		require.NoError(t, ana.SetTyping(clinic.Number(), wasim.TypingText))
		synctest.Wait()
		require.Empty(t, all[*events.ChatPresence](c), "the client is not in use")
		require.Equal(t, wasim.TypingText, clinic.TypingSeen(ana.Number()))

		require.NoError(t, c.SendPresence(t.Context(), types.PresenceAvailable))
		synctest.Wait()
		require.NoError(t, web.SetTyping(clinic.Number(), wasim.TypingVoice))
		recording := await(c, func(p *events.ChatPresence) bool { return p.Media == types.ChatPresenceMediaAudio })
		require.Equal(t, jid(t, ana.LID()), recording.Chat)
		require.NoError(t, ana.SetTyping(clinic.Number(), wasim.TypingPause))
		await(c, func(p *events.ChatPresence) bool { return p.State == types.ChatPresencePaused })
		require.Error(t, ana.SetTyping(clinic.Number(), "singing"))
		require.ErrorIs(t, ana.SetTyping("+34699999999", wasim.TypingText), wasim.ErrUnknownNumber)

		require.NoError(t, c.SendChatPresence(t.Context(), jid(t, ana.LID()), types.ChatPresenceComposing, types.ChatPresenceMediaAudio))
		synctest.Wait()
		require.Equal(t, wasim.TypingVoice, ana.TypingSeen(clinic.Number()))
		require.NoError(t, clinic.SetBlocked(ana.Number(), true))
		synctest.Wait()
		c.forget()
		require.NoError(t, ana.SetTyping(clinic.Number(), wasim.TypingText))
		synctest.Wait()
		require.Empty(t, all[*events.ChatPresence](c))
		quietly(c)
	})
}

func TestTypingInAGroup(t *testing.T) {
	s, clinic, c := linked(t)
	ana := newPhone(t, s, "+34600000021", "Ana")
	g, err := ana.CreateGroup(wasim.GroupOptions{Subject: "Teeth", Members: []string{clinic.Number()}})
	require.NoError(t, err)
	require.NoError(t, c.SendPresence(t.Context(), types.PresenceAvailable))
	waitFor(t, s, "in use", func() bool { return clinic.InUse() })
	require.NoError(t, ana.SetTyping(g, wasim.TypingText))
	typing := await[*events.ChatPresence](c, nil)
	require.Equal(t, g, typing.Chat.String())
	require.Equal(t, jid(t, ana.LID()), typing.Sender)
	require.True(t, typing.IsGroup)
}

func TestANameAloneDoesNotMakeADeviceSeen(t *testing.T) {
	s, clinic, c := linked(t)
	require.NoError(t, c.DangerousInternals().SendNode(t.Context(), waBinary.Node{Tag: "presence", Attrs: waBinary.Attrs{"name": "Renamed"}}))
	waitFor(t, s, "the new name", func() bool { return clinic.Name() == "Renamed" })
	require.False(t, clinic.InUse())
}

func TestLastSeenForThoseWhoAreTrusted(t *testing.T) {
	s, clinic, c := linked(t)
	ana := newPhone(t, s, "+34600000021", "Ana")
	anaJID := jid(t, ana.LID())
	require.NoError(t, ana.SetPrivacy(t.Context(), "last", "contacts"))
	require.NoError(t, c.SendPresence(t.Context(), types.PresenceAvailable))
	ana.SetAvailable(true)
	ana.SetAvailable(false)
	require.NoError(t, c.SubscribePresence(t.Context(), anaJID))
	require.True(t, await[*events.Presence](c, nil).LastSeen.IsZero(), "they do not know each other")

	_, err := ana.SendText(t.Context(), clinic.Number(), "hola")
	require.NoError(t, err)
	waitFor(t, s, "token stored", func() bool {
		token, err := c.Store.PrivacyTokens.GetPrivacyToken(t.Context(), anaJID)
		return err == nil && token != nil
	})
	c.forget()
	require.NoError(t, c.SubscribePresence(t.Context(), anaJID))
	require.False(t, await[*events.Presence](c, nil).LastSeen.IsZero())
	ana.SetAvailable(true)
	await(c, func(p *events.Presence) bool { return !p.Unavailable })
	c.forget()
	ana.SetAvailable(false)
	require.False(t, await[*events.Presence](c, nil).LastSeen.IsZero(), "the token counts as long as the subscription")
}
