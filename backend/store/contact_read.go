package store

import (
	"context"
	"encoding/json"
	"fmt"

	"go.mau.fi/util/dbutil"

	"waflow/backend/domain"
)

// ContactOf returns who a conversation is with, all their numbers and whom they were taken for. Errors: not_found, also for a group.
func (s *Store) ContactOf(ctx context.Context, id domain.ConversationID) (domain.Contact, error) {
	c, err := contactOf(reading{ctx, s.read}, id)
	return c, coded("read a contact", err)
}

func contactOf(r reading, id domain.ConversationID) (domain.Contact, error) {
	var c domain.Contact
	if err := r.row("SELECT p.id, p.push_name FROM conversations c JOIN contacts p ON p.id = c.contact_id WHERE c.id = $1", id).Scan(&c.ID, &c.Name); err != nil {
		return c, orNotFound("contact", err)
	}
	var err error
	if c.Numbers, err = collect(r, scanText, "SELECT number FROM contact_numbers WHERE contact_id = $1 ORDER BY since DESC, number", c.ID); err != nil {
		return c, err
	}
	c.Merges, err = collect(r, scanMerge, `SELECT m.id, m.at, m.gone_push_name, m.gone_numbers, (SELECT COUNT(*) FROM merged_messages g WHERE g.merge_id = m.id)
		FROM merges m JOIN contacts k ON k.id = m.kept_contact_id WHERE m.kept_contact_id = $1 AND (m.gone_lid IS NULL OR m.gone_lid = k.lid) ORDER BY m.id DESC`, c.ID)
	return c, err
}

func scanMerge(row dbutil.Scannable) (domain.Merge, error) {
	var m domain.Merge
	var at int64
	var numbers string
	if err := row.Scan(&m.ID, &at, &m.Name, &numbers, &m.Messages); err != nil {
		return m, err
	}
	m.At = fromMillis(at)
	if err := json.Unmarshal([]byte(numbers), &m.Numbers); err != nil {
		return m, fmt.Errorf("decode numbers: %w", err)
	}
	return m, nil
}
