package wasim

import (
	"testing"

	"github.com/stretchr/testify/require"
	"go.mau.fi/whatsmeow/types"
)

// signalBundle is what the server hands out for someone who wants to begin a session with the store.
func signalBundle(s *signalStore) bundle {
	own, oneTime := s.registered(), s.newPreKeys(1)[0]
	return bundle{regID: own.id, identity: *own.pair.Pub, signed: s.publicSigned(), oneTime: &oneTime}
}

// Two who begin sessions with each other at the same time have two, and can read what is said in either.
func TestSessionsThatCrossAreBothKept(t *testing.T) {
	ctx := t.Context()
	phone, err := newSignalStore()
	require.NoError(t, err)
	computer, err := newSignalStore()
	require.NoError(t, err)
	phoneJID, computerJID := types.NewADJID("1", types.LIDDomain, 0), types.NewADJID("1", types.LIDDomain, 1)
	require.NoError(t, phone.startSession(ctx, computerJID, signalBundle(computer)))
	require.NoError(t, computer.startSession(ctx, phoneJID, signalBundle(phone)))
	greetingKind, greeting, err := phone.encrypt(ctx, computerJID, []byte("greeting"))
	require.NoError(t, err)
	copyKind, ownCopy, err := computer.encrypt(ctx, phoneJID, []byte("own copy"))
	require.NoError(t, err)

	read, err := phone.decrypt(ctx, computerJID, copyKind, ownCopy)
	require.NoError(t, err)
	require.Equal(t, "own copy", string(read))
	read, err = computer.decrypt(ctx, phoneJID, greetingKind, greeting)
	require.NoError(t, err)
	require.Equal(t, "greeting", string(read))

	for _, text := range []string{"answer", "and one more"} {
		kind, ciphertext, err := computer.encrypt(ctx, phoneJID, []byte(text))
		require.NoError(t, err)
		read, err = phone.decrypt(ctx, computerJID, kind, ciphertext)
		require.NoError(t, err)
		require.Equal(t, text, string(read))
		kind, ciphertext, err = phone.encrypt(ctx, computerJID, []byte(text))
		require.NoError(t, err)
		read, err = computer.decrypt(ctx, phoneJID, kind, ciphertext)
		require.NoError(t, err)
		require.Equal(t, text, string(read))
	}
}
