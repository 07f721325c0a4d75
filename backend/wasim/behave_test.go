package wasim_test

import (
	"path/filepath"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"

	"waflow/backend/wasim"
)

func TestAScriptedContactReadsTypesAndAnswers(t *testing.T) {
	path := filepath.Join(t.TempDir(), "session.db")
	synctest.Test(t, func(t *testing.T) {
		s := newMemoryServer(t, wasim.Options{Seed: 1})
		clinic, ana := newPhone(t, s, "+34600000013", "Clinic"), newPhone(t, s, "+34600000021", "Ana")
		c := newClient(t, s, path)
		require.True(t, c.link(clinic).Linked)
		require.NoError(t, c.SendPresence(t.Context(), types.PresenceAvailable))
		require.NoError(t, ana.Behave(wasim.Behaviour{
			Reading:   &wasim.Reading{After: wasim.Span{Min: 60, Max: 120}},
			Answering: &wasim.Answering{After: wasim.Span{Min: 30, Max: 30}, Typing: 10, Lines: []string{"got {text}"}},
			OptOut:    &wasim.OptOut{Words: []string{"STOP"}},
		}))
		require.NoError(t, c.SubscribePresence(t.Context(), jid(t, ana.LID())))

		sent, err := c.sendText(jid(t, ana.LID()), "hola")
		require.NoError(t, err)
		isRead := func(r *events.Receipt) bool { return r.Type == types.ReceiptTypeRead && r.MessageIDs[0] == sent.ID }
		time.Sleep(59 * time.Second)
		synctest.Wait()
		require.False(t, slices.ContainsFunc(all[*events.Receipt](c), isRead))
		require.Eventually(t, func() bool { return slices.ContainsFunc(all[*events.Receipt](c), isRead) }, 62*time.Second, time.Second)
		await(c, func(p *events.Presence) bool { return !p.Unavailable })
		time.Sleep(15 * time.Second)
		require.Empty(t, all[*events.ChatPresence](c))
		time.Sleep(7 * time.Second)
		await(c, func(p *events.ChatPresence) bool { return p.State == types.ChatPresenceComposing })
		require.Empty(t, c.texts())
		c.awaitText("got hola")
		time.Sleep(time.Minute)
		await(c, func(p *events.Presence) bool { return p.Unavailable && !p.LastSeen.IsZero() })

		_, err = c.sendText(jid(t, ana.LID()), "Answer STOP to end this")
		require.NoError(t, err)
		time.Sleep(3 * time.Minute)
		c.awaitText("STOP")
		_, err = c.sendText(jid(t, ana.LID()), "are you sure?")
		require.NoError(t, err)
		time.Sleep(time.Hour)
		require.Equal(t, []string{"got hola", "STOP"}, c.texts())

		_, err = c.sendText(jid(t, ana.LID()), "hello?")
		require.NoError(t, err)
		time.Sleep(121 * time.Second)
		require.True(t, ana.InUse(), "it reads")
		require.NoError(t, ana.Behave(wasim.Behaviour{}))
		require.Equal(t, wasim.Behaviour{}, ana.Behaviour())
		require.False(t, ana.InUse())
		quietly(c)
	})
}

func TestAScriptedContactSleepsAtNight(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newMemoryServer(t, wasim.Options{Seed: 1})
		clinic, ana := newPhone(t, s, "+34600000013", "Clinic"), newPhone(t, s, "+34600000021", "Ana")
		require.NoError(t, ana.Behave(wasim.Behaviour{Reading: &wasim.Reading{From: 9, Until: 21}}))
		time.Sleep(time.Until(time.Date(2000, 1, 1, 22, 0, 0, 0, time.UTC))) // a bubble begins at midnight of that day
		id, err := clinic.SendText(t.Context(), ana.Number(), "good night")
		require.NoError(t, err)
		time.Sleep(10 * time.Hour)
		require.Equal(t, wasim.StateDelivered, stateOf(clinic, ana.Number(), id))
		time.Sleep(61 * time.Minute)
		synctest.Wait()
		require.Equal(t, wasim.StateRead, stateOf(clinic, ana.Number(), id))
	})
}

func TestAScriptedContactBlocksWhoWritesTooMuch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newMemoryServer(t, wasim.Options{Seed: 1})
		clinic, ana := newPhone(t, s, "+34600000013", "Clinic"), newPhone(t, s, "+34600000021", "Ana")
		require.NoError(t, ana.Behave(wasim.Behaviour{Patience: &wasim.Patience{Messages: 2, Block: true, Report: true}}))
		for range 4 {
			_, err := clinic.SendText(t.Context(), ana.Number(), "buy now")
			require.NoError(t, err)
			synctest.Wait()
		}
		require.Equal(t, []string{clinic.Number()}, ana.Blocked())
		require.Len(t, ana.Messages(clinic.Number()), 3)
		require.Contains(t, s.Transcript(), "reports")
	})
}

// The same seed gives the same afternoon.
func TestADayOfAContactThatWrites(t *testing.T) {
	afternoon := func(t *testing.T) []wasim.ChatMessage {
		var shown []wasim.ChatMessage
		synctest.Test(t, func(t *testing.T) {
			s := newMemoryServer(t, wasim.Options{Seed: 5})
			clinic, ana := newPhone(t, s, "+34600000013", "Clinic"), newPhone(t, s, "+34600000021", "Ana")
			require.NoError(t, ana.Behave(wasim.Behaviour{Writing: &wasim.Writing{
				To: []string{clinic.Number()}, PerHour: 20, Lines: []string{"{n}", "{name} {n}"},
			}}))
			time.Sleep(5 * time.Hour)
			require.NoError(t, ana.Behave(wasim.Behaviour{}))
			synctest.Wait()
			shown = clinic.Messages(ana.Number())
			time.Sleep(time.Hour)
			synctest.Wait()
			require.Len(t, clinic.Messages(ana.Number()), len(shown), "the behaviour was switched off")
		})
		return shown
	}
	first, second := afternoon(t), afternoon(t)
	require.InDelta(t, 100, len(first), 30)
	require.Len(t, second, len(first))
	for i := range first {
		require.Equal(t, first[i].Text, second[i].Text)
		require.True(t, first[i].At.Equal(second[i].At))
	}
}

func TestBehavioursAreChecked(t *testing.T) {
	s := newServer(t, wasim.Options{Seed: 1})
	ana := newPhone(t, s, "+34600000021", "Ana")
	require.ErrorIs(t, ana.Behave(wasim.Behaviour{Answering: &wasim.Answering{}}), wasim.ErrBadBehaviour)
	require.ErrorIs(t, ana.Behave(wasim.Behaviour{Writing: &wasim.Writing{To: []string{"+34699999999"}, PerHour: 1, Lines: []string{"x"}}}), wasim.ErrUnknownNumber)
}
