package bridge

import (
	"context"

	"waflow/backend/domain"
)

// Waiting says why the messages of a conversation that have not gone wait. What failed is not among them. Errors: storage errors.
func (i *Inbox) Waiting(conversation int64) ([]Waiting, error) {
	return ask(i.gate, "Inbox.Waiting", func(ctx context.Context, s Services) ([]Waiting, error) {
		held, err := s.Inbox.Waiting(ctx, domain.ConversationID(conversation))
		return list(held, waitingOf), err
	})
}

// Unsent is Conversations for those in which something has not been sent yet: queued, held, scheduled or failed.
func (i *Inbox) Unsent(subaccount int64, cursor string, limit int) (ConversationPage, error) {
	return i.page("Inbox.Unsent", domain.ConversationQuery{
		Subaccount: domain.SubaccountID(subaccount), Unsent: true, Before: domain.Cursor(cursor), Limit: limit,
	})
}

// Times proposes times for sending something in a conversation later; zone is the operator's. Errors: not_found, invalid.
func (i *Inbox) Times(conversation int64, zone string) (ScheduleTimes, error) {
	return ask(i.gate, "Inbox.Times", func(ctx context.Context, s Services) (ScheduleTimes, error) {
		c, err := s.Inbox.Conversation(ctx, domain.ConversationID(conversation))
		if err != nil {
			return ScheduleTimes{}, err
		}
		times, err := s.Inbox.Times(zone, zonesOf(c.Peer.Number))
		return timesOf(times), err
	})
}

// Moment says what a time means that a clock shows in a zone ("2026-11-24T08:00", "Europe/Lisbon"), and whether it can be chosen.
// Errors: invalid.
func (i *Inbox) Moment(wall, zone string) (ScheduleMoment, error) {
	return ask(i.gate, "Inbox.Moment", func(_ context.Context, s Services) (ScheduleMoment, error) {
		m, err := s.Inbox.Moment(scheduleOf(wall, zone))
		return momentOf(m), err
	})
}

// Schedule queues a text that goes at a time and returns the message as it is shown until then. Errors: as of Send; invalid with "why" as in
// ScheduleMoment.
func (i *Inbox) Schedule(conversation int64, text, wall, zone string) (Message, error) {
	return ask(i.gate, "Inbox.Schedule", func(ctx context.Context, s Services) (Message, error) {
		m, err := s.Inbox.Schedule(ctx, domain.ConversationID(conversation), domain.FirstOperator, text, scheduleOf(wall, zone))
		return messageOf(m), err
	})
}

// Reschedule gives a scheduled message another time. Errors: not_found; conflict if its time has come; invalid.
func (i *Inbox) Reschedule(message int64, wall, zone string) (Message, error) {
	return ask(i.gate, "Inbox.Reschedule", func(ctx context.Context, s Services) (Message, error) {
		m, err := s.Inbox.Reschedule(ctx, domain.MessageID(message), scheduleOf(wall, zone))
		return messageOf(m), err
	})
}

// SendNow sends a message before its time, whether it is scheduled or can still be taken back, and returns it as it is then. Errors: not_found; conflict if its time has come.
func (i *Inbox) SendNow(message int64) (Message, error) {
	return ask(i.gate, "Inbox.SendNow", func(ctx context.Context, s Services) (Message, error) {
		if err := s.Inbox.SendNow(ctx, domain.MessageID(message)); err != nil {
			return Message{}, err
		}
		m, err := s.Inbox.Message(ctx, domain.MessageID(message))
		return messageOf(m), err
	})
}
