package routing_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"waflow/backend/domain"
	"waflow/backend/routing"
)

const sub domain.SubaccountID = 7

// device is a connected device of medium priority, linked in the slot of its id.
func device(id domain.DeviceID, with ...func(*domain.Device)) domain.Device {
	d := domain.Device{
		Ref:      domain.DeviceRef{Subaccount: sub, Device: id},
		Slot:     int(id),
		Priority: domain.PriorityMedium,
		State:    domain.DeviceState{Status: domain.StatusConnected, Cause: domain.CauseOnline},
	}
	for _, change := range with {
		change(&d)
	}
	return d
}

func favourite(d *domain.Device)   { d.Favorite = true }
func high(d *domain.Device)        { d.Priority = domain.PriorityHigh }
func low(d *domain.Device)         { d.Priority = domain.PriorityLow }
func neverLinked(d *domain.Device) { d.Slot = 0; d.State.Cause = domain.CauseNeverLinked }
func paused(d *domain.Device)      { d.Paused = true }
func elsewhere(d *domain.Device)   { d.Ref.Subaccount = sub + 1 }

func cause(c domain.Cause) func(*domain.Device) {
	return func(d *domain.Device) { d.State = domain.DeviceState{Status: c.Status(), Cause: c} }
}

func wroteTo(id domain.DeviceID) domain.Conversation {
	c := stranger()
	c.FirstDevice, c.LastDevice = id, id
	return c
}

func stranger() domain.Conversation {
	return domain.Conversation{Ref: domain.ConversationRef{Subaccount: sub, Conversation: 1}, Peer: domain.Peer{Number: "34600000001"}}
}

func group(last domain.DeviceID) domain.Conversation {
	c := stranger()
	c.Peer, c.LastDevice = domain.Peer{Group: "120363000000000001"}, last
	return c
}

func TestDecide(t *testing.T) {
	lock, down := cause(domain.CauseReachoutTimelock), cause(domain.CauseNetworkDown)
	tests := map[string]struct {
		conversation domain.Conversation
		devices      []domain.Device
		want         routing.Decision
	}{
		"no device at all":             {stranger(), nil, routing.Decision{Reason: routing.None}},
		"none was ever linked":         {stranger(), []domain.Device{device(1, neverLinked)}, routing.Decision{Reason: routing.None}},
		"only another client's device": {stranger(), []domain.Device{device(1, elsewhere)}, routing.Decision{Reason: routing.None}},
		"the only one":                 {stranger(), []domain.Device{device(1), device(2, neverLinked)}, routing.Decision{Device: 1, Reason: routing.Only, Sends: true}},
		"the only one, offline":        {stranger(), []domain.Device{device(1, down)}, routing.Decision{Device: 1, Reason: routing.Only}},
		"the contact wrote first":      {wroteTo(2), []domain.Device{device(1, favourite, high), device(2, low)}, routing.Decision{Device: 2, Reason: routing.WroteFirst, Sends: true}},
		"a known contact waits for its number": {
			wroteTo(2), []domain.Device{device(1, favourite), device(2, down)}, routing.Decision{Device: 2, Reason: routing.WroteFirst},
		},
		"its number was removed":              {wroteTo(9), []domain.Device{device(1), device(2, favourite)}, routing.Decision{Device: 2, Reason: routing.Favourite, Sends: true}},
		"the favourite before high priority":  {stranger(), []domain.Device{device(1, high), device(2, favourite, low)}, routing.Decision{Device: 2, Reason: routing.Favourite, Sends: true}},
		"the next takes over the favourite":   {stranger(), []domain.Device{device(1), device(2, favourite, down)}, routing.Decision{Device: 1, Reason: routing.Priority, Sends: true}},
		"high before medium before low":       {stranger(), []domain.Device{device(1, low), device(2), device(3, high)}, routing.Decision{Device: 3, Reason: routing.Priority, Sends: true}},
		"then the lower slot":                 {stranger(), []domain.Device{device(3), device(2), device(4)}, routing.Decision{Device: 2, Reason: routing.Priority, Sends: true}},
		"none can send: waits for the first":  {stranger(), []domain.Device{device(1, down), device(2, high, down)}, routing.Decision{Device: 2, Reason: routing.Priority}},
		"none can send: favourite":            {stranger(), []domain.Device{device(1, high, down), device(2, favourite, paused)}, routing.Decision{Device: 2, Reason: routing.Favourite}},
		"paused is not available":             {stranger(), []domain.Device{device(1, high, paused), device(2)}, routing.Decision{Device: 2, Reason: routing.Priority, Sends: true}},
		"time-lock: no first contact":         {stranger(), []domain.Device{device(1, high, lock), device(2)}, routing.Decision{Device: 2, Reason: routing.Priority, Sends: true}},
		"time-lock: replies go":               {wroteTo(1), []domain.Device{device(1, lock), device(2)}, routing.Decision{Device: 1, Reason: routing.WroteFirst, Sends: true}},
		"a group from a device in it":         {group(2), []domain.Device{device(1, favourite), device(2, low)}, routing.Decision{Device: 2, Reason: routing.Only, Sends: true}},
		"a group never from another":          {group(3), []domain.Device{device(1, favourite), device(2)}, routing.Decision{Reason: routing.None}},
		"unlinked from the phone, it waits":   {wroteTo(1), []domain.Device{device(1, cause(domain.CauseUnlinked)), device(2)}, routing.Decision{Device: 1, Reason: routing.WroteFirst}},
		"phone away for long, it still sends": {wroteTo(1), []domain.Device{device(1, cause(domain.CausePhoneOfflineTooLong))}, routing.Decision{Device: 1, Reason: routing.WroteFirst, Sends: true}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, tt.want, routing.Decide(tt.conversation, tt.devices))
		})
	}
}

func devices() *rapid.Generator[[]domain.Device] {
	return rapid.Custom(func(t *rapid.T) []domain.Device {
		var out []domain.Device
		for i := range rapid.IntRange(0, 6).Draw(t, "devices") {
			d := device(domain.DeviceID(i+1),
				cause(rapid.SampledFrom(domain.Causes()).Draw(t, "cause")),
				func(d *domain.Device) { d.Priority = rapid.SampledFrom(domain.Priorities()).Draw(t, "priority") },
				func(d *domain.Device) { d.Favorite = i == rapid.IntRange(0, 6).Draw(t, "favourite") },
				func(d *domain.Device) { d.Paused = rapid.Bool().Draw(t, "paused") },
				func(d *domain.Device) { d.Slot = rapid.IntRange(0, 1).Draw(t, "linked") * (i + 1) },
				func(d *domain.Device) { d.Ref.Subaccount += domain.SubaccountID(rapid.IntRange(0, 1).Draw(t, "other")) },
			)
			out = append(out, d)
		}
		return out
	})
}

func conversations() *rapid.Generator[domain.Conversation] {
	return rapid.Custom(func(t *rapid.T) domain.Conversation {
		c := stranger()
		if rapid.Bool().Draw(t, "group") {
			c = group(0)
		}
		c.FirstDevice = domain.DeviceID(rapid.IntRange(0, 7).Draw(t, "first"))
		c.LastDevice = domain.DeviceID(rapid.IntRange(0, 7).Draw(t, "last"))
		return c
	})
}

func TestDecideProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, all := conversations().Draw(t, "conversation"), devices().Draw(t, "all")
		before := slices.Clone(all)
		got := routing.Decide(c, all)
		require.Equal(t, before, all, "the input stays as it is")
		require.Equal(t, got.Device == 0, got.Reason == routing.None)

		shuffled := rapid.Permutation(all).Draw(t, "shuffled")
		require.Equal(t, got, routing.Decide(c, shuffled), "the order of the devices does not matter")

		if got.Device == 0 {
			require.False(t, got.Sends)
			return
		}
		i := slices.IndexFunc(all, func(d domain.Device) bool { return d.Ref.Device == got.Device })
		require.GreaterOrEqual(t, i, 0, "one of the devices")
		require.Equal(t, c.Ref.Subaccount, all[i].Ref.Subaccount, "never another subaccount's")
		require.Positive(t, all[i].Slot, "never one that was not linked")
		if got.Reason == routing.WroteFirst {
			require.Equal(t, c.FirstDevice, got.Device)
			return
		}
		if !got.Sends && c.Peer.Group == "" {
			for _, d := range all {
				usable := d.Ref.Subaccount == c.Ref.Subaccount && d.Slot > 0 && routing.CanSend(d, c.FirstDevice != 0)
				require.False(t, usable, "a message waits only when no device can send it")
			}
		}
	})
}

func TestPausedNeverSends(t *testing.T) {
	for _, c := range domain.Causes() {
		require.False(t, routing.CanSend(device(1, cause(c), paused), true), c)
	}
}
