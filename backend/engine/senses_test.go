package engine

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"waflow/backend/bridge"
	"waflow/backend/domain"
	"waflow/backend/wasim"
)

// used gives the device the habits of a number to which people have written all the time for three weeks, at the hours that a test is about.
func (b *bubble) used(hours time.Duration) {
	b.t.Helper()
	d, err := b.store.Device(within(b.t), b.reception)
	require.NoError(b.t, err)
	const week = 7 * 24 * time.Hour
	for weeks := time.Duration(3); weeks > 0; weeks-- {
		begin := b.now().Add(-weeks * week)
		for at := begin; at.Before(begin.Add(hours + 2*time.Hour)); at = at.Add(10 * time.Minute) {
			require.NoError(b.t, b.store.NoteSigns(within(b.t), d.Ref, at, d.Phone))
			require.NoError(b.t, b.store.NoteSigns(within(b.t), d.Ref, at.Add(-2*time.Hour), d.Phone))
		}
	}
}

// walkDeaf is a number on which nothing arrives any more while everything seems well.
func walkDeaf(b *bubble) {
	b.link(b.reception, b.ours)
	b.used(4 * time.Hour)
	b.restart() // habits are learned at the start
	b.shows(domain.CauseOnline)

	require.NoError(b.t, b.sim.Inject(wasim.Fault{Kind: wasim.FaultNumb}))
	b.ours.Numb()
	_, err := b.ana.SendText(within(b.t), b.ours.Number(), "Is anybody there?")
	require.NoError(b.t, err)
	time.Sleep(30 * time.Minute)
	require.Equal(b.t, string(domain.CauseOnline), b.row().Cause, "half an hour is no reason to worry")
	before := b.logins()
	time.Sleep(40 * time.Minute)
	b.shows(domain.CauseDeaf)
	b.announced(domain.CauseDeaf)
	require.Equal(b.t, before+1, b.logins(), "connected anew once, to be sure")
	time.Sleep(3 * time.Hour)
	require.Equal(b.t, string(domain.CauseDeaf), b.row().Cause)
	require.Equal(b.t, before+1, b.logins(), "and no more than once")

	b.sim.ClearFaults()
	b.press()
	b.shows(domain.CauseOnline)
	require.Equal(b.t, []string{"Is anybody there?"}, texts(b.messages(b.conversation(1).Ref.Conversation)))
}

// logins counts how often the device logged in.
func (b *bubble) logins() int {
	rows := 0
	for _, cause := range b.history() {
		if cause == domain.CauseOnline {
			rows++
		}
	}
	return rows
}

// A connection that went numb by itself is cured by the one reconnect, and nobody is bothered.
func TestADeafConnectionIsMadeAnew(t *testing.T) {
	inBubble(t, func(b *bubble) {
		b.link(b.reception, b.ours)
		b.used(2 * time.Hour)
		b.restart()
		b.shows(domain.CauseOnline)
		b.ours.Numb()
		_, err := b.ana.SendText(within(b.t), b.ours.Number(), "Hola")
		require.NoError(b.t, err)
		time.Sleep(2 * time.Hour)
		require.Equal(b.t, []string{"Hola"}, texts(b.messages(b.conversation(1).Ref.Conversation)))
		require.NotContains(b.t, b.history(), domain.CauseDeaf)
	})
}

// A busy number to which nobody writes today is asked about, and its phone answers: nothing is said, nothing is made anew.
func TestAQuietDayIsNoDeafness(t *testing.T) {
	inBubble(t, func(b *bubble) {
		b.link(b.reception, b.ours)
		b.used(12 * time.Hour)
		b.restart()
		b.shows(domain.CauseOnline)
		b.awaitHistory(domain.CauseAppStarting)
		rows := len(b.history())
		time.Sleep(4 * time.Hour)
		require.Len(b.t, b.history(), rows)
		require.Empty(b.t, b.ours.Messages(b.ours.Number()), "nobody sees the questions")
		require.WithinDuration(b.t, b.now(), time.UnixMilli(b.row().PhoneSeen), 12*time.Hour)

		b.ours.SetOwnNetwork(false) // nor is its phone there
		time.Sleep(6 * time.Hour)
		require.NotContains(b.t, b.history(), domain.CauseDeaf, "WhatsApp says that nothing waited")
	})
}

// walkPhone is a phone that is away for too long, part of the time while the application is closed.
func walkPhone(b *bubble) {
	b.link(b.reception, b.ours)
	seen := b.row().PhoneSeen
	b.ours.SetOwnNetwork(false)
	time.Sleep(2 * time.Hour)
	b.quietly()
	time.Sleep(10 * 24 * time.Hour)
	b.start()
	b.shows(domain.CauseOnline)
	time.Sleep(30 * time.Minute)
	require.Equal(b.t, string(domain.CauseOnline), b.row().Cause, "what the phone did meanwhile may still come")
	time.Sleep(time.Hour)
	d := b.shows(domain.CausePhoneOfflineTooLong)
	b.announced(domain.CausePhoneOfflineTooLong)
	require.Equal(b.t, 10, d.Step)
	require.Equal(b.t, "unwatched", d.Reason, "we were not there to see it")
	require.Equal(b.t, seen, d.PhoneSeen)

	b.restart()
	d = b.shows(domain.CausePhoneOfflineTooLong)
	require.Equal(b.t, 10, d.Step, "known after a restart without waiting again")
	time.Sleep(24 * time.Hour)
	b.wait("another day", func() bool { return b.row().Step == 11 })

	b.ours.SetOwnNetwork(true)
	d = b.shows(domain.CauseOnline)
	require.WithinDuration(b.t, b.now(), time.UnixMilli(d.PhoneSeen), time.Minute, "it answers what it was asked")
}

// The last days of a phone are told of once, however often the application starts within them.
func TestThatAPhoneIsAwayIsToldOnceOverRestarts(t *testing.T) {
	inBubble(t, func(b *bubble) {
		b.link(b.reception, b.ours)
		b.ours.SetOwnNetwork(false)
		b.quietly()
		time.Sleep(12 * 24 * time.Hour)
		b.start()
		b.shows(domain.CauseOnline)
		time.Sleep(90 * time.Minute)
		require.GreaterOrEqual(b.t, b.shows(domain.CausePhoneOfflineTooLong).Step, domain.PhoneLastDays)
		time.Sleep(time.Minute)
		told := b.noticesOf(domain.CausePhoneOfflineTooLong)
		require.Equal(b.t, 1, told)

		b.unplugged.Store(true)
		b.ours.DropConnections()
		b.shows(domain.CauseNetworkDown)
		for range 3 {
			b.restart()
			b.shows(domain.CauseNetworkDown)
		}
		b.unplugged.Store(false)
		b.restart()
		b.shows(domain.CausePhoneOfflineTooLong)
		time.Sleep(2 * time.Hour)
		require.Equal(b.t, told, b.noticesOf(domain.CausePhoneOfflineTooLong))
	})
}

// noticesOf counts the notifications that told of a cause.
func (b *bubble) noticesOf(cause domain.Cause) int {
	b.t.Helper()
	snapshot, err := facade[*bridge.App](b).Snapshot()
	require.NoError(b.t, err)
	count := 0
	for _, n := range snapshot.Notices {
		if slices.ContainsFunc(n.Items, func(i bridge.NoticeItem) bool { return i.Cause == string(cause) }) {
			count++
		}
	}
	return count
}
