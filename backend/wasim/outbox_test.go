package wasim_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"

	"waflow/backend/wasim"
)

func TestWhatAPhoneKeepsUntilItHasANetwork(t *testing.T) {
	s, clinic, c := linked(t)
	ana := newPhone(t, s, "+34600000021", "Ana")
	sent, err := c.sendText(jid(t, ana.LID()), "read me later")
	require.NoError(t, err)
	waitFor(t, s, "the question", func() bool { return len(ana.Messages(clinic.Number())) == 1 })
	ana.SetOwnNetwork(false)
	before := len(s.Ledger().Submissions(ana.Number()))

	read, err := ana.MarkRead(clinic.Number())
	require.NoError(t, err)
	require.Equal(t, 1, read)
	ids, err := ana.Burst(t.Context(), clinic.Number(), "kept", 3)
	require.NoError(t, err)
	for _, id := range ids {
		require.Equal(t, wasim.StatePending, stateOf(ana, clinic.Number(), id))
	}
	require.Len(t, s.Ledger().Submissions(ana.Number()), before, "nothing has gone out")
	require.Empty(t, c.texts())
	for _, r := range all[*events.Receipt](c) {
		require.NotEqual(t, types.ReceiptTypeRead, r.Type)
	}
	later, err := clinic.AddComputer("Chrome (Linux)")
	require.NoError(t, err)

	ana.SetOwnNetwork(true)
	last, err := ana.SendText(t.Context(), clinic.Number(), "and one more")
	require.NoError(t, err)
	c.awaitText("and one more")
	require.Equal(t, []string{"kept 1", "kept 2", "kept 3", "and one more"}, c.texts())
	await(c, func(r *events.Receipt) bool { return r.Type == types.ReceiptTypeRead && r.MessageIDs[0] == sent.ID })
	waitFor(t, s, "the newer device has them too", func() bool { return len(later.Messages(ana.Number())) == 4 })
	waitFor(t, s, "delivered", func() bool { return stateOf(ana, clinic.Number(), last) == wasim.StateDelivered })
}

func TestAPhoneWithoutNetworkLinksNothingAndSyncsLater(t *testing.T) {
	s, clinic, c := linked(t)
	ana := newPhone(t, s, "+34600000021", "Ana")
	clinic.SetOwnNetwork(false)
	other := newClient(t, s, filepath.Join(t.TempDir(), "other.db"))
	require.NoError(t, other.Connect())
	_, err := clinic.Scan(within(t), await[*events.QR](other, nil).Codes[0])
	require.ErrorIs(t, err, wasim.ErrPhoneOffline)
	_, err = clinic.EnterCode(within(t), "ABCD-EFGH")
	require.ErrorIs(t, err, wasim.ErrPhoneOffline)

	require.NoError(t, clinic.SaveContact(t.Context(), ana.Number(), "Ana García"))
	_, err = c.sendText(jid(t, ana.LID()), "the device does not need its phone")
	require.NoError(t, err)
	saved := func(e *events.Contact) bool { return e.Action.GetFullName() == "Ana García" }
	for _, e := range all[*events.Contact](c) {
		require.False(t, saved(e))
	}
	clinic.SetOwnNetwork(true)
	await(c, saved)
	waitFor(t, s, "the phone learns what its device wrote", func() bool { return len(clinic.Messages(ana.Number())) == 1 })
}

func TestThePhonesClock(t *testing.T) {
	s, clinic, c := linked(t)
	ana := newPhone(t, s, "+34600000021", "Ana")
	const behind = -3 * time.Hour
	clinic.SetClock(behind)
	require.NoError(t, clinic.SaveContact(t.Context(), ana.Number(), "Ana García"))
	saved := await(c, func(e *events.Contact) bool { return e.Action.GetFullName() == "Ana García" })
	require.WithinDuration(t, time.Now().Add(behind), saved.Timestamp, time.Minute)
	_, err := clinic.SendText(t.Context(), ana.Number(), "what time is it?")
	require.NoError(t, err)
	require.WithinDuration(t, time.Now().Add(behind), clinic.Messages(ana.Number())[0].At, time.Minute)
	require.WithinDuration(t, time.Now(), c.awaitText("what time is it?").Info.Timestamp, time.Minute, "the server's clock is right")
}
