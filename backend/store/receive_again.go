package store

import (
	"waflow/backend/domain"
)

// receiveAgain handles a message that is there already: the same one once more, by another device, as the real one after a placeholder, or
// as our phone's word that what we queued has been sent.
func (s *Store) receiveAgain(t *tx, ref domain.DeviceRef, a *arrival) error {
	var undecrypted bool
	before, err := scanMessage(t.row("SELECT "+messageColumns+" FROM messages WHERE conversation_id = $1 AND waid = $2 AND COALESCE(sender_id, 0) = $3",
		a.m.Conversation.Conversation, a.m.WAID, a.sender))
	if err != nil {
		return err
	}
	if err := t.row("SELECT undecrypted FROM messages WHERE id = $1", before.ID).Scan(&undecrypted); err != nil {
		return err
	}
	a.m.ID = before.ID
	if err := carry(t, ref, before.ID); err != nil {
		return err
	}
	if undecrypted && !a.in.Undecrypt {
		if before, err = s.reveal(t, before, a); err != nil {
			return err
		}
	}
	if before.Direction == domain.Out {
		return s.raise(t, before, a.m.State)
	}
	if a.unread {
		return nil
	}
	return s.readAlready(t, before)
}

// reveal puts what a message says into its placeholder.
func (s *Store) reveal(t *tx, m domain.Message, a *arrival) (domain.Message, error) {
	m.Kind, m.Text = a.m.Kind, a.m.Text
	if err := t.run("UPDATE messages SET kind = $1, text = $2, undecrypted = FALSE WHERE id = $3", m.Kind, m.Text, m.ID); err != nil {
		return m, err
	}
	if err := t.run("DELETE FROM message_content WHERE message_id = $1", m.ID); err != nil {
		return m, err
	}
	if err := a.keepRest(t); err != nil {
		return m, err
	}
	if err := forgetWords(t, m.Conversation.Subaccount, m.ID); err != nil {
		return m, err
	}
	if err := s.changesThatWaited(t, m.Conversation.Subaccount, m.WAID); err != nil {
		return m, err
	}
	m, err := messageByID(t, m.ID)
	if err != nil {
		return m, err
	}
	return m, s.tell(t, m)
}

// readAlready marks a message that another device of the subaccount brought, and on whose phone it had been read.
func (s *Store) readAlready(t *tx, m domain.Message) error {
	n, err := t.exec("UPDATE messages SET unread = FALSE WHERE id = $1 AND unread", m.ID)
	if err != nil || n == 0 {
		return err
	}
	return recountUnread(t, m.Conversation)
}

// raise keeps that an outgoing message has come further. What was acknowledged in any way needs no sending any more.
func (s *Store) raise(t *tx, m domain.Message, to domain.MessageState) error {
	next := m.State.Raise(to)
	if next == m.State {
		return nil
	}
	m.State, m.FailCode = next, ""
	if err := t.run("UPDATE messages SET state = $1, fail_code = '' WHERE id = $2", m.State, m.ID); err != nil {
		return err
	}
	if err := t.run("DELETE FROM outbox WHERE message_id = $1", m.ID); err != nil {
		return err
	}
	return s.tell(t, m)
}

// tell notes that a message is different now, and its conversation if it is the newest of it.
func (s *Store) tell(t *tx, m domain.Message) error {
	t.changed.Messages = append(t.changed.Messages, m)
	c, err := conversationIn(t, m.Conversation)
	if err != nil {
		return err
	}
	if c.LastMessage.ID == m.ID {
		t.changed.Conversations = append(t.changed.Conversations, c)
	}
	return nil
}

// receiveName keeps what a person or a group is called, of those that are known.
func (s *Store) receiveName(t *tx, ref domain.DeviceRef, n domain.InboundName) error {
	if n.Name == "" {
		return nil
	}
	if n.Peer.Group != "" {
		return s.renameGroup(t, ref, n)
	}
	contact, err := s.findContact(t, ref.Subaccount, n.Peer)
	if err != nil || contact == 0 {
		return err
	}
	return s.rename(t, ref.Subaccount, contact, n.Name, millis(s.now()))
}

func (s *Store) renameGroup(t *tx, ref domain.DeviceRef, n domain.InboundName) error {
	where, err := s.findConversation(t, ref.Subaccount, n.Peer)
	if err != nil || where.Conversation == 0 {
		return err
	}
	s.people.forget()
	if err := t.run("UPDATE conversations SET group_name = $1 WHERE subaccount_id = $2 AND id = $3", n.Name, where.Subaccount, where.Conversation); err != nil {
		return err
	}
	return tellConversation(t, where)
}

// tellConversation notes that a conversation is different now.
func tellConversation(t *tx, ref domain.ConversationRef) error {
	c, err := conversationIn(t, ref)
	if err != nil {
		return err
	}
	t.changed.Conversations = append(t.changed.Conversations, c)
	return nil
}

// receiveIdentity learns that a LID and a number are one person; conversations that were kept apart become one.
func (s *Store) receiveIdentity(t *tx, ref domain.DeviceRef, i domain.InboundIdentity) error {
	if i.LID == "" || i.Number == "" {
		return nil
	}
	_, err := s.findContact(t, ref.Subaccount, domain.Peer{LID: i.LID, Number: i.Number})
	return err
}
