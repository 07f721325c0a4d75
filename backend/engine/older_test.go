package engine

import (
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"waflow/backend/bridge"
	"waflow/backend/domain"
	"waflow/backend/wasim"
)

// Whoever scrolls up beyond what a phone handed over by itself gets more from the phone, until there is no more: each message once, unread by
// nobody, and the phone is not asked again.
func TestOlderMessagesComeWhenSomebodyScrollsUp(t *testing.T) {
	w := newWorld(t)
	ours := w.phone("+34600000013", "Hotel Miramar")
	const years = 14 // more than a device asks for at once
	require.NoError(t, ours.FillHistory(wasim.HistoryOptions{Chats: 2, Messages: 900, Days: years * 365}))
	r := w.run()
	hotel := r.subaccount("Hotel Miramar")
	reception := r.device(hotel, "Reception")
	r.link(reception, ours)
	r.await(func() bool {
		told, err := r.store.HistoryProgress(within(t))
		require.NoError(t, err)
		return len(told) == 1 && told[0].Done()
	})
	chat := r.inboxOf(hotel)[0]
	has := len(ours.Messages("+" + chat.Peer.Number))
	count := func() int {
		_, _, count, err := r.store.Messages(within(t), chat.Ref.Conversation, "", 1)
		require.NoError(t, err)
		return count
	}
	require.Less(t, count(), has, "the phone keeps the oldest to itself")

	rounds := 0
	for more := true; more; rounds++ {
		thread, err := r.inbox.Thread(within(t), chat.Ref.Conversation, "", 1)
		require.NoError(t, err)
		require.False(t, thread.More, "that is told at the beginning only")
		before := count()
		older, err := r.past.Older(within(t), chat.Ref.Conversation)
		require.NoError(t, err)
		require.Equal(t, count()-before, older.Found)
		require.Empty(t, older.Away)
		require.Empty(t, older.Silent)
		page, err := r.inbox.Thread(within(t), chat.Ref.Conversation, older.Brought, 200)
		require.NoError(t, err)
		require.GreaterOrEqual(t, len(page.Messages), min(200, older.Found))
		more = older.More
		require.Less(t, rounds, 20)
	}
	require.Greater(t, rounds, 1)
	require.Equal(t, has, count())
	thread, err := r.inbox.Thread(within(t), chat.Ref.Conversation, "", 200)
	for err == nil && thread.Before != "" {
		thread, err = r.inbox.Thread(within(t), chat.Ref.Conversation, thread.Before, 200)
	}
	require.NoError(t, err)
	require.False(t, thread.More, "there is nothing older")
	older, err := r.past.Older(within(t), chat.Ref.Conversation)
	require.NoError(t, err)
	require.Equal(t, domain.OlderOutcome{Brought: older.Brought}, older)
	for _, c := range r.inboxOf(hotel) {
		require.Zero(t, c.Unread)
	}
}

// A phone that is off, or a device without a connection, is named.
func TestAPhoneThatCanNotBeAskedForOlderMessagesIsNamed(t *testing.T) {
	inBubble(t, func(b *bubble) {
		id := int64(b.chatWithAna())
		past := facade[*bridge.Past](b)
		thread, err := facade[*bridge.Inbox](b).Thread(id, "", 50)
		require.NoError(b.t, err)
		require.True(b.t, thread.More, "nobody knows yet")

		b.ours.SetOwnNetwork(false)
		older, err := past.Older(id)
		require.NoError(b.t, err)
		require.Equal(b.t, bridge.Older{More: true, Away: []int64{}, Silent: []int64{int64(b.reception)}, Before: older.Before}, older)

		b.losesNetwork()
		older, err = past.Older(id)
		require.NoError(b.t, err)
		require.Equal(b.t, bridge.Older{More: true, Away: []int64{int64(b.reception)}, Silent: []int64{}, Before: older.Before}, older)

		b.ours.SetOwnNetwork(true)
		b.unplugged.Store(false)
		b.wait("a connection", func() bool { return b.pool.Ready(b.reception) })
		b.wait("the end of the conversation", func() bool {
			older, err = past.Older(id)
			require.NoError(b.t, err)
			return !older.More
		})
		_, err = past.Older(999)
		require.ErrorContains(b.t, err, string(domain.CodeNotFound))
	})
}

// A piece that WhatsApp no longer has is asked for again, and nothing is missing in the end. How far it has come is told on the way.
func TestAPieceOfHistoryThatIsGoneIsHandedOverAgain(t *testing.T) {
	inBubble(t, func(b *bubble) {
		require.NoError(b.t, b.ours.FillHistory(wasim.HistoryOptions{Chats: 30, Messages: 600, Days: 60}))
		require.NoError(b.t, b.world.sim.Inject(wasim.Fault{Kind: wasim.FaultMediaGone, Count: 2}))
		b.link(b.reception, b.ours)
		synctest.Wait()
		b.wait("the history", func() bool {
			told, err := b.store.HistoryProgress(within(b.t))
			require.NoError(b.t, err)
			return len(told) == 1 && told[0].Done()
		})
		told, err := b.store.HistoryProgress(within(b.t))
		require.NoError(b.t, err)
		require.Equal(b.t, 30, told[0].Chats)
		require.Equal(b.t, 100, told[0].Percent)
		require.Zero(b.t, told[0].Refused)
		require.Equal(b.t, 600, b.countAll(1))
		snapshot, err := facade[*bridge.App](b).Snapshot()
		require.NoError(b.t, err)
		require.Len(b.t, snapshot.History, 1)
		require.True(b.t, snapshot.History[0].Done)
	})
}
