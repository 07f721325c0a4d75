package engine

import (
	"encoding/json"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"waflow/backend/bridge"
	"waflow/backend/domain"
	"waflow/backend/wasim"
)

// A message of which nobody knows whether it went survives an unlink beside those that certainly did not: they wait, say for what, and once
// the number is linked again each reaches the contact once and in order.
func TestWhatWaitsWhenANumberIsUnlinkedGoesOnceItIsLinkedAgain(t *testing.T) {
	inBubble(t, func(b *bubble) {
		chat := b.chatWithAna()
		require.NoError(b.t, b.sim.Inject(wasim.Fault{Kind: wasim.FaultLoseAck, Number: b.ours.Number(), Count: 1}))
		b.ana.SetOwnNetwork(false) // else her phone says that it has it
		one := b.send(chat, "one")
		kept, err := b.inbox.Message(within(b.t), domain.MessageID(one.ID))
		require.NoError(b.t, err)
		b.wait("the server", func() bool {
			return slices.ContainsFunc(b.sim.Ledger().Submissions(b.ours.Number()), func(s wasim.Submission) bool { return s.ID == kept.WAID })
		})
		b.send(chat, "two")
		require.Equal(b.t, 1, b.ours.UnlinkAll())
		b.shows(domain.CauseUnlinked)
		b.send(chat, "three")
		time.Sleep(time.Minute)
		b.wait("the doubt", func() bool { return b.holds(chat)["one"] == domain.HoldUncertain })
		require.Equal(b.t, map[string]domain.HoldCode{
			"one": domain.HoldUncertain, "two": domain.HoldDevice, "three": domain.HoldDevice,
		}, b.holds(chat))
		require.Equal(b.t, "conflict", problemCode(b.t, b.takeBack(one)))
		b.restart()
		require.Equal(b.t, "conflict", problemCode(b.t, b.takeBack(one)), "nobody knows it after a restart either")
		b.ana.SetOwnNetwork(true)
		time.Sleep(48 * time.Hour)
		require.Equal(b.t, []string{"one"}, b.reachedAna())
		require.Len(b.t, b.holds(chat), 3)

		b.link(b.reception, b.ours)
		b.wait("the rest", func() bool { return len(b.reachedAna()) == 3 && len(b.holds(chat)) == 0 })
		require.Equal(b.t, []string{"one", "two", "three"}, b.reachedAna())
	})
}

// Removing a device says of what it has not sent that it will not go, scheduled or not; a taken back message leaves nothing.
func TestWhatWaitsWhenADeviceIsRemovedSaysSo(t *testing.T) {
	inBubble(t, func(b *bubble) {
		chat := b.chatWithAna()
		b.losesNetwork()
		b.send(chat, "queued")
		b.schedule(chat, "scheduled", time.Hour)
		_, err := b.fleet.RemoveDevice(within(b.t), b.reception, domain.Removal{})
		require.NoError(b.t, err)
		for _, m := range b.messages(chat)[1:] {
			require.Equal(b.t, domain.StateFailed, m.State, m.Text)
			require.Equal(b.t, domain.CodeDeviceRemoved, m.FailCode, m.Text)
		}
		require.Empty(b.t, b.holds(chat))
		time.Sleep(2 * time.Hour)
		require.Empty(b.t, b.reachedAna())
		for _, m := range b.messages(chat)[1:] {
			_, err := b.inbox.Cancel(within(b.t), m.ID)
			require.NoError(b.t, err)
		}
		require.Len(b.t, b.messages(chat), 1)
	})
}

// A scheduled message is in nobody's way, is the last of the thread until it goes and never the newest of the list, and goes on time.
func TestAScheduledMessageGoesAtItsTime(t *testing.T) {
	inBubble(t, func(b *bubble) {
		chat := b.chatWithAna()
		later := b.schedule(chat, "good morning", 3*time.Hour)
		time.Sleep(2 * time.Second) // WhatsApp tells times in seconds
		b.send(chat, "until tomorrow")
		b.wait("what is written now", func() bool { return len(b.reachedAna()) == 1 })
		require.Equal(b.t, []string{"hello", "until tomorrow", "good morning"}, texts(b.messages(chat)))
		require.Equal(b.t, "until tomorrow", b.lastOf(chat).Text)
		require.Equal(b.t, map[string]domain.HoldCode{"good morning": domain.HoldScheduled}, b.holds(chat))

		due := time.UnixMilli(later.At)
		time.Sleep(due.Sub(b.now()) - time.Second)
		require.Len(b.t, b.reachedAna(), 1, "a second too early")
		b.wait("its time", func() bool { return len(b.reachedAna()) == 2 })
		require.WithinDuration(b.t, due, b.now(), 5*time.Second)
		b.wait("its ack", func() bool {
			return b.lastOf(chat).Text == "good morning" && b.lastOf(chat).State != domain.StateSending
		})
		require.WithinDuration(b.t, due, b.lastOf(chat).At, 5*time.Second)
	})
}

// What is scheduled survives the end of the program: it goes on time afterwards, a little late when the program began a little late, and asks
// when it is more than half an hour late.
func TestAScheduledMessageSurvivesRestarts(t *testing.T) {
	inBubble(t, func(b *bubble) {
		chat := b.chatWithAna()
		b.schedule(chat, "missed", time.Hour)
		b.schedule(chat, "hardly late", 9*time.Hour)
		b.schedule(chat, "on time", 10*time.Hour)
		b.quietly()
		time.Sleep(9*time.Hour + 10*time.Minute)
		b.start()
		b.wait("what is hardly late", func() bool { return len(b.reachedAna()) == 1 })
		require.Equal(b.t, 1, b.rest().Waits)
		require.Equal(b.t, "missed", b.rest().Late[0].Text)
		require.Equal(b.t, domain.HoldLate, b.holds(chat)["missed"])
		time.Sleep(2 * time.Hour)
		require.Equal(b.t, []string{"hardly late", "on time"}, b.reachedAna())
		require.NoError(b.t, facade[*bridge.Sleep](b).SendAllLate())
		b.wait("the word", func() bool { return len(b.reachedAna()) == 3 })
	})
}

// What was due while the computer slept asks; what is due after it goes at its time, by the wall clock.
func TestAScheduledMessageAndASleep(t *testing.T) {
	inBubble(t, func(b *bubble) {
		chat := b.chatWithAna()
		b.schedule(chat, "in the night", 2*time.Hour)
		b.schedule(chat, "in the morning", 9*time.Hour)
		b.slept.Add(int64(night))
		b.wait("the sleep", func() bool { return b.rest().Waits == 1 })
		time.Sleep(50 * time.Minute)
		require.Empty(b.t, b.reachedAna())
		time.Sleep(11 * time.Minute)
		require.Equal(b.t, []string{"in the morning"}, b.reachedAna())
		rest := b.rest()
		require.NoError(b.t, facade[*bridge.Sleep](b).SendLate([]int64{rest.Late[0].ID}))
		b.wait("the word", func() bool { return len(b.reachedAna()) == 2 })
	})
}

// A clock that is put back makes a scheduled message wait for its time again, and holds back nothing that is written now.
func TestAScheduledMessageAndAClockThatIsPutBack(t *testing.T) {
	inBubble(t, func(b *bubble) {
		chat := b.chatWithAna()
		b.schedule(chat, "in an hour", time.Hour)
		b.losesNetwork()
		b.send(chat, "one")
		b.slept.Add(-int64(24 * time.Hour))
		b.send(chat, "two")
		b.unplugged.Store(false)
		b.wait("what is written now", func() bool { return len(b.reachedAna()) == 2 })
		time.Sleep(23 * time.Hour)
		require.Equal(b.t, []string{"one", "two"}, b.reachedAna())
		time.Sleep(3 * time.Hour)
		require.Equal(b.t, []string{"one", "two", "in an hour"}, b.reachedAna())
	})
}

// The time of a scheduled message can be changed, it can be sent before, and taken back, until its time has come. Its number may be away then.
func TestAScheduledMessageIsChanged(t *testing.T) {
	inBubble(t, func(b *bubble) {
		chat := b.chatWithAna()
		inbox := facade[*bridge.Inbox](b)
		moved, now, gone := b.schedule(chat, "moved", time.Hour), b.schedule(chat, "now", time.Hour), b.schedule(chat, "gone", time.Hour)
		wall, err := domain.WallOf(b.now().Add(5*time.Hour), "America/Bogota")
		require.NoError(b.t, err)
		again, err := inbox.Reschedule(moved.ID, wall.Wall, wall.Zone)
		require.NoError(b.t, err)
		require.Greater(b.t, again.At, moved.At)
		_, err = inbox.SendNow(now.ID)
		require.NoError(b.t, err)
		_, err = inbox.Cancel(gone.ID)
		require.NoError(b.t, err)
		b.wait("the one that was sent before its time", func() bool { return len(b.reachedAna()) == 1 })
		_, err = inbox.SendNow(now.ID)
		require.Equal(b.t, "conflict", problemCode(b.t, err))
		_, err = inbox.Reschedule(now.ID, wall.Wall, wall.Zone)
		require.Equal(b.t, "conflict", problemCode(b.t, err))

		b.losesNetwork()
		time.Sleep(6 * time.Hour)
		require.Equal(b.t, map[string]domain.HoldCode{"moved": domain.HoldDevice}, b.holds(chat))
		b.unplugged.Store(false)
		b.wait("the one that was moved", func() bool { return len(b.reachedAna()) == 2 })
		require.Equal(b.t, []string{"now", "moved"}, b.reachedAna())
	})
}

func TestTimesThatCannotBeChosen(t *testing.T) {
	inBubble(t, func(b *bubble) {
		chat := b.chatWithAna()
		inbox := facade[*bridge.Inbox](b)
		for why, wall := range map[string]string{"past": "2000-01-01T00:00", "skipped": "2000-03-26T02:30", "far": "2010-01-01T00:00"} {
			if why == "past" {
				wall = "1999-12-31T00:00"
			}
			_, err := inbox.Schedule(int64(chat), "never", wall, "Europe/Madrid")
			require.Equal(b.t, "invalid", problemCode(b.t, err), why)
			m, err := inbox.Moment(wall, "Europe/Madrid")
			require.NoError(b.t, err)
			require.Equal(b.t, why, m.Why)
		}
		require.Len(b.t, b.messages(chat), 1)
		times, err := inbox.Times(int64(chat), "America/Bogota")
		require.NoError(b.t, err)
		require.NotEmpty(b.t, times.Presets)
		synctest.Wait()
	})
}

// "Not sent yet" has a conversation as long as something in it waits, is scheduled or failed.
func TestTheInboxShowsWhatWasNotSentYet(t *testing.T) {
	inBubble(t, func(b *bubble) {
		chat := b.chatWithAna()
		require.Zero(b.t, b.unsent())
		b.schedule(chat, "later", time.Hour)
		require.Equal(b.t, 1, b.unsent())
		time.Sleep(time.Hour)
		b.wait("its ack", func() bool { return len(b.reachedAna()) == 1 && b.unsent() == 0 })
		require.NoError(b.t, b.sim.Inject(wasim.Fault{Kind: wasim.FaultRejectSend, Number: b.ours.Number(), Code: 463, Count: 1}))
		failed := b.send(chat, "refused")
		b.wait("the refusal", func() bool { return b.lastOf(chat).State == domain.StateFailed })
		require.Equal(b.t, 1, b.unsent())
		require.NoError(b.t, b.inbox.Retry(within(b.t), domain.MessageID(failed.ID)))
		b.wait("the second try", func() bool { return len(b.reachedAna()) == 2 && b.unsent() == 0 })
	})
}

func (b *bubble) send(chat domain.ConversationID, text string) bridge.Message {
	b.t.Helper()
	m, err := facade[*bridge.Inbox](b).Send(int64(chat), text)
	require.NoError(b.t, err)
	return m
}

func (b *bubble) takeBack(m bridge.Message) error {
	_, err := facade[*bridge.Inbox](b).Cancel(m.ID)
	return err
}

// schedule queues a message that goes after a time, to the minute.
func (b *bubble) schedule(chat domain.ConversationID, text string, after time.Duration) bridge.Message {
	b.t.Helper()
	when, err := domain.WallOf(b.now().Add(after), "Europe/Madrid")
	require.NoError(b.t, err)
	m, err := facade[*bridge.Inbox](b).Schedule(int64(chat), text, when.Wall, when.Zone)
	require.NoError(b.t, err)
	return m
}

// holds is why each message that has not gone waits, by its text.
func (b *bubble) holds(chat domain.ConversationID) map[string]domain.HoldCode {
	b.t.Helper()
	waiting, err := facade[*bridge.Inbox](b).Waiting(int64(chat))
	require.NoError(b.t, err)
	out := map[string]domain.HoldCode{}
	for _, w := range waiting {
		m, err := b.inbox.Message(within(b.t), domain.MessageID(w.Message))
		if domain.CodeOf(err) == domain.CodeNotFound {
			continue
		}
		require.NoError(b.t, err)
		out[m.Text] = domain.HoldCode(w.Hold)
	}
	return out
}

// lastOf is the newest message of a conversation as the list has it.
func (b *bubble) lastOf(chat domain.ConversationID) domain.Message {
	b.t.Helper()
	c, err := b.store.Conversation(within(b.t), chat)
	require.NoError(b.t, err)
	return c.LastMessage
}

func (b *bubble) unsent() int {
	b.t.Helper()
	page, err := facade[*bridge.Inbox](b).Unsent(0, "", 10)
	require.NoError(b.t, err)
	require.Len(b.t, page.Items, page.Total)
	return page.Total
}

// problemCode is the code of an error as it crosses to the interface.
func problemCode(t *testing.T, err error) string {
	t.Helper()
	require.Error(t, err)
	var p bridge.Problem
	require.NoError(t, json.Unmarshal([]byte(err.Error()), &p))
	return p.Code
}
