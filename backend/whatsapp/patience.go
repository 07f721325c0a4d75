package whatsapp

import (
	"context"
	"errors"
	"sync"
	"time"

	"go.mau.fi/libsignal/signalerror"
)

// When a message can't be decrypted, the library asks our own phone for it before it goes on receiving, and that request
// queues behind the message being sent, until its ack has come. With a lost ack all receiving would wait for the end of the
// send's deadline. So a message that can't be decrypted makes the send that goes on impatient: it waits hurry longer and
// then counts as uncertain, which is what it would have become anyway. It goes again with the same id.

// hurry is how long a send still waits for its ack once receiving waits for it.
const hurry = time.Second

// errHurried is the cause of a send that was cut short because receiving waited for it.
var errHurried = errors.New("receiving was waiting for the ack")

// patience knows the sends that wait for their ack.
type patience struct {
	mu    sync.Mutex
	sends map[*waiting]struct{}
}

type waiting struct {
	cancel context.CancelCauseFunc
	timer  *time.Timer
}

// wait returns the context of one send. The second result ends it.
func (p *patience) wait(ctx context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	w := &waiting{cancel: cancel}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.sends == nil {
		p.sends = make(map[*waiting]struct{})
	}
	p.sends[w] = struct{}{}
	return ctx, func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		delete(p.sends, w)
		if w.timer != nil {
			w.timer.Stop()
		}
		cancel(nil)
	}
}

// undecrypted hurries the sends that go on.
func (p *patience) undecrypted(reason error) {
	if errors.Is(reason, context.Canceled) || errors.Is(reason, signalerror.ErrOldCounter) {
		return // the library asks nobody for these
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for w := range p.sends {
		if w.timer == nil {
			w.timer = time.AfterFunc(hurry, func() { w.cancel(errHurried) })
		}
	}
}
