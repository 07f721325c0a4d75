package store

import (
	"waflow/backend/domain"
)

// merge makes one contact of two: the one that was known by its LID and the one that was known by its number only. The older contact and
// the older conversation stay, so that what people have open stays. What is needed to part them again is kept.
func (s *Store) merge(t *tx, sub domain.SubaccountID, byLID, byNumber contactRow) (domain.ContactID, error) {
	s.people.forget()
	m := merging{s: s, t: t, sub: sub, kept: min(byLID.id, byNumber.id), gone: max(byLID.id, byNumber.id)}
	if err := m.record(); err != nil {
		return 0, err
	}
	steps := []func() error{m.ownMessages, m.conversations, m.senders, m.contacts, m.tally}
	for _, step := range steps {
		if err := step(); err != nil {
			return 0, err
		}
	}
	return m.kept, nil
}

// merging is one merge on its way.
type merging struct {
	s          *Store
	t          *tx
	sub        domain.SubaccountID
	kept, gone domain.ContactID
	id         int64                 // of the row in merges
	target     domain.ConversationID // the conversation that stays, 0 if neither had one
	other      domain.ConversationID // the one that goes, 0 if there is none
}

// record keeps what the contact that goes was.
func (m *merging) record() error {
	numbers, err := collect(m.t, scanText, "SELECT number FROM contact_numbers WHERE subaccount_id = $1 AND contact_id = $2 ORDER BY number", m.sub, m.gone)
	if err != nil {
		return err
	}
	list, err := toJSON(numbers)
	if err != nil {
		return err
	}
	return m.t.row(`
		INSERT INTO merges (subaccount_id, kept_contact_id, gone_contact_id, gone_conversation, gone_lid, gone_push_name, gone_numbers, at, newest, kept_push_name)
		SELECT subaccount_id, $1, id, (SELECT c.id FROM conversations c WHERE c.subaccount_id = contacts.subaccount_id AND c.contact_id = contacts.id),
			lid, push_name, $2, $3, (SELECT COALESCE(MAX(id), 0) FROM messages),
			(SELECT k.push_name FROM contacts k WHERE k.id = $1) FROM contacts WHERE subaccount_id = $4 AND id = $5 RETURNING id`,
		m.kept, list, millis(m.s.now()), m.sub, m.gone).Scan(&m.id)
}

// ownMessages notes which messages were those of the contact that goes, also what it wrote in groups.
func (m *merging) ownMessages() error {
	const note = "INSERT INTO merged_messages (subaccount_id, merge_id, message_id) SELECT subaccount_id, $1, id FROM messages WHERE "
	args := []any{m.id, m.gone, m.sub}
	return m.t.each([]change{
		{note + "conversation_id = (SELECT id FROM conversations WHERE subaccount_id = $3 AND contact_id = $2)", args},
		{note + "sender_id = $2 AND conversation_id IN (SELECT id FROM conversations WHERE subaccount_id = $3 AND group_jid IS NOT NULL)", args},
	})
}

// conversations moves the messages of the younger conversation into the older one.
func (m *merging) conversations() error {
	ids, err := collect(m.t, scanConversationID, "SELECT id FROM conversations WHERE subaccount_id = $1 AND contact_id IN ($2, $3) ORDER BY id",
		m.sub, m.kept, m.gone)
	if err != nil || len(ids) == 0 {
		return err
	}
	m.target = ids[0]
	if len(ids) == 1 {
		return m.t.run("UPDATE conversations SET contact_id = $1 WHERE id = $2", m.kept, m.target)
	}
	m.other = ids[1]
	if err := m.joinTwins(`b.conversation_id = $1 AND a.conversation_id = $2
		AND (COALESCE(a.sender_id, 0) = COALESCE(b.sender_id, 0) OR a.sender_id IN ($3, $4) AND b.sender_id IN ($3, $4))`,
		m.target, m.other, m.kept, m.gone); err != nil {
		return err
	}
	return m.move()
}

// move gives everything of the other conversation to the one that stays. Where both have a draft they become one, so that no word is lost.
func (m *merging) move() error {
	both := []any{m.target, m.other}
	moved, err := collect(m.t, scanMessage, "UPDATE messages SET conversation_id = $1 WHERE conversation_id = $2 RETURNING "+messageColumns, both...)
	if err != nil {
		return err
	}
	m.t.changed.Messages = append(m.t.changed.Messages, moved...)
	err = m.t.each([]change{
		{"UPDATE outbox SET conversation_id = $1 WHERE conversation_id = $2", both},
		{`UPDATE drafts SET text = text || ' ' || (SELECT o.text FROM drafts o WHERE o.conversation_id = $2 AND o.operator_id = drafts.operator_id)
			WHERE conversation_id = $1 AND operator_id IN (SELECT operator_id FROM drafts WHERE conversation_id = $2)`, both},
		{"DELETE FROM drafts WHERE conversation_id = $2 AND operator_id IN (SELECT operator_id FROM drafts WHERE conversation_id = $1)", both},
		{"UPDATE drafts SET conversation_id = $1 WHERE conversation_id = $2", both},
		{`INSERT INTO phone_reads (subaccount_id, conversation_id, device_id, at) SELECT subaccount_id, $1, device_id, at FROM phone_reads
			WHERE conversation_id = $2 ON CONFLICT (conversation_id, device_id) DO UPDATE SET at = excluded.at WHERE excluded.at > phone_reads.at`, both},
		{`INSERT INTO past_chats (subaccount_id, conversation_id, device_id, ended) SELECT subaccount_id, $1, device_id, ended FROM past_chats
			WHERE conversation_id = $2 ON CONFLICT (conversation_id, device_id) DO NOTHING`, both},
		{`UPDATE messages SET unread = FALSE WHERE conversation_id = $1 AND unread AND EXISTS (SELECT 1 FROM phone_reads r
			JOIN message_devices d ON d.device_id = r.device_id WHERE r.conversation_id = $1 AND d.message_id = messages.id AND messages.at < r.at)`, []any{m.target}},
	})
	if err != nil {
		return err
	}
	var unread int
	if err := m.t.row("DELETE FROM conversations WHERE id = $1 RETURNING unread", m.other).Scan(&unread); err != nil {
		return err
	}
	m.t.countUnread(m.sub, unread, 0)
	m.t.changed.ConversationsGone = append(m.t.changed.ConversationsGone, m.other)
	return m.t.run("UPDATE conversations SET contact_id = $1 WHERE id = $2", m.kept, m.target)
}

// senders gives the messages of the contact that goes to the one that stays, in groups too.
func (m *merging) senders() error {
	const groups = "(SELECT id FROM conversations WHERE subaccount_id = $3 AND group_jid IS NOT NULL)"
	if err := m.joinTwins("a.sender_id = $2 AND b.sender_id = $1 AND b.conversation_id = a.conversation_id AND a.conversation_id IN "+groups,
		m.kept, m.gone, m.sub); err != nil {
		return err
	}
	return m.t.run("UPDATE messages SET sender_id = $1 WHERE sender_id = $2 AND (conversation_id = $4 OR conversation_id IN "+groups+")",
		m.kept, m.gone, m.sub, m.target)
}

// joinTwins makes one message of two rows a and b that turn out to be the same one: b stays and takes over what only a had.
func (m *merging) joinTwins(where string, args ...any) error {
	twins, err := collect(m.t, scanTwins, "SELECT a.id, b.id FROM messages a JOIN messages b ON b.waid = a.waid AND b.id <> a.id WHERE "+where, args...)
	if err != nil {
		return err
	}
	for _, pair := range twins {
		if err := m.join(pair[0], pair[1]); err != nil {
			return err
		}
	}
	return nil
}

func (m *merging) join(gone, kept domain.MessageID) error {
	a, err := messageByID(m.t, gone)
	if err != nil {
		return err
	}
	both := []any{gone, kept}
	err = m.t.each([]change{
		{`UPDATE messages SET kind = a.kind, text = a.text, undecrypted = FALSE FROM messages a
			WHERE messages.id = $2 AND messages.undecrypted AND a.id = $1 AND NOT a.undecrypted`, both},
		{"UPDATE messages SET unread = FALSE WHERE id = $2 AND NOT (SELECT a.unread FROM messages a WHERE a.id = $1)", both},
		{`INSERT INTO message_devices (subaccount_id, message_id, device_id, read_due) SELECT subaccount_id, $2, device_id, read_due
			FROM message_devices WHERE message_id = $1 ON CONFLICT DO NOTHING`, both},
		{"INSERT INTO message_raw (subaccount_id, message_id, raw) SELECT subaccount_id, $2, raw FROM message_raw WHERE message_id = $1 ON CONFLICT DO NOTHING", both},
		{`INSERT INTO message_content (subaccount_id, message_id, content, thumbnail) SELECT subaccount_id, $2, content, thumbnail
			FROM message_content WHERE message_id = $1 ON CONFLICT DO NOTHING`, both},
		{"UPDATE messages SET more = TRUE WHERE id = $2 AND (SELECT a.more FROM messages a WHERE a.id = $1)", both},
		{`INSERT INTO message_versions (subaccount_id, message_id, waid, at, text) SELECT subaccount_id, $2, waid, at, text
			FROM message_versions WHERE message_id = $1 ON CONFLICT DO NOTHING`, both},
		{`INSERT INTO remarks (subaccount_id, message_id, kind, contact_id, device_id, at, value)
			SELECT subaccount_id, $2, kind, contact_id, device_id, at, value FROM remarks WHERE message_id = $1 ` + newestRemark, both},
		{`UPDATE messages SET deleted_at = a.deleted_at, deleted_by = a.deleted_by FROM messages a WHERE messages.id = $2 AND a.id = $1
			AND a.deleted_at <> 0 AND (messages.deleted_at = 0 OR (a.deleted_at, a.deleted_by) < (messages.deleted_at, messages.deleted_by))`, both},
		{"DELETE FROM messages WHERE id = $1", []any{gone}},
	})
	if err != nil {
		return err
	}
	if err := showNewest(m.t, kept); err != nil {
		return err
	}
	if err := forgetWords(m.t, m.sub, kept); err != nil {
		return err
	}
	m.t.changed.MessagesGone = append(m.t.changed.MessagesGone, gone)
	b, err := messageByID(m.t, kept)
	if err != nil {
		return err
	}
	m.t.changed.Messages = append(m.t.changed.Messages, b)
	return m.s.raise(m.t, b, a.State)
}

// contacts moves the numbers, and the LID if it is the contact that goes who has it, and removes that contact.
func (m *merging) contacts() error {
	var lid, name string
	var nameAt int64
	if err := m.t.row("SELECT COALESCE(lid, ''), push_name, push_name_at FROM contacts WHERE id = $1", m.gone).Scan(&lid, &name, &nameAt); err != nil {
		return err
	}
	if err := m.remarks(); err != nil {
		return err
	}
	if err := m.deletions(); err != nil {
		return err
	}
	err := m.t.each([]change{
		{"UPDATE contact_numbers SET contact_id = $1 WHERE subaccount_id = $3 AND contact_id = $2", []any{m.kept, m.gone, m.sub}},
		{"UPDATE merges SET kept_contact_id = $1 WHERE subaccount_id = $3 AND kept_contact_id = $2", []any{m.kept, m.gone, m.sub}},
		{"DELETE FROM contacts WHERE id = $1 AND subaccount_id = $2", []any{m.gone, m.sub}},
	})
	if err != nil {
		return err
	}
	if err := m.t.run("UPDATE contacts SET lid = COALESCE(lid, $1) WHERE id = $2", null(lid), m.kept); err != nil {
		return err
	}
	return m.s.rename(m.t, m.sub, m.kept, name, nameAt)
}

// remarks gives what the contact that goes put on messages to the one that stays. Where both put something on one, the later one counts.
func (m *merging) remarks() error {
	if err := m.t.run(`INSERT INTO remarks (subaccount_id, message_id, kind, contact_id, device_id, at, value)
		SELECT subaccount_id, message_id, kind, $1, device_id, at, value FROM remarks WHERE contact_id = $2 `+newestRemark, m.kept, m.gone); err != nil {
		return err
	}
	touched, err := collect(m.t, scanMessageID, "DELETE FROM remarks WHERE contact_id = $1 RETURNING message_id", m.gone)
	if err != nil {
		return err
	}
	for _, id := range touched {
		changed, err := messageByID(m.t, id)
		if err != nil {
			return err
		}
		if err := m.s.tell(m.t, changed); err != nil {
			return err
		}
	}
	return nil
}

// deletions gives what the contact that goes deleted to the one that stays. Who seemed to delete what another wrote may have written it.
func (m *merging) deletions() error {
	told, err := collect(m.t, scanMessage, "UPDATE messages SET deleted_by = $1 WHERE deleted_by IN ($1, $2) AND deleted_by > 0 RETURNING "+messageColumns,
		m.kept, m.gone)
	m.t.changed.Messages = append(m.t.changed.Messages, told...)
	return err
}

// tally counts again what the conversation that stays holds.
func (m *merging) tally() error {
	if m.target == 0 {
		return nil
	}
	return retally(m.t, domain.ConversationRef{Subaccount: m.sub, Conversation: m.target})
}
