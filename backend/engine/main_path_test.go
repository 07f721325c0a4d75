package engine

import (
	"testing"

	"github.com/stretchr/testify/require"

	"waflow/backend/domain"
	"waflow/backend/wasim"
)

// The main path, with the simulator's phones as the other side: link, read, answer, lose the network, come back, guard, unlink, relink.
func TestMainPath(t *testing.T) {
	w := newWorld(t)
	ours, ana := w.phone("+34600000013", "Hotel Miramar"), w.phone("+34600000144", "Ana Beltrán")
	r := w.run()
	hotel := r.subaccount("Hotel Miramar")
	reception := r.device(hotel, "Reception")
	r.link(reception, ours)

	_, err := ana.SendText(within(t), ours.Number(), "Hola! Is the terrace free?")
	require.NoError(t, err)
	chat := r.conversation(hotel)
	require.Equal(t, []string{"Hola! Is the terrace free?"}, texts(r.messages(chat.Ref.Conversation)))
	require.Equal(t, "Ana Beltrán", chat.Title)
	require.Equal(t, 1, chat.Unread)

	sent, err := r.inbox.Send(within(t), chat.Ref.Conversation, domain.FirstOperator, "Yes, it is. 🌅")
	require.NoError(t, err)
	require.NoError(t, w.sim.WaitFor(within(t), func() bool { return len(ana.Messages(ours.Number())) == 2 }))
	answer := ana.Messages(ours.Number())[1]
	require.Equal(t, sent.WAID, answer.ID)
	require.Equal(t, "Yes, it is. 🌅", answer.Text)
	_, err = ana.MarkRead(ours.Number())
	require.NoError(t, err)
	r.await(func() bool { return r.messages(chat.Ref.Conversation)[1].State == domain.StateRead })

	ours.SetNetwork(false)
	r.awaitCause(reception, domain.CauseServerUnreachable)
	for _, text := range []string{"one", "two", "three"} {
		_, err := ana.SendText(within(t), ours.Number(), text)
		require.NoError(t, err)
	}
	ours.SetNetwork(true)
	require.NoError(t, r.fleet.TryNow(within(t), reception))
	r.awaitCause(reception, domain.CauseOnline)
	r.await(func() bool { return len(r.messages(chat.Ref.Conversation)) == 5 })
	require.Equal(t, []string{"one", "two", "three"}, texts(r.messages(chat.Ref.Conversation))[2:])
}

func TestANumberBelongsToOneSubaccount(t *testing.T) {
	w := newWorld(t)
	ours, other := w.phone("+34600000013", "Hotel Miramar"), w.phone("+34600000032", "Autos Ruiz")
	r := w.run()
	hotel, autos := r.subaccount("Hotel Miramar"), r.subaccount("Autos Ruiz")
	reception, showroom := r.device(hotel, "Reception"), r.device(autos, "Showroom")
	r.link(reception, ours)

	result, err := ours.Scan(within(t), r.showCode(showroom))
	require.NoError(t, err)
	require.False(t, result.Linked, "the phone is told that linking failed")
	step := r.awaitStep(showroom, domain.PairingRefused)
	require.Equal(t, domain.CodeNumberInUse, domain.CodeOf(step.Err))
	require.Equal(t, "Hotel Miramar", step.Holder.SubaccountName)
	require.Equal(t, "Reception", step.Holder.DeviceLabel)
	require.Len(t, ours.LinkedDevices(), 1)
	r.awaitCause(showroom, domain.CauseNeverLinked)

	r.link(showroom, other)
	d := r.awaitCause(showroom, domain.CauseOnline)
	require.Equal(t, 1, d.Slot, "the refused try took no slot")
}

func TestUnlinkedOnThePhoneAndLinkedAgain(t *testing.T) {
	w := newWorld(t)
	ours, wrong, ana := w.phone("+34600000013", "Hotel Miramar"), w.phone("+34600000014", "Wrong"), w.phone("+34600000144", "Ana")
	r := w.run()
	hotel := r.subaccount("Hotel Miramar")
	reception := r.device(hotel, "Reception")
	r.link(reception, ours)
	_, err := ana.SendText(within(t), ours.Number(), "before")
	require.NoError(t, err)
	chat := r.conversation(hotel)

	require.Equal(t, 1, ours.UnlinkAll())
	d := r.awaitCause(reception, domain.CauseUnlinked)
	require.Equal(t, domain.StatusAttention, d.State.Status)

	result, err := wrong.Scan(within(t), r.showCode(reception))
	require.NoError(t, err)
	require.False(t, result.Linked)
	step := r.awaitStep(reception, domain.PairingRefused)
	require.Equal(t, domain.CodeWrongNumber, domain.CodeOf(step.Err))
	require.Equal(t, "34600000014", step.Account.Number)
	require.Equal(t, "34600000013", step.Holder.Number)

	r.link(reception, ours)
	d = r.awaitCause(reception, domain.CauseOnline)
	require.Equal(t, 1, d.Slot)
	_, err = ana.SendText(within(t), ours.Number(), "after")
	require.NoError(t, err)
	r.await(func() bool { return len(r.messages(chat.Ref.Conversation)) == 2 })
	require.Equal(t, []string{"before", "after"}, texts(r.messages(chat.Ref.Conversation)))
}

func TestARestartGoesOn(t *testing.T) {
	w := newWorld(t)
	ours, ana := w.phone("+34600000013", "Hotel Miramar"), w.phone("+34600000144", "Ana")
	r := w.run()
	hotel := r.subaccount("Hotel Miramar")
	reception := r.device(hotel, "Reception")
	r.link(reception, ours)
	_, err := ana.SendText(within(t), ours.Number(), "one")
	require.NoError(t, err)
	chat := r.conversation(hotel)
	r.stop()

	_, err = ana.SendText(within(t), ours.Number(), "two")
	require.NoError(t, err)
	r = w.run()
	r.awaitCause(reception, domain.CauseOnline)
	r.await(func() bool { return len(r.messages(chat.Ref.Conversation)) == 2 })
	require.Equal(t, []string{"one", "two"}, texts(r.messages(chat.Ref.Conversation)))
}

func TestReplacedElsewhereStopsAndIsTakenBack(t *testing.T) {
	w := newWorld(t)
	ours := w.phone("+34600000013", "Hotel Miramar")
	r := w.run()
	reception := r.device(r.subaccount("Hotel Miramar"), "Reception")
	r.link(reception, ours)
	require.NoError(t, ours.Replace(linked(t, ours).ID))
	r.awaitCause(reception, domain.CauseReplaced)
	require.NoError(t, r.fleet.TakeBack(within(t), reception))
	r.awaitCause(reception, domain.CauseOnline)
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
