package store

import (
	"go.mau.fi/util/dbutil"

	"waflow/backend/domain"
)

// keptReceipt is a receipt that came before its message, as the database has it.
type keptReceipt struct {
	kind   domain.ReceiptKind
	waid   string
	chat   domain.Peer
	at     int64
	lid    string // of whose device said so
	number string
}

const receiptColumns = "kind, waid, chat_lid, chat_number, chat_group, sender_lid, sender_number, at"

func scanReceipt(row dbutil.Scannable) (keptReceipt, error) {
	var r keptReceipt
	err := row.Scan(&r.kind, &r.waid, &r.chat.LID, &r.chat.Number, &r.chat.Group, &r.lid, &r.number, &r.at)
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
			if applied, err = s.applyReceipt(t, where, r.Kind, waid); err != nil {
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
func (s *Store) applyReceipt(t *tx, where domain.ConversationRef, kind domain.ReceiptKind, waid string) (bool, error) {
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
			err = s.readElsewhere(t, where, place{millis(m.At), int64(m.ID)})
		}
		if err != nil {
			return false, err
		}
	}
	return true, nil
}

// readElsewhere marks what was read on the phone: a message and everything before it. WhatsApp knows it already.
func (s *Store) readElsewhere(t *tx, where domain.ConversationRef, upTo place) error {
	read, err := markRead(t, where, upTo)
	if err != nil || len(read) == 0 {
		return err
	}
	c, err := recountUnread(t, where)
	if err != nil {
		return err
	}
	t.changed.Conversations = append(t.changed.Conversations, c)
	return nil
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
	return t.run(`DELETE FROM receipts WHERE subaccount_id = $1 AND waid = $2 AND kind = $3 AND chat_lid = $4 AND chat_number = $5 AND chat_group = $6
		AND sender_lid = $7 AND sender_number = $8`, sub, r.waid, r.kind, r.chat.LID, r.chat.Number, r.chat.Group, r.lid, r.number)
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
		if r.kind == domain.ReceiptReadSelf {
			return s.readElsewhere(t, a.m.Conversation, place{millis(a.m.At), int64(a.m.ID)})
		}
	}
	return nil
}

// settleReceipts applies kept receipts of a contact whose identity became known: they may name it by what nobody knew then.
func (s *Store) settleReceipts(t *tx, sub domain.SubaccountID, contact domain.ContactID) error {
	where := domain.ConversationRef{Subaccount: sub}
	found, err := optional(t.row("SELECT id FROM conversations WHERE subaccount_id = $1 AND contact_id = $2", sub, contact), &where.Conversation)
	if err != nil || !found {
		return err
	}
	kept, err := collect(t, scanReceipt, "SELECT "+receiptColumns+` FROM receipts r WHERE subaccount_id = $1 AND chat_group = ''
		AND (chat_lid <> '' AND chat_lid = (SELECT lid FROM contacts WHERE subaccount_id = $1 AND id = $2)
			OR chat_number IN (SELECT number FROM contact_numbers WHERE subaccount_id = $1 AND contact_id = $2))`, sub, contact)
	if err != nil {
		return err
	}
	for _, r := range kept {
		applied, err := s.applyReceipt(t, where, r.kind, r.waid)
		if err == nil && applied {
			err = dropReceipt(t, sub, r)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
