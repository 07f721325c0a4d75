package fleet

import (
	"context"
	"errors"

	"waflow/backend/domain"
)

// TryNow dials at once instead of waiting for the next try.
func (f *Fleet) TryNow(_ context.Context, id domain.DeviceID) error { return f.pool.TryNow(id) }

// TakeBack connects a device again that another program replaced; that program is disconnected by it.
func (f *Fleet) TakeBack(_ context.Context, id domain.DeviceID) error { return f.pool.TakeBack(id) }

// CheckNow looks again at a cause that a person may have cured: the clock, a silent connection.
func (f *Fleet) CheckNow(_ context.Context, id domain.DeviceID) error { return f.pool.CheckNow(id) }

// Pause disconnects a device until it is resumed, across restarts too.
func (f *Fleet) Pause(ctx context.Context, id domain.DeviceID) error {
	return f.setPaused(ctx, id, true, f.pool.Pause)
}

// Resume connects a paused device again.
func (f *Fleet) Resume(ctx context.Context, id domain.DeviceID) error {
	return f.setPaused(ctx, id, false, f.pool.Resume)
}

// setPaused writes the wish down before acting on it: after a crash in between, the restart does what was asked.
func (f *Fleet) setPaused(ctx context.Context, id domain.DeviceID, paused bool, act func(domain.DeviceID) error) error {
	if _, err := f.update(ctx, id, domain.DevicePatch{Paused: &paused}); err != nil {
		return err
	}
	err := act(id)
	if code := domain.CodeOf(err); paused && (code == domain.CodeConflict || code == domain.CodeLinkBusy) {
		// What was refused must not come true with the next start.
		awake := false
		if _, undo := f.update(context.WithoutCancel(ctx), id, domain.DevicePatch{Paused: &awake}); undo != nil {
			return errors.Join(err, undo)
		}
	}
	return err
}

// Unlink removes this companion from the phone's linked devices and deletes its session. Conversations stay, and the number can be
// linked again to the same device.
func (f *Fleet) Unlink(ctx context.Context, id domain.DeviceID) error {
	return f.pool.Unlink(ctx, id)
}
