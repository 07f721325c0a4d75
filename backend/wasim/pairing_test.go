package wasim_test

import (
	"fmt"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"

	"waflow/backend/wasim"
)

func typeName(v any) string { return fmt.Sprintf("%T", v) }

func TestPairByQRAndLogInAgain(t *testing.T) {
	s := newServer(t, wasim.Options{Seed: 1})
	p, err := s.NewPhone(wasim.PhoneOptions{Number: "+34600000013", Name: "Clinic", BusinessName: "Clinic Ltd", Platform: "smba"})
	require.NoError(t, err)
	c := newClient(t, s, filepath.Join(t.TempDir(), "session.db"))
	c.manyKeys = true

	result := c.link(p)
	require.True(t, result.Linked)
	require.EqualValues(t, 1, result.Device)
	success := await[*events.PairSuccess](c, nil)
	require.Equal(t, "34600000013:1@s.whatsapp.net", success.ID.String())
	require.Equal(t, jid(t, p.LID()).User, success.LID.User)
	require.Equal(t, "Clinic Ltd", success.BusinessName)
	require.Equal(t, "smba", success.Platform)
	require.Len(t, await[*events.QR](c, nil).Codes, 6)

	devices := p.LinkedDevices()
	require.Len(t, devices, 1)
	require.True(t, devices[0].Connected)
	require.Greater(t, devices[0].PreKeys, 700)

	c.relogin()
	require.True(t, c.IsLoggedIn())
	require.Len(t, p.LinkedDevices(), 1)
}

func TestSessionSurvivesAnotherProcess(t *testing.T) {
	s := newServer(t, wasim.Options{Seed: 1})
	p := newPhone(t, s, "+34600000013", "Clinic")
	path := filepath.Join(t.TempDir(), "session.db")
	first := newClient(t, s, path)
	first.link(p)
	first.close()

	second := newClient(t, s, path)
	require.NoError(t, second.Connect())
	await[*events.Connected](second, nil)
}

func TestClientRefusesTheLink(t *testing.T) {
	s := newServer(t, wasim.Options{Seed: 1})
	p := newPhone(t, s, "+34600000013", "Clinic")
	c := newClient(t, s, filepath.Join(t.TempDir(), "session.db"))
	c.PrePairCallback = func(types.JID, string, string) bool { return false }

	result := c.link(p)
	require.False(t, result.Linked)
	require.Equal(t, "500", result.RefusedCode)
	require.Equal(t, "internal-error", result.RefusedText)
	require.ErrorIs(t, await[*events.PairError](c, nil).Error, whatsmeow.ErrPairRejectedLocally)
	require.Empty(t, p.LinkedDevices())
}

func TestNoMoreThanFourLinkedDevices(t *testing.T) {
	s := newServer(t, wasim.Options{Seed: 1})
	p := newPhone(t, s, "+34600000013", "Clinic")
	for i := range 4 {
		c := newClient(t, s, filepath.Join(t.TempDir(), fmt.Sprintf("%d.db", i)))
		require.True(t, c.link(p).Linked)
	}
	c := newClient(t, s, filepath.Join(t.TempDir(), "5.db"))
	require.NoError(t, c.Connect())
	_, err := p.Scan(within(t), await[*events.QR](c, nil).Codes[0])
	require.ErrorIs(t, err, wasim.ErrTooManyDevices)
	require.Len(t, p.LinkedDevices(), 4)
}

func TestScannedWithAnOldApplication(t *testing.T) {
	s := newServer(t, wasim.Options{Seed: 1})
	clinic := newPhone(t, s, "+34600000013", "Clinic")
	c := newClient(t, s, filepath.Join(t.TempDir(), "session.db"))
	require.NoError(t, c.Connect())
	codes := await[*events.QR](c, nil).Codes
	require.NoError(t, clinic.ScanOutdated(codes[0]))
	await[*events.QRScannedWithoutMultidevice](c, nil)
	require.ErrorIs(t, clinic.ScanOutdated("nonsense"), wasim.ErrBadQR)
	result, err := clinic.Scan(within(t), codes[0])
	require.NoError(t, err)
	require.True(t, result.Linked, "the person has updated the application")
	await[*events.Connected](c, nil)
}
