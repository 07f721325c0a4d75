package store

import (
	"cmp"
	"context"
	"time"

	"waflow/backend/domain"
)

// QueueMessage keeps a message that is to be sent, with its final payload, and removes the operator's draft. Its time is ours, in whole seconds
// like WhatsApp's, but never before the newest message of the conversation: a wrong clock must not hide what was just written. One with a
// schedule shows that time until it comes, and is not the newest of its conversation before.
// Errors: not_found; conflict when the id is taken; invalid for a schedule that there is not.
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
		if !n.KeepDraft {
			if err := s.setDraft(t, n.Conversation, n.Operator, ""); err != nil {
				return err
			}
		}
		a := &arrival{chat: &person{seen: c}, m: domain.Message{
			Conversation: n.Conversation, Device: n.Device, WAID: n.WAID, Direction: domain.Out, Operator: n.Operator,
			Kind: cmp.Or(n.Kind, domain.KindText), Text: n.Text, Content: n.Content, Media: n.Media, At: s.next(c), State: domain.StateQueued,
		}}
		if n.Operator == domain.FirstOperator && !n.KeepDraft {
			a.chat.seen.Draft = ""
		}
		row := outboxRow{payload: n.Payload, due: s.now(), schedule: n.Schedule, upload: n.Media != nil}
		switch {
		case n.Schedule.Set():
			if row.due, _, err = n.Schedule.At(); err != nil {
				return err
			}
			a.m.At, a.m.State = row.due, domain.StateScheduled
		case n.Undoable:
			if row.due, err = s.undoOver(t, n.Conversation.Conversation); err != nil {
				return err
			}
		}
		if err := s.insertQueued(t, a, row); err != nil {
			return err
		}
		out = a.m
		if n.Schedule.Set() {
			return s.addScheduled(t, a)
		}
		return s.addToConversation(t, a)
	})
	if err != nil {
		return domain.Message{}, err
	}
	return out, nil
}

// next is the time of what is written now in a conversation.
func (s *Store) next(c domain.Conversation) time.Time {
	at := s.now().UTC().Truncate(time.Second)
	if at.Before(c.LastAt) {
		return c.LastAt
	}
	return at
}

// outboxRow is what a message that is to be sent has besides what is shown of it.
type outboxRow struct {
	payload  []byte
	due      time.Time // by our clock, whatever the conversation shows
	schedule domain.Schedule
	upload   bool // it has a file
}

// insertQueued keeps the message and what is to be sent. What is due is in line at once.
func (s *Store) insertQueued(t *tx, a *arrival, row outboxRow) error {
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
	if err := insertFile(t, m); err != nil {
		return err
	}
	err = t.run(`INSERT INTO outbox (message_id, subaccount_id, conversation_id, device_id, payload, due, wall, zone, upload)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		m.ID, m.Conversation.Subaccount, m.Conversation.Conversation, m.Device, row.payload, millis(row.due), row.schedule.Wall, row.schedule.Zone, row.upload)
	if err != nil || row.schedule.Set() || row.due.After(s.now()) {
		return err
	}
	return getInLine(t, m.ID)
}

// getInLine gives a message its turn: after all that have one.
func getInLine(t *tx, id domain.MessageID) error {
	return t.run("UPDATE outbox SET place = (SELECT COALESCE(MAX(place), 0) + 1 FROM outbox) WHERE message_id = $1", id)
}

// SendAgain queues a message that failed, with the id and payload it had, and returns the device it goes from. Errors: not_found; conflict
// if it did not fail; device_removed.
func (s *Store) SendAgain(ctx context.Context, id domain.MessageID) (domain.DeviceID, error) {
	var device domain.DeviceID
	err := s.do(ctx, "send a message again", func(t *tx) error {
		failed, err := optional(t.row(`UPDATE outbox SET failed = FALSE, tries = 0, late = FALSE, due = $2, upload_tries = 0, upload_due = 0 WHERE message_id = $1 AND failed
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

// CancelMessage removes a message that certainly has not gone: one that is scheduled, queued or has failed. Its text returns to the draft of its
// conversation, before what stands there; it returns that draft. unsent says that the caller took the message to be sent and never handed it
// over. Errors: not_found; conflict if it may be on its way already.
func (s *Store) CancelMessage(ctx context.Context, id domain.MessageID, unsent bool) (string, error) {
	var draft string
	err := s.do(ctx, "cancel a message", func(t *tx) error {
		m, err := messageWithContent(t, id)
		if err != nil {
			return err
		}
		var tries int
		var failed bool
		waits, err := optional(t.row("SELECT tries, failed FROM outbox WHERE message_id = $1", id), &tries, &failed)
		if err != nil {
			return err
		}
		if !waits {
			return &domain.Error{Code: domain.CodeConflict, Message: "this message has gone, or was not written here"}
		}
		if unsent {
			tries--
		}
		if tries > 0 && !failed {
			return &domain.Error{Code: domain.CodeConflict, Message: "this message is on its way already"}
		}
		if err := t.each([]change{
			{"DELETE FROM outbox WHERE message_id = $1", []any{id}},
			{"DELETE FROM messages WHERE id = $1", []any{id}},
			{"UPDATE conversations SET messages = messages - 1 WHERE id = $1", []any{m.Conversation.Conversation}},
		}); err != nil {
			return err
		}
		t.changed.MessagesGone = append(t.changed.MessagesGone, id)
		if draft, err = s.putBack(t, m); err != nil {
			return err
		}
		return relast(t, m.Conversation)
	})
	return draft, err
}

// BeginOutbox readies what an earlier run of the program left, before anything is sent: a message that was taken then may have gone, and the
// rules of a time zone may be others now.
func (s *Store) BeginOutbox(ctx context.Context) error {
	return s.do(ctx, "ready the outbox", func(t *tx) error {
		taken, err := collect(t, scanMessageID, "SELECT message_id FROM outbox WHERE tries > 0 AND NOT failed ORDER BY message_id")
		if err != nil {
			return err
		}
		for _, id := range taken {
			if err := s.setOutState(t, id, domain.StateUncertain, ""); err != nil {
				return err
			}
		}
		return s.readClocksAnew(t)
	})
}

// DevicesToSend returns the devices that have messages or read receipts to send.
func (s *Store) DevicesToSend(ctx context.Context) ([]domain.DeviceID, error) {
	out, err := collect(reading{ctx, s.read}, scanDeviceID, `SELECT device_id FROM outbox WHERE place > 0 AND NOT failed AND NOT late
		UNION SELECT device_id FROM message_devices WHERE read_due IS NOT NULL ORDER BY device_id`)
	return out, coded("look for messages to send", err)
}
