package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"go.mau.fi/util/dbutil"

	"waflow/backend/domain"
)

const gapColumns = "id, subaccount_id, device_id, from_at, to_at, cause, relinked, state, late, found, todo, mark"

func scanGap(row dbutil.Scannable) (domain.Gap, error) {
	var g domain.Gap
	var from, to int64
	var todo string
	err := row.Scan(&g.ID, &g.Ref.Subaccount, &g.Ref.Device, &from, &to, &g.Cause, &g.Relinked, &g.State, &g.Late, &g.Found, &todo, &g.Mark)
	if err != nil {
		return g, err
	}
	g.From, g.To = fromMillis(from), fromMillis(to)
	if err := json.Unmarshal([]byte(todo), &g.Todo); err != nil {
		return g, fmt.Errorf("decode what a gap is to be checked for: %w", err)
	}
	return g, nil
}

// OpenGap notes that nothing arrives at a device any more. ID and Mark are given here.
func (s *Store) OpenGap(ctx context.Context, g domain.Gap) (domain.Gap, error) {
	err := s.do(ctx, "note a gap", func(t *tx) (err error) {
		g, err = scanGap(t.row(`INSERT INTO gaps (subaccount_id, device_id, from_at, cause, relinked, state, mark)
			VALUES ($1, $2, $3, $4, $5, $6, COALESCE((SELECT MAX(id) FROM messages), 0)) RETURNING `+gapColumns,
			g.Ref.Subaccount, g.Ref.Device, millis(g.From), g.Cause, g.Relinked, domain.GapOpen))
		return err
	})
	return g, err
}

// SaveGap keeps what has become known about a gap, unless it has moved on since was was read: then, or if it is not there, it returns false and
// changes nothing.
func (s *Store) SaveGap(ctx context.Context, was, g domain.Gap) (bool, error) {
	if g.Todo == nil {
		g.Todo = []domain.GapCheck{}
	}
	todo, err := toJSON(g.Todo)
	if err != nil {
		return false, err
	}
	return s.moveGap(ctx, "keep a gap", `UPDATE gaps SET to_at = $5, relinked = $6, state = $7, late = $8, found = $9, todo = $10`+asRead, was,
		millis(g.To), g.Relinked, g.State, g.Late, g.Found, todo)
}

// DropGap forgets a gap that is not worth telling. It returns false as SaveGap does.
func (s *Store) DropGap(ctx context.Context, was domain.Gap) (bool, error) {
	return s.moveGap(ctx, "forget a gap", "DELETE FROM gaps"+asRead, was)
}

// asRead holds for a gap that is still as it was read.
const asRead = " WHERE subaccount_id = $1 AND id = $2 AND state = $3 AND to_at = $4"

func (s *Store) moveGap(ctx context.Context, what, query string, was domain.Gap, args ...any) (bool, error) {
	var moved int64
	err := s.do(ctx, what, func(t *tx) (err error) {
		moved, err = t.exec(query, append([]any{was.Ref.Subaccount, was.ID, was.State, millis(was.To)}, args...)...)
		return err
	})
	return moved > 0, err
}

// RecheckGap has a gap of a device that was not provable checked again: what is left to be compared with the phone is as it was. It reports
// whether the gap was in that state. Errors: not_found.
func (s *Store) RecheckGap(ctx context.Context, device domain.DeviceID, id domain.GapID) (domain.Gap, bool, error) {
	var g domain.Gap
	var again bool
	err := s.do(ctx, "check a gap again", func(t *tx) (err error) {
		if g, err = scanGap(t.row("SELECT "+gapColumns+" FROM gaps WHERE device_id = $1 AND id = $2", device, id)); err != nil {
			return orNotFound("gap", err)
		}
		if again = g.State == domain.GapNotProvable; !again {
			return nil
		}
		g.State = domain.GapChecking
		return t.run("UPDATE gaps SET state = $1 WHERE subaccount_id = $2 AND id = $3", g.State, g.Ref.Subaccount, g.ID)
	})
	return g, again, err
}

// UnsettledGaps returns the gaps of a device of which it is not known yet whether anything is missing, oldest first.
func (s *Store) UnsettledGaps(ctx context.Context, id domain.DeviceID) ([]domain.Gap, error) {
	out, err := collect(reading{ctx, s.read}, scanGap, "SELECT "+gapColumns+
		" FROM gaps WHERE device_id = $1 AND state NOT IN ('verified', 'not_provable') ORDER BY id", id)
	return out, coded("read gaps", err)
}

// Gaps returns the gaps of a device that began between two moments, both included, newest first.
func (s *Store) Gaps(ctx context.Context, ref domain.DeviceRef, from, to time.Time) ([]domain.Gap, error) {
	out, err := collect(reading{ctx, s.read}, scanGap, "SELECT "+gapColumns+
		" FROM gaps WHERE subaccount_id = $1 AND device_id = $2 AND from_at BETWEEN $3 AND $4 ORDER BY id DESC",
		ref.Subaccount, ref.Device, millis(from), millis(to))
	return out, coded("read gaps", err)
}

// LateMessages counts the messages of a gap's time that its device brought when it was over.
func (s *Store) LateMessages(ctx context.Context, g domain.Gap) (int, error) {
	var n int
	err := reading{ctx, s.read}.row(`SELECT COUNT(*) FROM message_devices d JOIN messages m ON m.id = d.message_id
		WHERE d.device_id = $1 AND d.message_id > $2 AND m.at BETWEEN $3 AND $4 AND (m.direction = 'in' OR m.from_phone)`,
		g.Ref.Device, g.Mark, millis(g.From), millis(g.To)).Scan(&n)
	return n, coded("count late messages", err)
}

// GapConversations returns the conversations that something may be missing in: those in which the device carried a message since a moment,
// the newest first, each with how many messages of the gap's time it has.
func (s *Store) GapConversations(ctx context.Context, g domain.Gap, since time.Time) ([]domain.GapCheck, error) {
	out, err := collect(reading{ctx, s.read}, scanGapCheck, `
		SELECT c.id, (SELECT COUNT(*) FROM messages n WHERE n.conversation_id = c.id AND n.at BETWEEN $1 AND $2)
		FROM conversations c
		WHERE c.subaccount_id = $3 AND c.last_at >= $4 AND EXISTS (
			SELECT 1 FROM messages m JOIN message_devices d ON d.message_id = m.id AND d.device_id = $5
			WHERE m.conversation_id = c.id AND m.at >= $4)
		ORDER BY c.last_at DESC`,
		millis(g.From), millis(g.To), g.Ref.Subaccount, millis(since), g.Ref.Device)
	return out, coded("read the conversations of a gap", err)
}

func scanGapCheck(row dbutil.Scannable) (domain.GapCheck, error) {
	var c domain.GapCheck
	err := row.Scan(&c.Conversation, &c.Before)
	return c, err
}

// MessagesBetween counts the messages of a conversation between two moments, both included.
func (s *Store) MessagesBetween(ctx context.Context, id domain.ConversationID, from, to time.Time) (int, error) {
	var n int
	err := reading{ctx, s.read}.row("SELECT COUNT(*) FROM messages WHERE conversation_id = $1 AND at BETWEEN $2 AND $3",
		id, millis(from), millis(to)).Scan(&n)
	return n, coded("count messages", err)
}

// FirstAfter returns the oldest message of a conversation that its device carried after a moment; false if there is none.
func (s *Store) FirstAfter(ctx context.Context, ref domain.DeviceRef, id domain.ConversationID, after time.Time) (domain.Older, bool, error) {
	var o domain.Older
	var at int64
	found, err := optional(reading{ctx, s.read}.row(`
		SELECT m.waid, m.direction = 'out', m.at FROM messages m JOIN message_devices d ON d.message_id = m.id AND d.device_id = $1
		WHERE m.conversation_id = $2 AND m.at > $3 ORDER BY m.at, m.id LIMIT 1`, ref.Device, id, millis(after)), &o.WAID, &o.FromMe, &at)
	o.At = fromMillis(at)
	return o, found, coded("read the first message after a gap", err)
}
