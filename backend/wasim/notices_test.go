package wasim

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/types"
)

// A client that says nothing is pinged for a while and then taken to be gone.
func TestASilentClientIsGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, err := New(Options{Seed: 1})
		require.NoError(t, err)
		defer func() { require.NoError(t, s.Close()) }()
		p, err := s.NewPhone(PhoneOptions{Number: "+34600000013"})
		require.NoError(t, err)
		k, err := LinkSink(t.Context(), s.HTTPClient(), func(ctx context.Context, qr string) error {
			_, err := p.Scan(ctx, qr)
			return err
		})
		require.NoError(t, err)
		synctest.Wait()
		require.NoError(t, k.Err())
		time.Sleep(time.Hour)
		require.True(t, p.LinkedDevices()[0].Connected, "it answers the pings")
		k.Close()

		line, err := k.dial(t.Context(), k.keys.loginPayload(k.jid))
		require.NoError(t, err)
		start, pings := time.Now(), 0
		for {
			node, err := line.next(t.Context())
			if err != nil {
				break
			}
			if node.Tag == "iq" && attrString(node, "xmlns") == "urn:xmpp:ping" {
				require.Equal(t, "get", attrString(node, "type"))
				pings++
			}
		}
		require.Equal(t, 3, pings)
		require.InDelta(t, 8*time.Minute, time.Since(start), float64(time.Second))
		synctest.Wait()
		require.False(t, p.LinkedDevices()[0].Connected)
		_ = line.ws.CloseNow() // it is gone already
	})
}

// dirty lists what a device would be told to be dirty, were it to log in.
func dirty(s *Server, d *device) map[string]string {
	found := make(map[string]string)
	for _, notice := range s.afterLogin(d) {
		if child, ok := notice.GetOptionalChildByTag("dirty"); ok {
			found[attrString(&child, "type")] = attrString(&child, "timestamp")
		}
	}
	return found
}

func TestDirtyUntilItIsCleaned(t *testing.T) {
	now := time.Unix(1_700_000_000, 0)
	s, err := New(Options{Seed: 1, Now: func() time.Time { return now }})
	require.NoError(t, err)
	defer func() { require.NoError(t, s.Close()) }()
	p, err := s.NewPhone(PhoneOptions{Number: "+34600000013"})
	require.NoError(t, err)
	web, err := p.AddComputer("Chrome (Linux)")
	require.NoError(t, err)
	require.Equal(t, map[string]string{"account_sync": "1700000000", "groups": "1700000000", "syncd_app_state": "1700000000"}, dirty(s, web.dev))

	clean := func(kind, timestamp string) string {
		n := element("iq", attrs{"to": types.ServerJID, "id": "1", "type": "set", "xmlns": "urn:xmpp:whatsapp:dirty"},
			element("clean", attrs{"type": kind, "timestamp": timestamp}))
		return attrString(s.iqDirty(web.dev, &n), "type")
	}
	require.Equal(t, "result", clean("account_sync", "1600000000"))
	require.Contains(t, dirty(s, web.dev), "account_sync", "what it cleaned is older")
	require.Equal(t, "result", clean("account_sync", "1700000000"))
	require.Equal(t, "result", clean("groups", ""))
	require.Equal(t, map[string]string{"syncd_app_state": "1700000000"}, dirty(s, web.dev))
	require.Equal(t, "error", clean("nonsense", ""))

	now = now.Add(time.Hour)
	require.NoError(t, p.SetPrivacy(t.Context(), "last", "none"))
	require.Equal(t, "1700003600", dirty(s, web.dev)["account_sync"])
	require.Equal(t, "result", clean("account_sync", "9999999999999"))
	require.NotContains(t, dirty(s, web.dev), "account_sync")
	now = now.Add(time.Hour)
	require.NoError(t, p.SetAbout(t.Context(), "busy"))
	require.Contains(t, dirty(s, web.dev), "account_sync", "nobody cleans the future")
}

func TestPropertiesThatClientsRead(t *testing.T) {
	s, err := New(Options{Seed: 1})
	require.NoError(t, err)
	defer func() { require.NoError(t, s.Close()) }()
	p, err := s.NewPhone(PhoneOptions{Number: "+34600000013"})
	require.NoError(t, err)
	n := element("iq", attrs{"to": types.ServerJID, "id": "1", "type": "get", "xmlns": "abt"}, waBinary.Node{Tag: "props"})
	props := s.iqProps(p.dev, &n).GetChildByTag("props")
	values := make(map[string]string)
	for _, prop := range props.GetChildrenByTag("prop") {
		values[attrString(&prop, "config_code")] = attrString(&prop, "config_value")
	}
	require.Greater(t, len(values), 24)
	for code, value := range map[string]string{"10518": "1", "9666": "1", "14303": "0", "2129": "604800", "2130": "4"} {
		require.Equal(t, value, values[code])
	}
	require.Len(t, attrString(&props, "hash"), 16)
	require.Equal(t, "86400", attrString(&props, "refresh"))
}
