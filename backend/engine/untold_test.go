package engine

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"waflow/backend/domain"
)

// What came to require attention while notifications were held back is told once they are not, even when Waflow was closed in between.
func TestWhatWasHeldBackIsToldAfterARestart(t *testing.T) {
	inBubble(t, func(b *bubble) {
		b.link(b.reception, b.ours)
		settings := domain.DefaultSettings()
		settings.NotifyPausedUntil = b.now().Add(time.Hour)
		_, err := b.settings.Set(context.Background(), settings)
		require.NoError(b.t, err)
		require.Equal(b.t, 1, b.ours.UnlinkAll())
		b.shows(domain.CauseUnlinked)
		time.Sleep(time.Minute)
		require.Zero(b.t, b.noticesOf(domain.CauseUnlinked))
		b.restart()
		time.Sleep(30 * time.Minute)
		require.Zero(b.t, b.noticesOf(domain.CauseUnlinked))
		b.quietly()
		time.Sleep(2 * time.Hour)
		b.start()
		time.Sleep(time.Minute)
		require.Equal(b.t, 1, b.noticesOf(domain.CauseUnlinked))
		b.restart()
		time.Sleep(time.Minute)
		require.Equal(b.t, 1, b.noticesOf(domain.CauseUnlinked), "and once is enough")
	})
}
