package store

import (
	"context"

	"go.mau.fi/util/dbutil"

	"waflow/backend/domain"
)

// MarkRead marks a message and everything before it in its conversation as read here. It returns the receipts that
// its devices owe now; they are kept until ReadSent, none if the settings say that contacts are not told.
// Errors: not_found.
func (s *Store) MarkRead(ctx context.Context, id domain.ConversationID, upTo domain.MessageID) ([]domain.ReadMark, error) {
	var marks []domain.ReadMark
	err := s.do(ctx, "mark as read", func(t *tx) error {
		m, err := messageByID(t, upTo)
		if err != nil {
			return err
		}
		if m.Conversation.Conversation != id {
			return notFound("message")
		}
		read, err := markRead(t, m.Conversation, place{millis(m.At), int64(m.ID)})
		if err != nil {
			return err
		}
		if marks, err = s.oweReceipts(t, read); err != nil {
			return err
		}
		return recountUnread(t, m.Conversation)
	})
	if err != nil {
		return nil, err
	}
	return marks, nil
}

// markRead marks what is unread up to a place, and returns its ids. The conversation's count is left to recountUnread.
func markRead(t *tx, where domain.ConversationRef, upTo place) ([]domain.MessageID, error) {
	return collect(t, scanMessageID, `
		UPDATE messages SET unread = FALSE
		WHERE conversation_id = $1 AND at >= (SELECT unread_from FROM conversations WHERE id = $1) AND unread
			AND (at < $2 OR (at = $2 AND id <= $3)) RETURNING id`, where.Conversation, upTo.at, upTo.id)
}

func scanMessageID(row dbutil.Scannable) (domain.MessageID, error) {
	var id domain.MessageID
	err := row.Scan(&id)
	return id, err
}

// recountUnread counts what is still unread, and tells of the conversation.
func recountUnread(t *tx, where domain.ConversationRef) error {
	var before, after int
	if err := t.row("SELECT unread FROM conversations WHERE id = $1", where.Conversation).Scan(&before); err != nil {
		return err
	}
	err := t.row(`
		UPDATE conversations SET (unread, unread_from) = (
			SELECT COUNT(*), COALESCE(MIN(m.at), 0) FROM messages m
			WHERE m.conversation_id = conversations.id AND m.at >= conversations.unread_from AND m.unread)
		WHERE subaccount_id = $1 AND id = $2 RETURNING unread`, where.Subaccount, where.Conversation).Scan(&after)
	if err != nil {
		return err
	}
	t.countUnread(where.Subaccount, before, after)
	return tellConversation(t, where)
}

// oweReceipts notes that the devices that carried these messages owe receipts for them, and returns those receipts.
func (s *Store) oweReceipts(t *tx, read []domain.MessageID) ([]domain.ReadMark, error) {
	settings, err := s.settings(t)
	if err != nil || !settings.ReadReceipts {
		return nil, err
	}
	now := millis(s.now())
	var rows []dueRead
	for _, id := range read {
		if err := t.run("UPDATE message_devices SET read_due = $1 WHERE message_id = $2", now, id); err != nil {
			return nil, err
		}
		due, err := collect(t, scanDueRead, dueReadSelect+" WHERE d.message_id = $1 ORDER BY d.device_id", id)
		if err != nil {
			return nil, err
		}
		rows = append(rows, due...)
	}
	return readMarks(rows), nil
}

// dueRead is one message for which one device owes a receipt.
type dueRead struct {
	ref          domain.DeviceRef
	id           domain.MessageID
	waid         string
	at           int64
	chat, sender domain.Peer
}

const dueReadSelect = `
	SELECT d.subaccount_id, d.device_id, m.id, m.waid, d.read_due, COALESCE(c.group_jid, ''), COALESCE(p.lid, ''),
		COALESCE((SELECT n.number FROM contact_numbers n WHERE n.subaccount_id = m.subaccount_id AND n.contact_id = m.sender_id
			ORDER BY n.since DESC, n.number LIMIT 1), '')
	FROM message_devices d
	JOIN messages m ON m.id = d.message_id
	JOIN conversations c ON c.id = m.conversation_id
	JOIN contacts p ON p.id = m.sender_id`

func scanDueRead(row dbutil.Scannable) (dueRead, error) {
	var d dueRead
	err := row.Scan(&d.ref.Subaccount, &d.ref.Device, &d.id, &d.waid, &d.at, &d.chat.Group, &d.sender.LID, &d.sender.Number)
	if d.chat.Group == "" {
		d.chat = d.sender
	}
	return d, err
}

// readMarks groups what is due by device, chat and sender, because that is what one receipt covers.
func readMarks(rows []dueRead) []domain.ReadMark {
	type group struct {
		ref          domain.DeviceRef
		chat, sender domain.Peer
	}
	var out []domain.ReadMark
	index := map[group]int{}
	for _, r := range rows {
		key := group{r.ref, r.chat, r.sender}
		i, known := index[key]
		if !known {
			i = len(out)
			index[key] = i
			out = append(out, domain.ReadMark{Ref: r.ref, Chat: r.chat, Sender: r.sender, At: fromMillis(r.at)})
		}
		out[i].WAIDs = append(out[i].WAIDs, r.waid)
		out[i].Messages = append(out[i].Messages, r.id)
	}
	return out
}

// DueReads returns read receipts that a device owes, oldest first, of at most limit messages.
func (s *Store) DueReads(ctx context.Context, id domain.DeviceID, limit int) ([]domain.ReadMark, error) {
	rows, err := collect(reading{ctx, s.read}, scanDueRead,
		dueReadSelect+" WHERE d.device_id = $1 AND d.read_due IS NOT NULL ORDER BY d.read_due, d.message_id LIMIT $2", id, limit)
	return readMarks(rows), coded("read due receipts", err)
}

// ReadSent notes that a read receipt has been sent.
func (s *Store) ReadSent(ctx context.Context, mark domain.ReadMark) error {
	return s.do(ctx, "note a read receipt", func(t *tx) error {
		for _, id := range mark.Messages {
			if err := t.run("UPDATE message_devices SET read_due = NULL WHERE message_id = $1 AND device_id = $2", id, mark.Ref.Device); err != nil {
				return err
			}
		}
		return nil
	})
}
