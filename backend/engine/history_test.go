package engine

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"waflow/backend/domain"
)

// What was written before a number was linked comes from its phone: in order, once, read, and with who wrote it. What comes live meanwhile is
// neither lost nor twice.
func TestHistoryComesFromThePhone(t *testing.T) {
	w := newWorld(t)
	ours, ana := w.phone("+34600000013", "Hotel Miramar"), w.phone("+34600000144", "Ana Beltrán")
	for _, text := range []string{"Hola!", "Is the terrace free?"} {
		_, err := ana.SendText(within(t), ours.Number(), text)
		require.NoError(t, err)
	}
	require.NoError(t, w.sim.WaitFor(within(t), func() bool { return len(ours.Messages(ana.Number())) == 2 }))
	_, err := ours.SendText(within(t), ana.Number(), "Yes, it is.")
	require.NoError(t, err)
	require.NoError(t, w.sim.WaitFor(within(t), func() bool { return len(ana.Messages(ours.Number())) == 3 }))
	_, err = ana.MarkRead(ours.Number())
	require.NoError(t, err)

	r := w.run()
	hotel := r.subaccount("Hotel Miramar")
	reception := r.device(hotel, "Reception")
	r.link(reception, ours)
	_, err = ana.SendText(within(t), ours.Number(), "Wonderful")
	require.NoError(t, err)

	chat := r.conversation(hotel)
	r.await(func() bool { return len(r.messages(chat.Ref.Conversation)) == 4 })
	messages := r.messages(chat.Ref.Conversation)
	require.Equal(t, []string{"Hola!", "Is the terrace free?", "Yes, it is.", "Wonderful"}, texts(messages))
	require.Equal(t, domain.Out, messages[2].Direction)
	require.True(t, messages[2].FromPhone)
	r.await(func() bool {
		chat = r.conversation(hotel)
		return chat.Title == "Ana Beltrán" && chat.Unread == 1
	})
	require.Eventually(t, func() bool {
		jobs, err := r.store.HistoryJobs(within(t), reception)
		return err == nil && len(jobs) == 0
	}, patience, 5*time.Millisecond, "the phone is told of everything")
}
