package outbox

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"waflow/backend/domain"
	"waflow/backend/panics"
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

	signal  chan struct{} // buffered: something may have changed
	courier *courier      // of its files

	anew atomic.Bool // the device connected: uncertain messages may go again

	pauses pauses

	mu   sync.Mutex
	hand *hand // while messages are being sent
}

func newLine(c Config, id domain.DeviceID) *line {
	l := &line{c: c, id: id, signal: make(chan struct{}, 1), pauses: newPauses(c.Now)}
	l.courier = newCourier(c, id, func() { l.look(false) })
	return l
}

func (l *line) wake(connected bool) {
	l.courier.wake(connected)
	l.look(connected)
}

// look has the line look for what it can send.
func (l *line) look(connected bool) {
	if connected {
		l.anew.Store(true)
	}
	select {
	case l.signal <- struct{}{}:
	default:
	}
}

// hold has the line known by what it has at hand; nil when it sends nothing.
func (l *line) hold(h *hand) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.hand = h
}

func (l *line) inHand() *hand {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.hand
}

// withdraw takes a message out of the line's hand that has not been handed over, and returns what is to be called with how its removal went.
// It returns nil if there is no such message.
func (l *line) withdraw(id domain.MessageID) func(error) error {
	if h := l.inHand(); h != nil {
		return h.withdraw(id)
	}
	return nil
}

// settle waits until what is being exchanged with the store is kept.
func (l *line) settle() {
	if h := l.inHand(); h != nil {
		h.settle()
	}
}

// run works until ctx ends; with nothing to do it waits for a signal or for the end of the next pause.
func (l *line) run(ctx context.Context) {
	for ctx.Err() == nil {
		wait := storeAgain // after a panic
		panics.Step(l.c.Logger, "line", func() { wait = l.work(ctx) })
		idle(ctx, l.signal, wait)
	}
}

// idle waits for a signal, for some time at most if that is not 0, or until ctx ends.
func idle(ctx context.Context, signal <-chan struct{}, atMost time.Duration) {
	var over <-chan time.Time
	if atMost > 0 {
		timer := time.NewTimer(atMost)
		defer timer.Stop()
		over = timer.C
	}
	select {
	case <-ctx.Done():
	case <-signal:
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
