package store

import (
	"encoding/json"
	"fmt"
	"slices"

	"go.mau.fi/util/dbutil"

	"waflow/backend/domain"
)

// mostVersions bounds how often a message can be edited. WhatsApp allows it for 15 minutes.
const mostVersions = 100

// doer is who did something: a contact, or one of the subaccount's own devices.
type doer struct {
	contact domain.ContactID
	device  domain.DeviceID
}

// receiveChange applies a change, or keeps it until its message comes. However often and in whatever order changes come, they come to the same.
func (s *Store) receiveChange(t *tx, ref domain.DeviceRef, c domain.InboundChange) error {
	applied, err := s.applyChange(t, ref, c)
	if err != nil || applied {
		return err
	}
	return keepEarlyChange(t, ref, c, millis(s.now()))
}

// mayDo tells whether somebody may do that to a message: only who wrote it edits it, and who deletes what another wrote is an admin of their
// group. What somebody may not do waits too, because they may turn out to be the author by another name.
func mayDo(c domain.InboundChange, author, by doer) bool {
	switch c.Kind {
	case domain.ChangeEdit:
		return by.contact == author.contact
	case domain.ChangeDelete:
		return by.contact == author.contact || c.Chat.Group != ""
	default:
		return true
	}
}

// applyChange reports whether the message is there. Until it has been decrypted it can only be deleted.
func (s *Store) applyChange(t *tx, ref domain.DeviceRef, c domain.InboundChange) (bool, error) {
	if c.Kind == domain.ChangeSealed {
		return false, nil
	}
	where, err := s.findConversation(t, ref.Subaccount, c.Chat)
	if err != nil || where.Conversation == 0 {
		return false, err
	}
	author, known, err := s.doerOf(t, ref, where, c.Chat, c.Target.Sender, c.Target.FromMe)
	if err != nil || !known {
		return false, err
	}
	var id domain.MessageID
	found, err := optional(t.row("SELECT id FROM messages WHERE conversation_id = $1 AND waid = $2 AND COALESCE(sender_id, 0) = $3 AND (NOT undecrypted OR $4)",
		where.Conversation, c.Target.WAID, author.contact, c.Kind == domain.ChangeDelete), &id)
	if err != nil || !found {
		return false, err
	}
	by, known, err := s.doerOf(t, ref, where, c.Chat, c.Sender, c.FromMe)
	if err != nil {
		return false, err
	}
	if !known {
		if by.contact, err = s.contact(t, ref.Subaccount, c.Sender, c.PushName, millis(c.At)); err != nil {
			return false, err
		}
	}
	if !mayDo(c, author, by) {
		return false, nil
	}
	changed, err := applyTo(t, where, id, by, c)
	if err != nil || !changed {
		return true, err
	}
	m, err := messageByID(t, id)
	if err != nil {
		return false, err
	}
	return true, s.tell(t, m)
}

// doerOf finds out who somebody in a conversation is: in one with a person there is nobody else. It is false for a person who is not known.
func (s *Store) doerOf(t *tx, ref domain.DeviceRef, where domain.ConversationRef, chat, p domain.Peer, own bool) (doer, bool, error) {
	if own {
		return doer{device: ref.Device}, true, nil
	}
	var d doer
	if chat.Group == "" {
		return d, true, t.row("SELECT contact_id FROM conversations WHERE id = $1", where.Conversation).Scan(&d.contact)
	}
	ours, err := optional(t.row("SELECT id FROM devices WHERE subaccount_id = $1 AND (lid = $2 OR number = $3)",
		ref.Subaccount, null(p.LID), null(p.Number)), &d.device)
	if err != nil || ours {
		return d, true, err
	}
	d.contact, err = s.findContact(t, ref.Subaccount, p)
	return d, d.contact != 0, err
}

// applyTo changes a message, and reports whether it is different now.
func applyTo(t *tx, where domain.ConversationRef, id domain.MessageID, by doer, c domain.InboundChange) (bool, error) {
	switch c.Kind {
	case domain.ChangeReaction:
		return remark(t, where.Subaccount, id, by, c.Kind, millis(c.At), c.Emoji)
	case domain.ChangeVote:
		slices.Sort(c.Options)
		options, err := toJSON(slices.Compact(c.Options))
		if err != nil {
			return false, err
		}
		return remark(t, where.Subaccount, id, by, c.Kind, millis(c.At), options)
	case domain.ChangeEdit:
		return edit(t, where.Subaccount, id, c)
	case domain.ChangeDelete:
		return deleteForAll(t, where.Subaccount, id, by.contact, millis(c.At))
	default:
		return false, nil
	}
}

// newestRemark keeps of two remarks of one person the later one. Of two at the same time the greater one counts, so that the order in which
// they come does not.
const newestRemark = `ON CONFLICT (message_id, kind, contact_id, device_id) DO UPDATE SET at = excluded.at, value = excluded.value
	WHERE (excluded.at, excluded.value) > (remarks.at, remarks.value)`

// remark keeps what somebody put on a message, unless they put something else on it later.
func remark(t *tx, sub domain.SubaccountID, id domain.MessageID, by doer, kind domain.ChangeKind, at int64, value string) (bool, error) {
	n, err := t.exec(`INSERT INTO remarks (subaccount_id, message_id, kind, contact_id, device_id, at, value) VALUES ($1, $2, $3, $4, $5, $6, $7)
		`+newestRemark, sub, id, kind, by.contact, by.device, at, value)
	if err != nil || n == 0 {
		return false, err
	}
	return true, t.run("UPDATE messages SET more = TRUE WHERE id = $1 AND NOT more", id)
}

// edit adds a text to those that a message had, and shows the newest. Of a message that was deleted for good there is no text any more.
func edit(t *tx, sub domain.SubaccountID, id domain.MessageID, c domain.InboundChange) (bool, error) {
	gone, err := isGone(t, sub, id)
	if err != nil || gone {
		return false, err
	}
	if err := t.run(`INSERT INTO message_versions (subaccount_id, message_id, waid, at, text)
		SELECT subaccount_id, id, '', at, text FROM messages WHERE id = $1 ON CONFLICT DO NOTHING`, id); err != nil {
		return false, err
	}
	n, err := t.exec(`INSERT INTO message_versions (subaccount_id, message_id, waid, at, text)
		SELECT $1, $2, $3, $4, $5 WHERE (SELECT COUNT(*) FROM message_versions WHERE message_id = $2) <= $6 ON CONFLICT DO NOTHING`,
		sub, id, c.WAID, millis(c.At), c.Text, mostVersions)
	if err != nil || n == 0 {
		return false, err
	}
	return true, showNewest(t, id)
}

// showNewest makes the newest text of a message the one that is shown.
func showNewest(t *tx, id domain.MessageID) error {
	return t.run(`UPDATE messages SET (text, edited_at, more) = (
			SELECT v.text, v.at, TRUE FROM message_versions v WHERE v.message_id = messages.id AND v.waid <> '' ORDER BY v.at DESC, v.waid DESC LIMIT 1)
		WHERE id = $1 AND EXISTS (SELECT 1 FROM message_versions v WHERE v.message_id = messages.id AND v.waid <> '')`, id)
}

// isGone reports whether a message was deleted and its subaccount does not keep what it said.
func isGone(t *tx, sub domain.SubaccountID, id domain.MessageID) (bool, error) {
	var deleted int64
	var keeps bool
	err := t.row("SELECT m.deleted_at, a.keep_deleted FROM messages m, subaccounts a WHERE m.id = $1 AND a.id = $2", id, sub).Scan(&deleted, &keeps)
	return deleted != 0 && !keeps, err
}

// deleteForAll marks a message as deleted, by whoever did it first. What it said goes if its subaccount says so.
func deleteForAll(t *tx, sub domain.SubaccountID, id domain.MessageID, by domain.ContactID, at int64) (bool, error) {
	n, err := t.exec(`UPDATE messages SET deleted_at = $1, deleted_by = $2, more = TRUE
		WHERE id = $3 AND (deleted_at = 0 OR ($1, $2) < (deleted_at, deleted_by))`, max(at, 1), by, id)
	if err != nil || n == 0 {
		return false, err
	}
	return true, forgetWords(t, sub, id)
}

// forgetWords removes what a message said if it was deleted for good.
func forgetWords(t *tx, sub domain.SubaccountID, id domain.MessageID) error {
	gone, err := isGone(t, sub, id)
	if err != nil || !gone {
		return err
	}
	return t.each([]change{
		{"UPDATE messages SET text = '', edited_at = 0 WHERE id = $1", []any{id}},
		{"DELETE FROM message_versions WHERE message_id = $1", []any{id}},
		{"DELETE FROM message_content WHERE message_id = $1", []any{id}},
		{"DELETE FROM media WHERE message_id = $1", []any{id}},
		{"DELETE FROM message_raw WHERE message_id = $1", []any{id}},
	})
}

// earlyChange is a change that waits for its message.
type earlyChange struct {
	id     int64
	ref    domain.DeviceRef
	change domain.InboundChange
}

func scanEarlyChange(row dbutil.Scannable) (earlyChange, error) {
	var e earlyChange
	var raw string
	if err := row.Scan(&e.id, &e.ref.Subaccount, &e.ref.Device, &raw); err != nil {
		return e, err
	}
	if err := json.Unmarshal([]byte(raw), &e.change); err != nil {
		return e, fmt.Errorf("decode a change: %w", err)
	}
	return e, nil
}

// mostEarly bounds how many changes of a subaccount wait, give or take earlyStep: anybody can send those. The oldest go.
const (
	mostEarly = 5_000
	earlyStep = 500
)

func keepEarlyChange(t *tx, ref domain.DeviceRef, c domain.InboundChange, now int64) error {
	raw, err := toJSON(c)
	if err != nil {
		return err
	}
	what, _ := identityOf(domain.Inbound{Change: &c})
	var id int64
	_, err = optional(t.row(`INSERT INTO early_changes (subaccount_id, device_id, waid, what, came, change) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT DO NOTHING RETURNING id`, ref.Subaccount, ref.Device, c.Target.WAID, what, now, raw), &id)
	if err != nil || id == 0 || id%earlyStep != 0 {
		return err
	}
	return t.run(`DELETE FROM early_changes WHERE subaccount_id = $1 AND id <=
		(SELECT id FROM early_changes WHERE subaccount_id = $1 ORDER BY id DESC LIMIT 1 OFFSET $2)`, ref.Subaccount, mostEarly)
}

// changesThatWaited applies what came before its message.
func (s *Store) changesThatWaited(t *tx, sub domain.SubaccountID, waid string) error {
	return s.settleChanges(t, " AND waid = $2", sub, waid)
}

// settleLearned tries what waits in the subaccounts in which somebody turned out to be known by another name too.
func (s *Store) settleLearned(t *tx) error {
	for len(t.learned) > 0 {
		learned := t.learned
		t.learned = nil
		for sub := range learned {
			if err := s.settleChanges(t, "", sub); err != nil {
				return err
			}
		}
	}
	return nil
}

// settleChanges tries the changes of a subaccount that wait once more.
func (s *Store) settleChanges(t *tx, which string, args ...any) error {
	waiting, err := collect(t, scanEarlyChange, "SELECT id, subaccount_id, device_id, change FROM early_changes WHERE subaccount_id = $1"+which+" ORDER BY id", args...)
	if err != nil {
		return err
	}
	for _, e := range waiting {
		applied, err := s.applyChange(t, e.ref, e.change)
		if err == nil && applied {
			err = t.run("DELETE FROM early_changes WHERE id = $1", e.id)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
