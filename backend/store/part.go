package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"

	"waflow/backend/domain"
)

// Part undoes a merge: the contact that went is there again with its names and a conversation, and what was its own goes back. What came since
// stays with the identity by which it came, the LID's unless it came by number only. Reactions and rows that were the same message stay where
// they are. The two stay apart, whatever WhatsApp says, until JoinAgain. Errors: not_found; conflict where somebody else has the identity now.
func (s *Store) Part(ctx context.Context, id domain.MergeID) (domain.Parted, error) {
	var out domain.Parted
	err := s.do(ctx, "part contacts", func(t *tx) error {
		p := &parting{s: s, t: t, id: id}
		if err := p.read(); err != nil {
			return err
		}
		s.people.forget()
		for _, step := range []func() error{p.identities, p.contact, p.conversation, p.messages, p.tally} {
			if err := step(); err != nil {
				return err
			}
		}
		out = domain.Parted{Kept: p.target, Apart: p.apart}
		return nil
	})
	return out, err
}

// parting is one on its way.
type parting struct {
	s   *Store
	t   *tx
	id  domain.MergeID
	sub domain.SubaccountID

	kept, again   domain.ContactID // again: the one that is made anew
	target, apart domain.ConversationID
	lid, keptLID  string // of the contact that went, and what the one that stayed has now
	name          string
	keptName      sql.Null[string] // what the one that stayed was called before
	numbers       []string
	newest        int64
}

func (p *parting) read() error {
	var numbers string
	err := p.t.row(`SELECT m.subaccount_id, m.kept_contact_id, COALESCE(m.gone_lid, ''), m.gone_push_name, m.kept_push_name, m.gone_numbers, COALESCE(m.newest, 0), COALESCE(k.lid, ''),
			COALESCE((SELECT c.id FROM conversations c WHERE c.subaccount_id = m.subaccount_id AND c.contact_id = m.kept_contact_id), 0)
		FROM merges m JOIN contacts k ON k.id = m.kept_contact_id WHERE m.id = $1`, p.id).
		Scan(&p.sub, &p.kept, &p.lid, &p.name, &p.keptName, &numbers, &p.newest, &p.keptLID, &p.target)
	if err != nil {
		return orNotFound("merge", err)
	}
	if err := json.Unmarshal([]byte(numbers), &p.numbers); err != nil {
		return fmt.Errorf("decode numbers: %w", err)
	}
	if p.target == 0 || p.lid != "" && p.lid != p.keptLID {
		return changedSince("These contacts have changed since. They can't be parted any more.")
	}
	return nil
}

// identities keeps the two apart from now on: what is one's LID is not the other's number.
func (p *parting) identities() error {
	lid := p.keptLID
	list := p.numbers
	if p.lid != "" {
		var err error
		if list, err = collect(p.t, scanText, "SELECT number FROM contact_numbers WHERE subaccount_id = $1 AND contact_id = $2", p.sub, p.kept); err != nil {
			return err
		}
	}
	for _, number := range list {
		if p.lid != "" && slices.Contains(p.numbers, number) || lid == "" {
			continue
		}
		if err := p.t.each([]change{
			{"INSERT INTO parted (subaccount_id, lid, number, at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING", []any{p.sub, lid, number, millis(p.s.now())}},
			{"DELETE FROM identities WHERE subaccount_id = $1 AND number = $2 AND lid = $3", []any{p.sub, number, lid}},
		}); err != nil {
			return err
		}
	}
	return nil
}

// contact makes the contact anew that went.
func (p *parting) contact() error {
	if p.lid != "" {
		if err := p.t.run("UPDATE contacts SET lid = NULL WHERE id = $1", p.kept); err != nil {
			return err
		}
	}
	if err := p.t.row("INSERT INTO contacts (subaccount_id, lid, push_name, created) VALUES ($1, $2, $3, $4) RETURNING id",
		p.sub, null(p.lid), p.name, millis(p.s.now())).Scan(&p.again); err != nil {
		return err
	}
	if p.keptName.Valid {
		if err := p.t.run("UPDATE contacts SET push_name = $1 WHERE id = $2 AND push_name = $3", p.keptName.V, p.kept, p.name); err != nil {
			return err
		}
	}
	for _, number := range p.numbers {
		if err := p.t.run("UPDATE contact_numbers SET contact_id = $1 WHERE subaccount_id = $2 AND number = $3 AND contact_id = $4", p.again, p.sub, number, p.kept); err != nil {
			return err
		}
	}
	return nil
}

// conversation makes the one with that contact.
func (p *parting) conversation() (err error) {
	if p.apart, err = p.s.conversationOf(p.t, p.sub, p.again, ""); err != nil {
		return err
	}
	both := []any{p.apart, p.target}
	return p.t.each([]change{
		{`INSERT INTO phone_reads (subaccount_id, conversation_id, device_id, at) SELECT subaccount_id, $1, device_id, at FROM phone_reads
			WHERE conversation_id = $2`, both},
		{`INSERT INTO past_chats (subaccount_id, conversation_id, device_id, ended) SELECT subaccount_id, $1, device_id, ended FROM past_chats
			WHERE conversation_id = $2`, both},
	})
}

// messages gives back what was the contact's own, in groups too, and what came since by its identity.
func (p *parting) messages() error {
	since := "m.conversation_id = $3 AND $4 > 0 AND m.id > $4 AND m.by_number = $5"
	moved, err := collect(p.t, scanMessage, `UPDATE messages SET
			sender_id = CASE WHEN sender_id = $2 THEN $1 ELSE sender_id END,
			conversation_id = CASE WHEN conversation_id = $3 THEN $6 ELSE conversation_id END
		WHERE id IN (SELECT m.id FROM messages m WHERE (m.id IN (SELECT g.message_id FROM merged_messages g WHERE g.merge_id = $7) OR `+since+`))
		RETURNING `+messageColumns,
		p.again, p.kept, p.target, p.newest, p.lid == "", p.apart, p.id)
	if err != nil {
		return err
	}
	p.t.changed.Messages = append(p.t.changed.Messages, moved...)
	return p.t.each([]change{
		{"UPDATE outbox SET conversation_id = (SELECT m.conversation_id FROM messages m WHERE m.id = outbox.message_id) WHERE conversation_id = $1", []any{p.target}},
		{"DELETE FROM merges WHERE id = $1", []any{p.id}},
	})
}

func (p *parting) tally() error {
	for _, id := range []domain.ConversationID{p.target, p.apart} {
		if err := retally(p.t, domain.ConversationRef{Subaccount: p.sub, Conversation: id}); err != nil {
			return err
		}
		p.t.changed.Filled = append(p.t.changed.Filled, id)
	}
	return nil
}

// JoinAgain makes one contact of two that were parted. Errors: not_found; conflict for two that were not.
func (s *Store) JoinAgain(ctx context.Context, parted domain.Parted) error {
	return s.do(ctx, "join contacts", func(t *tx) error {
		var sub domain.SubaccountID
		var rows [2]contactRow
		for i, id := range []domain.ConversationID{parted.Kept, parted.Apart} {
			if err := t.row(`SELECT p.subaccount_id, p.id, COALESCE(p.lid, '') FROM conversations c JOIN contacts p ON p.id = c.contact_id WHERE c.id = $1`, id).
				Scan(&sub, &rows[i].id, &rows[i].lid); err != nil {
				return orNotFound("conversation", err)
			}
		}
		byLID, byNumber := rows[0], rows[1]
		if byLID.lid == "" {
			byLID, byNumber = byNumber, byLID
		}
		n, err := t.exec(`DELETE FROM parted WHERE subaccount_id = $1 AND lid = $2 AND number IN
			(SELECT number FROM contact_numbers WHERE subaccount_id = $1 AND contact_id = $3)`, sub, byLID.lid, byNumber.id)
		if err != nil {
			return err
		}
		if n == 0 || byNumber.lid != "" {
			return changedSince("These two were not parted.")
		}
		kept, err := s.merge(t, sub, byLID, byNumber)
		if err != nil {
			return err
		}
		return s.settleReceipts(t, sub, kept)
	})
}

// isParted tells whether somebody parted a LID and a number that WhatsApp calls one person.
func isParted(t *tx, sub domain.SubaccountID, p domain.Peer) (bool, error) {
	var one int
	return optional(t.row("SELECT 1 FROM parted WHERE subaccount_id = $1 AND lid = $2 AND number = $3", sub, p.LID, p.Number), &one)
}

func changedSince(sentence string) *domain.Error {
	return &domain.Error{Code: domain.CodeConflict, Message: sentence}
}
