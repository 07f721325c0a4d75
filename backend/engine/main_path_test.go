package engine

import (
	"testing"

	"github.com/stretchr/testify/require"

	"waflow/backend/domain"
	"waflow/backend/wasim"
)

// The main path, with the simulator's phones as the other side: link, read, answer, lose the network, come back, guard, unlink, relink.
func TestMainPath(t *testing.T) {
	h := newHotel(t)
	chat := h.hears("Hola! Is the terrace free?")
	require.Equal(t, []string{"Hola! Is the terrace free?"}, texts(h.messages(chat.Ref.Conversation)))
	require.Equal(t, "Ana Beltrán", chat.Title)
	require.Equal(t, 1, chat.Unread)

	sent, err := h.inbox.Send(within(t), chat.Ref.Conversation, domain.FirstOperator, "Yes, it is. 🌅")
	require.NoError(t, err)
	require.NoError(t, h.world.sim.WaitFor(within(t), func() bool { return len(h.ana.Messages(h.ours.Number())) == 2 }))
	answer := h.ana.Messages(h.ours.Number())[1]
	require.Equal(t, sent.WAID, answer.ID)
	require.Equal(t, "Yes, it is. 🌅", answer.Text)
	_, err = h.ana.MarkRead(h.ours.Number())
	require.NoError(t, err)
	h.await(func() bool { return h.messages(chat.Ref.Conversation)[1].State == domain.StateRead })

	h.ours.SetNetwork(false)
	h.awaitCause(h.reception, domain.CauseServerUnreachable)
	for _, text := range []string{"one", "two", "three"} {
		_, err := h.ana.SendText(within(t), h.ours.Number(), text)
		require.NoError(t, err)
	}
	h.ours.SetNetwork(true)
	require.NoError(t, h.fleet.TryNow(within(t), h.reception))
	h.awaitCause(h.reception, domain.CauseOnline)
	h.await(func() bool { return len(h.messages(chat.Ref.Conversation)) == 5 })
	require.Equal(t, []string{"one", "two", "three"}, texts(h.messages(chat.Ref.Conversation))[2:])
}

func TestANumberBelongsToOneSubaccount(t *testing.T) {
	h := newHotel(t)
	other := h.world.phone("+34600000032", "Autos Ruiz")
	autos := h.subaccount("Autos Ruiz")
	showroom := h.device(autos, "Showroom")
	result, err := h.ours.Scan(within(t), h.showCode(showroom))
	require.NoError(t, err)
	require.False(t, result.Linked, "the phone is told that linking failed")
	step := h.awaitStep(showroom, domain.PairingRefused)
	require.Equal(t, domain.CodeNumberInUse, domain.CodeOf(step.Err))
	require.Equal(t, "Hotel Miramar", step.Holder.SubaccountName)
	require.Equal(t, "Reception", step.Holder.DeviceLabel)
	require.Len(t, h.ours.LinkedDevices(), 1)
	h.awaitCause(showroom, domain.CauseNeverLinked)

	h.link(showroom, other)
	d := h.awaitCause(showroom, domain.CauseOnline)
	require.Equal(t, 1, d.Slot, "the refused try took no slot")
}

func TestUnlinkedOnThePhoneAndLinkedAgain(t *testing.T) {
	h := newHotel(t)
	wrong := h.world.phone("+34600000014", "Wrong")
	chat := h.hears("before")

	require.Equal(t, 1, h.ours.UnlinkAll())
	d := h.awaitCause(h.reception, domain.CauseUnlinked)
	require.Equal(t, domain.StatusAttention, d.State.Status)

	result, err := wrong.Scan(within(t), h.showCode(h.reception))
	require.NoError(t, err)
	require.False(t, result.Linked)
	step := h.awaitStep(h.reception, domain.PairingRefused)
	require.Equal(t, domain.CodeWrongNumber, domain.CodeOf(step.Err))
	require.Equal(t, "34600000014", step.Account.Number)
	require.Equal(t, "34600000013", step.Holder.Number)

	h.link(h.reception, h.ours)
	d = h.awaitCause(h.reception, domain.CauseOnline)
	require.Equal(t, 1, d.Slot)
	_, err = h.ana.SendText(within(t), h.ours.Number(), "after")
	require.NoError(t, err)
	h.await(func() bool { return len(h.messages(chat.Ref.Conversation)) == 2 })
	require.Equal(t, []string{"before", "after"}, texts(h.messages(chat.Ref.Conversation)))
}

func TestARestartGoesOn(t *testing.T) {
	h := newHotel(t)
	chat := h.hears("one")
	h.stop()

	_, err := h.ana.SendText(within(t), h.ours.Number(), "two")
	require.NoError(t, err)
	h.running = h.world.run()
	h.awaitCause(h.reception, domain.CauseOnline)
	h.await(func() bool { return len(h.messages(chat.Ref.Conversation)) == 2 })
	require.Equal(t, []string{"one", "two"}, texts(h.messages(chat.Ref.Conversation)))
}

func TestReplacedElsewhereStopsAndIsTakenBack(t *testing.T) {
	h := newHotel(t)
	require.NoError(t, h.ours.Replace(linked(t, h.ours).ID))
	h.awaitCause(h.reception, domain.CauseReplaced)
	require.NoError(t, h.fleet.TakeBack(within(t), h.reception))
	h.awaitCause(h.reception, domain.CauseOnline)
}

func linked(t *testing.T, p *wasim.Phone) wasim.LinkedDevice {
	t.Helper()
	devices := p.LinkedDevices()
	require.Len(t, devices, 1)
	return devices[0]
}

// awaitStep waits until the pairing of a device has come to a step.
func (r *running) awaitStep(id domain.DeviceID, kind domain.PairingKind) domain.PairingStep {
	r.t.Helper()
	var step domain.PairingStep
	r.await(func() bool {
		var ok bool
		step, ok = r.pool.PairingOf(id)
		return ok && step.Kind == kind
	})
	return step
}
