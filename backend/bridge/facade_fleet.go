package bridge

import (
	"context"

	"waflow/backend/domain"
)

// Fleet answers what concerns subaccounts and devices.
type Fleet struct{ gate *gate }

// CreateSubaccount adds a subaccount. Errors: invalid (detail "field", "why"), conflict when the name is in use.
func (f *Fleet) CreateSubaccount(name string) (Subaccount, error) {
	return ask(f.gate, "Fleet.CreateSubaccount", func(ctx context.Context, s Services) (Subaccount, error) {
		created, err := s.Fleet.CreateSubaccount(ctx, name)
		return subaccountOf(created), err
	})
}

// RenameSubaccount changes a name, and the initials with it. Errors: invalid, conflict, not_found.
func (f *Fleet) RenameSubaccount(id int64, name string) (Subaccount, error) {
	return ask(f.gate, "Fleet.RenameSubaccount", func(ctx context.Context, s Services) (Subaccount, error) {
		renamed, err := s.Fleet.RenameSubaccount(ctx, domain.SubaccountID(id), name)
		return subaccountOf(renamed), err
	})
}

// KeepDeleted says whether what messages of a subaccount said is kept when they are deleted for everyone, from now on. Errors: not_found.
func (f *Fleet) KeepDeleted(id int64, keep bool) (Subaccount, error) {
	return ask(f.gate, "Fleet.KeepDeleted", func(ctx context.Context, s Services) (Subaccount, error) {
		changed, err := s.Fleet.KeepDeleted(ctx, domain.SubaccountID(id), keep)
		return subaccountOf(changed), err
	})
}

// SetFetchPolicy says which files of a subaccount are fetched as they come, from now on. Errors: invalid (detail "field": max), not_found.
func (f *Fleet) SetFetchPolicy(id int64, policy FetchPolicy) (Subaccount, error) {
	return ask(f.gate, "Fleet.SetFetchPolicy", func(ctx context.Context, s Services) (Subaccount, error) {
		changed, err := s.Fleet.SetFetchPolicy(ctx, domain.SubaccountID(id), domain.FetchPolicy(policy))
		return subaccountOf(changed), err
	})
}

// NotifySubaccount says whether notifications about a subaccount's devices are shown: "" as the workspace, "on", "off". Errors: invalid,
// not_found.
func (f *Fleet) NotifySubaccount(id int64, notify string) (Subaccount, error) {
	return ask(f.gate, "Fleet.NotifySubaccount", func(ctx context.Context, s Services) (Subaccount, error) {
		changed, err := s.Fleet.NotifySubaccount(ctx, domain.SubaccountID(id), domain.NotifySwitch(notify))
		return subaccountOf(changed), err
	})
}

// SetBusinessHours says when a subaccount does business. Errors: invalid (detail "field": days, time, zone), not_found.
func (f *Fleet) SetBusinessHours(id int64, hours BusinessHours) (Subaccount, error) {
	return ask(f.gate, "Fleet.SetBusinessHours", func(ctx context.Context, s Services) (Subaccount, error) {
		changed, err := s.Fleet.SetBusinessHours(ctx, domain.SubaccountID(id), domain.BusinessHours(hours))
		return subaccountOf(changed), err
	})
}

// CreateDevice adds a device that waits for its first link. Errors: invalid, not_found.
func (f *Fleet) CreateDevice(subaccount int64, label, purpose string) (Device, error) {
	return ask(f.gate, "Fleet.CreateDevice", func(ctx context.Context, s Services) (Device, error) {
		created, err := s.Fleet.CreateDevice(ctx, domain.SubaccountID(subaccount), label, domain.Purpose(purpose))
		return deviceOf(created), err
	})
}

// UpdateDevice changes the parts that are set. Errors: invalid, not_found.
func (f *Fleet) UpdateDevice(id int64, settings DeviceSettings) (Device, error) {
	return ask(f.gate, "Fleet.UpdateDevice", func(ctx context.Context, s Services) (Device, error) {
		updated, err := s.Fleet.UpdateDevice(ctx, domain.DeviceID(id), patchOf(settings))
		return deviceOf(updated), err
	})
}

func patchOf(d DeviceSettings) domain.DevicePatch {
	patch := domain.DevicePatch{Label: d.Label, Favorite: d.Favorite}
	if d.Notify != nil {
		notify := domain.NotifySwitch(*d.Notify)
		patch.Notify = &notify
	}
	if d.Colour != nil {
		colour := domain.Colour(*d.Colour)
		patch.Colour = &colour
	}
	if d.Purpose != nil {
		purpose := domain.Purpose(*d.Purpose)
		patch.Purpose = &purpose
	}
	if d.Priority != nil {
		priority := domain.Priority(*d.Priority)
		patch.Priority = &priority
	}
	return patch
}

// RemovalLoss counts what would go with a device, so that people read it before they remove it. Errors: not_found.
func (f *Fleet) RemovalLoss(id int64) (RemovalLoss, error) {
	return ask(f.gate, "Fleet.RemovalLoss", func(ctx context.Context, s Services) (RemovalLoss, error) {
		loss, err := s.Fleet.RemovalLoss(ctx, domain.DeviceID(id))
		return RemovalLoss(loss), err
	})
}

// RemoveDevice removes a device for good; its number may be linked anew. Errors: not_found; invalid when it is to be erased and the label is
// not the device's.
func (f *Fleet) RemoveDevice(id int64, how Removal) (Removed, error) {
	return ask(f.gate, "Fleet.RemoveDevice", func(ctx context.Context, s Services) (Removed, error) {
		removed, err := s.Fleet.RemoveDevice(ctx, domain.DeviceID(id), domain.Removal(how))
		return Removed(removed), err
	})
}

// Together does "pause", "resume" or "try_now" to several devices and says of each what became of it. Errors: invalid.
func (f *Fleet) Together(action string, devices []int64) ([]BulkOutcome, error) {
	return ask(f.gate, "Fleet.Together", func(ctx context.Context, s Services) ([]BulkOutcome, error) {
		ids := list(devices, func(id int64) domain.DeviceID { return domain.DeviceID(id) })
		outcomes, err := s.Fleet.Together(ctx, domain.BulkAction(action), ids)
		return list(outcomes, bulkOutcomeOf), err
	})
}

func bulkOutcomeOf(o domain.BulkOutcome) BulkOutcome {
	out := BulkOutcome{Device: int64(o.Device)}
	if o.Err != nil {
		problem := problemOf(o.Err)
		out.Problem = &problem
	}
	return out
}

// TryNow dials at once instead of waiting for the next try.
func (f *Fleet) TryNow(id int64) error {
	return f.act("Fleet.TryNow", id, func(ctx context.Context, s Services, d domain.DeviceID) error { return s.Fleet.TryNow(ctx, d) })
}

// Pause disconnects a device until it is resumed.
func (f *Fleet) Pause(id int64) error {
	return f.act("Fleet.Pause", id, func(ctx context.Context, s Services, d domain.DeviceID) error { return s.Fleet.Pause(ctx, d) })
}

// Resume connects a paused device again.
func (f *Fleet) Resume(id int64) error {
	return f.act("Fleet.Resume", id, func(ctx context.Context, s Services, d domain.DeviceID) error { return s.Fleet.Resume(ctx, d) })
}

// TakeBack connects a device again that another program replaced.
func (f *Fleet) TakeBack(id int64) error {
	return f.act("Fleet.TakeBack", id, func(ctx context.Context, s Services, d domain.DeviceID) error { return s.Fleet.TakeBack(ctx, d) })
}

// CheckNow looks again at a cause that may have been cured.
func (f *Fleet) CheckNow(id int64) error {
	return f.act("Fleet.CheckNow", id, func(ctx context.Context, s Services, d domain.DeviceID) error { return s.Fleet.CheckNow(ctx, d) })
}

// Unlink removes Waflow from the phone's linked devices; conversations stay.
func (f *Fleet) Unlink(id int64) error {
	return f.act("Fleet.Unlink", id, func(ctx context.Context, s Services, d domain.DeviceID) error { return s.Fleet.Unlink(ctx, d) })
}

// History returns the changes of a device's state, newest first. Errors: not_found.
func (f *Fleet) History(id int64, limit int) ([]StateChange, error) {
	return ask(f.gate, "Fleet.History", func(ctx context.Context, s Services) ([]StateChange, error) {
		changes, err := s.Fleet.History(ctx, domain.DeviceID(id), limit)
		return list(changes, stateChangeOf), err
	})
}

func (f *Fleet) act(method string, id int64, do func(context.Context, Services, domain.DeviceID) error) error {
	return tell(f.gate, method, func(ctx context.Context, s Services) error { return do(ctx, s, domain.DeviceID(id)) })
}
