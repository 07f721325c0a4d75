package store

import (
	"context"
	"database/sql"

	"waflow/backend/domain"
)

// lastInEvery is how exact a device's LastIn is, in milliseconds: writing it with every message would cost a page each time.
const lastInEvery = 5_000

// plainOverhead is how much longer than its text the protobuf of a plain text message is at most: its secret and the sender's device list.
// What is longer holds more than the text, and is kept.
const plainOverhead = 160

// Receive keeps one thing that a device received, exactly once, however often and in whatever order it comes, and returns after it is on
// disk. Errors: not_found for a device that is not there; invalid for what names nobody; storage errors.
func (s *Store) Receive(ctx context.Context, ref domain.DeviceRef, in domain.Inbound) error {
	return s.do(ctx, "keep what arrived", func(t *tx) error { return s.receive(t, ref, in) })
}

func (s *Store) receive(t *tx, ref domain.DeviceRef, in domain.Inbound) error {
	switch {
	case in.Message != nil:
		return s.receiveMessage(t, ref, *in.Message)
	case in.Change != nil:
		return s.receiveChange(t, ref, *in.Change)
	case in.Receipt != nil:
		return s.receiveReceipt(t, ref, *in.Receipt)
	case in.History != nil:
		return keepHistory(t, ref, *in.History)
	case in.Name != nil:
		return s.receiveName(t, ref, *in.Name)
	case in.Identity != nil:
		return s.receiveIdentity(t, ref, *in.Identity)
	}
	return nil
}

// arrival is a message on its way into the database.
type arrival struct {
	m      domain.Message
	chat   *person
	sender domain.ContactID // 0: the subaccount's own
	unread bool
	in     domain.InboundMessage
}

func (s *Store) receiveMessage(t *tx, ref domain.DeviceRef, in domain.InboundMessage) error {
	if idle, err := s.isIdle(t, ref, in); err != nil || idle {
		return err
	}
	a, err := s.classify(t, ref, in)
	if err != nil {
		return err
	}
	if err := s.touchDevice(t, ref); err != nil {
		return err
	}
	early, err := s.earlyReceipts(t, ref.Subaccount, a)
	if err != nil {
		return err
	}
	for _, r := range early {
		a.apply(r)
	}
	a.m.ID, err = insertArrival(t, a)
	if err != nil {
		return err
	}
	if a.m.ID == 0 {
		return s.receiveAgain(t, ref, a)
	}
	if err := carry(t, ref, a.m.ID); err != nil {
		return err
	}
	if err := a.keepRest(t); err != nil {
		return err
	}
	if err := s.addToConversation(t, a); err != nil {
		return err
	}
	if err := s.changesThatWaited(t, ref.Subaccount, a.m.WAID); err != nil {
		return err
	}
	return s.readUpToEarly(t, a, early)
}

// classify finds out whose message it is. A member of a group who is another device of the same subaccount is us, so that both devices keep
// one message.
func (s *Store) classify(t *tx, ref domain.DeviceRef, in domain.InboundMessage) (*arrival, error) {
	at, name := millis(in.At), in.PushName
	if in.FromMe || in.Chat.Group != "" {
		name = "" // the name of the sender, who is not the chat partner
	}
	chat, err := s.who(t, ref.Subaccount, in.Chat, name, at)
	if err != nil {
		return nil, err
	}
	own := in.FromMe
	a := &arrival{chat: chat, sender: chat.contact, in: in}
	if in.Chat.Group != "" && in.Sender == (domain.Peer{}) && !own {
		a.sender = 0 // of a line
	} else if in.Chat.Group != "" && !own {
		if own, err = isOwn(t, ref.Subaccount, in.Sender); err != nil {
			return nil, err
		}
		if !own {
			if a.sender, err = s.contact(t, ref.Subaccount, in.Sender, in.PushName, at); err != nil {
				return nil, err
			}
		}
	}
	a.m = domain.Message{
		Conversation: chat.seen.Ref, Device: ref.Device, WAID: in.WAID, Kind: in.Kind, Text: in.Text, At: fromMillis(at),
		Direction: domain.In, State: domain.StateReceived,
	}
	a.unread = !own && !in.Past && in.Kind != domain.KindNotice && at >= chat.phones[ref.Device]
	if err := s.learnPeople(t, ref.Subaccount, in); err != nil {
		return nil, err
	}
	if own {
		a.sender, a.m.Direction, a.m.FromPhone, a.m.State = 0, domain.Out, true, domain.StateSent.Raise(in.State)
	}
	if !in.Content.Empty() || in.Chat.Group != "" && !own {
		a.m.Content = &domain.Content{} // there is more, see complete
	}
	return a, nil
}

// isOwn reports whether a member of a group is a device of this subaccount.
func isOwn(t *tx, sub domain.SubaccountID, p domain.Peer) (bool, error) {
	var one int
	return optional(t.row("SELECT 1 FROM devices WHERE subaccount_id = $1 AND (lid = $2 OR number = $3)", sub, null(p.LID), null(p.Number)), &one)
}

// touchDevice notes that something arrived here.
func (s *Store) touchDevice(t *tx, ref domain.DeviceRef) error {
	now := millis(s.now())
	if now-s.people.lastIn[ref.Device] < lastInEvery {
		return nil
	}
	d, err := scanDevice(t.row("UPDATE devices SET last_in = $1 WHERE subaccount_id = $2 AND id = $3 AND removed = 0 RETURNING "+deviceColumns,
		now, ref.Subaccount, ref.Device))
	if err != nil {
		return orNotFound("device", err)
	}
	s.people.lastIn[ref.Device] = now
	t.changed.Devices = append(t.changed.Devices, d)
	return nil
}

// insertArrival adds the message unless it is there already; then it returns 0.
func insertArrival(t *tx, a *arrival) (domain.MessageID, error) {
	var id domain.MessageID
	_, err := optional(t.row(`
		INSERT INTO messages (subaccount_id, conversation_id, device_id, sender_id, waid, direction, from_phone, kind, text, at, state, unread, undecrypted, more, by_number)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
		ON CONFLICT (conversation_id, waid, COALESCE(sender_id, 0)) DO NOTHING RETURNING id`,
		a.m.Conversation.Subaccount, a.m.Conversation.Conversation, a.m.Device, null(a.sender), a.m.WAID, a.m.Direction, a.m.FromPhone,
		a.m.Kind, a.m.Text, millis(a.m.At), a.m.State, a.unread, a.in.Undecrypt, a.m.Content != nil, a.in.Chat.LID == "" && a.in.Chat.Group == ""), &id)
	return id, err
}

// carry notes that a device carried a message.
func carry(t *tx, ref domain.DeviceRef, id domain.MessageID) error {
	return t.run("INSERT INTO message_devices (subaccount_id, message_id, device_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
		ref.Subaccount, id, ref.Device)
}

// keepRest keeps what the row of a new message does not tell.
func (a *arrival) keepRest(t *tx) error {
	if err := keepContent(t, a.m.Conversation.Subaccount, a.m.ID, a.in.Content); err != nil {
		return err
	}
	if err := a.wantMedia(t); err != nil {
		return err
	}
	return keepRaw(t, a)
}

// keepRaw keeps what was received if it holds more than the row tells.
func keepRaw(t *tx, a *arrival) error {
	if len(a.in.Raw) == 0 || a.in.Kind == domain.KindText && len(a.in.Raw) <= len(a.in.Text)+plainOverhead {
		return nil
	}
	return t.run("INSERT INTO message_raw (subaccount_id, message_id, raw) VALUES ($1, $2, $3) ON CONFLICT (message_id) DO UPDATE SET raw = excluded.raw",
		a.m.Conversation.Subaccount, a.m.ID, a.in.Raw)
}

// isNewer holds for a message of time $2 that becomes the one that its conversation shows: the newest. A notice, which nobody wrote ($8), takes
// the place of nothing but notices.
const isNewer = `(CASE WHEN $8 THEN last_message_id IS NULL OR $2 >= last_at AND (SELECT l.kind FROM messages l WHERE l.id = last_message_id) = 'notice'
	ELSE $2 >= last_at OR (SELECT l.kind FROM messages l WHERE l.id = last_message_id) = 'notice' END)`

// addToConversation counts a new message in its conversation and tells of both.
func (s *Store) addToConversation(t *tx, a *arrival) error {
	notice := a.m.Kind == domain.KindNotice
	unread, in := 0, a.m.Direction == domain.In && !notice
	if a.unread {
		unread = 1
	}
	at := millis(a.m.At)
	var first, last sql.Null[int64]
	var newest domain.MessageID
	var lastAt int64
	c := a.chat.seen
	err := t.row(`
		UPDATE conversations SET
			messages = messages + 1,
			unread_from = CASE WHEN $1 = 0 THEN unread_from WHEN unread = 0 OR unread_from > $2 THEN $2 ELSE unread_from END,
			unread = unread + $1,
			first_device_id = CASE WHEN $3 AND (first_device_id IS NULL OR $2 < first_in_at) THEN $4 ELSE first_device_id END,
			first_in_at = CASE WHEN $3 AND (first_device_id IS NULL OR $2 < first_in_at) THEN $2 ELSE first_in_at END,
			last_device_id = CASE WHEN `+isNewer+` THEN $4 ELSE last_device_id END,
			last_message_id = CASE WHEN `+isNewer+` THEN $5 ELSE last_message_id END,
			last_at = CASE WHEN `+isNewer+` THEN $2 ELSE last_at END
		WHERE subaccount_id = $6 AND id = $7
		RETURNING first_device_id, last_device_id, last_message_id, last_at, unread`,
		unread, at, in, a.m.Device, a.m.ID, c.Ref.Subaccount, c.Ref.Conversation, notice).
		Scan(&first, &last, &newest, &lastAt, &c.Unread)
	if err != nil {
		return err
	}
	t.countUnread(c.Ref.Subaccount, c.Unread-unread, c.Unread)
	c.FirstDevice, c.LastDevice, c.LastAt, c.LastMessage = domain.DeviceID(first.V), domain.DeviceID(last.V), fromMillis(lastAt), a.m
	if newest != a.m.ID {
		if c.LastMessage, err = messageByID(t, newest); err != nil {
			return err
		}
	}
	t.changed.Messages = append(t.changed.Messages, a.m)
	t.changed.Conversations = append(t.changed.Conversations, c)
	return nil
}
