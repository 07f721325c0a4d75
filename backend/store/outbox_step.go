package store

import (
	"context"
	"slices"

	"go.mau.fi/util/dbutil"

	"waflow/backend/domain"
)

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

// StepOutbox keeps what became of messages and takes those whose turn is next, in one commit. Of what is taken it is uncertain from then on,
// until the next note, whether it went. A message that was being sent when the process ended is taken again, with the same id and payload.
func (s *Store) StepOutbox(ctx context.Context, step domain.OutboxStep) ([]domain.OutboxItem, error) {
	if len(step.Notes) == 0 { // a device with nothing to send must not cost commits
		ids, err := s.nextToSend(reading{ctx, s.read}, step)
		if err != nil || len(ids) == 0 {
			return nil, coded("look for messages to send", err)
		}
	}
	var items []domain.OutboxItem
	err := s.do(ctx, "keep what was sent", func(t *tx) error {
		for _, note := range step.Notes {
			if err := s.noteSend(t, note); err != nil {
				return err
			}
		}
		ids, err := s.nextToSend(t, step)
		if err != nil {
			return err
		}
		items = make([]domain.OutboxItem, len(ids))
		for i, id := range ids {
			if items[i], err = s.takeToSend(t, id); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return items, nil
}

func (s *Store) takeToSend(t *tx, id domain.MessageID) (domain.OutboxItem, error) {
	item, err := scanOutboxItem(t.row(outboxSelect+" WHERE o.message_id = $1", id))
	if err != nil {
		return item, err
	}
	if err := t.run("UPDATE outbox SET tries = tries + 1 WHERE message_id = $1", id); err != nil {
		return item, err
	}
	return item, nil
}

// nextToSend finds the messages that may go, in the order of their turns. One whose file is not on WhatsApp's hosts holds up its conversation.
func (s *Store) nextToSend(q querier, step domain.OutboxStep) ([]domain.MessageID, error) {
	if step.Take == 0 {
		return nil, nil
	}
	rows, err := q.rows("SELECT message_id, conversation_id, "+uploadWanted+"$2 FROM outbox WHERE device_id = $1 AND place > 0 AND NOT failed AND NOT late ORDER BY place",
		step.Device, s.stale())
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []domain.MessageID
	paused := slices.Clone(step.Paused)
	for len(out) < step.Take && rows.Next() {
		var id domain.MessageID
		var conversation domain.ConversationID
		var uploads bool
		if err := rows.Scan(&id, &conversation, &uploads); err != nil {
			return nil, err
		}
		if uploads {
			paused = append(paused, conversation)
		}
		if !slices.Contains(paused, conversation) && !slices.Contains(step.Held, id) {
			out = append(out, id)
		}
	}
	return out, rows.Err()
}

// noteSend keeps one outcome.
func (s *Store) noteSend(t *tx, note domain.SendNote) error {
	switch note.Outcome {
	case domain.SendBegun:
		return s.noteBegun(t, note.Message)
	case domain.SendUncertain:
		return s.noteUncertain(t, note.Message)
	case domain.SendGone:
		return s.noteSent(t, note.Message, note.Result)
	case domain.SendNotGone:
		return s.noteNotGone(t, note.Message)
	case domain.SendRefused:
		n, err := t.exec("UPDATE outbox SET failed = TRUE WHERE message_id = $1 AND NOT failed", note.Message)
		if err != nil || n == 0 {
			return err
		}
		return s.setOutState(t, note.Message, domain.StateFailed, note.Code)
	}
	return nil
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

// noteSent keeps that WhatsApp has a message. Its time becomes WhatsApp's; a receipt that came first is not lowered.
func (s *Store) noteSent(t *tx, id domain.MessageID, result domain.SendResult) error {
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
	if err := relast(t, m.Conversation); err != nil {
		return err
	}
	return s.touchDeviceOut(t, domain.DeviceRef{Subaccount: m.Conversation.Subaccount, Device: m.Device})
}

// noteBegun keeps that a message is being sent, unless more is known of it.
func (s *Store) noteBegun(t *tx, id domain.MessageID) error {
	m, err := messageByID(t, id)
	if err != nil || m.State != domain.StateQueued {
		return err
	}
	return s.setOutState(t, id, domain.StateSending, "")
}

// noteUncertain keeps that nobody knows whether a message went. A receipt may have proved it meanwhile.
func (s *Store) noteUncertain(t *tx, id domain.MessageID) error {
	var one int
	waits, err := optional(t.row("SELECT 1 FROM outbox WHERE message_id = $1 AND NOT failed", id), &one)
	if err != nil || !waits {
		return err
	}
	return s.setOutState(t, id, domain.StateUncertain, "")
}

// noteNotGone puts a message back after a try in which it certainly did not go. It is queued again and may be cancelled, unless an
// earlier try left open whether it went.
func (s *Store) noteNotGone(t *tx, id domain.MessageID) error {
	var uncertain int
	waiting, err := optional(t.row("UPDATE outbox SET tries = tries - 1 WHERE message_id = $1 AND NOT failed RETURNING tries", id), &uncertain)
	if err != nil || !waiting || uncertain > 0 {
		return err
	}
	return s.setOutState(t, id, domain.StateQueued, "")
}

// touchDeviceOut notes that something was sent from here, as exactly as touchDevice does.
func (s *Store) touchDeviceOut(t *tx, ref domain.DeviceRef) error {
	now := millis(s.now())
	found, err := collect(t, scanDevice, "UPDATE devices SET last_out = $1 WHERE subaccount_id = $2 AND id = $3 AND removed = 0 AND last_out <= $4 RETURNING "+deviceColumns,
		now, ref.Subaccount, ref.Device, now-lastInEvery)
	t.changed.Devices = append(t.changed.Devices, found...)
	return err
}
