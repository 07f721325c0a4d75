package gaps

import (
	"context"

	"waflow/backend/domain"
)

// CheckAgain asks a phone anew that did not answer: a gap that was not provable is checked again, from the conversation on that it came to. One
// that is not in that state is left as it is. Errors: not_connected while the device could not ask; not_found.
func (w *Worker) CheckAgain(ctx context.Context, id domain.DeviceID, gap domain.GapID) error {
	w.mu.Lock()
	up := w.presence(id).up
	w.mu.Unlock()
	if !up {
		return &domain.Error{
			Code: domain.CodeNotConnected, Message: "The phone can be asked when this device is connected.", Action: domain.ActionRetry,
		}
	}
	g, again, err := w.c.Store.RecheckGap(ctx, id, gap)
	if err != nil || !again {
		return err
	}
	w.c.Tell(g)
	w.wake(id)
	return nil
}
