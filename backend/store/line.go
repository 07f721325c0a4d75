package store

import (
	"time"

	"waflow/backend/domain"
)

// callApart is how far the times may lie apart that WhatsApp tells of a call when it rings and that the phone has of it.
const callApart = 10 * time.Second

// isIdle reports whether there is no place for a line, or for a call of the history that came live. What changes about a person is said where
// there is a conversation with them; it makes none.
func (s *Store) isIdle(t *tx, ref domain.DeviceRef, in domain.InboundMessage) (bool, error) {
	about := in.Content != nil && in.Content.Notice != nil && (in.Content.Notice.Kind == domain.LineSecurityCode || in.Content.Notice.Kind == domain.LineNumber)
	known := in.Past && in.Kind == domain.KindCall
	if !about && !known {
		return false, nil
	}
	where, err := s.findConversation(t, ref.Subaccount, in.Chat)
	if err != nil || where.Conversation == 0 {
		return about, err
	}
	if about {
		return false, nil
	}
	var one int
	return optional(t.row("SELECT 1 FROM messages WHERE conversation_id = $1 AND at BETWEEN $2 AND $3 AND kind = $4 AND waid <> $5 LIMIT 1",
		where.Conversation, millis(in.At.Add(-callApart)), millis(in.At.Add(callApart)), domain.KindCall, in.WAID), &one)
}

// learnPeople keeps what a line tells of the people in it: who did it is known from then on, by the name they go by, and whoever is named by
// LID and number is one person.
func (s *Store) learnPeople(t *tx, sub domain.SubaccountID, in domain.InboundMessage) error {
	if in.Content == nil || in.Content.Notice == nil || in.Sender != (domain.Peer{}) {
		return nil
	}
	l := in.Content.Notice
	for _, p := range l.People {
		if p.LID != "" && p.Number != "" {
			if _, err := s.findContact(t, sub, p); err != nil {
				return err
			}
		}
	}
	if l.Ours || l.Actor == (domain.Peer{}) || in.PushName == "" {
		return nil
	}
	own, err := isOwn(t, sub, l.Actor)
	if err != nil || own {
		return err
	}
	_, err = s.contact(t, sub, l.Actor, in.PushName, millis(in.At))
	return err
}

// noteNumber puts into the conversation with a contact, if there is one, that they have another number now.
func (s *Store) noteNumber(t *tx, sub domain.SubaccountID, contact domain.ContactID, number string) error {
	where, err := conversationWith(t, sub, contact)
	if err != nil || where.Conversation == 0 {
		return err
	}
	c, err := conversationIn(t, where)
	if err != nil || c.LastDevice == 0 {
		return err
	}
	at := s.now().Truncate(time.Second) // as WhatsApp tells times, so that it stands before the message that told of it
	line := domain.Line{Kind: domain.LineNumber, Actor: c.Peer, Text: number}
	a := &arrival{
		m: domain.Message{
			Conversation: where, Device: c.LastDevice, WAID: line.ID(at), Direction: domain.In, Kind: domain.KindNotice, At: fromMillis(millis(at)),
			State: domain.StateReceived, Content: &domain.Content{},
		},
		chat: &person{contact: contact, seen: c}, sender: contact,
		in: domain.InboundMessage{Kind: domain.KindNotice, Content: &domain.Content{Notice: &line}},
	}
	if a.m.ID, err = insertArrival(t, a); err != nil || a.m.ID == 0 {
		return err
	}
	if err := a.keepRest(t); err != nil {
		return err
	}
	return s.addToConversation(t, a)
}
