package fleet

import (
	"context"
	"slices"

	"waflow/backend/domain"
)

// CreateDevice adds a device that waits for its first link. It has medium priority and gets its slot when it is linked. Errors: invalid
// (detail "field" is "label" or "purpose"), not_found when the subaccount does not exist.
func (f *Fleet) CreateDevice(ctx context.Context, subaccount domain.SubaccountID, label string, purpose domain.Purpose) (domain.Device, error) {
	label, err := cleanName("label", label)
	if err != nil {
		return domain.Device{}, err
	}
	if err := checkPurpose(purpose); err != nil {
		return domain.Device{}, err
	}
	d, err := f.store.CreateDevice(ctx, domain.Device{
		Ref:      domain.DeviceRef{Subaccount: subaccount},
		Label:    label,
		Purpose:  purpose,
		Priority: domain.PriorityMedium,
	})
	if err != nil {
		return domain.Device{}, err
	}
	f.pool.Add(d, "")
	return d, nil
}

// UpdateDevice changes label, purpose, priority, favourite, colour or notifications, and returns the device as it is then. A device that becomes the favourite
// takes that from the one before. Pausing is not an update: see Pause. Errors: invalid, not_found.
func (f *Fleet) UpdateDevice(ctx context.Context, id domain.DeviceID, patch domain.DevicePatch) (domain.Device, error) {
	patch.Paused = nil
	patch, err := checkPatch(patch)
	if err != nil {
		return domain.Device{}, err
	}
	return f.update(ctx, id, patch)
}

func (f *Fleet) update(ctx context.Context, id domain.DeviceID, patch domain.DevicePatch) (domain.Device, error) {
	d, err := f.store.Device(ctx, id)
	if err != nil {
		return domain.Device{}, err
	}
	if d, err = f.store.UpdateDevice(ctx, d.Ref, patch); err != nil {
		return domain.Device{}, err
	}
	return f.screen.look(d), nil
}

// History returns the newest changes of a device's state, newest first, at most limit (1–1,000).
func (f *Fleet) History(ctx context.Context, id domain.DeviceID, limit int) ([]domain.StateChange, error) {
	d, err := f.store.Device(ctx, id)
	if err != nil {
		return nil, err
	}
	return f.store.History(ctx, d.Ref, min(max(limit, 1), 1000))
}

// Record writes a change of a device's state into its history. The pool calls it for every change.
func (f *Fleet) Record(ctx context.Context, change domain.StateChange) error {
	return f.store.RecordState(ctx, change)
}

func checkPatch(p domain.DevicePatch) (domain.DevicePatch, error) {
	if p.Label != nil {
		label, err := cleanName("label", *p.Label)
		if err != nil {
			return p, err
		}
		p.Label = &label
	}
	if p.Purpose != nil {
		if err := checkPurpose(*p.Purpose); err != nil {
			return p, err
		}
	}
	if p.Colour != nil && *p.Colour != "" && !slices.Contains(domain.Colours(), *p.Colour) {
		return p, invalid("colour", "unknown", "There is no such colour.")
	}
	if p.Notify != nil {
		if err := checkNotify(*p.Notify); err != nil {
			return p, err
		}
	}
	if p.Priority != nil && !slices.Contains(domain.Priorities(), *p.Priority) {
		return p, invalid("priority", "unknown", "There is no such priority.")
	}
	return p, nil
}

func checkPurpose(p domain.Purpose) error {
	if !slices.Contains(domain.Purposes(), p) {
		return invalid("purpose", "unknown", "There is no such purpose.")
	}
	return nil
}
