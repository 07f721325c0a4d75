package store

import (
	"waflow/backend/domain"
)

// erasure is a device on its way out, with everything that only it carried.
type erasure struct {
	t      *tx
	ref    domain.DeviceRef
	chats  []domain.ConversationID // it carried something of them, or is named by them
	people []domain.ContactID      // who wrote or was written to there
}

// eraseDevice removes a device with everything that only it carried. What other devices of its subaccount carried too becomes theirs.
func eraseDevice(t *tx, ref domain.DeviceRef) error {
	e := &erasure{t: t, ref: ref}
	for _, step := range []func() error{e.look, e.messages, e.traces, e.conversations, e.contacts, e.row} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// look finds what may be left with nothing in it.
func (e *erasure) look() (err error) {
	const carried = "SELECT m.id FROM message_devices d JOIN messages m ON m.id = d.message_id WHERE d.device_id = $1"
	e.chats, err = collect(e.t, scanConversationID, `
		SELECT conversation_id FROM messages WHERE id IN (`+carried+`) OR subaccount_id = $2 AND device_id = $1
		UNION SELECT id FROM conversations WHERE subaccount_id = $2 AND (first_device_id = $1 OR last_device_id = $1)`, e.ref.Device, e.ref.Subaccount)
	if err != nil {
		return err
	}
	e.people, err = collect(e.t, scanContactID, `
		SELECT sender_id FROM messages WHERE id IN (`+carried+`) AND sender_id IS NOT NULL
		UNION SELECT contact_id FROM conversations WHERE contact_id IS NOT NULL AND id IN (
			SELECT conversation_id FROM messages WHERE id IN (`+carried+`))`, e.ref.Device)
	return err
}

// messages removes those that only this device carried, and names another carrier of the rest.
func (e *erasure) messages() error {
	gone, err := collect(e.t, scanMessageID, "DELETE FROM messages WHERE subaccount_id = $2 AND "+onlyCarrier+" RETURNING id", e.ref.Device, e.ref.Subaccount)
	if err != nil {
		return err
	}
	e.t.changed.MessagesGone = append(e.t.changed.MessagesGone, gone...)
	if err := e.t.run("DELETE FROM message_devices WHERE subaccount_id = $1 AND device_id = $2", e.ref.Subaccount, e.ref.Device); err != nil {
		return err
	}
	others, err := collect(e.t, scanMessage, `
		UPDATE messages SET device_id = (SELECT MIN(d.device_id) FROM message_devices d WHERE d.message_id = messages.id)
		WHERE subaccount_id = $1 AND device_id = $2 RETURNING `+messageColumns, e.ref.Subaccount, e.ref.Device)
	e.t.changed.Messages = append(e.t.changed.Messages, others...)
	return err
}

// traces removes what else the device left.
func (e *erasure) traces() error {
	both := []any{e.ref.Subaccount, e.ref.Device}
	return e.t.each([]change{
		{"DELETE FROM outbox WHERE subaccount_id = $1 AND device_id = $2", both},
		{"DELETE FROM receipts WHERE subaccount_id = $1 AND device_id = $2", both},
		{"DELETE FROM early_changes WHERE subaccount_id = $1 AND device_id = $2", both},
		{"DELETE FROM phone_reads WHERE subaccount_id = $1 AND device_id = $2", both},
		{"DELETE FROM history_jobs WHERE subaccount_id = $1 AND device_id = $2", both},
		{"DELETE FROM past_chats WHERE subaccount_id = $1 AND device_id = $2", both},
		{"DELETE FROM dead_letters WHERE subaccount_id = $1 AND device_id = $2", both},
	})
}

// conversations removes those that are empty now, with what was being written in them, and counts the others again.
func (e *erasure) conversations() error {
	for _, id := range e.chats {
		var left int
		if err := e.t.row("SELECT COUNT(*) FROM messages WHERE conversation_id = $1", id).Scan(&left); err != nil {
			return err
		}
		if left > 0 {
			if err := retally(e.t, domain.ConversationRef{Subaccount: e.ref.Subaccount, Conversation: id}); err != nil {
				return err
			}
			continue
		}
		if err := e.t.run("DELETE FROM drafts WHERE conversation_id = $1", id); err != nil {
			return err
		}
		var unread int
		if err := e.t.row("DELETE FROM conversations WHERE id = $1 RETURNING unread", id).Scan(&unread); err != nil {
			return err
		}
		e.t.countUnread(e.ref.Subaccount, unread, 0)
		e.t.changed.ConversationsGone = append(e.t.changed.ConversationsGone, id)
	}
	return nil
}

// contacts removes people of whom nothing is left, and what is known of their numbers. The index is only for this: each removal looks for
// messages of that contact.
func (e *erasure) contacts() error {
	if err := e.t.run("CREATE INDEX messages_of_sender ON messages (subaccount_id, sender_id)"); err != nil {
		return err
	}
	for _, id := range e.people {
		var named int
		if err := e.t.row(`SELECT (SELECT COUNT(*) FROM conversations WHERE subaccount_id = $1 AND contact_id = $2)
			+ (SELECT COUNT(*) FROM messages WHERE subaccount_id = $1 AND sender_id = $2)
			+ (SELECT COUNT(*) FROM remarks WHERE contact_id = $2)`, e.ref.Subaccount, id).Scan(&named); err != nil {
			return err
		}
		if named > 0 {
			continue
		}
		one := []any{e.ref.Subaccount, id}
		if err := e.t.each([]change{
			{`DELETE FROM identities WHERE subaccount_id = $1 AND (lid = (SELECT c.lid FROM contacts c WHERE c.id = $2)
				OR number IN (SELECT n.number FROM contact_numbers n WHERE n.subaccount_id = $1 AND n.contact_id = $2))`, one},
			{"DELETE FROM contact_numbers WHERE subaccount_id = $1 AND contact_id = $2", one},
			{"DELETE FROM merges WHERE subaccount_id = $1 AND kept_contact_id = $2", one},
			{"DELETE FROM contacts WHERE subaccount_id = $1 AND id = $2", one},
		}); err != nil {
			return err
		}
	}
	return e.t.run("DROP INDEX messages_of_sender")
}

// row removes the device itself. Its history and the attempts to link it go with it.
func (e *erasure) row() error {
	return e.t.run("DELETE FROM devices WHERE subaccount_id = $1 AND id = $2", e.ref.Subaccount, e.ref.Device)
}
