package wasim_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"go.mau.fi/libsignal/ecc"
	"go.mau.fi/whatsmeow"
	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/types"

	"waflow/backend/wasim"
)

// query asks the server something that the client library itself never asks.
func (c *client) query(kind string, content ...waBinary.Node) (*waBinary.Node, error) {
	return c.DangerousInternals().SendIQ(within(c.t), whatsmeow.DangerousInfoQuery{
		Namespace: "encrypt", Type: whatsmeow.DangerousInfoQueryType(kind), To: types.ServerJID, Content: content,
	})
}

func bytesOf(t *testing.T, n waBinary.Node) []byte {
	t.Helper()
	raw, ok := n.Content.([]byte)
	require.True(t, ok, "%s has content %T", n.Tag, n.Content)
	return raw
}

func TestDigestOfWhatTheServerHolds(t *testing.T) {
	_, clinic, c := linked(t)
	answer, err := c.query("get", waBinary.Node{Tag: "digest"})
	require.NoError(t, err)
	digest := answer.GetChildByTag("digest")
	require.Equal(t, c.Store.IdentityKey.Pub[:], bytesOf(t, digest.GetChildByTag("identity")))
	require.Equal(t, []byte{ecc.DjbType}, bytesOf(t, digest.GetChildByTag("type")))
	require.Len(t, bytesOf(t, digest.GetChildByTag("hash")), 20)
	signed := digest.GetChildByTag("skey")
	require.Equal(t, c.Store.SignedPreKey.Pub[:], bytesOf(t, signed.GetChildByTag("value")))
	list := digest.GetChildByTag("list")
	require.Len(t, list.GetChildren(), clinic.LinkedDevices()[0].PreKeys)
}

func TestRotatedSignedKeyIsInTheNextBundle(t *testing.T) {
	s, clinic, c := linked(t)
	fresh := c.Store.IdentityKey.CreateSignedPreKey(7)
	skey := func(signature []byte) waBinary.Node {
		return waBinary.Node{Tag: "rotate", Content: []waBinary.Node{{Tag: "skey", Content: []waBinary.Node{
			{Tag: "id", Content: []byte{0, 0, 7}}, {Tag: "value", Content: fresh.Pub[:]}, {Tag: "signature", Content: signature},
		}}}}
	}
	_, err := c.query("set", skey(make([]byte, 64)))
	require.Error(t, err, "a wrong signature is refused")
	_, err = c.query("set", skey(fresh.Signature[:]))
	require.NoError(t, err)
	c.Store.SignedPreKey = fresh
	ana := newPhone(t, s, "+34600000021", "Ana")
	_, err = ana.SendText(t.Context(), clinic.Number(), "with the new key")
	require.NoError(t, err)
	c.awaitText("with the new key")
}

// Every new contact uses up a one-time key; the server tells the client in time, and the client makes more.
func TestOneTimeKeysAreRefilled(t *testing.T) {
	s, clinic, c := linked(t)
	before := clinic.LinkedDevices()[0].PreKeys
	for i := range before + 3 {
		p := newPhone(t, s, fmt.Sprintf("+3461%07d", i), "x")
		_, err := p.SendText(t.Context(), clinic.Number(), fmt.Sprintf("first %d", i))
		require.NoError(t, err)
	}
	c.awaitText(fmt.Sprintf("first %d", before+2))
	waitFor(t, s, "new keys", func() bool { return clinic.LinkedDevices()[0].PreKeys >= 40 })
	require.Len(t, c.texts(), before+3)
}

func TestTheSeedDecidesWhatIsRandom(t *testing.T) {
	story := func(seed int64) []string {
		s, err := wasim.New(wasim.Options{Seed: seed})
		require.NoError(t, err)
		defer func() { require.NoError(t, s.Close()) }()
		a, b := newPhone(t, s, "+34600000013", "A"), newPhone(t, s, "+34600000021", "B")
		id, err := a.SendText(t.Context(), b.Number(), "x")
		require.NoError(t, err)
		return []string{a.LID(), b.LID(), id}
	}
	first, again := story(7), story(7)
	require.Equal(t, first, again)
	require.NotEqual(t, first, story(8))
}
