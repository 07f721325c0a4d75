package engine

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"waflow/backend/whatsapp"
)

// A clock that is a year off is said, and what arrives is kept in WhatsApp's order and at WhatsApp's time all the same.
func TestAClockThatIsAYearOffIsSaid(t *testing.T) {
	for name, shift := range map[string]time.Duration{"behind": -365 * 24 * time.Hour, "ahead": 365 * 24 * time.Hour} {
		t.Run(name, func(t *testing.T) {
			there := func() time.Time { return time.Now().Add(shift) }
			w := newWorldAt(t, there)
			ours, ana := w.phone("+34600000013", "Hotel Miramar"), w.phone("+34600000144", "Ana")
			r := w.run()
			require.False(t, r.clockWrong(), "nothing is known yet")
			hotel := r.subaccount("Hotel Miramar")
			r.link(r.device(hotel, "Reception"), ours)
			require.True(t, r.clockWrong())

			for _, text := range []string{"one", "two", "three"} {
				_, err := ana.SendText(within(t), ours.Number(), text)
				require.NoError(t, err)
			}
			chat := r.conversation(hotel).Ref.Conversation
			r.await(func() bool { return len(r.messages(chat)) == 3 })
			require.Equal(t, []string{"one", "two", "three"}, texts(r.messages(chat)))
			require.WithinDuration(t, there(), r.messages(chat)[0].At, patience)
		})
	}
}

func TestAClockThatIsRightIsNotMentioned(t *testing.T) {
	w := newWorld(t)
	ours := w.phone("+34600000013", "Hotel Miramar")
	r := w.run()
	r.link(r.device(r.subaccount("Hotel Miramar"), "Reception"), ours)
	offset, known := r.service.ClockOffset()
	require.True(t, known)
	require.Less(t, offset.Abs(), whatsapp.ClockTolerance)
	require.False(t, r.clockWrong())
}
