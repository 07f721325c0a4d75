package wasim_test

import (
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"

	"waflow/backend/wasim"
)

// A numb connection stands, answers and sends, and nothing arrives over it. What was meant for it comes over the next one, unless that is numb too.
func TestNumbConnection(t *testing.T) {
	path := filepath.Join(t.TempDir(), "session.db")
	synctest.Test(t, func(t *testing.T) {
		s := newMemoryServer(t, wasim.Options{Seed: 1})
		clinic := newPhone(t, s, "+34600000013", "Clinic")
		ana := newPhone(t, s, "+34600000021", "Ana")
		c := newClient(t, s, path)
		require.True(t, c.link(clinic).Linked)
		time.Sleep(time.Minute)

		clinic.Numb()
		_, err := ana.SendText(t.Context(), clinic.Number(), "is anybody there?")
		require.NoError(t, err)
		time.Sleep(time.Hour)
		require.True(t, c.IsConnected())
		require.Empty(t, all[*events.KeepAliveTimeout](c), "pings are answered")
		_, err = c.GetUserInfo(t.Context(), []types.JID{types.NewJID("34600000021", types.DefaultUserServer)})
		require.NoError(t, err, "so are questions")
		require.Empty(t, c.texts())

		require.NoError(t, s.Inject(wasim.Fault{Kind: wasim.FaultNumb, Number: clinic.Number(), Count: 1}))
		c.relogin()
		time.Sleep(time.Minute)
		require.Empty(t, c.texts(), "the new connection is numb as well")
		c.relogin()
		c.awaitText("is anybody there?")
		quietly(c)
	})
}
