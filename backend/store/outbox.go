package store

import (
	"context"
	"time"

	"waflow/backend/domain"
)

// QueueMessage keeps a message that is to be sent, with its final payload, and removes the operator's draft. Its time is ours, in whole seconds
// like WhatsApp's, but never before the newest message of the conversation: a wrong clock must not hide what was just written.
// Errors: not_found; conflict when the id is taken.
func (s *Store) QueueMessage(ctx context.Context, n domain.NewMessage) (domain.Message, error) {
	var out domain.Message
	err := s.do(ctx, "queue a message", func(t *tx) error {
		c, err := conversationIn(t, n.Conversation)
		if err != nil {
			return err
		}
		if _, err := deviceIn(t, domain.DeviceRef{Subaccount: n.Conversation.Subaccount, Device: n.Device}); err != nil {
			return err // removed since it was chosen
		}
		if err := s.setDraft(t, n.Conversation, n.Operator, ""); err != nil {
			return err
		}
		at := s.now().UTC().Truncate(time.Second)
		if at.Before(c.LastAt) {
			at = c.LastAt
		}
		a := &arrival{chat: &person{seen: c}, m: domain.Message{
			Conversation: n.Conversation, Device: n.Device, WAID: n.WAID, Direction: domain.Out, Operator: n.Operator,
			Kind: domain.KindText, Text: n.Text, At: at, State: domain.StateQueued,
		}}
		if n.Operator == domain.FirstOperator {
			a.chat.seen.Draft = ""
		}
		if err := insertQueued(t, a, n.Payload, s.now()); err != nil {
			return err
		}
		out = a.m
		return s.addToConversation(t, a)
	})
	if err != nil {
		return domain.Message{}, err
	}
	return out, nil
}

// insertQueued keeps the message and, as what is to be sent, its payload. due is our clock's time, whatever the conversation shows.
func insertQueued(t *tx, a *arrival, payload []byte, due time.Time) error {
	m := &a.m
	err := t.row(`
		INSERT INTO messages (subaccount_id, conversation_id, device_id, waid, direction, operator_id, kind, text, at, state)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING id`,
		m.Conversation.Subaccount, m.Conversation.Conversation, m.Device, m.WAID, m.Direction, null(m.Operator), m.Kind, m.Text,
		millis(m.At), m.State).Scan(&m.ID)
	if isUnique(err) {
		return &domain.Error{Code: domain.CodeConflict, Message: "a message with this id is there already", Err: err}
	}
	if err != nil {
		return err
	}
	if err := carry(t, domain.DeviceRef{Subaccount: m.Conversation.Subaccount, Device: m.Device}, m.ID); err != nil {
		return err
	}
	return t.run("INSERT INTO outbox (message_id, subaccount_id, conversation_id, device_id, payload, due) VALUES ($1, $2, $3, $4, $5, $6)",
		m.ID, m.Conversation.Subaccount, m.Conversation.Conversation, m.Device, payload, millis(due))
}

// SendAgain queues a message that failed, with the id and payload it had, and returns the device it goes from. Errors: not_found; conflict
// if it did not fail; device_removed.
func (s *Store) SendAgain(ctx context.Context, id domain.MessageID) (domain.DeviceID, error) {
	var device domain.DeviceID
	err := s.do(ctx, "send a message again", func(t *tx) error {
		failed, err := optional(t.row(`UPDATE outbox SET failed = FALSE, tries = 0, late = FALSE, due = $2 WHERE message_id = $1 AND failed
			AND EXISTS (SELECT 1 FROM devices d WHERE d.id = device_id AND d.removed = 0) RETURNING device_id`, id, millis(s.now())), &device)
		if err != nil {
			return err
		}
		if !failed {
			return s.cannotGoAgain(t, id)
		}
		return s.setOutState(t, id, domain.StateQueued, "")
	})
	if err != nil {
		return 0, err
	}
	return device, nil
}

// cannotGoAgain says why a message can't be sent again.
func (s *Store) cannotGoAgain(t *tx, id domain.MessageID) error {
	m, err := messageByID(t, id)
	switch {
	case err != nil:
		return err
	case m.FailCode == domain.CodeDeviceRemoved:
		return &domain.Error{Code: domain.CodeDeviceRemoved, Message: "the device of this message was removed; write it anew from another one"}
	default:
		return &domain.Error{Code: domain.CodeConflict, Message: "this message did not fail"}
	}
}

// CancelMessage removes a message that certainly has not gone: one that is queued or has failed. Errors: not_found; conflict if it may be on
// its way already.
func (s *Store) CancelMessage(ctx context.Context, id domain.MessageID) error {
	return s.do(ctx, "cancel a message", func(t *tx) error {
		m, err := messageByID(t, id)
		if err != nil {
			return err
		}
		if m.State != domain.StateQueued && m.State != domain.StateFailed {
			return &domain.Error{Code: domain.CodeConflict, Message: "this message is on its way already"}
		}
		n, err := t.exec("DELETE FROM outbox WHERE message_id = $1", id)
		if err != nil {
			return err
		}
		if n == 0 {
			return &domain.Error{Code: domain.CodeConflict, Message: "this message was not written here"}
		}
		if err := t.run("DELETE FROM messages WHERE id = $1", id); err != nil {
			return err
		}
		if err := t.run("UPDATE conversations SET messages = messages - 1 WHERE id = $1", m.Conversation.Conversation); err != nil {
			return err
		}
		t.changed.MessagesGone = append(t.changed.MessagesGone, id)
		return relast(t, m.Conversation)
	})
}

// DevicesToSend returns the devices that have messages or read receipts to send.
func (s *Store) DevicesToSend(ctx context.Context) ([]domain.DeviceID, error) {
	out, err := collect(reading{ctx, s.read}, scanDeviceID, `SELECT device_id FROM outbox WHERE NOT failed AND NOT late
		UNION SELECT device_id FROM message_devices WHERE read_due IS NOT NULL ORDER BY device_id`)
	return out, coded("look for messages to send", err)
}
