package routing

import (
	"cmp"
	"slices"

	"waflow/backend/domain"
)

// Reason says why a device was chosen; the composer shows it before anything is sent.
type Reason string

// The reasons, in the order in which they are tried.
const (
	WroteFirst Reason = "wrote_first" // the contact first wrote to this number
	Only       Reason = "only"        // the only linked number of the subaccount, or the only one known to be in the group
	Favourite  Reason = "favourite"   // of the subaccount
	Priority   Reason = "priority"    // by priority, then by the lower slot
	None       Reason = "none"        // no number of the subaccount was ever linked
)

// Decision is which device sends, and why.
type Decision struct {
	Device domain.DeviceID // 0 with the reason None
	Reason Reason
	Sends  bool // the device can send it now; otherwise the message waits for that device in the outbox
}

// Decide chooses the device for the next message of a conversation. Devices of other subaccounts and devices that were never linked are
// never chosen. A contact who wrote to one of our numbers is answered from that number even while it can't send: a known contact does not
// change number silently. Otherwise the favourite or, while that can't send, the next by priority takes over; if none can send, the
// message waits for the one that would have been first.
func Decide(c domain.Conversation, devices []domain.Device) Decision {
	candidates := linked(c, devices)
	if len(candidates) == 0 {
		return Decision{Reason: None}
	}
	reply := isReply(c)
	if i := slices.IndexFunc(candidates, func(d domain.Device) bool { return d.Ref.Device == c.FirstDevice }); i >= 0 {
		return decision(candidates[i], WroteFirst, reply)
	}
	if len(candidates) == 1 {
		return decision(candidates[0], Only, reply)
	}
	slices.SortFunc(candidates, byRank)
	chosen := candidates[0]
	if i := slices.IndexFunc(candidates, func(d domain.Device) bool { return CanSend(d, reply) }); i >= 0 {
		chosen = candidates[i]
	}
	if chosen.Favorite {
		return decision(chosen, Favourite, reply)
	}
	return decision(chosen, Priority, reply)
}

// CanSend reports whether a device can send right now, judged by its cause: a reply, or a first contact to someone who never wrote to us.
// A number under a reach-out time-lock may reply, and one whose phone was away for long still sends.
func CanSend(d domain.Device, reply bool) bool {
	if d.Paused {
		return false
	}
	switch d.State.Cause {
	case domain.CauseOnline, domain.CauseFirstSync, domain.CausePhoneOfflineTooLong:
		return true
	case domain.CauseReachoutTimelock:
		return reply
	default:
		return false
	}
}

// linked returns the devices that may send in the conversation at all. A group is only answered from a device that is in it.
func linked(c domain.Conversation, devices []domain.Device) []domain.Device {
	var out []domain.Device
	for _, d := range devices {
		ours := d.Ref.Subaccount == c.Ref.Subaccount && d.Slot > 0
		inGroup := c.Peer.Group == "" || d.Ref.Device == c.FirstDevice || d.Ref.Device == c.LastDevice
		if ours && inGroup {
			out = append(out, d)
		}
	}
	return out
}

func isReply(c domain.Conversation) bool {
	return c.FirstDevice != 0 || c.LastMessage.Direction == domain.In || c.Peer.Group != ""
}

func decision(d domain.Device, why Reason, reply bool) Decision {
	return Decision{Device: d.Ref.Device, Reason: why, Sends: CanSend(d, reply)}
}

func byRank(a, b domain.Device) int {
	favourites := map[bool]int{true: 0, false: 1}
	return cmp.Or(
		cmp.Compare(favourites[a.Favorite], favourites[b.Favorite]),
		cmp.Compare(rank(a.Priority), rank(b.Priority)),
		cmp.Compare(a.Slot, b.Slot),
	)
}

// rank puts a priority that we do not know last.
func rank(p domain.Priority) int {
	if i := slices.Index(domain.Priorities(), p); i >= 0 {
		return i
	}
	return len(domain.Priorities())
}
