package store

import (
	"context"
	"time"

	"waflow/backend/domain"
)

// KeepPast keeps a part of a device's history, each message exactly once, whether it also comes live or not. Nothing of it is unread, and a
// conversation is told of once, however many messages came. Errors: as Receive.
func (s *Store) KeepPast(ctx context.Context, ref domain.DeviceRef, past domain.Past) error {
	return s.do(ctx, "keep history", func(t *tx) error {
		t.past = true
		chats := map[domain.ConversationRef]bool{} // with whether the phone has nothing older
		for _, in := range past.Messages {
			in.Past = true
			idle, err := s.isIdle(t, ref, in)
			if err != nil {
				return err
			}
			if idle {
				continue
			}
			a, err := s.keepPastMessage(t, ref, in)
			if err != nil {
				return err
			}
			chats[a.m.Conversation] = false
		}
		for _, c := range past.Changes {
			if err := s.receiveChange(t, ref, c); err != nil {
				return err
			}
		}
		for conversation := range chats {
			if err := retally(t, conversation); err != nil {
				return err
			}
			t.changed.Filled = append(t.changed.Filled, conversation.Conversation)
		}
		for _, peer := range past.Ended {
			conversation, err := s.findConversation(t, ref.Subaccount, peer)
			if err != nil {
				return err
			}
			if conversation.Conversation != 0 {
				chats[conversation] = true
			}
		}
		for conversation, ended := range chats {
			if err := handedOver(t, ref, conversation, ended); err != nil {
				return err
			}
		}
		for _, name := range past.Names {
			if err := s.receiveName(t, ref, name); err != nil {
				return err
			}
		}
		return nil
	})
}

// handedOver notes that the phone of a device has handed over something of a conversation.
func handedOver(t *tx, ref domain.DeviceRef, conversation domain.ConversationRef, ended bool) error {
	return t.run(`INSERT INTO past_chats (subaccount_id, conversation_id, device_id, ended) VALUES ($1, $2, $3, $4)
		ON CONFLICT (conversation_id, device_id) DO UPDATE SET ended = past_chats.ended OR excluded.ended`,
		ref.Subaccount, conversation.Conversation, ref.Device, ended)
}

func (s *Store) keepPastMessage(t *tx, ref domain.DeviceRef, in domain.InboundMessage) (*arrival, error) {
	a, err := s.classify(t, ref, in)
	if err != nil {
		return nil, err
	}
	early, err := s.earlyReceipts(t, ref.Subaccount, a)
	if err != nil {
		return nil, err
	}
	for _, r := range early {
		a.apply(r)
	}
	a.m.ID, err = insertArrival(t, a)
	if err != nil {
		return nil, err
	}
	if a.m.ID == 0 {
		// It came live before. Whether it was read is known better from there.
		a.unread = true
		return a, s.receiveAgain(t, ref, a)
	}
	if err := carry(t, ref, a.m.ID); err != nil {
		return nil, err
	}
	if err := a.keepRest(t); err != nil {
		return nil, err
	}
	return a, s.changesThatWaited(t, ref.Subaccount, a.m.WAID)
}

// phonesWithMore finds the devices whose phone may have messages of a conversation that are older than all that are here: those that carried
// one of its ends, or that a part of it was handed over to, unless that phone said that there is nothing older.
const phonesWithMore = `
	SELECT d.id FROM devices d
	WHERE d.subaccount_id = (SELECT subaccount_id FROM conversations WHERE id = $1) AND d.removed = 0 AND d.number IS NOT NULL AND (
		EXISTS (SELECT 1 FROM past_chats p WHERE p.conversation_id = $1 AND p.device_id = d.id AND NOT p.ended)
		OR NOT EXISTS (SELECT 1 FROM past_chats p WHERE p.conversation_id = $1 AND p.device_id = d.id) AND (
			d.id IN (SELECT c.first_device_id FROM conversations c WHERE c.id = $1)
			OR d.id IN (SELECT c.last_device_id FROM conversations c WHERE c.id = $1)
			OR d.id = (SELECT m.device_id FROM messages m WHERE m.conversation_id = $1 ORDER BY m.at, m.id LIMIT 1)))
	ORDER BY d.id`

// PhonesWithMore returns the devices whose phone may have messages of a conversation that are older than all that are here.
func (s *Store) PhonesWithMore(ctx context.Context, id domain.ConversationID) ([]domain.DeviceID, error) {
	out, err := collect(reading{ctx, s.read}, scanDeviceID, phonesWithMore, id)
	return out, coded("look for older messages", err)
}

// OldestMessage returns when the oldest message of a conversation was written, and the place that everything written then or earlier lies
// before. Errors: not_found if it has none.
func (s *Store) OldestMessage(ctx context.Context, id domain.ConversationID) (time.Time, domain.Cursor, error) {
	var at int64
	err := reading{ctx, s.read}.row("SELECT at FROM messages WHERE conversation_id = $1 ORDER BY at, id LIMIT 1", id).Scan(&at)
	return fromMillis(at), place{at + 1, 0}.cursor(), coded("read the oldest message", orNotFound("message", err))
}
