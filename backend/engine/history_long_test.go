package engine

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"waflow/backend/domain"
	"waflow/backend/wasim"
)

// A history that comes in several pieces is there whole: every chat, every message once, and the names of people who are in later pieces only.
func TestLongHistoryComesInPieces(t *testing.T) {
	const chats, messages = 300, 3000
	w := newWorld(t)
	ours := w.phone("+34600000013", "Hotel Miramar")
	require.NoError(t, ours.FillHistory(wasim.HistoryOptions{Chats: chats, Messages: messages}))
	r := w.run()
	hotel := r.subaccount("Hotel Miramar")
	reception := r.device(hotel, "Reception")
	r.link(reception, ours)
	require.Eventually(t, func() bool { return r.countAll(hotel) >= messages }, patience, 50*time.Millisecond)
	require.Eventually(t, func() bool {
		waiting, err := r.store.HistoryJobs(within(t), reception)
		return err == nil && len(waiting) == 0
	}, patience, 20*time.Millisecond)
	require.Equal(t, messages, r.countAll(hotel), "none twice")
	all := r.inboxOf(hotel)
	require.Len(t, all, chats)
	for _, c := range all {
		require.NotEmpty(t, c.Title)
		require.Zero(t, c.Unread, "history is no news")
	}
}

// countAll counts the messages of a subaccount.
func (r *running) countAll(subaccount domain.SubaccountID) int {
	r.t.Helper()
	total := 0
	for _, c := range r.inboxOf(subaccount) {
		_, _, count, err := r.store.Messages(within(r.t), c.Ref.Conversation, "", 1)
		require.NoError(r.t, err)
		total += count
	}
	return total
}

// inboxOf returns all conversations of a subaccount.
func (r *running) inboxOf(subaccount domain.SubaccountID) []domain.Conversation {
	r.t.Helper()
	var all []domain.Conversation
	q := domain.ConversationQuery{Subaccount: subaccount, Limit: 200}
	for {
		page, err := r.inbox.Conversations(within(r.t), q)
		require.NoError(r.t, err)
		all = append(all, page.Conversations...)
		if page.Next == "" {
			return all
		}
		q.Before = page.Next
	}
}
