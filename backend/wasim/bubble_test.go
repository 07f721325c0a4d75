package wasim_test

import (
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.mau.fi/whatsmeow/types/events"

	"waflow/backend/wasim"
)

// quietly closes a client when nothing is on its way to it. The client library leaves its reading goroutine behind when it
// is disconnected while a frame arrives, and a bubble does not forgive that.
func quietly(c *client) {
	synctest.Wait()
	c.close()
}

// Hours pass in milliseconds, because nothing in the simulator or on its in-memory transport waits for the real clock.
func TestHoursInABubble(t *testing.T) {
	path := filepath.Join(t.TempDir(), "session.db")
	synctest.Test(t, func(t *testing.T) {
		s := newMemoryServer(t, wasim.Options{Seed: 1})
		clinic := newPhone(t, s, "+34600000013", "Clinic")
		ana := newPhone(t, s, "+34600000021", "Ana")
		c := newClient(t, s, path)
		require.True(t, c.link(clinic).Linked)

		start := time.Now()
		time.Sleep(3 * time.Hour)
		require.True(t, c.IsConnected())
		require.Empty(t, all[*events.KeepAliveTimeout](c), "pings were answered for three hours")
		_, err := ana.SendText(t.Context(), clinic.Number(), "good morning")
		require.NoError(t, err)
		m := c.awaitText("good morning")
		require.GreaterOrEqual(t, m.Info.Timestamp.Sub(start), 3*time.Hour-time.Second)

		clinic.BlackHole()
		time.Sleep(time.Minute)
		require.NotEmpty(t, all[*events.KeepAliveTimeout](c))
		c.relogin()
		quietly(c)
	})
}

func TestRealCodeLifetimes(t *testing.T) {
	path := filepath.Join(t.TempDir(), "session.db")
	synctest.Test(t, func(t *testing.T) {
		s := newMemoryServer(t, wasim.Options{Seed: 1})
		clinic := newPhone(t, s, "+34600000013", "Clinic")
		c := newClient(t, s, path)
		require.NoError(t, c.Connect())
		codes := await[*events.QR](c, nil).Codes
		time.Sleep(63 * time.Second)
		_, err := clinic.Scan(t.Context(), codes[0])
		require.ErrorIs(t, err, wasim.ErrQRExpired)
		time.Sleep(90 * time.Second)
		_, err = clinic.Scan(t.Context(), codes[4])
		require.ErrorIs(t, err, wasim.ErrQRExpired)
		result, err := clinic.Scan(t.Context(), codes[5])
		require.NoError(t, err)
		require.True(t, result.Linked)
		await[*events.Connected](c, nil)
		quietly(c)
	})
}
