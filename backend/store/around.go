package store

import (
	"context"

	"waflow/backend/domain"
)

// MessagesAround returns the part of a conversation in which a message stands, oldest first, with about as many before it as after it. The
// cursors are those of what is older and of what is newer, "" where there is nothing. Errors: not_found, also for a message of another
// conversation.
func (s *Store) MessagesAround(ctx context.Context, id domain.ConversationID, message domain.MessageID, limit int) (domain.MessagePart, error) {
	part, err := messagesAround(reading{ctx, s.read}, id, message, pageSize(limit))
	return part, coded("read messages", err)
}

func messagesAround(r reading, id domain.ConversationID, message domain.MessageID, limit int) (domain.MessagePart, error) {
	m, err := messageByID(r, message)
	if err == nil && m.Conversation.Conversation != id {
		err = notFound("message")
	}
	if err != nil {
		return domain.MessagePart{}, err
	}
	here := place{millis(m.At), int64(m.ID)}
	part, err := messagesAfter(r, id, here.cursor(), max(limit/2, 1))
	if err != nil {
		return domain.MessagePart{}, err
	}
	upTo := place{here.at, here.id + 1} // of the same moment, this one is the last that is older
	older, before, total, err := messages(r, id, upTo.cursor(), max(limit-limit/2, 1))
	part.Messages, part.Before, part.Total = append(older, part.Messages...), before, total
	return part, err
}

// MessagesAfter returns what follows a place in a conversation, oldest first. Errors: invalid for a cursor that is none.
func (s *Store) MessagesAfter(ctx context.Context, id domain.ConversationID, after domain.Cursor, limit int) (domain.MessagePart, error) {
	part, err := messagesAfter(reading{ctx, s.read}, id, after, pageSize(limit))
	return part, coded("read messages", err)
}

func messagesAfter(r reading, id domain.ConversationID, after domain.Cursor, limit int) (domain.MessagePart, error) {
	from, err := parsePlace(after)
	if err != nil {
		return domain.MessagePart{}, err
	}
	page, err := collect(r, scanMessage, "SELECT "+messageColumns+` FROM messages WHERE conversation_id = $1 AND (at > $2 OR (at = $2 AND id > $3))
		ORDER BY at, id LIMIT $4`, id, from.at, from.id, limit+1)
	if err != nil {
		return domain.MessagePart{}, err
	}
	part := domain.MessagePart{Messages: page}
	if len(page) > limit {
		part.Messages = page[:limit]
		newest := page[limit-1]
		part.After = place{millis(newest.At), int64(newest.ID)}.cursor()
	}
	if err := r.row("SELECT messages FROM conversations WHERE id = $1", id).Scan(&part.Total); err != nil {
		return domain.MessagePart{}, orNotFound("conversation", err)
	}
	return part, completeAll(r, part.Messages)
}
