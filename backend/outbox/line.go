package outbox

import (
	"context"
	"sync/atomic"
	"time"

	"waflow/backend/domain"
)

const (
	readsAtOnce = 100
	storeAgain  = 5 * time.Second // how long to leave a disk alone that refused
)

// line sends what one device has to send, one message at a time: the client library serialises sends anyway, and so the deadline of
// each is its own.
type line struct {
	c  Config
	id domain.DeviceID

	signal chan struct{} // buffered: something may have changed

	anew atomic.Bool // the device connected: uncertain messages may go again

	pauses pauses
}

func newLine(c Config, id domain.DeviceID) *line {
	return &line{c: c, id: id, signal: make(chan struct{}, 1), pauses: newPauses(c.Now)}
}

func (l *line) wake(connected bool) {
	if connected {
		l.anew.Store(true)
	}
	select {
	case l.signal <- struct{}{}:
	default:
	}
}

// run works until ctx ends; with nothing to do it waits for a signal or for the end of the next pause.
func (l *line) run(ctx context.Context) {
	for ctx.Err() == nil {
		l.idle(ctx, l.work(ctx))
	}
}

func (l *line) idle(ctx context.Context, atMost time.Duration) {
	var over <-chan time.Time
	if atMost > 0 {
		timer := time.NewTimer(atMost)
		defer timer.Stop()
		over = timer.C
	}
	select {
	case <-ctx.Done():
	case <-l.signal:
	case <-over:
	}
}

// work sends what can go now. It returns after how long there may be more to do, 0 if only a signal can tell.
func (l *line) work(ctx context.Context) time.Duration {
	if !l.c.Sender.Ready(l.id) {
		return 0
	}
	l.pauses.release(l.anew.Swap(false))
	if err := l.reads(ctx); err != nil {
		l.c.Logger.Warn().Err(err).Int64("device", int64(l.id)).Msg("read receipts wait")
	}
	if err := l.messages(ctx); err != nil && ctx.Err() == nil {
		l.c.Logger.Error().Err(err).Int64("device", int64(l.id)).Msg("sending waits for the disk")
		return storeAgain
	}
	return l.pauses.next()
}

// reads sends the read receipts that the device owes.
func (l *line) reads(ctx context.Context) error {
	for ctx.Err() == nil && l.c.Sender.Ready(l.id) {
		due, err := l.c.Store.DueReads(ctx, l.id, readsAtOnce)
		if err != nil || len(due) == 0 {
			return err
		}
		for _, mark := range due {
			if err := l.read(ctx, mark); err != nil {
				return err
			}
		}
	}
	return nil
}

func (l *line) read(ctx context.Context, mark domain.ReadMark) error {
	sending, cancel := context.WithTimeout(ctx, Deadline)
	defer cancel()
	err := l.c.Sender.MarkRead(sending, mark)
	if outcome, _ := judge(err, 0); outcome != domain.SendGone && outcome != domain.SendRefused {
		return err
	}
	return l.c.Store.ReadSent(context.WithoutCancel(ctx), mark)
}
