package store

import (
	"go.mau.fi/util/dbutil"

	"waflow/backend/domain"
)

// keptReceipt is a receipt that came before its message, as the database has it.
type keptReceipt struct {
	kind   domain.ReceiptKind
	waid   string
	device domain.DeviceID
	chat   domain.Peer
	at     int64
	lid    string // of whose device said so
	number string
}

const receiptColumns = "kind, waid, device_id, chat_lid, chat_number, chat_group, sender_lid, sender_number, at"

func scanReceipt(row dbutil.Scannable) (keptReceipt, error) {
	var r keptReceipt
	err := row.Scan(&r.kind, &r.waid, &r.device, &r.chat.LID, &r.chat.Number, &r.chat.Group, &r.lid, &r.number, &r.at)
	return r, err
}

// receiveReceipt applies a receipt to the messages that are there and keeps it for those that are not.
// In a group "delivered" and "read" are words of one member, and say nothing about the others: they are kept until all are counted.
func (s *Store) receiveReceipt(t *tx, ref domain.DeviceRef, r domain.InboundReceipt) error {
	where, err := s.findConversation(t, ref.Subaccount, r.Chat)
	if err != nil {
		return err
	}
	for _, waid := range r.WAIDs {
		applied := false
		if where.Conversation != 0 && (r.Chat.Group == "" || r.Kind == domain.ReceiptReadSelf) {
			if applied, err = s.applyReceipt(t, where, ref.Device, r.Kind, waid); err != nil {
				return err
			}
		}
		if !applied {
			if err := keepReceipt(t, ref, r, waid); err != nil {
				return err
			}
		}
	}
	return nil
}

func keepReceipt(t *tx, ref domain.DeviceRef, r domain.InboundReceipt, waid string) error {
	return t.run(`INSERT INTO receipts (subaccount_id, device_id, waid, kind, chat_lid, chat_number, chat_group, sender_lid, sender_number, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING`,
		ref.Subaccount, ref.Device, waid, r.Kind, r.Chat.LID, r.Chat.Number, r.Chat.Group, r.Sender.LID, r.Sender.Number, millis(r.At))
}

// applyReceipt reports whether the message was there.
func (s *Store) applyReceipt(t *tx, where domain.ConversationRef, device domain.DeviceID, kind domain.ReceiptKind, waid string) (bool, error) {
	direction := domain.Out
	to, ours := kind.State()
	if !ours {
		direction = domain.In
	}
	found, err := collect(t, scanMessage, "SELECT "+messageColumns+" FROM messages WHERE conversation_id = $1 AND waid = $2 AND direction = $3",
		where.Conversation, waid, direction)
	if err != nil || len(found) == 0 {
		return false, err
	}
	for _, m := range found {
		if ours {
			err = s.raise(t, m, to)
		} else {
			err = s.readOnPhone(t, where, device, m)
		}
		if err != nil {
			return false, err
		}
	}
	return true, nil
}

// readOnPhone marks what was read on the phone of a device: a message, and what that device carried before it. WhatsApp knows it already.
// Times are whole seconds, so of the same second only the message itself is certain.
func (s *Store) readOnPhone(t *tx, where domain.ConversationRef, device domain.DeviceID, m domain.Message) error {
	s.people.forget()
	at := millis(m.At)
	if err := t.run(`INSERT INTO phone_reads (subaccount_id, conversation_id, device_id, at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (conversation_id, device_id) DO UPDATE SET at = excluded.at WHERE excluded.at > phone_reads.at`,
		where.Subaccount, where.Conversation, device, at); err != nil {
		return err
	}
	n, err := t.exec(`UPDATE messages SET unread = FALSE
		WHERE conversation_id = $1 AND at >= (SELECT unread_from FROM conversations WHERE id = $1) AND unread
			AND (id = $2 OR at < $3 AND EXISTS (SELECT 1 FROM message_devices d WHERE d.message_id = messages.id AND d.device_id = $4))`,
		where.Conversation, m.ID, at, device)
	if err != nil || n == 0 {
		return err
	}
	return recountUnread(t, where)
}

// phoneReads tells how far a conversation was read on each device's phone.
func phoneReads(t *tx, id domain.ConversationID) (map[domain.DeviceID]int64, error) {
	rows, err := t.rows("SELECT device_id, at FROM phone_reads WHERE conversation_id = $1", id)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := map[domain.DeviceID]int64{}
	for rows.Next() {
		var device domain.DeviceID
		var at int64
		if err := rows.Scan(&device, &at); err != nil {
			return nil, err
		}
		out[device] = at
	}
	return out, rows.Err()
}

// earlyReceipts takes the receipts that came before this message.
func (s *Store) earlyReceipts(t *tx, sub domain.SubaccountID, a *arrival) ([]keptReceipt, error) {
	found, err := collect(t, scanReceipt, "SELECT "+receiptColumns+" FROM receipts WHERE subaccount_id = $1 AND waid = $2", sub, a.m.WAID)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	var out []keptReceipt
	for _, r := range found {
		where, err := s.findConversation(t, sub, r.chat)
		if err != nil {
			return nil, err
		}
		if where.Conversation != a.m.Conversation.Conversation || !r.settles(a.m.Direction) {
			continue
		}
		out = append(out, r)
		if err := dropReceipt(t, sub, r); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// settles reports whether a receipt says something that can be applied to a message of this direction.
func (r keptReceipt) settles(d domain.Direction) bool {
	_, ours := r.kind.State()
	if ours {
		return d == domain.Out && r.chat.Group == ""
	}
	return d == domain.In
}

func dropReceipt(t *tx, sub domain.SubaccountID, r keptReceipt) error {
	return t.run(`DELETE FROM receipts WHERE subaccount_id = $1 AND waid = $2 AND kind = $3 AND device_id = $4 AND chat_lid = $5 AND chat_number = $6
		AND chat_group = $7 AND sender_lid = $8 AND sender_number = $9`, sub, r.waid, r.kind, r.device, r.chat.LID, r.chat.Number, r.chat.Group, r.lid, r.number)
}

// apply lets a message begin where a receipt has brought it already.
func (a *arrival) apply(r keptReceipt) {
	if to, ours := r.kind.State(); ours {
		a.m.State = a.m.State.Raise(to)
		return
	}
	a.unread = false
}

// readUpToEarly marks what lies before a message that was read on the phone before it came here.
func (s *Store) readUpToEarly(t *tx, a *arrival, early []keptReceipt) error {
	for _, r := range early {
		if r.kind != domain.ReceiptReadSelf {
			continue
		}
		if err := s.readOnPhone(t, a.m.Conversation, r.device, a.m); err != nil {
			return err
		}
	}
	return nil
}

// settleReceipts applies kept receipts of a contact whose identity became known: they may name it by what nobody knew then.
func (s *Store) settleReceipts(t *tx, sub domain.SubaccountID, contact domain.ContactID) error {
	t.learn(sub)
	where, err := conversationWith(t, sub, contact)
	if err != nil || where.Conversation == 0 {
		return err
	}
	kept, err := collect(t, scanReceipt, "SELECT "+receiptColumns+` FROM receipts r WHERE subaccount_id = $1 AND chat_group = ''
		AND (chat_lid <> '' AND chat_lid = (SELECT lid FROM contacts WHERE subaccount_id = $1 AND id = $2)
			OR chat_number IN (SELECT number FROM contact_numbers WHERE subaccount_id = $1 AND contact_id = $2))`, sub, contact)
	if err != nil {
		return err
	}
	for _, r := range kept {
		applied, err := s.applyReceipt(t, where, r.device, r.kind, r.waid)
		if err == nil && applied {
			err = dropReceipt(t, sub, r)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
