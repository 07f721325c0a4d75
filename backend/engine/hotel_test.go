package engine

import (
	"testing"

	"github.com/stretchr/testify/require"

	"waflow/backend/domain"
	"waflow/backend/wasim"
)

// hotel is a running workspace with one subaccount, whose one device is linked to a phone, and somebody who writes to it.
type hotel struct {
	*running
	world     *world
	ours, ana *wasim.Phone
	client    domain.SubaccountID
	reception domain.DeviceID
}

func newHotel(t *testing.T) *hotel {
	t.Helper()
	w := newWorld(t)
	h := &hotel{world: w, ours: w.phone("+34600000013", "Hotel Miramar"), ana: w.phone("+34600000144", "Ana Beltrán"), running: w.run()}
	h.client = h.subaccount("Hotel Miramar")
	h.reception = h.device(h.client, "Reception")
	h.link(h.reception, h.ours)
	return h
}

// hears has Ana write and returns her conversation, the only one.
func (h *hotel) hears(text string) domain.Conversation {
	h.t.Helper()
	_, err := h.ana.SendText(within(h.t), h.ours.Number(), text)
	require.NoError(h.t, err)
	return h.conversation(h.client)
}
