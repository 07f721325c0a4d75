package engine

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"waflow/backend/bridge"
	"waflow/backend/domain"
	"waflow/backend/wasim"
)

const night = 8 * time.Hour

// What was due in the night is not fired off in the morning, even by a device that is connected before anybody has noticed the sleep: it
// waits for a word, through a restart too, and then each message goes once.
func TestMessagesThatAreLateAfterASleepWaitForAWord(t *testing.T) {
	inBubble(t, func(b *bubble) {
		chat := b.chatWithAna()
		b.losesNetwork()
		for _, text := range []string{"one", "two", "three"} {
			_, err := facade[*bridge.Inbox](b).Send(int64(chat), text)
			require.NoError(b.t, err)
		}
		began := b.now()
		b.slept.Add(int64(night))
		b.unplugged.Store(false)
		require.NoError(b.t, b.pool.TryNow(b.reception))
		b.wait("a connection", func() bool { return b.pool.Ready(b.reception) })
		time.Sleep(time.Minute)

		rest := b.rest()
		require.Equal(b.t, 3, rest.Waits)
		require.Len(b.t, rest.Late, 3)
		require.Equal(b.t, "one", rest.Late[0].Text)
		require.Equal(b.t, "Ana Beltrán", rest.Late[0].Title)
		require.Equal(b.t, int64(b.reception), rest.Late[0].Device)
		require.False(b.t, rest.Late[0].Uncertain)
		require.Empty(b.t, b.reachedAna())
		require.Len(b.t, rest.Sleeps, 1)
		require.WithinDuration(b.t, began, time.UnixMilli(rest.Sleeps[0].From), time.Minute)
		require.WithinDuration(b.t, began.Add(night), time.UnixMilli(rest.Sleeps[0].To), time.Minute)

		b.restart()
		b.wait("a connection", func() bool { return b.pool.Ready(b.reception) })
		_, err := facade[*bridge.Inbox](b).Send(int64(chat), "good morning")
		require.NoError(b.t, err)
		b.wait("what is written now", func() bool { return len(b.reachedAna()) == 1 })
		require.Equal(b.t, rest.Late, b.rest().Late, "what is late still waits")

		sleeping := facade[*bridge.Sleep](b)
		require.NoError(b.t, sleeping.SendLate([]int64{rest.Late[1].ID, rest.Late[1].ID, 999_999}))
		b.wait("the one that was chosen", func() bool { return len(b.reachedAna()) == 2 })
		_, err = facade[*bridge.Inbox](b).Cancel(rest.Late[0].ID)
		require.NoError(b.t, err)
		require.NoError(b.t, sleeping.SendAllLate())
		require.NoError(b.t, sleeping.SendAllLate())
		b.wait("the last one", func() bool { return len(b.reachedAna()) == 3 })
		time.Sleep(time.Minute)
		require.Equal(b.t, []string{"good morning", "two", "three"}, b.reachedAna())
		require.Zero(b.t, b.rest().Waits)
		b.restart()
		b.wait("a connection", func() bool { return b.pool.Ready(b.reception) })
		time.Sleep(time.Minute)
		require.Len(b.t, b.reachedAna(), 3)
	})
}

// A message that is hardly late goes by itself, and so does one that an outage alone has held up.
func TestMessagesThatAreHardlyLateGoByThemselves(t *testing.T) {
	inBubble(t, func(b *bubble) {
		chat := b.chatWithAna()
		b.losesNetwork()
		_, err := facade[*bridge.Inbox](b).Send(int64(chat), "held up by the network")
		require.NoError(b.t, err)
		time.Sleep(time.Hour)
		b.unplugged.Store(false)
		b.wait("what an outage held up", func() bool { return len(b.reachedAna()) == 1 })

		b.losesNetwork()
		_, err = facade[*bridge.Inbox](b).Send(int64(chat), "twenty minutes late")
		require.NoError(b.t, err)
		b.slept.Add(int64(20 * time.Minute))
		b.unplugged.Store(false)
		b.wait("what is hardly late", func() bool { return len(b.reachedAna()) == 2 })
		b.wait("the sleep", func() bool { return len(b.rest().Sleeps) == 1 })
		require.Zero(b.t, b.rest().Waits)
	})
}

// A sleep that the operating system tells of and the clocks notice too is one sleep, and in the history of a device it is time in which it
// was not connected.
func TestASleepIsCountedOnceAndTold(t *testing.T) {
	inBubble(t, func(b *bubble) {
		b.link(b.reception, b.ours)
		b.slept.Add(int64(night))
		b.pool.Woke(night)
		b.awaitHistory(domain.CauseWokeFromSleep)
		b.shows(domain.CauseOnline)
		time.Sleep(time.Minute)
		require.Len(b.t, b.rest().Sleeps, 1)
		rows, err := b.store.History(within(b.t), domain.DeviceRef{Subaccount: 1, Device: b.reception}, 100)
		require.NoError(b.t, err)
		told := 0
		for _, row := range rows {
			if row.To.Cause == domain.CauseWokeFromSleep {
				told++
				require.InDelta(b.t, night.Hours(), row.At.Sub(row.To.Detail.DownFrom).Hours(), 0.1)
			}
		}
		require.Equal(b.t, 1, told)
	})
}

// chatWithAna links the device and has Ana write to it.
func (b *bubble) chatWithAna() domain.ConversationID {
	b.t.Helper()
	b.link(b.reception, b.ours)
	_, err := b.ana.SendText(within(b.t), b.ours.Number(), "hello")
	require.NoError(b.t, err)
	var found []domain.Conversation
	b.wait("a conversation", func() bool {
		page, err := b.inbox.Conversations(within(b.t), domain.ConversationQuery{Limit: 10})
		require.NoError(b.t, err)
		found = page.Conversations
		return len(found) == 1
	})
	return found[0].Ref.Conversation
}

// losesNetwork takes this computer's network away.
func (b *bubble) losesNetwork() {
	b.t.Helper()
	synctest.Wait()
	b.unplugged.Store(true)
	b.ours.DropConnections()
	b.shows(domain.CauseNetworkDown)
}

func (b *bubble) rest() bridge.Rest {
	b.t.Helper()
	rest, err := facade[*bridge.Sleep](b).Rest()
	require.NoError(b.t, err)
	return rest
}

// reachedAna is what Ana's phone shows of what was written here; the simulator's book has each of them delivered once.
func (b *bubble) reachedAna() []string {
	b.t.Helper()
	var out []string
	for _, m := range b.ana.Messages(b.ours.Number()) {
		if m.FromMe {
			continue
		}
		out = append(out, m.Text)
		for _, d := range b.sim.Ledger().Deliveries(wasim.Filter{ID: m.ID, To: b.ana.Number()}) {
			require.Equal(b.t, 1, d.Decrypted, m.Text)
		}
	}
	return out
}
