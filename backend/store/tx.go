package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"go.mau.fi/util/dbutil"

	"waflow/backend/domain"
)

// tx is one write on its way: the transaction, and what memory has to learn if it is committed. Its statements do not listen to the caller's
// context: once a write has begun, it is finished or it fails.
type tx struct {
	db      *dbutil.LoggingTxn
	unread  map[domain.SubaccountID]domain.Unread // differences
	changed domain.Changed                        // all but Unread, which is known after the commit
	learned map[domain.SubaccountID]bool          // where somebody turned out to be known by another name too
	past    bool                                  // it is about what was before
}

// exec runs a statement and returns how many rows it changed.
func (t *tx) exec(query string, args ...any) (int64, error) {
	res, err := t.db.ExecContext(context.Background(), query, args...)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

// run is exec for statements whose number of rows does not matter.
func (t *tx) run(query string, args ...any) error {
	_, err := t.db.ExecContext(context.Background(), query, args...)
	return err
}

// change is a statement with what it needs.
type change struct {
	sql  string
	args []any
}

// each runs statements one after the other.
func (t *tx) each(changes []change) error {
	for _, c := range changes {
		if err := t.run(c.sql, c.args...); err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) row(query string, args ...any) *sql.Row {
	return t.db.QueryRowContext(context.Background(), query, args...)
}

func (t *tx) rows(query string, args ...any) (dbutil.Rows, error) {
	return t.db.QueryContext(context.Background(), query, args...)
}

// learn notes that somebody of a subaccount is known by one more name: what waited for them may be theirs.
func (t *tx) learn(sub domain.SubaccountID) {
	if t.learned == nil {
		t.learned = map[domain.SubaccountID]bool{}
	}
	t.learned[sub] = true
}

// countUnread notes how the unread count of a conversation changes.
func (t *tx) countUnread(sub domain.SubaccountID, before, after int) {
	if before == after {
		return
	}
	if t.unread == nil {
		t.unread = map[domain.SubaccountID]domain.Unread{}
	}
	d := t.unread[sub]
	d.Messages += after - before
	switch {
	case before == 0:
		d.Conversations++
	case after == 0:
		d.Conversations--
	}
	t.unread[sub] = d
}

// querier is what both a write and the reading pool can do.
type querier interface {
	row(query string, args ...any) *sql.Row
	rows(query string, args ...any) (dbutil.Rows, error)
}

// reading is the reading pool with the caller's context.
type reading struct {
	ctx context.Context
	db  *dbutil.Database
}

func (r reading) row(query string, args ...any) *sql.Row {
	return r.db.QueryRow(r.ctx, query, args...)
}

func (r reading) rows(query string, args ...any) (dbutil.Rows, error) {
	return r.db.Query(r.ctx, query, args...)
}

// collect reads all rows of a query.
func collect[T any](q querier, scan func(dbutil.Scannable) (T, error), query string, args ...any) ([]T, error) {
	rows, err := q.rows(query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []T
	for rows.Next() {
		item, err := scan(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, item)
	}
	return out, rows.Err()
}

// scanText reads a row of one text.
func scanText(row dbutil.Scannable) (string, error) {
	var s string
	err := row.Scan(&s)
	return s, err
}

// optional reads one row that may be missing.
func optional(row *sql.Row, into ...any) (bool, error) {
	err := row.Scan(into...)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}

// millis is how times are kept; a zero time is 0.
func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func fromMillis(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

// null keeps an empty text or a zero id as NULL, so that uniqueness and references do not see it.
func null[T comparable](v T) sql.Null[T] {
	var zero T
	return sql.Null[T]{V: v, Valid: v != zero}
}

func toJSON(v any) (string, error) {
	raw, err := json.Marshal(v)
	if err != nil {
		return "", fmt.Errorf("encode: %w", err)
	}
	return string(raw), nil
}
