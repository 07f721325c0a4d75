package inbox

import (
	"context"
	"time"

	"waflow/backend/domain"
	"waflow/backend/routing"
)

// Held is a message that has not gone, and why.
type Held struct {
	domain.Waiting
	Hold domain.Hold
}

// Waiting returns the messages of a conversation that have not gone and did not fail, in the order in which they go, what is scheduled last.
func (i *Inbox) Waiting(ctx context.Context, id domain.ConversationID) ([]Held, error) {
	waiting, err := i.store.Waiting(ctx, id)
	if err != nil || len(waiting) == 0 {
		return nil, err
	}
	devices, err := i.store.Devices(ctx)
	if err != nil {
		return nil, err
	}
	return held(waiting, devices), nil
}

// held says of each message why it has not gone.
func held(waiting []domain.Waiting, devices []domain.Device) []Held {
	byID := make(map[domain.DeviceID]domain.Device, len(devices))
	for _, d := range devices {
		byID[d.Ref.Device] = d
	}
	out := make([]Held, 0, len(waiting))
	for _, w := range waiting {
		d := byID[w.Ref.Device]
		// What was taken over by the outbox goes as a reply does: it was decided when it was written whether it may.
		out = append(out, Held{w, w.Hold(routing.CanSend(d, true), backAt(d))})
	}
	return out
}

// backAt is when a device is known to be able to send again, zero if nobody knows.
func backAt(d domain.Device) time.Time { return d.State.Detail.Until }

// Schedule queues a text that goes at a time. Errors: as of Send; invalid for a time that there is not or that has passed.
func (i *Inbox) Schedule(ctx context.Context, id domain.ConversationID, operator domain.OperatorID, text string, when domain.Schedule) (domain.Message, error) {
	if err := i.ahead(when); err != nil {
		return domain.Message{}, err
	}
	return i.queue(ctx, id, operator, text, when)
}

// Reschedule gives a scheduled message another time. Errors: not_found; conflict if its time has come; invalid as of Schedule.
func (i *Inbox) Reschedule(ctx context.Context, id domain.MessageID, when domain.Schedule) (domain.Message, error) {
	if err := i.ahead(when); err != nil {
		return domain.Message{}, err
	}
	return i.outbox.Reschedule(ctx, id, when)
}

// SendNow sends a message before its time, whether it is scheduled or can still be taken back. Errors: not_found; conflict if its time has come.
func (i *Inbox) SendNow(ctx context.Context, id domain.MessageID) error {
	return i.outbox.SendNow(ctx, id)
}

// Times proposes times for sending something in a conversation; own is the operator's zone and theirs those that the contact may be in.
// Errors: invalid for a zone that there is not.
func (i *Inbox) Times(own string, theirs []string) (Times, error) {
	return ProposeTimes(i.now(), own, theirs)
}

// Conversation returns one conversation. Errors: not_found.
func (i *Inbox) Conversation(ctx context.Context, id domain.ConversationID) (domain.Conversation, error) {
	return i.store.Conversation(ctx, id)
}

// farthest is how far ahead a message may be scheduled: what is farther is a slip.
const farthest = 2 * 365 * 24 * time.Hour

// ahead checks that a time can be chosen. Skipped times are refused: nobody's clock shows them.
func (i *Inbox) ahead(when domain.Schedule) error {
	m, err := i.Moment(when)
	if err != nil || m.Why == "" {
		return err
	}
	return &domain.Error{Code: domain.CodeInvalid, Message: "This time can't be chosen.", Detail: map[string]string{"field": "time", "why": m.Why}}
}
