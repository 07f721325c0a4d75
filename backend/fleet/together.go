package fleet

import (
	"context"
	"slices"
	"sync"

	"waflow/backend/domain"
	"waflow/backend/panics"
)

// mostTogether is how many devices one request may be about.
const mostTogether = 1000

// Together does the same to several devices at once and says of each what became of it, in the order asked; a device named twice is done
// once. That one is refused does not hold up the others. Errors: invalid for an unknown action or too many devices.
func (f *Fleet) Together(ctx context.Context, action domain.BulkAction, ids []domain.DeviceID) ([]domain.BulkOutcome, error) {
	act, known := map[domain.BulkAction]func(context.Context, domain.DeviceID) error{
		domain.BulkPause: f.Pause, domain.BulkResume: f.Resume, domain.BulkTryNow: f.TryNow,
	}[action]
	if !known {
		return nil, invalid("action", "unknown", "There is no such action.")
	}
	if len(ids) > mostTogether {
		return nil, invalid("devices", "too_many", "These are too many devices at once.")
	}
	var out []domain.BulkOutcome
	for _, id := range ids {
		if !slices.ContainsFunc(out, func(o domain.BulkOutcome) bool { return o.Device == id }) {
			out = append(out, domain.BulkOutcome{Device: id})
		}
	}
	// All at once, so that they share commits; each waits for its own row and its own supervisor only.
	var all sync.WaitGroup
	for i := range out {
		all.Go(func() {
			defer panics.Into(&out[i].Err, "a device could not be asked")
			out[i].Err = act(ctx, out[i].Device)
		})
	}
	all.Wait()
	return out, nil
}
