package outbox

import (
	"context"
	"time"

	"waflow/backend/domain"
	"waflow/backend/panics"
)

// lookAgain is how often the clock is looked at while something is scheduled: it may be set, and a timer may stand still while the computer sleeps.
const lookAgain = 15 * time.Second

// watchTimes puts scheduled messages in line when their time comes, until ctx ends.
func (o *Outbox) watchTimes(ctx context.Context) {
	for ctx.Err() == nil {
		wait := storeAgain // after a panic
		panics.Step(o.c.Logger, "schedule", func() { wait = o.fallDue(ctx) })
		var over <-chan time.Time
		if wait > 0 {
			timer := time.NewTimer(wait)
			over = timer.C
			defer timer.Stop()
		}
		select {
		case <-ctx.Done():
		case <-o.times:
		case <-over:
		}
	}
}

// fallDue puts in line what is due. It returns after how long to look again, 0 if only a change of the schedule can tell.
func (o *Outbox) fallDue(ctx context.Context) time.Duration {
	if _, err := o.c.Slept(ctx); err != nil { // what was due in a sleep is late, not due
		return storeAgain
	}
	fallen, err := o.c.Store.FallDue(ctx)
	if err != nil {
		if ctx.Err() == nil {
			o.c.Logger.Error().Err(err).Msg("scheduled messages wait for the disk")
		}
		return storeAgain
	}
	for _, id := range fallen.Devices {
		o.line(id).wake(false)
	}
	if fallen.Late > 0 {
		o.c.Late(ctx)
	}
	if fallen.Next.IsZero() {
		return 0
	}
	return min(max(fallen.Next.Sub(o.c.Now()), time.Millisecond), lookAgain)
}

// timesChanged has the schedule looked at again.
func (o *Outbox) timesChanged() {
	select {
	case o.times <- struct{}{}:
	default:
	}
}

// SendNow sends a message before its time. Errors: not_found; conflict if its time has come.
func (o *Outbox) SendNow(ctx context.Context, id domain.MessageID) error {
	return o.wakeAll(o.c.Store.SendNow(ctx, id))
}

// Reschedule gives a message another time before the one it has comes. Errors: not_found; conflict if its time has come; invalid for a time that
// there is not.
func (o *Outbox) Reschedule(ctx context.Context, id domain.MessageID, to domain.Schedule) (domain.Message, error) {
	m, err := o.c.Store.Reschedule(ctx, id, to)
	if err != nil {
		return domain.Message{}, err
	}
	o.timesChanged()
	return m, nil
}
