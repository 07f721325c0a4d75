package store

import (
	"database/sql"
	"errors"

	"waflow/backend/domain"
)

// contactRow is a contact as identity decisions need it.
type contactRow struct {
	id  domain.ContactID // 0: there is none
	lid string
}

func contactByLID(t *tx, sub domain.SubaccountID, lid string) (contactRow, error) {
	c := contactRow{lid: lid}
	if lid == "" {
		return c, nil
	}
	_, err := optional(t.row("SELECT id FROM contacts WHERE subaccount_id = $1 AND lid = $2", sub, lid), &c.id)
	return c, err
}

func contactByNumber(t *tx, sub domain.SubaccountID, number string) (contactRow, error) {
	var c contactRow
	if number == "" {
		return c, nil
	}
	var lid sql.Null[string]
	_, err := optional(t.row(`SELECT c.id, c.lid FROM contact_numbers n JOIN contacts c ON c.subaccount_id = n.subaccount_id AND c.id = n.contact_id
		WHERE n.subaccount_id = $1 AND n.number = $2`, sub, number), &c.id, &lid)
	c.lid = lid.V
	return c, err
}

// contact finds a person of a subaccount by LID first, then by number, makes the contact if there is none, and learns what the two say
// about each other.
func (s *Store) contact(t *tx, sub domain.SubaccountID, peer domain.Peer, pushName string, at int64) (domain.ContactID, error) {
	peer, err := s.complete(t, sub, peer)
	if err != nil {
		return 0, err
	}
	id, err := s.identify(t, sub, peer)
	if err != nil {
		return 0, err
	}
	if id == 0 {
		if id, err = s.createContact(t, sub, peer); err != nil {
			return 0, err
		}
	}
	return id, s.rename(t, sub, id, pushName, at)
}

// complete adds the half of an identity that WhatsApp told earlier, and keeps what it tells now. Of one that somebody has parted the LID counts.
func (s *Store) complete(t *tx, sub domain.SubaccountID, peer domain.Peer) (domain.Peer, error) {
	if peer.LID != "" && peer.Number != "" {
		apart, err := isParted(t, sub, peer)
		if err != nil || apart {
			return domain.Peer{LID: peer.LID}, err
		}
		return peer, s.keepIdentity(t, sub, peer)
	}
	var err error
	if peer.LID == "" {
		_, err = optional(t.row("SELECT lid FROM identities WHERE subaccount_id = $1 AND number = $2", sub, peer.Number), &peer.LID)
	} else {
		_, err = optional(t.row("SELECT number FROM identities WHERE subaccount_id = $1 AND lid = $2 ORDER BY number LIMIT 1", sub, peer.LID), &peer.Number)
	}
	return peer, err
}

func (s *Store) keepIdentity(t *tx, sub domain.SubaccountID, peer domain.Peer) error {
	return t.run(`INSERT INTO identities (subaccount_id, number, lid) VALUES ($1, $2, $3)
		ON CONFLICT (subaccount_id, number) DO UPDATE SET lid = excluded.lid WHERE identities.lid <> excluded.lid`, sub, peer.Number, peer.LID)
}

// identify finds the contact that a LID, a number or both belong to, 0 if there is none. When both are known the contacts that they found
// are made to agree: a number without a LID is the same person, and a number that had another LID has changed hands.
func (s *Store) identify(t *tx, sub domain.SubaccountID, peer domain.Peer) (domain.ContactID, error) {
	byLID, err := contactByLID(t, sub, peer.LID)
	if err != nil {
		return 0, err
	}
	byNumber, err := contactByNumber(t, sub, peer.Number)
	if err != nil {
		return 0, err
	}
	switch {
	case peer.LID == "":
		return byNumber.id, nil
	case peer.Number == "" || byLID.id != 0 && byLID.id == byNumber.id:
		return byLID.id, nil
	case byNumber.id != 0 && byNumber.lid != "": // the number was another person's before
		if err := t.run("DELETE FROM contact_numbers WHERE subaccount_id = $1 AND number = $2", sub, peer.Number); err != nil {
			return 0, err
		}
		if err := s.tellContact(t, sub, byNumber.id); err != nil {
			return 0, err
		}
		return byLID.id, s.alias(t, sub, byLID.id, peer)
	case byNumber.id == 0:
		return byLID.id, s.alias(t, sub, byLID.id, peer)
	case byLID.id == 0:
		s.people.forget()
		if err := t.run("UPDATE contacts SET lid = $1 WHERE subaccount_id = $2 AND id = $3", peer.LID, sub, byNumber.id); err != nil {
			return 0, err
		}
		if err := s.tellContact(t, sub, byNumber.id); err != nil {
			return 0, err
		}
		return byNumber.id, s.settleReceipts(t, sub, byNumber.id)
	default:
		kept, err := s.merge(t, sub, byLID, byNumber)
		if err != nil {
			return 0, err
		}
		return kept, s.settleReceipts(t, sub, kept)
	}
}

// alias gives a contact one more number. Without a contact there is nothing to do: it will be made with the number.
func (s *Store) alias(t *tx, sub domain.SubaccountID, id domain.ContactID, peer domain.Peer) error {
	s.people.forget()
	if id == 0 {
		return nil
	}
	var others int
	if err := t.row("SELECT COUNT(*) FROM contact_numbers WHERE subaccount_id = $1 AND contact_id = $2", sub, id).Scan(&others); err != nil {
		return err
	}
	if err := s.addNumber(t, sub, id, peer.Number); err != nil {
		return err
	}
	if others > 0 && !t.past {
		if err := s.noteNumber(t, sub, id, peer.Number); err != nil {
			return err
		}
	}
	if err := s.tellContact(t, sub, id); err != nil {
		return err
	}
	return s.settleReceipts(t, sub, id)
}

// addNumber notes a number of a contact. One that is learned from the past is older than those that are known: it is not the one that is shown.
func (s *Store) addNumber(t *tx, sub domain.SubaccountID, id domain.ContactID, number string) error {
	since := millis(s.now())
	if t.past {
		since = 0
	}
	return t.run("INSERT INTO contact_numbers (subaccount_id, number, contact_id, since) VALUES ($1, $2, $3, $4)", sub, number, id, since)
}

func (s *Store) createContact(t *tx, sub domain.SubaccountID, peer domain.Peer) (domain.ContactID, error) {
	if peer.LID == "" && peer.Number == "" {
		return 0, &domain.Error{Code: domain.CodeInvalid, Message: "WhatsApp did not say who this is", Err: errors.New("peer without LID and number")}
	}
	var id domain.ContactID
	if err := t.row("INSERT INTO contacts (subaccount_id, lid, created) VALUES ($1, $2, $3) RETURNING id",
		sub, null(peer.LID), millis(s.now())).Scan(&id); err != nil {
		return 0, err
	}
	if peer.Number == "" {
		return id, nil
	}
	return id, s.addNumber(t, sub, id, peer.Number)
}

// rename keeps the name that a person chose, unless a later message told another one.
func (s *Store) rename(t *tx, sub domain.SubaccountID, id domain.ContactID, name string, at int64) error {
	if name == "" {
		return nil
	}
	n, err := t.exec(`UPDATE contacts SET push_name = $1, push_name_at = $2
		WHERE subaccount_id = $3 AND id = $4 AND push_name <> $1 AND push_name_at <= $2`, name, at, sub, id)
	if err != nil || n == 0 {
		return err
	}
	return s.tellContact(t, sub, id)
}

// tellContact notes that the conversation with a contact shows something else of them now, if there is a conversation.
func (s *Store) tellContact(t *tx, sub domain.SubaccountID, id domain.ContactID) error {
	where, err := conversationWith(t, sub, id)
	if err != nil || where.Conversation == 0 {
		return err
	}
	s.people.forget()
	return tellConversation(t, where)
}

// findContact is contact for things that make nobody known: 0 if there is none.
func (s *Store) findContact(t *tx, sub domain.SubaccountID, peer domain.Peer) (domain.ContactID, error) {
	peer, err := s.complete(t, sub, peer)
	if err != nil {
		return 0, err
	}
	return s.identify(t, sub, peer)
}
