package store

import (
	"context"
	"time"

	"go.mau.fi/util/dbutil"

	"waflow/backend/domain"
)

// QueueMessage keeps a message that is to be sent, with its final payload, and removes the operator's draft. Its time is ours, in whole seconds
// like WhatsApp's, but never before the newest message of the conversation: a wrong clock must not hide what was just written.
// Changed.Messages holds the message. Errors: not_found; conflict when the id is taken.
func (s *Store) QueueMessage(ctx context.Context, n domain.NewMessage) (domain.Changed, error) {
	return s.outboxWrite(ctx, "queue a message", func(t *tx) error {
		c, err := conversationIn(t, n.Conversation)
		if err != nil {
			return err
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
		if err := insertQueued(t, a, n.Payload); err != nil {
			return err
		}
		return s.addToConversation(t, a)
	})
}

func insertQueued(t *tx, a *arrival, payload []byte) error {
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
	return t.run("INSERT INTO outbox (message_id, subaccount_id, conversation_id, device_id, payload) VALUES ($1, $2, $3, $4, $5)",
		m.ID, m.Conversation.Subaccount, m.Conversation.Conversation, m.Device, payload)
}

// outboxWrite runs a write and returns what it changed.
func (s *Store) outboxWrite(ctx context.Context, what string, fn func(*tx) error) (domain.Changed, error) {
	var out domain.Changed
	err := s.do(ctx, what, func(t *tx) error {
		if err := fn(t); err != nil {
			return err
		}
		out = t.changed
		return nil
	})
	if err != nil {
		return domain.Changed{}, err
	}
	return out, nil
}

const outboxSelect = `
	SELECT o.message_id, o.subaccount_id, o.device_id, o.conversation_id, o.tries, o.payload, m.waid, COALESCE(c.group_jid, ''), COALESCE(p.lid, ''),
		COALESCE((SELECT n.number FROM contact_numbers n WHERE n.subaccount_id = c.subaccount_id AND n.contact_id = c.contact_id
			ORDER BY n.since DESC, n.number LIMIT 1), '')
	FROM outbox o
	JOIN messages m ON m.id = o.message_id
	JOIN conversations c ON c.id = o.conversation_id
	LEFT JOIN contacts p ON p.id = c.contact_id`

func scanOutboxItem(row dbutil.Scannable) (domain.OutboxItem, error) {
	var i domain.OutboxItem
	err := row.Scan(&i.Message, &i.Ref.Subaccount, &i.Ref.Device, &i.Chat, &i.Tries, &i.Out.Payload, &i.Out.WAID, &i.Out.To.Group, &i.Out.To.LID, &i.Out.To.Number)
	return i, err
}

// NextToSend takes the oldest waiting message of a device, leaving out conversations whose turn it is not, and marks it as being sent. It
// reports false when there is none. A message that was being sent when the process ended is taken again, with the same id and payload.
func (s *Store) NextToSend(ctx context.Context, device domain.DeviceID, except []domain.ConversationID) (domain.OutboxItem, bool, domain.Changed, error) {
	id, err := s.nextID(ctx, device, except)
	if err != nil || id == 0 {
		return domain.OutboxItem{}, false, domain.Changed{}, err
	}
	var item domain.OutboxItem
	found := false
	changed, err := s.outboxWrite(ctx, "take a message to send", func(t *tx) error {
		n, err := t.exec("UPDATE outbox SET tries = tries + 1 WHERE message_id = $1 AND NOT failed", id)
		if err != nil || n == 0 { // cancelled meanwhile, or its receipt came
			return err
		}
		found = true
		if item, err = scanOutboxItem(t.row(outboxSelect+" WHERE o.message_id = $1", id)); err != nil {
			return err
		}
		item.Tries--
		return s.setOutState(t, id, domain.StateSending, "")
	})
	return item, found, changed, err
}

// nextID finds the message without writing: a device with nothing to send must not cost commits.
func (s *Store) nextID(ctx context.Context, device domain.DeviceID, except []domain.ConversationID) (domain.MessageID, error) {
	skip, err := toJSON(append([]domain.ConversationID{}, except...))
	if err != nil {
		return 0, err
	}
	var id domain.MessageID
	_, err = optional(reading{ctx, s.read}.row(`SELECT message_id FROM outbox WHERE device_id = $1 AND NOT failed
		AND conversation_id NOT IN (SELECT value FROM json_each($2)) ORDER BY message_id LIMIT 1`, device, skip), &id)
	return id, coded("look for a message to send", err)
}

// setOutState changes the state of an outgoing message that is not acknowledged, and tells of it if it is another one.
func (s *Store) setOutState(t *tx, id domain.MessageID, to domain.MessageState, code domain.Code) error {
	m, err := messageByID(t, id)
	if err != nil {
		return err
	}
	if m.State == to && m.FailCode == code {
		return nil
	}
	m.State, m.FailCode = to, code
	if err := t.run("UPDATE messages SET state = $1, fail_code = $2 WHERE id = $3", to, code, id); err != nil {
		return err
	}
	return s.tell(t, m)
}

// Sent notes that WhatsApp has a message. Its time becomes WhatsApp's; a receipt that came first is not lowered.
func (s *Store) Sent(ctx context.Context, id domain.MessageID, result domain.SendResult) (domain.Changed, error) {
	return s.outboxWrite(ctx, "note a sent message", func(t *tx) error {
		m, err := messageByID(t, id)
		if err != nil {
			return err
		}
		m.State, m.FailCode = m.State.Raise(domain.StateSent), ""
		if !result.At.IsZero() {
			m.At = fromMillis(millis(result.At))
		}
		if err := t.run("UPDATE messages SET state = $1, fail_code = '', at = $2 WHERE id = $3", m.State, millis(m.At), id); err != nil {
			return err
		}
		if err := t.run("DELETE FROM outbox WHERE message_id = $1", id); err != nil {
			return err
		}
		t.changed.Messages = append(t.changed.Messages, m)
		c, err := relast(t, m.Conversation)
		if err != nil {
			return err
		}
		t.changed.Conversations = append(t.changed.Conversations, c)
		return s.touchDeviceOut(t, domain.DeviceRef{Subaccount: m.Conversation.Subaccount, Device: m.Device})
	})
}

// touchDeviceOut notes that something was sent from here, as exactly as touchDevice does.
func (s *Store) touchDeviceOut(t *tx, ref domain.DeviceRef) error {
	now := millis(s.now())
	found, err := collect(t, scanDevice, "UPDATE devices SET last_out = $1 WHERE subaccount_id = $2 AND id = $3 AND last_out <= $4 RETURNING "+deviceColumns,
		now, ref.Subaccount, ref.Device, now-lastInEvery)
	t.changed.Devices = append(t.changed.Devices, found...)
	return err
}

// Unsent puts a message back that certainly did not go. It may be cancelled again.
func (s *Store) Unsent(ctx context.Context, id domain.MessageID) (domain.Changed, error) {
	return s.outboxWrite(ctx, "put a message back", func(t *tx) error {
		var one int
		waiting, err := optional(t.row("SELECT 1 FROM outbox WHERE message_id = $1 AND NOT failed", id), &one)
		if err != nil || !waiting {
			return err
		}
		return s.setOutState(t, id, domain.StateQueued, "")
	})
}

// SendFailed notes that a message was refused for good. It is kept so that a person can send it again.
func (s *Store) SendFailed(ctx context.Context, id domain.MessageID, code domain.Code) (domain.Changed, error) {
	return s.outboxWrite(ctx, "note a refused message", func(t *tx) error {
		n, err := t.exec("UPDATE outbox SET failed = TRUE WHERE message_id = $1 AND NOT failed", id)
		if err != nil || n == 0 {
			return err
		}
		return s.setOutState(t, id, domain.StateFailed, code)
	})
}

// SendAgain queues a message that failed, with the id and payload it had. Errors: not_found; conflict if it did not fail.
func (s *Store) SendAgain(ctx context.Context, id domain.MessageID) (domain.Changed, error) {
	return s.outboxWrite(ctx, "send a message again", func(t *tx) error {
		n, err := t.exec("UPDATE outbox SET failed = FALSE, tries = 0 WHERE message_id = $1 AND failed", id)
		if err != nil {
			return err
		}
		if n == 0 {
			if _, err := messageByID(t, id); err != nil {
				return err
			}
			return &domain.Error{Code: domain.CodeConflict, Message: "this message did not fail"}
		}
		return s.setOutState(t, id, domain.StateQueued, "")
	})
}

// CancelMessage removes a message that certainly has not gone: one that is queued or has failed. Errors: not_found; conflict if it may be on
// its way already.
func (s *Store) CancelMessage(ctx context.Context, id domain.MessageID) (domain.Changed, error) {
	return s.outboxWrite(ctx, "cancel a message", func(t *tx) error {
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
		c, err := relast(t, m.Conversation)
		t.changed.MessagesGone = append(t.changed.MessagesGone, id)
		t.changed.Conversations = append(t.changed.Conversations, c)
		return err
	})
}

// DevicesToSend returns the devices that have messages or read receipts to send.
func (s *Store) DevicesToSend(ctx context.Context) ([]domain.DeviceID, error) {
	out, err := collect(reading{ctx, s.read}, scanDeviceID, `SELECT device_id FROM outbox WHERE NOT failed
		UNION SELECT device_id FROM message_devices WHERE read_due IS NOT NULL ORDER BY device_id`)
	return out, coded("look for messages to send", err)
}
