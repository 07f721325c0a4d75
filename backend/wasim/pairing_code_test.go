package wasim_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"

	"waflow/backend/wasim"
)

// codeClient is a client that is connected and not linked, and shows no code yet.
func codeClient(t testing.TB, s *wasim.Server, name string) *client {
	t.Helper()
	c := newClient(t, s, filepath.Join(t.TempDir(), name+".db"))
	require.NoError(t, c.Connect())
	await[*events.QR](c, nil)
	return c
}

// askForCode makes the client show a code for a number.
func (c *client) askForCode(number string) string {
	c.t.Helper()
	code, err := c.PairPhone(within(c.t), number, true, whatsmeow.PairClientChrome, "Chrome (Linux)")
	require.NoError(c.t, err)
	return code
}

func TestPairByCode(t *testing.T) {
	for name, typed := range map[string]func(string) string{
		"as shown":     func(code string) string { return code },
		"without dash": func(code string) string { return strings.ReplaceAll(code, "-", "") },
		"lower case":   strings.ToLower,
		"with spaces":  func(code string) string { return " " + strings.ReplaceAll(code, "-", " ") + " " },
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t, wasim.Options{Seed: 1})
			clinic := newPhone(t, s, "+34600000013", "Clinic")
			c := codeClient(t, s, "session")
			require.Empty(t, clinic.LinkRequests())
			code := c.askForCode(clinic.Number())
			requests := clinic.LinkRequests()
			require.Len(t, requests, 1)
			require.Equal(t, "Chrome (Linux)", requests[0].Display)
			require.True(t, requests[0].Prompt)

			result, err := clinic.EnterCode(within(t), typed(code))
			require.NoError(t, err)
			require.True(t, result.Linked)
			await[*events.PairSuccess](c, nil)
			await[*events.Connected](c, nil)
			waitFor(t, s, "the phone tells the device everything", func() bool { return settled(s, clinic, result.Device) })
			require.Empty(t, clinic.LinkRequests())

			ana := newPhone(t, s, "+34600000021", "Ana")
			_, err = ana.SendText(t.Context(), clinic.Number(), "hola")
			require.NoError(t, err)
			c.awaitText("hola")
			c.relogin()
		})
	}
}

func TestWrongCodesAreRefusedAndTheRightOneStillWorks(t *testing.T) {
	s := newServer(t, wasim.Options{Seed: 1})
	clinic := newPhone(t, s, "+34600000013", "Clinic")
	shop := newPhone(t, s, "+34600000014", "Shop")
	c := codeClient(t, s, "clinic")
	code := c.askForCode(clinic.Number())
	for _, malformed := range []string{"", "1234", "ABCD-EFGHJ", "ABCD-EF*H", "ÄBCD-EFG"} {
		_, err := clinic.EnterCode(within(t), malformed)
		require.ErrorIs(t, err, wasim.ErrBadCode, malformed)
	}
	_, err := shop.EnterCode(within(t), code)
	require.ErrorIs(t, err, wasim.ErrCodeExpired, "nobody asked for a code with the shop's number")

	other := codeClient(t, s, "shop")
	foreign := other.askForCode(shop.Number())
	_, err = clinic.EnterCode(within(t), foreign)
	require.ErrorIs(t, err, wasim.ErrWrongCode)
	require.Empty(t, clinic.LinkedDevices())
	require.Empty(t, all[*events.PairSuccess](c))
	require.Empty(t, all[*events.PairError](c))

	result, err := clinic.EnterCode(within(t), code)
	require.NoError(t, err)
	require.True(t, result.Linked)
	await[*events.Connected](c, nil)
	waitFor(t, s, "told", func() bool { return settled(s, clinic, result.Device) })
}

func TestANewCodeTakesThePlaceOfTheOldOne(t *testing.T) {
	s := newServer(t, wasim.Options{Seed: 1})
	clinic := newPhone(t, s, "+34600000013", "Clinic")
	c := codeClient(t, s, "session")
	old := c.askForCode(clinic.Number())
	code := c.askForCode(clinic.Number())
	_, err := clinic.EnterCode(within(t), old)
	require.ErrorIs(t, err, wasim.ErrWrongCode)
	result, err := clinic.EnterCode(within(t), code)
	require.NoError(t, err)
	require.True(t, result.Linked)
	_, err = clinic.EnterCode(within(t), code)
	require.ErrorIs(t, err, wasim.ErrCodeExpired, "a code works once")
	await[*events.Connected](c, nil)
	waitFor(t, s, "told", func() bool { return settled(s, clinic, result.Device) })
}

func TestCodeOfAClientThatGaveUp(t *testing.T) {
	s := newServer(t, wasim.Options{Seed: 1})
	clinic := newPhone(t, s, "+34600000013", "Clinic")
	c := codeClient(t, s, "session")
	code := c.askForCode(clinic.Number())
	c.Disconnect()
	waitFor(t, s, "the server sees it leave", func() bool { return len(clinic.LinkRequests()) == 0 })
	_, err := clinic.EnterCode(within(t), code)
	require.ErrorIs(t, err, wasim.ErrCodeExpired)
}

func TestCodeForTheFifthDevice(t *testing.T) {
	s := newServer(t, wasim.Options{Seed: 1})
	clinic := newPhone(t, s, "+34600000013", "Clinic")
	for i := range 4 {
		_, err := clinic.AddComputer(fmt.Sprintf("Chrome %d", i))
		require.NoError(t, err)
	}
	c := codeClient(t, s, "session")
	code := c.askForCode(clinic.Number())
	_, err := clinic.EnterCode(within(t), code)
	require.ErrorIs(t, err, wasim.ErrTooManyDevices)
}

// Two people scan at the same time and there is room for one.
func TestTwoLinksForTheLastPlace(t *testing.T) {
	s := newServer(t, wasim.Options{Seed: 1})
	clinic := newPhone(t, s, "+34600000013", "Clinic")
	for i := range 3 {
		_, err := clinic.AddComputer(fmt.Sprintf("Chrome %d", i))
		require.NoError(t, err)
	}
	slow, quick := codeClient(t, s, "slow"), newClient(t, s, filepath.Join(t.TempDir(), "quick.db"))
	asked, answer := make(chan struct{}), make(chan bool)
	slow.PrePairCallback = func(types.JID, string, string) bool {
		close(asked)
		return <-answer
	}
	failed := make(chan error)
	ctx, qr := within(t), await[*events.QR](slow, nil).Codes[0]
	go func() {
		_, err := clinic.Scan(ctx, qr)
		failed <- err
	}()
	<-asked
	require.True(t, quick.link(clinic).Linked)
	answer <- true
	require.ErrorIs(t, <-failed, wasim.ErrTooManyDevices)
	require.Len(t, clinic.LinkedDevices(), 4)
}

func TestCodeRefusedByTheServer(t *testing.T) {
	s := newServer(t, wasim.Options{Seed: 1})
	clinic := newPhone(t, s, "+34600000013", "Clinic")
	c := codeClient(t, s, "session")
	ask := func(display string) error {
		_, err := c.PairPhone(within(t), clinic.Number(), false, whatsmeow.PairClientChrome, display)
		return err
	}
	require.ErrorIs(t, ask("My own client"), whatsmeow.ErrIQBadRequest)
	require.NoError(t, s.Inject(wasim.Fault{Kind: wasim.FaultRefuseCode, Code: 429, Count: 1}))
	require.ErrorIs(t, ask("Chrome (Linux)"), whatsmeow.ErrIQRateOverLimit)
	require.NoError(t, ask("Chrome (Linux)"))
	require.False(t, clinic.LinkRequests()[0].Prompt)
}

func TestNetworkDropsWhilePairingByCode(t *testing.T) {
	for _, stage := range []wasim.PairingStage{wasim.PairingScan, wasim.PairingFinish, wasim.PairingSign} {
		t.Run(string(stage), func(t *testing.T) {
			s := newServer(t, wasim.Options{Seed: 1})
			clinic := newPhone(t, s, "+34600000013", "Clinic")
			c := codeClient(t, s, "session")
			code := c.askForCode(clinic.Number())
			require.NoError(t, s.Inject(wasim.Fault{Kind: wasim.FaultDropPairing, Stage: stage, Count: 1}))
			_, err := clinic.EnterCode(within(t), code)
			require.ErrorIs(t, err, wasim.ErrPairingInterrupted)
			require.Empty(t, clinic.LinkedDevices())
			awaitLoss(t)
		})
	}
	t.Run("linked", func(t *testing.T) {
		s := newServer(t, wasim.Options{Seed: 1})
		clinic := newPhone(t, s, "+34600000013", "Clinic")
		c := codeClient(t, s, "session")
		code := c.askForCode(clinic.Number())
		require.NoError(t, s.Inject(wasim.Fault{Kind: wasim.FaultDropPairing, Stage: wasim.PairingLinked, Count: 1}))
		result, err := clinic.EnterCode(within(t), code)
		require.NoError(t, err)
		require.True(t, result.Linked)
		await[*events.PairSuccess](c, nil)
		awaitLoss(t)
		c.relogin()
		waitFor(t, s, "told", func() bool { return settled(s, clinic, result.Device) })
	})
}

func TestRealCodeLifetime(t *testing.T) {
	path := filepath.Join(t.TempDir(), "session.db")
	synctest.Test(t, func(t *testing.T) {
		s := newMemoryServer(t, wasim.Options{Seed: 1})
		clinic := newPhone(t, s, "+34600000013", "Clinic")
		c := newClient(t, s, path)
		require.NoError(t, c.Connect())
		await[*events.QR](c, nil)
		code := c.askForCode(clinic.Number())
		time.Sleep(161 * time.Second)
		_, err := clinic.EnterCode(t.Context(), code)
		require.ErrorIs(t, err, wasim.ErrCodeExpired)
		await[*events.Disconnected](c, nil)

		c.forget()
		require.NoError(t, c.Connect())
		await[*events.QR](c, nil)
		code = c.askForCode(clinic.Number())
		time.Sleep(159 * time.Second)
		result, err := clinic.EnterCode(t.Context(), code)
		require.NoError(t, err)
		require.True(t, result.Linked)
		await[*events.Connected](c, nil)
		waitFor(t, s, "told", func() bool { return settled(s, clinic, result.Device) })
		quietly(c)
	})
}
