package outbox

import (
	"context"
	"maps"
	"slices"
	"sync"

	"waflow/backend/domain"
	"waflow/backend/panics"
)

// handSize is how many messages are taken from the store ahead of being sent.
const handSize = 3

// hand is what a line has taken from the store and not sent yet, and what became of messages and is not kept yet. One goroutine, the
// keeper, exchanges both with the store while another one sends, so that disk and network do not wait for each other. What gathers while a
// commit is on its way goes into the next one.
type hand struct {
	l       *line
	ctx     context.Context // of the line; nothing is taken after its end
	changed *sync.Cond

	ready  []domain.OutboxItem
	held   map[domain.MessageID]bool // taken, and its end not noted
	notes  []domain.SendNote
	asking bool // the store is being asked
	asked  int  // how often it has answered
	dry    bool // the store had no more when it was last asked
	over   bool // nothing is to be taken any more
	failed error
}

func newHand(ctx context.Context, l *line) *hand {
	return &hand{l: l, ctx: ctx, changed: sync.NewCond(new(sync.Mutex)), held: map[domain.MessageID]bool{}}
}

// keep exchanges notes for messages until the hand is over and everything is kept, or the store fails.
func (h *hand) keep() {
	for {
		step, more := h.pending()
		if !more {
			return
		}
		items, err := h.exchange(step)
		h.got(step, items, err)
	}
}

// exchange keeps notes and takes messages. Whoever waits for that hears of a panic as of any failure.
func (h *hand) exchange(step domain.OutboxStep) (items []domain.OutboxItem, err error) {
	defer panics.Into(&err, "the queue could not be read")
	return h.l.c.Store.StepOutbox(context.WithoutCancel(h.ctx), step)
}

// pending waits until there is something to exchange. It reports false when the hand is over and empty.
func (h *hand) pending() (domain.OutboxStep, bool) {
	h.changed.L.Lock()
	defer h.changed.L.Unlock()
	for !h.over && len(h.notes) == 0 && (h.dry || len(h.ready) == handSize) {
		h.changed.Wait()
	}
	if h.failed != nil || h.over && len(h.notes) == 0 {
		return domain.OutboxStep{}, false
	}
	step := domain.OutboxStep{Device: h.l.id, Notes: h.notes, Paused: h.l.pauses.all()}
	for _, note := range h.notes {
		if note.Outcome != domain.SendBegun {
			delete(h.held, note.Message)
		}
	}
	if !h.over && h.ctx.Err() == nil {
		step.Take = handSize - len(h.ready)
	}
	step.Held = slices.Collect(maps.Keys(h.held))
	h.notes, h.asking = nil, true
	return step, true
}

func (h *hand) got(step domain.OutboxStep, items []domain.OutboxItem, err error) {
	h.changed.L.Lock()
	defer h.changed.L.Unlock()
	for _, item := range items {
		h.held[item.Message] = true
	}
	h.ready = append(h.ready, items...)
	h.asked++
	h.asking, h.dry = false, len(items) < step.Take || h.ctx.Err() != nil
	if h.over { // they came too late to be sent
		h.giveBack()
	}
	if err != nil {
		h.failed, h.over = err, true
	}
	h.changed.Broadcast()
}

// next waits for a message that may go now, and notes that it is handed over. It reports false when there is none and everything is kept, or
// the store failed.
func (h *hand) next() (domain.OutboxItem, bool) {
	h.changed.L.Lock()
	defer h.changed.L.Unlock()
	for {
		for len(h.ready) == 0 && h.failed == nil && (h.asking || len(h.notes) > 0 || !h.dry) {
			h.changed.Wait()
		}
		if len(h.ready) == 0 || h.failed != nil {
			return domain.OutboxItem{}, false
		}
		item := h.ready[0]
		h.ready = h.ready[1:]
		if !h.l.pauses.has(item.Chat) {
			h.note(domain.SendNote{Message: item.Message, Outcome: domain.SendBegun})
			return item, true
		}
		h.note(notGone(item)) // taken before the one ahead of it failed
	}
}

// done tells what became of a message.
func (h *hand) done(note domain.SendNote) {
	h.changed.L.Lock()
	defer h.changed.L.Unlock()
	h.note(note)
}

// note adds what is to be kept. The end of a message that is not even known to have begun is all that matters of it.
func (h *hand) note(note domain.SendNote) {
	h.notes = append(slices.DeleteFunc(h.notes, func(n domain.SendNote) bool { return n.Message == note.Message }), note)
	h.changed.Broadcast()
}

// withdraw takes a message out of the hand that has not been handed over, so that it can be removed. What it returns is to be called with how
// that went: a message that is still there is given back. Until then nobody takes it again. It returns nil if there is no such message.
func (h *hand) withdraw(id domain.MessageID) func(error) error {
	h.changed.L.Lock()
	defer h.changed.L.Unlock()
	at := slices.IndexFunc(h.ready, func(i domain.OutboxItem) bool { return i.Message == id })
	if at < 0 {
		return nil
	}
	item := h.ready[at]
	h.ready = slices.Delete(h.ready, at, at+1)
	h.changed.Broadcast()
	return func(err error) error {
		if err != nil {
			h.done(notGone(item))
			return err
		}
		h.changed.L.Lock()
		defer h.changed.L.Unlock()
		delete(h.held, id)
		return nil
	}
}

// settle waits until everything is kept that is to be kept now.
func (h *hand) settle() {
	h.changed.L.Lock()
	defer h.changed.L.Unlock()
	upTo := h.asked
	if h.asking {
		upTo++
	}
	if len(h.notes) > 0 {
		upTo++
	}
	for h.asked < upTo && h.failed == nil {
		h.changed.Wait()
	}
}

// finish gives back what was not sent; after that keep ends.
func (h *hand) finish() {
	h.changed.L.Lock()
	defer h.changed.L.Unlock()
	h.over = true
	h.giveBack()
	h.changed.Broadcast()
}

func (h *hand) giveBack() {
	for _, item := range h.ready {
		h.notes = append(h.notes, notGone(item))
	}
	h.ready = nil
}

func notGone(item domain.OutboxItem) domain.SendNote {
	return domain.SendNote{Message: item.Message, Outcome: domain.SendNotGone}
}
