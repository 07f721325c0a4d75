package outbox

import (
	"context"
	"fmt"
	"sync"

	"waflow/backend/domain"
)

// taken is a message that was taken from the store, or why there is none.
type taken struct {
	item  domain.OutboxItem
	found bool
	err   error
}

// messages sends until nothing is left that may go now. The next message is taken from the store while one is being sent, and what became
// of the former is noted meanwhile.
func (l *line) messages(ctx context.Context) error {
	notes := &noting{}
	next := l.take(ctx)
	for next.found && next.err == nil && ctx.Err() == nil && l.c.Sender.Ready(l.id) {
		present := next.item
		ahead := make(chan taken, 1)
		notes.group.Go(func() { ahead <- l.take(ctx) })
		result, err := l.send(ctx, present)
		notes.group.Go(func() { notes.keep(l.note(ctx, present, result, err)) })
		next = <-ahead
		if !next.found && next.err == nil { // perhaps only because what was sent is not noted yet
			notes.group.Wait()
			next = l.take(ctx)
		}
	}
	if next.found { // taken and not sent
		notes.keep(l.note(ctx, next.item, domain.SendResult{}, notConnected()))
	}
	notes.group.Wait()
	if next.err != nil {
		return next.err
	}
	return notes.err()
}

func notConnected() error {
	return &domain.Error{Code: domain.CodeNotConnected, Message: "the device is not connected"}
}

// take takes the next message; its conversation is busy from then on.
func (l *line) take(ctx context.Context) taken {
	item, found, changed, err := l.c.Store.NextToSend(ctx, l.id, l.blocked())
	if err != nil || !found {
		return taken{err: err}
	}
	l.mu.Lock()
	l.busy[item.Chat] = true
	l.mu.Unlock()
	l.publish(changed)
	return taken{item: item, found: true}
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

// note keeps what became of a message. It does so even when the outbox is being stopped.
func (l *line) note(ctx context.Context, item domain.OutboxItem, result domain.SendResult, cause error) error {
	ctx = context.WithoutCancel(ctx)
	outcome, code := judge(cause, item.Tries)
	var changed domain.Changed
	var err error
	switch outcome {
	case gone:
		changed, err = l.c.Store.Sent(ctx, item.Message, result)
	case notGone:
		changed, err = l.putBack(ctx, item)
	case refused:
		changed, err = l.c.Store.SendFailed(ctx, item.Message, code)
		l.c.Logger.Warn().Err(cause).Int64("device", int64(l.id)).Str("code", string(code)).Msg("a message was refused")
	case uncertain:
		l.c.Logger.Warn().Err(cause).Int64("device", int64(l.id)).Int("tries", item.Tries+1).Msg("it is uncertain whether a message went")
	}
	l.mu.Lock()
	delete(l.busy, item.Chat)
	if outcome == notGone || outcome == uncertain || err != nil {
		l.resume[item.Chat] = l.c.Now().Add(pause(item.Tries))
	}
	l.mu.Unlock()
	l.publish(changed)
	return err
}

// putBack makes a message queued again, unless an earlier try of it may have gone: then it stays uncertain.
func (l *line) putBack(ctx context.Context, item domain.OutboxItem) (domain.Changed, error) {
	if item.Tries > 0 {
		return domain.Changed{}, nil
	}
	return l.c.Store.Unsent(ctx, item.Message)
}

// noting runs the notes of a line beside its sends and keeps the first error.
type noting struct {
	group sync.WaitGroup
	mu    sync.Mutex
	first error
}

func (n *noting) keep(err error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.first == nil {
		n.first = err
	}
}

func (n *noting) err() error {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.first
}
