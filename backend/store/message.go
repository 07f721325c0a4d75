package store

import (
	"context"
	"database/sql"
	"slices"

	"go.mau.fi/util/dbutil"

	"waflow/backend/domain"
)

const (
	messageColumns    = "id, subaccount_id, conversation_id, device_id, waid, direction, from_phone, operator_id, kind, text, at, state, fail_code, more, sender_id, edited_at, deleted_at, deleted_by"
	messageColumnsOfM = "m.id, m.subaccount_id, m.conversation_id, m.device_id, m.waid, m.direction, m.from_phone, m.operator_id, m.kind, m.text, m.at, m.state, m.fail_code, m.more, m.sender_id, m.edited_at, m.deleted_at, m.deleted_by"
)

// nullMessage reads a message that an outer join may not have found.
type nullMessage struct {
	id, sub, conversation, device, operator, at  sql.Null[int64]
	sender, edited, deleted, deletedBy           sql.Null[int64]
	waid, direction, kind, text, state, failCode sql.Null[string]
	fromPhone, more                              sql.Null[bool]
}

func (n *nullMessage) targets() []any {
	return []any{
		&n.id, &n.sub, &n.conversation, &n.device, &n.waid, &n.direction, &n.fromPhone, &n.operator, &n.kind, &n.text, &n.at,
		&n.state, &n.failCode, &n.more, &n.sender, &n.edited, &n.deleted, &n.deletedBy,
	}
}

// message is what the row tells. If there is more, the content is there and empty: see complete.
func (n *nullMessage) message() domain.Message {
	m := domain.Message{
		ID:           domain.MessageID(n.id.V),
		Conversation: domain.ConversationRef{Subaccount: domain.SubaccountID(n.sub.V), Conversation: domain.ConversationID(n.conversation.V)},
		Device:       domain.DeviceID(n.device.V), WAID: n.waid.V, Direction: domain.Direction(n.direction.V), FromPhone: n.fromPhone.V,
		Operator: domain.OperatorID(n.operator.V), Kind: domain.MessageKind(n.kind.V), Text: n.text.V, At: fromMillis(n.at.V),
		State: domain.MessageState(n.state.V), FailCode: domain.Code(n.failCode.V),
		Edited: fromMillis(n.edited.V),
	}
	if n.deleted.V != 0 {
		m.Deleted = &domain.Deletion{At: fromMillis(n.deleted.V), By: domain.DeletedByAdmin}
		switch n.deletedBy.V {
		case 0:
			m.Deleted.By = domain.DeletedByUs
		case n.sender.V:
			m.Deleted.By = domain.DeletedBySender
		}
	}
	if n.more.V {
		m.Content = &domain.Content{}
	}
	return m
}

func scanMessage(row dbutil.Scannable) (domain.Message, error) {
	var n nullMessage
	err := row.Scan(n.targets()...)
	return n.message(), err
}

func messageByID(q querier, id domain.MessageID) (domain.Message, error) {
	m, err := scanMessage(q.row("SELECT "+messageColumns+" FROM messages WHERE id = $1", id))
	return m, orNotFound("message", err)
}

// Message returns one message. Errors: not_found.
func (s *Store) Message(ctx context.Context, id domain.MessageID) (domain.Message, error) {
	q := reading{ctx, s.read}
	m, err := messageByID(q, id)
	if err == nil {
		err = complete(q, []*domain.Message{&m})
	}
	return m, coded("read message", err)
}

// Messages returns a part of a conversation, oldest first: the newest ones before a place. The cursor is that of what is older, "" at the
// beginning of the conversation; the number is how many messages it has in all. Errors: not_found; invalid for a cursor that is none.
func (s *Store) Messages(ctx context.Context, id domain.ConversationID, before domain.Cursor, limit int) ([]domain.Message, domain.Cursor, int, error) {
	page, older, total, err := messages(reading{ctx, s.read}, id, before, pageSize(limit))
	return page, older, total, coded("read messages", err)
}

func messages(r reading, id domain.ConversationID, before domain.Cursor, limit int) ([]domain.Message, domain.Cursor, int, error) {
	from, err := parsePlace(before)
	if err != nil {
		return nil, "", 0, err
	}
	var total int
	if err := r.row("SELECT messages FROM conversations WHERE id = $1", id).Scan(&total); err != nil {
		return nil, "", 0, orNotFound("conversation", err)
	}
	where, args := " WHERE conversation_id = $1", []any{id, limit + 1}
	if before != "" {
		clause, more := from.before("at", "id", len(args))
		where, args = where+clause, append(args, more...)
	}
	page, err := collect(r, scanMessage, "SELECT "+messageColumns+" FROM messages"+where+" ORDER BY at DESC, id DESC LIMIT $2", args...)
	if err != nil {
		return nil, "", 0, err
	}
	older := domain.Cursor("")
	if len(page) > limit {
		page = page[:limit]
		oldest := page[limit-1]
		older = place{millis(oldest.At), int64(oldest.ID)}.cursor()
	}
	slices.Reverse(page)
	return page, older, total, completeAll(r, page)
}
