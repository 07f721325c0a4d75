package store

import (
	"time"

	"waflow/backend/domain"
)

// countsDown is a message that a person sent a moment ago and can take back: it has no turn yet, and no time that somebody chose.
const countsDown = "place = 0 AND wall = '' AND NOT failed"

// undoOver returns when what is sent now in a conversation goes.
func (s *Store) undoOver(t *tx, id domain.ConversationID) (time.Time, error) {
	settings, err := s.settings(t)
	if err != nil {
		return time.Time{}, err
	}
	var last int64
	there, err := optional(t.row("SELECT due FROM outbox WHERE conversation_id = $1 AND "+countsDown+" ORDER BY due DESC LIMIT 1", id), &last)
	if err != nil || !there {
		return domain.UndoOver(s.now(), settings.Undo, time.Time{}), err
	}
	return domain.UndoOver(s.now(), settings.Undo, fromMillis(last)), nil
}

// skipUndo puts a message in line that still could be taken back, after those of its conversation that were sent before it. It returns the
// devices that they go from.
func (s *Store) skipUndo(t *tx, m domain.Message) ([]domain.DeviceID, error) {
	rows, err := collect(t, scanScheduled, scheduledSelect+` AND wall = '' AND conversation_id = $1
		AND (due, message_id) <= (SELECT due, message_id FROM outbox WHERE message_id = $2) ORDER BY due, message_id`, m.Conversation.Conversation, m.ID)
	if err != nil {
		return nil, err
	}
	var devices []domain.DeviceID
	for _, r := range rows {
		if err := s.goNow(t, r.id); err != nil {
			return nil, err
		}
		devices = append(devices, r.device)
	}
	return devices, nil
}

// putBack returns the text of a message that is taken back to the draft of who wrote it, before what stands there.
func (s *Store) putBack(t *tx, m domain.Message) (string, error) {
	draft, err := draftOf(t, m.Conversation.Conversation, m.Operator)
	if err != nil {
		return "", err
	}
	text := m.Written()
	switch {
	case text == "":
		return draft, nil
	case draft == "":
		draft = text
	default:
		draft = text + "\n" + draft
	}
	return draft, s.setDraft(t, m.Conversation, m.Operator, draft)
}

func draftOf(t *tx, id domain.ConversationID, operator domain.OperatorID) (string, error) {
	var draft string
	_, err := optional(t.row("SELECT text FROM drafts WHERE conversation_id = $1 AND operator_id = $2", id, operator), &draft)
	return draft, err
}
