package store

import (
	"context"
	"time"

	"go.mau.fi/util/dbutil"

	"waflow/backend/domain"
)

// clearTogether is how many files are noted as cleared in one write.
const clearTogether = 200

// KeptFiles returns the contents that are kept for a subaccount, or for all (0).
func (s *Store) KeptFiles(ctx context.Context, sub domain.SubaccountID) ([]domain.KeptFile, error) {
	rows, err := collect(reading{ctx, s.read}, scanKeptFile, `
		SELECT f.subaccount_id, f.sha256, f.size, m.kind, m.conversation_id, m.at, EXISTS (SELECT 1 FROM outbox o WHERE o.message_id = m.id)
		FROM media f JOIN messages m ON m.id = f.message_id
		WHERE f.state = 'here' AND ($1 = 0 OR f.subaccount_id = $1) ORDER BY f.subaccount_id, f.sha256, m.at, m.id`, sub)
	if err != nil {
		return nil, coded("look for files that are kept", err)
	}
	var out []domain.KeptFile
	for _, row := range rows {
		last := len(out) - 1
		if last < 0 || out[last].Subaccount != row.Subaccount || out[last].SHA256 != row.SHA256 {
			out = append(out, row)
			continue
		}
		row.Messages, row.Waiting = out[last].Messages+1, out[last].Waiting || row.Waiting
		out[last] = row // the newest of them
	}
	return out, nil
}

func scanKeptFile(row dbutil.Scannable) (domain.KeptFile, error) {
	f := domain.KeptFile{Messages: 1}
	var at int64
	err := row.Scan(&f.Subaccount, &f.SHA256, &f.Size, &f.Kind, &f.Conversation, &at, &f.Waiting)
	f.Newest = fromMillis(at)
	return f, err
}

// ClearFiles notes that contents are not here any more, and returns those of which that is so: what has a newer message since, or one that is to
// be sent, stays. The files themselves may go after that.
func (s *Store) ClearFiles(ctx context.Context, files []domain.KeptFile) ([]domain.KeptFile, error) {
	var out []domain.KeptFile
	for len(files) > 0 {
		some := files[:min(len(files), clearTogether)]
		files = files[len(some):]
		var cleared []domain.KeptFile
		if err := s.do(ctx, "clear files", func(t *tx) (err error) {
			cleared, err = clearFiles(t, some)
			return err
		}); err != nil {
			return out, err
		}
		out = append(out, cleared...)
	}
	return out, nil
}

func clearFiles(t *tx, files []domain.KeptFile) ([]domain.KeptFile, error) {
	var out []domain.KeptFile
	for _, f := range files {
		ids, err := collect(t, scanMessageID, `
			UPDATE media SET state = 'gone', why = $1, asked = FALSE, attempts = 0, due = 0 WHERE subaccount_id = $2 AND sha256 = $3 AND state = 'here'
			AND NOT EXISTS (SELECT 1 FROM media g JOIN messages m ON m.id = g.message_id
				WHERE g.subaccount_id = $2 AND g.sha256 = $3 AND g.state = 'here'
				AND (m.at > $4 OR EXISTS (SELECT 1 FROM outbox o WHERE o.message_id = m.id)))
			RETURNING message_id`, domain.CodeMediaCleared, f.Subaccount, f.SHA256, millis(f.Newest))
		if err == nil {
			err = tellAllMedia(t, ids)
		}
		if err != nil {
			return nil, err
		}
		if len(ids) > 0 {
			out = append(out, f)
		}
	}
	return out, nil
}

func tellAllMedia(t *tx, ids []domain.MessageID) error {
	for _, id := range ids {
		if err := tellMedia(t, id); err != nil {
			return err
		}
	}
	return nil
}

// MediaOwners returns the subaccounts that have contents here.
func (s *Store) MediaOwners(ctx context.Context) ([]domain.SubaccountID, error) {
	out, err := collect(reading{ctx, s.read}, scanSubaccountID, "SELECT DISTINCT subaccount_id FROM media WHERE state = 'here'")
	return out, coded("look for files that are named", err)
}

// MediaMissing notes that a content that messages of a subaccount name is not there: somebody took it out of the folder.
func (s *Store) MediaMissing(ctx context.Context, sub domain.SubaccountID, sum string) error {
	return s.do(ctx, "note a missing file", func(t *tx) error {
		ids, err := collect(t, scanMessageID, `UPDATE media SET state = 'gone', why = $1 WHERE subaccount_id = $2 AND sha256 = $3 AND state = 'here'
			RETURNING message_id`, domain.CodeMediaCleared, sub, sum)
		if err != nil {
			return err
		}
		return tellAllMedia(t, ids)
	})
}

const wholeDay = 24 * time.Hour

// FileRules returns by what rules files are cleaned up each day; a subaccount that keeps everything has none.
func (s *Store) FileRules(ctx context.Context) (map[domain.SubaccountID]domain.CleanRule, error) {
	rows, err := collect(reading{ctx, s.read}, scanFileRule, "SELECT subaccount_id, older_days, max_bytes FROM file_rules")
	out := make(map[domain.SubaccountID]domain.CleanRule, len(rows))
	for _, row := range rows {
		out[row.sub] = row.rule
	}
	return out, coded("read the rules for files", err)
}

type fileRule struct {
	sub  domain.SubaccountID
	rule domain.CleanRule
}

func scanFileRule(row dbutil.Scannable) (fileRule, error) {
	var r fileRule
	var days int64
	err := row.Scan(&r.sub, &days, &r.rule.MaxBytes)
	r.rule.OlderThan = time.Duration(days) * wholeDay
	return r, err
}

// SetFileRule says by what rule the files of a subaccount are cleaned up each day, in whole days; the zero rule keeps everything. Errors:
// not_found.
func (s *Store) SetFileRule(ctx context.Context, sub domain.SubaccountID, rule domain.CleanRule) error {
	return s.do(ctx, "keep a rule for files", func(t *tx) error {
		var one int
		there, err := optional(t.row("SELECT 1 FROM subaccounts WHERE id = $1", sub), &one)
		switch {
		case err != nil:
			return err
		case !there:
			return notFound("subaccount")
		case !rule.Set():
			return t.run("DELETE FROM file_rules WHERE subaccount_id = $1", sub)
		}
		return t.run(`INSERT INTO file_rules (subaccount_id, older_days, max_bytes) VALUES ($1, $2, $3)
			ON CONFLICT (subaccount_id) DO UPDATE SET older_days = excluded.older_days, max_bytes = excluded.max_bytes`,
			sub, int64(rule.OlderThan/wholeDay), rule.MaxBytes)
	})
}

func scanSubaccountID(row dbutil.Scannable) (domain.SubaccountID, error) {
	var id domain.SubaccountID
	err := row.Scan(&id)
	return id, err
}
