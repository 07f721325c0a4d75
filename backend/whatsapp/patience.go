package whatsapp

import (
	"context"
	"errors"
	"sync"
	"time"

	"go.mau.fi/libsignal/signalerror"
	"go.mau.fi/whatsmeow/store"
	"go.mau.fi/whatsmeow/types"
)

// When a message can't be decrypted, the library asks our own phone for it, and does not go on receiving until WhatsApp has
// acked that request, which in turn queues behind the message being sent and its ack. With lost acks all receiving would wait
// for 75 s and more. So, for messages that can't be decrypted:
//
//   - the send that goes on becomes impatient: it waits hurry longer for its ack and then counts as uncertain, which is what
//     it would have become anyway. It goes again with the same id;
//   - the library's request is refused when it looks up our phone's LID, its first step after the queue, and made here
//     instead, in the background and only if the sender has not sent the message again after askAfter. That is also the way
//     of the library where it acknowledges at once.
//
// A message that the server itself calls unavailable, which is rare, is still asked for by the library, before it goes on.

// hurry is how long a send still waits for its ack once receiving waits for it.
const hurry = time.Second

// errHurried is the cause of a send that was cut short because receiving waited for it.
var errHurried = errors.New("receiving was waiting for the ack")

// askAfter is how long a message that could not be decrypted may take to come again from its sender before our phone is
// asked for it.
const askAfter = 5 * time.Second

// errAskedLater is what the library's own request to our phone fails with.
var errAskedLater = errors.New("our phone is asked in the background")

// patience knows the sends that wait for their ack, and the messages that our phone is going to be asked for.
type patience struct {
	mu     sync.Mutex
	sends  map[*waiting]struct{}
	asks   map[types.MessageID]*time.Timer
	state  refusal
	closed bool
}

// refusal is where the library is between a failed decryption and telling us of it.
type refusal int

const (
	nothingFailed refusal = iota
	decryptionFailed
	requestRefused
)

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
	p.state = decryptionFailed
	for w := range p.sends {
		if w.timer == nil {
			w.timer = time.AfterFunc(hurry, func() { w.cancel(errHurried) })
		}
	}
}

// refuse tells whether the request that looks up our phone right now is the library's for a message that failed.
func (p *patience) refuse() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.state != decryptionFailed {
		return false
	}
	p.state = requestRefused
	return true
}

// failed ends the time in which requests are refused, and has ask called later if one was. arrived takes that back.
func (p *patience) failed(id types.MessageID, ask func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	refused := p.state == requestRefused
	p.state = nothingFailed
	if !refused || p.closed || p.asks[id] != nil {
		return
	}
	if p.asks == nil {
		p.asks = make(map[types.MessageID]*time.Timer)
	}
	p.asks[id] = time.AfterFunc(askAfter, func() {
		p.arrived(id)
		ask()
	})
}

// arrived forgets a message that came after all.
func (p *patience) arrived(id types.MessageID) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if timer := p.asks[id]; timer != nil {
		timer.Stop()
		delete(p.asks, id)
	}
}

// close forgets all messages.
func (p *patience) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	for _, timer := range p.asks {
		timer.Stop()
	}
	p.asks = nil
}

// patientLIDs refuses the library's requests to our phone; see above.
type patientLIDs struct {
	store.LIDStore
	patience *patience
	phone    func() types.JID // our phone, by number
}

func (l *patientLIDs) GetLIDForPN(ctx context.Context, pn types.JID) (types.JID, error) {
	if pn == l.phone() && l.patience.refuse() {
		return types.JID{}, errAskedLater
	}
	return l.LIDStore.GetLIDForPN(ctx, pn)
}

// askPhone asks our phone for a message that could not be decrypted. The answer is an event.
func (c *Client) askPhone(info types.MessageInfo) {
	if !c.begin() {
		return
	}
	defer c.work.Done()
	ctx, cancel := c.within(c.ctx)
	defer cancel()
	ctx, done := c.patience.wait(ctx)
	defer done()
	if _, err := c.wa.SendPeerMessage(ctx, c.wa.BuildUnavailableMessageRequest(info.Chat, info.Sender, info.ID)); err != nil {
		c.log.Warn().Err(maskedError(err)).Msg("our phone could not be asked for a message")
	}
}
