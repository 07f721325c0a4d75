package store

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"go.mau.fi/util/dbutil"

	"waflow/backend/domain"
)

// askedTogether bounds how many rows one statement names.
const askedTogether = 200

// keepContent keeps what a message holds besides its words, in the place of what was known of it before. A small picture stays if it does
// not come again.
func keepContent(t *tx, sub domain.SubaccountID, id domain.MessageID, c *domain.Content) error {
	if c.Empty() {
		return nil
	}
	held := *c
	held.Thumbnail = nil
	raw, err := toJSON(held)
	if err != nil {
		return err
	}
	// No upsert: the triggers of one that updates would follow its way with conflicts instead of their own.
	n, err := t.exec("UPDATE message_content SET content = $1, thumbnail = COALESCE($2, thumbnail) WHERE message_id = $3", raw, c.Thumbnail, id)
	if err == nil && n == 0 {
		err = t.run("INSERT INTO message_content (subaccount_id, message_id, content, thumbnail) VALUES ($1, $2, $3, $4)", sub, id, raw, c.Thumbnail)
	}
	if err != nil {
		return err
	}
	return t.run("UPDATE messages SET more = TRUE WHERE id = $1 AND NOT more", id)
}

// Thumbnail returns the small picture of a message, a JPEG or PNG by its sender's word. Errors: not_found for a message without one.
func (s *Store) Thumbnail(ctx context.Context, id domain.MessageID) ([]byte, error) {
	var picture []byte
	err := reading{ctx, s.read}.row("SELECT thumbnail FROM message_content WHERE message_id = $1 AND thumbnail IS NOT NULL", id).Scan(&picture)
	return picture, coded("read a thumbnail", orNotFound("thumbnail", err))
}

// complete adds what the rows of messages do not tell, to those that have more. They were read with an empty content, which is taken away
// where there is none.
func complete(q querier, messages []*domain.Message) error {
	more := map[domain.MessageID][]*domain.Message{}
	var ids []domain.MessageID
	for _, m := range messages {
		if m.Content == nil {
			continue
		}
		m.Content, m.Media, m.Reactions, m.Votes, m.People = nil, nil, nil, nil, nil
		if more[m.ID] == nil {
			ids = append(ids, m.ID)
		}
		more[m.ID] = append(more[m.ID], m)
	}
	for len(ids) > 0 {
		part := ids[:min(len(ids), askedTogether)]
		ids = ids[len(part):]
		for _, add := range []func(querier, []domain.MessageID, map[domain.MessageID][]*domain.Message) error{
			addContent, addMedia, addAuthors, addRemarks, addDeleters, addPeople,
		} {
			if err := add(q, part, more); err != nil {
				return err
			}
		}
	}
	return nil
}

// numberOfP is the newest number of the contact p, ” while none is known.
const numberOfP = `COALESCE((SELECT n.number FROM contact_numbers n WHERE n.subaccount_id = p.subaccount_id AND n.contact_id = p.id
	ORDER BY n.since DESC, n.number LIMIT 1), '')`

func addContent(q querier, ids []domain.MessageID, more map[domain.MessageID][]*domain.Message) error {
	list, args := among(ids)
	found, err := collect(q, scanContent, "SELECT message_id, content FROM message_content WHERE message_id IN "+list, args...)
	for _, c := range found {
		for _, m := range more[c.id] {
			m.Content = c.content
		}
	}
	return err
}

type contentRow struct {
	id      domain.MessageID
	content *domain.Content
}

func scanContent(row dbutil.Scannable) (contentRow, error) {
	c := contentRow{content: &domain.Content{}}
	var raw string
	if err := row.Scan(&c.id, &raw); err != nil {
		return c, err
	}
	if err := json.Unmarshal([]byte(raw), c.content); err != nil {
		return c, fmt.Errorf("decode the content of a message: %w", err)
	}
	return c, nil
}

// addAuthors names who wrote what came in groups.
func addAuthors(q querier, ids []domain.MessageID, more map[domain.MessageID][]*domain.Message) error {
	list, args := among(ids)
	found, err := collect(q, scanAuthor, `
		SELECT m.id, p.id, p.push_name, `+numberOfP+` FROM messages m JOIN conversations c ON c.id = m.conversation_id AND c.group_jid IS NOT NULL JOIN contacts p ON p.id = m.sender_id
		WHERE m.id IN `+list, args...)
	for _, a := range found {
		for _, m := range more[a.id] {
			m.Author = &a.author
		}
	}
	return err
}

type authorRow struct {
	id     domain.MessageID
	author domain.Author
}

func scanAuthor(row dbutil.Scannable) (authorRow, error) {
	var a authorRow
	err := row.Scan(&a.id, &a.author.Contact, &a.author.Name, &a.author.Number)
	return a, err
}

// among is the list of placeholders of some ids, with the ids.
func among[T ~int64](ids []T) (string, []any) {
	var list strings.Builder
	args := make([]any, len(ids))
	for i, id := range ids {
		if i > 0 {
			list.WriteByte(',')
		}
		list.WriteString("$" + strconv.Itoa(i+1))
		args[i] = id
	}
	return "(" + list.String() + ")", args
}

// completeAll is complete for messages in a row.
func completeAll(q querier, messages []domain.Message) error {
	each := make([]*domain.Message, len(messages))
	for i := range messages {
		each[i] = &messages[i]
	}
	return complete(q, each)
}

// completeLast is complete for the newest messages of conversations.
func completeLast(q querier, conversations []domain.Conversation) error {
	each := make([]*domain.Message, len(conversations))
	for i := range conversations {
		each[i] = &conversations[i].LastMessage
	}
	return complete(q, each)
}

// completeChanged is complete for everything that a write tells of.
func completeChanged(t *tx) error {
	if err := completeAll(t, t.changed.Messages); err != nil {
		return err
	}
	return completeLast(t, t.changed.Conversations)
}
