package engine

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"waflow/backend/bridge"
	"waflow/backend/domain"
)

// undoFor sets how long what is sent can be taken back.
func (b *bubble) undoFor(d time.Duration) {
	b.t.Helper()
	settings := facade[*bridge.Settings](b)
	now, err := settings.Get()
	require.NoError(b.t, err)
	now.UndoMs = d.Milliseconds()
	_, err = settings.Set(now)
	require.NoError(b.t, err)
}

// until is when the countdown of a message ends; zero if it has none.
func (b *bubble) until(chat domain.ConversationID, m bridge.Message) time.Time {
	b.t.Helper()
	waiting, err := facade[*bridge.Inbox](b).Waiting(int64(chat))
	require.NoError(b.t, err)
	for _, w := range waiting {
		if w.Message == m.ID && w.Hold == string(domain.HoldUndo) {
			return time.UnixMilli(w.Until)
		}
	}
	return time.Time{}
}

// What is taken back within its countdown never reaches anybody, and its text stands in the draft before what was written since; the others go
// five seconds after each was sent, in their order.
func TestWhatIsTakenBackInItsCountdownReachesNobody(t *testing.T) {
	inBubble(t, func(b *bubble) {
		chat := b.chatWithAna()
		b.undoFor(5 * time.Second)
		b.send(chat, "one")
		time.Sleep(2 * time.Second)
		two := b.send(chat, "two")
		require.Equal(b.t, map[string]domain.HoldCode{"one": domain.HoldUndo, "two": domain.HoldUndo}, b.holds(chat))
		require.WithinDuration(b.t, b.now().Add(5*time.Second), b.until(chat, two), 100*time.Millisecond, "several do not add up")
		time.Sleep(2 * time.Second)
		require.Empty(b.t, b.reachedAna(), "a second too early")

		inbox := facade[*bridge.Inbox](b)
		require.NoError(b.t, inbox.SetDraft(int64(chat), "three"))
		back, err := inbox.Cancel(two.ID)
		require.NoError(b.t, err)
		require.Equal(b.t, bridge.TakenBack{Text: "two", Draft: "two\nthree"}, back)
		c, err := b.inbox.Conversation(within(b.t), chat)
		require.NoError(b.t, err)
		require.Equal(b.t, "two\nthree", c.Draft)
		require.Equal(b.t, "one", c.LastMessage.Text)

		b.wait("the first", func() bool { return len(b.reachedAna()) == 1 })
		_, err = inbox.Cancel(two.ID)
		require.Equal(b.t, "not_found", problemCode(b.t, err))
		time.Sleep(time.Minute)
		require.Equal(b.t, []string{"one"}, b.reachedAna())
		require.Empty(b.t, b.holds(chat))
	})
}

// "Send now" lets a message go at once and those that were sent before it; a later one keeps its time.
func TestSendNowSkipsTheCountdown(t *testing.T) {
	inBubble(t, func(b *bubble) {
		chat := b.chatWithAna()
		b.undoFor(5 * time.Second)
		b.send(chat, "one")
		two := b.send(chat, "two")
		time.Sleep(time.Second)
		three := b.send(chat, "three")
		ends := b.until(chat, three)
		inbox := facade[*bridge.Inbox](b)
		_, err := inbox.SendNow(two.ID)
		require.NoError(b.t, err)
		b.wait("both", func() bool { return len(b.reachedAna()) == 2 })
		require.True(b.t, b.now().Before(ends))
		require.Equal(b.t, ends, b.until(chat, three))
		_, err = inbox.SendNow(two.ID)
		require.Equal(b.t, "conflict", problemCode(b.t, err))
		b.wait("the third", func() bool { return len(b.reachedAna()) == 3 })
		require.Equal(b.t, []string{"one", "two", "three"}, b.reachedAna())
	})
}

// With no countdown a message goes at once, but never before one that still has one.
func TestNothingOvertakesACountdown(t *testing.T) {
	inBubble(t, func(b *bubble) {
		chat := b.chatWithAna()
		b.undoFor(3 * time.Second)
		one := b.send(chat, "one")
		b.undoFor(0)
		two := b.send(chat, "two")
		require.Equal(b.t, b.until(chat, one), b.until(chat, two))
		b.wait("both", func() bool { return len(b.reachedAna()) == 2 })
		three := b.send(chat, "three")
		require.True(b.t, b.until(chat, three).IsZero())
		b.wait("the third", func() bool { return len(b.reachedAna()) == 3 })
		require.Equal(b.t, []string{"one", "two", "three"}, b.reachedAna())
	})
}

// A countdown outlives the program, and a clock that is put back does not make it longer. What its device can't send then waits for that.
func TestACountdownAcrossARestartAndAClockThatIsPutBack(t *testing.T) {
	inBubble(t, func(b *bubble) {
		chat := b.chatWithAna()
		b.undoFor(5 * time.Second)
		m := b.send(chat, "one")
		ends := b.until(chat, m)
		b.restart()
		require.Equal(b.t, ends, b.until(chat, m))
		b.wait("it after the restart", func() bool { return len(b.reachedAna()) == 1 })
		require.False(b.t, b.now().Before(ends))

		b.losesNetwork()
		b.send(chat, "two")
		b.slept.Add(-int64(24 * time.Hour))
		b.wait("its device", func() bool { return b.holds(chat)["two"] == domain.HoldDevice })
		b.unplugged.Store(false)
		b.wait("it after all", func() bool { return len(b.reachedAna()) == 2 })
	})
}

// A countdown that ended while the program was away goes when it begins again; half an hour later a person is asked.
func TestACountdownThatEndedWhileTheProgramWasAway(t *testing.T) {
	for name, at := range map[string]struct {
		away  time.Duration
		waits bool
	}{"a minute": {time.Minute, false}, "an hour": {time.Hour, true}} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(b *bubble) {
				chat := b.chatWithAna()
				b.undoFor(5 * time.Second)
				b.send(chat, "one")
				b.quietly()
				time.Sleep(at.away)
				b.start()
				if !at.waits {
					b.wait("it", func() bool { return len(b.reachedAna()) == 1 })
					return
				}
				b.wait("the question", func() bool { return b.holds(chat)["one"] == domain.HoldLate })
				require.Empty(b.t, b.reachedAna())
			})
		})
	}
}
