package wasim_test

import (
	"context"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/types/events"

	"waflow/backend/wasim"
)

// guarded is a phone that demands a passkey.
func guarded(t testing.TB, s *wasim.Server) *wasim.Phone {
	t.Helper()
	p, err := s.NewPhone(wasim.PhoneOptions{Number: "+34600000013", Name: "Clinic", RequiresPasskey: true})
	require.NoError(t, err)
	return p
}

// attempt is a link that is under way.
type attempt struct {
	result wasim.ScanResult
	err    error
}

// begin starts a link; what comes of it arrives in the channel.
func begin(link func() (wasim.ScanResult, error)) <-chan attempt {
	done := make(chan attempt, 1)
	go func() {
		result, err := link()
		done <- attempt{result, err}
	}()
	return done
}

func TestAccountThatDemandsAPasskey(t *testing.T) {
	for _, by := range []string{"QR", "code"} {
		t.Run(by, func(t *testing.T) {
			s := newServer(t, wasim.Options{Seed: 1})
			clinic := guarded(t, s)
			c := codeClient(t, s, "session")
			ctx := within(t)
			var done <-chan attempt
			if by == "QR" {
				qr := await[*events.QR](c, nil).Codes[0]
				done = begin(func() (wasim.ScanResult, error) { return clinic.Scan(ctx, qr) })
			} else {
				code := c.askForCode(clinic.Number())
				done = begin(func() (wasim.ScanResult, error) { return clinic.EnterCode(ctx, code) })
			}
			demand := await[*events.PairPasskeyRequest](c, nil)
			require.Len(t, demand.PublicKey.AllowCredentials, 1)
			require.Empty(t, clinic.LinkedDevices())

			// Another person's passkey is refused, and the right one still counts.
			stranger := newPhone(t, s, "+34600000014", "Stranger")
			wrong, err := stranger.UsePasskey(demand.PublicKey)
			require.NoError(t, err)
			require.ErrorIs(t, c.SendPasskeyResponse(ctx, wrong), whatsmeow.ErrIQNotAuthorized)

			answer, err := clinic.UsePasskey(demand.PublicKey)
			require.NoError(t, err)
			require.NoError(t, c.SendPasskeyResponse(ctx, answer))
			confirm := await[*events.PairPasskeyConfirmation](c, nil)
			require.True(t, confirm.SkipHandoffUX, "the client has proved that it shows the code")
			require.NoError(t, c.SendPasskeyConfirmation(ctx))
			end := <-done
			require.NoError(t, end.err)
			require.True(t, end.result.Linked)
			require.Equal(t, confirm.Code, end.result.PasskeyCode)
			await[*events.PairSuccess](c, nil)
			await[*events.Connected](c, nil)
			waitFor(t, s, "told", func() bool { return settled(s, clinic, end.result.Device) })
			c.relogin()
		})
	}
}

// A client that cannot answer, as every one outside a browser, stays unlinked, and can be linked when nothing is demanded.
func TestClientWithoutThePasskey(t *testing.T) {
	path := filepath.Join(t.TempDir(), "session.db")
	synctest.Test(t, func(t *testing.T) {
		s := newMemoryServer(t, wasim.Options{Seed: 1})
		clinic := guarded(t, s)
		c := newClient(t, s, path)
		require.NoError(t, c.Connect())
		code := await[*events.QR](c, nil).Codes[0]
		start := time.Now()
		_, err := clinic.Scan(t.Context(), code)
		require.ErrorIs(t, err, wasim.ErrPasskeyMissing)
		require.Equal(t, 5*time.Minute, time.Since(start))
		require.NotEmpty(t, all[*events.PairPasskeyRequest](c))
		require.Empty(t, clinic.LinkedDevices())
		await[*events.Disconnected](c, nil)

		clinic.SetRequiresPasskey(false)
		c.forget()
		require.True(t, c.link(clinic).Linked)
		quietly(c)
	})
}

func TestPasskeyDemandThatCannotBeRead(t *testing.T) {
	s := newServer(t, wasim.Options{Seed: 1})
	clinic := guarded(t, s)
	spoil := func(stage wasim.PairingStage, count int) {
		require.NoError(t, s.Inject(wasim.Fault{Kind: wasim.FaultSpoilPasskey, Stage: stage, Count: count}))
	}
	start := func(name string) (*client, context.CancelFunc, <-chan attempt) {
		c := codeClient(t, s, name)
		qr := await[*events.QR](c, nil).Codes[0]
		ctx, cancel := context.WithCancel(within(t))
		return c, cancel, begin(func() (wasim.ScanResult, error) { return clinic.Scan(ctx, qr) })
	}

	spoil(wasim.PairingPasskey, 2)
	c, giveUp, done := start("unreadable")
	require.False(t, await[*events.PairPasskeyError](c, nil).Continuation)
	giveUp()
	require.ErrorIs(t, (<-done).err, context.Canceled)

	spoil(wasim.PairingPasskey, 1)
	spoil(wasim.PairingContinuation, 1)
	c, giveUp, done = start("asked again")
	demand := await[*events.PairPasskeyRequest](c, nil)
	answer, err := clinic.UsePasskey(demand.PublicKey)
	require.NoError(t, err)
	require.NoError(t, c.SendPasskeyResponse(within(t), answer))
	require.True(t, await[*events.PairPasskeyError](c, nil).Continuation)
	giveUp()
	require.ErrorIs(t, (<-done).err, context.Canceled)

	c, _, done = start("gone")
	await[*events.PairPasskeyRequest](c, nil)
	c.Disconnect()
	require.ErrorIs(t, (<-done).err, wasim.ErrPairingInterrupted)
	require.Empty(t, clinic.LinkedDevices())
}
