package outbox

import (
	"context"
	"errors"
	"sync"

	"waflow/backend/domain"
	"waflow/backend/panics"
)

// messages sends until nothing is left that may go now. When the computer slept meanwhile, what is at hand goes back: it may be late.
func (l *line) messages(ctx context.Context) error {
	sleeps, err := l.c.Slept(ctx)
	if err != nil {
		return err
	}
	h := newHand(ctx, l)
	l.hold(h)
	defer l.hold(nil)
	var keeper sync.WaitGroup
	keeper.Go(h.keep)
	defer keeper.Wait() // after a panic too: nothing goes on behind a line that is begun again
	defer h.finish()
	for ctx.Err() == nil && l.c.Sender.Ready(l.id) {
		item, more := h.next()
		if !more {
			break
		}
		if n, unkept := l.c.Slept(ctx); unkept != nil || n != sleeps {
			h.done(notGone(item))
			l.wake(false)
			err = unkept
			break
		}
		result, failed := l.send(ctx, item)
		h.done(l.judged(item, result, failed))
	}
	h.finish()
	keeper.Wait()
	return errors.Join(err, h.failed)
}

func (l *line) send(ctx context.Context, item domain.OutboxItem) (result domain.SendResult, err error) {
	sending, cancel := context.WithTimeout(ctx, Deadline)
	defer cancel()
	defer panics.Into(&err, "sending panicked")
	return l.c.Sender.Send(sending, l.id, item.Out)
}

// judged says what is to be kept of a try, and lets the conversation pause if it has to go again.
func (l *line) judged(item domain.OutboxItem, result domain.SendResult, cause error) domain.SendNote {
	outcome, code := judge(cause, item.Tries)
	if outcome != domain.SendGone {
		l.c.Logger.Warn().Err(cause).Int64("device", int64(l.id)).Int("tries", item.Tries+1).Str("outcome", string(outcome)).
			Msg("a message did not go, or perhaps not")
	}
	if outcome == domain.SendUncertain || outcome == domain.SendNotGone {
		l.pauses.begin(item.Chat, item.Tries)
	}
	return domain.SendNote{Message: item.Message, Outcome: outcome, Result: result, Code: code}
}
