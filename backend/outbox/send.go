package outbox

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"waflow/backend/domain"
)

// taken is a message that was taken from the store, nil if there is none, or why that failed.
type taken struct {
	item *domain.OutboxItem
	err  error
}

// messages sends until nothing is left that may go now. While one message is on its way, what became of the one before is kept and the
// next one is taken, in one commit, so that disk and network do not wait for each other.
func (l *line) messages(ctx context.Context) error {
	present := l.step(ctx, nil)
	var notes []domain.SendNote
	for present.item != nil && ctx.Err() == nil && l.c.Sender.Ready(l.id) {
		item := *present.item
		ahead := make(chan taken, 1)
		known := notes
		go func() { ahead <- l.step(ctx, known, item.Message) }()
		result, err := l.send(ctx, item)
		next := <-ahead
		notes = l.judged(item, result, err)
		if next.item != nil && l.paused(next.item.Chat) {
			notes = append(notes, notGone(*next.item))
			next.item = nil
		}
		if next.item == nil && next.err == nil {
			next, notes = l.step(ctx, notes), nil
		}
		present = next
	}
	if present.item != nil {
		notes = append(notes, notGone(*present.item))
	}
	return errors.Join(present.err, l.keep(ctx, notes))
}

func notGone(item domain.OutboxItem) domain.SendNote {
	return domain.SendNote{Message: item.Message, Outcome: domain.SendNotGone}
}

func (l *line) paused(id domain.ConversationID) bool {
	_, paused := l.resume[id]
	return paused
}

// step keeps notes and takes the next message. Pauses do not change while it runs.
func (l *line) step(ctx context.Context, notes []domain.SendNote, held ...domain.MessageID) taken {
	item, found, err := l.c.Store.StepOutbox(context.WithoutCancel(ctx), domain.OutboxStep{
		Device: l.id, Notes: notes, Take: ctx.Err() == nil, Paused: slices.Collect(maps.Keys(l.resume)), Held: held,
	})
	if err != nil {
		return taken{err: err}
	}
	if !found {
		return taken{}
	}
	return taken{item: &item}
}

// keep keeps notes, also when the outbox is being stopped.
func (l *line) keep(ctx context.Context, notes []domain.SendNote) error {
	if len(notes) == 0 {
		return nil
	}
	_, _, err := l.c.Store.StepOutbox(context.WithoutCancel(ctx), domain.OutboxStep{Device: l.id, Notes: notes})
	return err
}

func (l *line) send(ctx context.Context, item domain.OutboxItem) (result domain.SendResult, err error) {
	sending, cancel := context.WithTimeout(ctx, Deadline)
	defer cancel()
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic while sending: %v", p)
		}
	}()
	return l.c.Sender.Send(sending, l.id, item.Out)
}

// judged says what is to be kept of a try, and lets the conversation pause if the message has to go again.
func (l *line) judged(item domain.OutboxItem, result domain.SendResult, cause error) []domain.SendNote {
	outcome, code := judge(cause, item.Tries)
	if outcome != domain.SendGone {
		l.c.Logger.Warn().Err(cause).Int64("device", int64(l.id)).Int("tries", item.Tries+1).Str("outcome", string(outcome)).
			Msg("a message did not go, or perhaps not")
	}
	if outcome == "" || outcome == domain.SendNotGone {
		l.resume[item.Chat] = l.c.Now().Add(pause(item.Tries))
	}
	if outcome == "" {
		return nil
	}
	return []domain.SendNote{{Message: item.Message, Outcome: outcome, Result: result, Code: code}}
}
