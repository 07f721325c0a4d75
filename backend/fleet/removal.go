package fleet

import (
	"context"
	"slices"
	"time"

	"waflow/backend/domain"
)

// tellWithin is how long WhatsApp may take to be told that a device goes; after that it goes all the same.
const tellWithin = 20 * time.Second

// removeWithin is how long closing what is open of the device may take, over the time that the client library waits for a dial.
const removeWithin = time.Minute

// RemovalLoss counts what would go with a device. Errors: not_found.
func (f *Fleet) RemovalLoss(ctx context.Context, id domain.DeviceID) (domain.RemovalLoss, error) {
	d, err := f.store.Device(ctx, id)
	if err != nil {
		return domain.RemovalLoss{}, err
	}
	return f.store.RemovalLoss(ctx, d.Ref)
}

// RemoveDevice ends a device: a pairing of it is cancelled, the phone is told where that is possible, the row goes (see the store's
// RemoveDevice for what goes with it), and then its session file. After a crash in between the device is still there, unlinked, or it is gone
// and the next start clears its file away. Errors: not_found; invalid when it is to be erased and the label typed is another.
func (f *Fleet) RemoveDevice(ctx context.Context, id domain.DeviceID, how domain.Removal) (domain.Removed, error) {
	d, err := f.store.Device(ctx, id)
	if err != nil {
		return domain.Removed{}, err
	}
	if how.Erase && d.Slot > 0 && how.Label != d.Label {
		return domain.Removed{}, invalid("label", "other", "What was typed is not the device's label.")
	}
	f.pool.CancelPairing(id)
	told := d.Linked.IsZero() || f.tellPhone(ctx, id)
	// What begins here is ended, whether or not somebody still waits: the pool has let go of the device.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), removeWithin)
	defer cancel()
	// The pool first: nothing may arrive or be linked once the row is gone.
	if err := f.pool.Remove(ctx, id); err != nil {
		return domain.Removed{}, err
	}
	files, err := f.store.RemoveDevice(ctx, d.Ref, how.Erase)
	if err != nil {
		f.restore(ctx, id)
		return domain.Removed{}, err
	}
	f.pool.Discard(files)
	return domain.Removed{PhoneTold: told}, nil
}

// tellPhone has WhatsApp take this companion off the phone. A device that is not connected can't; it goes all the same.
func (f *Fleet) tellPhone(ctx context.Context, id domain.DeviceID) bool {
	ctx, cancel := context.WithTimeout(ctx, tellWithin)
	defer cancel()
	return f.pool.Unlink(ctx, id) == nil
}

// restore gives a device that could not be removed back to the pool, with its session where it still has one.
func (f *Fleet) restore(ctx context.Context, id domain.DeviceID) {
	ctx = context.WithoutCancel(ctx)
	d, err := f.store.Device(ctx, id)
	if err != nil {
		return
	}
	links, err := f.store.ActiveLinks(ctx)
	if err != nil {
		return
	}
	file := ""
	if i := slices.IndexFunc(links, func(l domain.Link) bool { return l.Ref == d.Ref }); i >= 0 {
		file = links[i].File
	}
	f.pool.Add(d, file)
}
