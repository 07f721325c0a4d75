package store

import (
	"context"
	"database/sql"

	"go.mau.fi/util/dbutil"

	"waflow/backend/domain"
)

// conversationSelect reads conversations with who they are with, their newest message and the first operator's draft.
const conversationSelect = `
	SELECT c.subaccount_id, c.id, c.contact_id, c.group_jid, c.group_name, c.first_device_id, c.last_device_id, c.last_at, c.unread,
		p.lid, p.push_name,
		(SELECT n.number FROM contact_numbers n WHERE n.subaccount_id = c.subaccount_id AND n.contact_id = c.contact_id
			ORDER BY n.since DESC, n.number LIMIT 1),
		d.text, ` + messageColumnsOfM + `
	FROM conversations c
	LEFT JOIN contacts p ON p.subaccount_id = c.subaccount_id AND p.id = c.contact_id
	LEFT JOIN messages m ON m.id = c.last_message_id
	LEFT JOIN drafts d ON d.conversation_id = c.id AND d.operator_id = 1`

func scanConversation(row dbutil.Scannable) (domain.Conversation, error) {
	var c domain.Conversation
	var contact, first, last sql.Null[int64]
	var group, lid, name, number, draft sql.Null[string]
	var groupName string
	var lastAt int64
	var newest nullMessage
	into := append([]any{
		&c.Ref.Subaccount, &c.Ref.Conversation, &contact, &group, &groupName, &first, &last, &lastAt, &c.Unread,
		&lid, &name, &number, &draft,
	}, newest.targets()...)
	if err := row.Scan(into...); err != nil {
		return c, err
	}
	c.Contact = domain.ContactID(contact.V)
	c.Peer = domain.Peer{LID: lid.V, Number: number.V, Group: group.V}
	c.Title = name.V
	if group.V != "" {
		c.Title = groupName
	}
	c.FirstDevice, c.LastDevice = domain.DeviceID(first.V), domain.DeviceID(last.V)
	c.LastAt, c.Draft, c.LastMessage = fromMillis(lastAt), draft.V, newest.message()
	return c, nil
}

// conversationIn reads a conversation of a subaccount. Errors: not_found.
func conversationIn(q querier, ref domain.ConversationRef) (domain.Conversation, error) {
	c, err := scanConversation(q.row(conversationSelect+" WHERE c.subaccount_id = $1 AND c.id = $2", ref.Subaccount, ref.Conversation))
	return c, orNotFound("conversation", err)
}

// Conversation returns one conversation. Errors: not_found.
func (s *Store) Conversation(ctx context.Context, id domain.ConversationID) (domain.Conversation, error) {
	q := reading{ctx, s.read}
	c, err := scanConversation(q.row(conversationSelect+" WHERE c.id = $1", id))
	if err == nil {
		err = complete(q, []*domain.Message{&c.LastMessage})
	}
	return c, coded("read conversation", orNotFound("conversation", err))
}

// Conversations returns a part of the inbox, newest first, the cursor of the next part ("" at the end), and how many there are in all.
// Conversations in which nothing was ever written are left out, unless something is to be sent and that is asked for. Errors: invalid for a cursor that is none.
func (s *Store) Conversations(ctx context.Context, q domain.ConversationQuery) ([]domain.Conversation, domain.Cursor, int, error) {
	page, next, total, err := conversations(reading{ctx, s.read}, q)
	return page, next, total, coded("read conversations", err)
}

func conversations(r reading, q domain.ConversationQuery) ([]domain.Conversation, domain.Cursor, int, error) {
	from, err := parsePlace(q.Before)
	if err != nil {
		return nil, "", 0, err
	}
	limit := pageSize(q.Limit)
	which := "c.last_message_id IS NOT NULL"
	if q.Unsent {
		which = "c.id IN (SELECT conversation_id FROM outbox)"
	}
	where, args := " WHERE "+which, []any{limit + 1}
	if q.Subaccount != 0 {
		where, args = where+" AND c.subaccount_id = $2", append(args, q.Subaccount)
	}
	var total int
	count := "SELECT COUNT(*) FROM conversations c WHERE " + which + " AND ($1 = 0 OR c.subaccount_id = $1)"
	if err := r.row(count, q.Subaccount).Scan(&total); err != nil {
		return nil, "", 0, err
	}
	if q.Before != "" {
		clause, more := from.before("c.last_at", "c.id", len(args))
		where, args = where+clause, append(args, more...)
	}
	page, err := collect(r, scanConversation, conversationSelect+where+" ORDER BY c.last_at DESC, c.id DESC LIMIT $1", args...)
	if err != nil {
		return nil, "", 0, err
	}
	if len(page) <= limit {
		return page, "", total, completeLast(r, page)
	}
	page = page[:limit]
	last := page[limit-1]
	return page, place{millis(last.LastAt), int64(last.Ref.Conversation)}.cursor(), total, completeLast(r, page)
}

// retally recounts what a conversation keeps about its messages, and tells of it. It is for changes other than a message more.
func retally(t *tx, ref domain.ConversationRef) error {
	var before, after int
	if err := t.row("SELECT unread FROM conversations WHERE subaccount_id = $1 AND id = $2", ref.Subaccount, ref.Conversation).Scan(&before); err != nil {
		return orNotFound("conversation", err)
	}
	err := t.row(`
		UPDATE conversations SET
			messages = (SELECT COUNT(*) FROM messages m WHERE m.conversation_id = conversations.id),
			unread = (SELECT COUNT(*) FROM messages m WHERE m.conversation_id = conversations.id AND m.unread),
			unread_from = COALESCE((SELECT MIN(m.at) FROM messages m WHERE m.conversation_id = conversations.id AND m.unread), 0),
			first_device_id = (SELECT m.device_id FROM messages m WHERE m.conversation_id = conversations.id AND m.direction = 'in' AND m.kind <> 'notice'
				ORDER BY m.at, m.id LIMIT 1),
			first_in_at = COALESCE((SELECT MIN(m.at) FROM messages m WHERE m.conversation_id = conversations.id AND m.direction = 'in'
				AND m.kind <> 'notice'), 0)
		WHERE subaccount_id = $1 AND id = $2 RETURNING unread`, ref.Subaccount, ref.Conversation).Scan(&after)
	if err != nil {
		return err
	}
	t.countUnread(ref.Subaccount, before, after)
	return relast(t, ref)
}

// relast finds the newest message of a conversation again, a notice only where there is nothing else, and tells of the conversation. What is
// scheduled is not written yet.
func relast(t *tx, ref domain.ConversationRef) error {
	var id, device, at int64
	for _, which := range []string{"kind <> 'notice'", "kind = 'notice'"} {
		found, err := optional(t.row("SELECT id, device_id, at FROM messages WHERE conversation_id = $1 AND state <> $2 AND "+which+
			" ORDER BY at DESC, id DESC LIMIT 1", ref.Conversation, domain.StateScheduled), &id, &device, &at)
		if err != nil {
			return err
		}
		if found {
			break
		}
	}
	if err := t.run("UPDATE conversations SET last_message_id = $1, last_device_id = $2, last_at = $3 WHERE subaccount_id = $4 AND id = $5",
		null(id), null(device), at, ref.Subaccount, ref.Conversation); err != nil {
		return err
	}
	return tellConversation(t, ref)
}
