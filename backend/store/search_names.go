package store

import (
	"context"
	"fmt"
	"strings"

	"waflow/backend/domain"
	"waflow/backend/words"
)

// fewestDigits is how much of a number has to be typed before it is taken for one: less is a part of most of them.
const fewestDigits = 3

// SearchNames finds conversations by the name or a number of who they are with, the newest one first, and how many there are in all.
// Conversations in which nothing was ever written are left out.
func (s *Store) SearchNames(ctx context.Context, q domain.NameQuery) ([]domain.Conversation, int, error) {
	found, total, err := searchNames(reading{ctx, s.read}, q)
	return found, total, coded("search names", err)
}

func searchNames(r reading, q domain.NameQuery) ([]domain.Conversation, int, error) {
	wanted := nameParts(q.Text)
	if len(wanted) == 0 {
		return nil, 0, nil
	}
	where, args := " WHERE c.last_message_id IS NOT NULL", []any{}
	if q.Subaccount != 0 {
		args = append(args, q.Subaccount)
		where += fmt.Sprintf(" AND c.subaccount_id = $%d", len(args))
	}
	for _, part := range wanted {
		args = append(args, part)
		where += fmt.Sprintf(" AND instr(c.names, $%d) > 0", len(args))
	}
	var total int
	if err := r.row("SELECT COUNT(*) FROM conversations c"+where, args...).Scan(&total); err != nil || total == 0 {
		return nil, 0, err
	}
	const order = " ORDER BY c.last_at DESC, c.id DESC"
	found, err := collect(r, scanConversation, fmt.Sprintf(conversationSelect+" WHERE c.id IN (SELECT c.id FROM conversations c"+where+order+
		" LIMIT $%d)"+order, len(args)+1), append(args, pageSize(min(q.Limit, longestSearch)))...)
	if err != nil {
		return nil, 0, err
	}
	return found, total, completeLast(r, found)
}

// nameParts are the parts that a name or a number has to hold, all of them. What is written like a phone number is one part, without what
// people put between its digits and before its first.
func nameParts(typed string) []string {
	const most = 8
	digits := strings.Map(onlyDigit, typed)
	if len(digits) >= fewestDigits && !strings.ContainsFunc(typed, strangeInNumber) {
		if short := strings.TrimLeft(digits, "0"); len(short) >= fewestDigits {
			digits = short
		}
		return []string{digits}
	}
	parts := strings.Fields(words.Fold(typed))
	return parts[:min(len(parts), most)]
}

func onlyDigit(r rune) rune {
	if r >= '0' && r <= '9' {
		return r
	}
	return -1
}

func strangeInNumber(r rune) bool {
	return onlyDigit(r) < 0 && !strings.ContainsRune("+-–.()/ \t\u00a0\u202a\u202c", r)
}
