package inbox

import (
	"context"
	"sync"
	"time"

	"waflow/backend/domain"
	"waflow/backend/panics"
)

// olderWithin is how long a phone is waited for when somebody scrolls up, and olderAtOnce how many messages it is asked for.
const (
	olderWithin = 20 * time.Second
	olderAtOnce = 100
)

// PastStore is what is needed of the workspace.
type PastStore interface {
	PhonesWithMore(ctx context.Context, id domain.ConversationID) ([]domain.DeviceID, error)
	OldestMessage(ctx context.Context, id domain.ConversationID) (time.Time, domain.Cursor, error)
	FirstAfter(ctx context.Context, ref domain.DeviceRef, id domain.ConversationID, after time.Time) (domain.Older, bool, error)
	MessagesBetween(ctx context.Context, id domain.ConversationID, from, to time.Time) (int, error)
	Conversation(ctx context.Context, id domain.ConversationID) (domain.Conversation, error)
	HistoryProgress(ctx context.Context) ([]domain.HistoryProgress, error)
	HistoryAgain(ctx context.Context, ref domain.DeviceRef) error
	Device(ctx context.Context, id domain.DeviceID) (domain.Device, error)
}

// Phones hand over what is older than what is here.
type Phones interface {
	// Ask asks the phone of a device and waits for what it brings to be kept; false when it did not answer in time. Errors: not_connected.
	Ask(ctx context.Context, id domain.DeviceID, what domain.Older, within time.Duration) (domain.OlderAnswer, bool, error)
}

// Past is what concerns the time before a number was linked. Its methods may be called from any goroutine.
type Past struct {
	store  PastStore
	phones Phones
	wake   func(domain.DeviceID)
}

// NewPast returns it over its parts. wake has the history of a device worked on; it does not block.
func NewPast(store PastStore, phones Phones, wake func(domain.DeviceID)) *Past {
	return &Past{store: store, phones: phones, wake: wake}
}

// Progress returns how far the history of each device has come that its phone handed any over to.
func (p *Past) Progress(ctx context.Context) ([]domain.HistoryProgress, error) {
	return p.store.HistoryProgress(ctx)
}

// Again has what a device could not keep of its phone's history tried again. Errors: not_found.
func (p *Past) Again(ctx context.Context, id domain.DeviceID) error {
	d, err := p.store.Device(ctx, id)
	if err != nil {
		return err
	}
	if err := p.store.HistoryAgain(ctx, d.Ref); err != nil {
		return err
	}
	p.wake(id)
	return nil
}

// asked is what became of asking one phone.
type asked struct {
	device   domain.DeviceID
	answered bool
	end      bool
	err      error
}

// Older asks the phones of a conversation for messages older than all that are here, and returns once they are on disk, after twenty
// seconds at the longest. Errors: not_found for a conversation that is not there or has no message.
func (p *Past) Older(ctx context.Context, id domain.ConversationID) (domain.OlderOutcome, error) {
	c, err := p.store.Conversation(ctx, id)
	if err != nil {
		return domain.OlderOutcome{}, err
	}
	oldest, place, err := p.store.OldestMessage(ctx, id)
	if err != nil {
		return domain.OlderOutcome{}, err
	}
	before, err := p.store.MessagesBetween(ctx, id, time.Time{}, oldest)
	if err != nil {
		return domain.OlderOutcome{}, err
	}
	devices, err := p.store.PhonesWithMore(ctx, id)
	if err != nil {
		return domain.OlderOutcome{}, err
	}
	out := domain.OlderOutcome{Brought: place}
	for _, a := range p.askAll(ctx, c, devices) {
		switch {
		case domain.CodeOf(a.err) == domain.CodeNotConnected:
			out.Away = append(out.Away, a.device)
		case a.err != nil:
			return domain.OlderOutcome{}, a.err
		case !a.answered:
			out.Silent = append(out.Silent, a.device)
		}
		out.More = out.More || !a.end
	}
	after, err := p.store.MessagesBetween(ctx, id, time.Time{}, oldest)
	out.Found = max(0, after-before)
	return out, err
}

// askAll asks several phones at once: there are as many as numbers that a contact has written to.
func (p *Past) askAll(ctx context.Context, c domain.Conversation, devices []domain.DeviceID) []asked {
	out := make([]asked, len(devices))
	var all sync.WaitGroup
	for i, id := range devices {
		all.Go(func() { out[i] = p.ask(ctx, c, id) })
	}
	all.Wait()
	return out
}

func (p *Past) ask(ctx context.Context, c domain.Conversation, id domain.DeviceID) (a asked) {
	a.device = id
	defer panics.Into(&a.err, "a phone could not be asked")
	ref := domain.DeviceRef{Subaccount: c.Ref.Subaccount, Device: id}
	what, known, err := p.store.FirstAfter(ctx, ref, c.Ref.Conversation, time.Time{})
	if err != nil {
		return asked{device: id, err: err}
	}
	if !known {
		what.At = c.LastAt
	}
	what.Chat, what.Count = c.Peer, olderAtOnce
	answer, answered, err := p.phones.Ask(ctx, id, what, olderWithin)
	return asked{device: id, answered: answered, end: answered && answer.End, err: err}
}
