package gaps

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"waflow/backend/domain"
	"waflow/backend/uptime"
)

// answerWithin is how long a phone has to answer, what it answers included in the database.
const answerWithin = 2 * time.Minute

// tryAgain is how long after a failure a check is tried again, unless the device connects before.
const tryAgain = time.Minute

// Store is what is needed of the workspace.
type Store interface {
	OpenGap(ctx context.Context, g domain.Gap) (domain.Gap, error)
	// SaveGap and DropGap report whether the gap was still as was: a device may go down while its gap is being looked at.
	SaveGap(ctx context.Context, was, g domain.Gap) (bool, error)
	DropGap(ctx context.Context, was domain.Gap) (bool, error)
	// RecheckGap has a gap that was not provable checked again, and reports whether it was in that state. Errors: not_found.
	RecheckGap(ctx context.Context, device domain.DeviceID, id domain.GapID) (domain.Gap, bool, error)
	UnsettledGaps(ctx context.Context, id domain.DeviceID) ([]domain.Gap, error)
	LateMessages(ctx context.Context, g domain.Gap) (int, error)
	GapConversations(ctx context.Context, g domain.Gap, since time.Time) ([]domain.GapCheck, error)
	MessagesBetween(ctx context.Context, id domain.ConversationID, from, to time.Time) (int, error)
	FirstAfter(ctx context.Context, ref domain.DeviceRef, id domain.ConversationID, after time.Time) (domain.Older, bool, error)
	Conversation(ctx context.Context, id domain.ConversationID) (domain.Conversation, error)
}

// Phones hand over older messages.
type Phones interface {
	// Ask asks the phone of a device and waits for what it brings to be kept; false when it did not answer in time. Errors: not_connected.
	Ask(ctx context.Context, id domain.DeviceID, what domain.Older, within time.Duration) (domain.OlderAnswer, bool, error)
}

// Config is what a worker is built from.
type Config struct {
	Store  Store
	Phones Phones
	Tell   func(domain.Gap) // what people see of a gap changed. Does not block; may be nil
	Logger zerolog.Logger
}

// atOnce is how many devices are checked at the same time.
const atOnce = 8

// Worker follows the gaps of all devices. Its methods may be called from any goroutine.
type Worker struct {
	c Config

	mu      sync.Mutex
	devices map[domain.DeviceID]*presence
	queue   []domain.DeviceID // without repetition
	wanted  chan struct{}     // holds a token while the queue may hold something
}

// presence is what is known of a device's present connection.
type presence struct {
	up     bool // it is up, and its first sync is over
	synced bool // WhatsApp has handed over what it kept
	losses int  // how often it went down
	busy   bool // its gaps are being checked
}

// New makes a worker. Nothing is asked before Run.
func New(c Config) *Worker {
	if c.Tell == nil {
		c.Tell = func(domain.Gap) {}
	}
	return &Worker{c: c, devices: map[domain.DeviceID]*presence{}, wanted: make(chan struct{}, 1)}
}

// Changed takes a change of a device's state that is on disk, in the order in which they happened. A failure of the disk is logged: the gap is
// known less well then, and the device goes on.
func (w *Worker) Changed(ctx context.Context, c domain.StateChange) {
	if err := w.changed(ctx, c); err != nil {
		w.c.Logger.Warn().Err(err).Msg("a gap could not be kept")
	}
}

func (w *Worker) changed(ctx context.Context, c domain.StateChange) error {
	id := c.Ref.Device
	w.mu.Lock()
	p := w.presence(id)
	p.up = uptime.Up(c.To.Cause) && c.To.Cause != domain.CauseFirstSync
	if !uptime.Up(c.To.Cause) {
		p.synced = false
		p.losses++
	}
	w.mu.Unlock()
	defer w.wake(id)

	gaps, err := w.c.Store.UnsettledGaps(ctx, id)
	if err != nil {
		return err
	}
	for _, g := range gaps {
		if g.State != domain.GapOpen && g.State != domain.GapEnded {
			continue
		}
		if kept, err := w.save(ctx, g, follow(g, c)); kept || err != nil {
			return err
		}
		break // its check began at this moment: what comes now is a gap of its own
	}
	if !begins(c) {
		return nil
	}
	opened, err := w.c.Store.OpenGap(ctx, domain.Gap{Ref: c.Ref, From: c.Began().Truncate(time.Second), Cause: c.To.Cause, Relinked: losesLink(c.To.Cause)})
	if err == nil {
		w.c.Tell(opened)
	}
	return err
}

// Synced says that WhatsApp has handed over all that it kept for a device while it was away. It does not block.
func (w *Worker) Synced(id domain.DeviceID) {
	w.mu.Lock()
	w.presence(id).synced = true
	w.mu.Unlock()
	w.wake(id)
}

// presence returns what is known of a device. w.mu is held.
func (w *Worker) presence(id domain.DeviceID) *presence {
	p, ok := w.devices[id]
	if !ok {
		p = &presence{}
		w.devices[id] = p
	}
	return p
}

// save keeps and tells what has become of a gap, and reports false if it is no longer as it was.
func (w *Worker) save(ctx context.Context, was, g domain.Gap) (bool, error) {
	kept, err := w.c.Store.SaveGap(ctx, was, g)
	if kept {
		w.c.Tell(g)
	}
	return kept, err
}

func (w *Worker) wake(id domain.DeviceID) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !slices.Contains(w.queue, id) {
		w.queue = append(w.queue, id)
	}
	select {
	case w.wanted <- struct{}{}:
	default:
	}
}

// next returns a device that is connected, has everything that WhatsApp kept for it, and is not being checked already. Of the others whoever
// changes that wakes them again.
func (w *Worker) next() (domain.DeviceID, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for i, id := range w.queue {
		if p := w.presence(id); p.up && p.synced && !p.busy {
			w.queue = slices.Delete(w.queue, i, i+1)
			p.busy = true
			return id, true
		}
	}
	return 0, false
}

// Run works until ctx ends. A check that was begun then goes on at the next start.
func (w *Worker) Run(ctx context.Context) error {
	var working sync.WaitGroup
	defer working.Wait()
	places := make(chan struct{}, atOnce)
	for {
		id, ok := w.next()
		if !ok {
			select {
			case <-w.wanted:
				continue
			case <-ctx.Done():
				return nil
			}
		}
		select {
		case places <- struct{}{}:
		case <-ctx.Done():
			return nil
		}
		working.Go(func() {
			again := w.work(ctx, id)
			<-places
			if again {
				w.wakeLater(ctx, id)
			}
		})
	}
}

// work settles what can be settled of a device, and reports whether it has to be tried again.
func (w *Worker) work(ctx context.Context, id domain.DeviceID) (again bool) {
	err := w.settle(ctx, id)
	w.mu.Lock()
	w.presence(id).busy = false
	asked := slices.Contains(w.queue, id)
	w.mu.Unlock()
	if asked {
		w.wake(id)
	}
	if err != nil && ctx.Err() == nil && domain.CodeOf(err) != domain.CodeNotConnected {
		w.c.Logger.Warn().Int64("device", int64(id)).Str("code", string(domain.CodeOf(err))).Str("error", domain.Masked(err.Error())).
			Msg("a gap could not be checked")
	}
	return err != nil
}

// wakeLater tries a device again after a while. If it is away then, it is tried when it is back.
func (w *Worker) wakeLater(ctx context.Context, id domain.DeviceID) {
	timer := time.NewTimer(tryAgain)
	defer timer.Stop()
	select {
	case <-timer.C:
		w.wake(id)
	case <-ctx.Done():
	}
}
