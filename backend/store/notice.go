package store

import (
	"context"
	"strconv"

	"go.mau.fi/util/dbutil"

	"waflow/backend/domain"
)

// keptNotices is how many notices are kept; older ones go when one comes.
const keptNotices = 200

// noticesReadKey is the setting that holds the highest id that was read.
const noticesReadKey = "notices_read"

// AddNotice keeps a notice and returns it with the ID given here.
func (s *Store) AddNotice(ctx context.Context, n domain.Notice) (domain.Notice, error) {
	err := s.do(ctx, "keep a notice", func(t *tx) error {
		if err := t.row("INSERT INTO notices (kind, at) VALUES ($1, $2) RETURNING id", n.Kind, millis(n.At)).Scan(&n.ID); err != nil {
			return err
		}
		for place, i := range n.Items {
			// A device that was removed since has nothing to be told of.
			if err := t.run(`
				INSERT INTO notice_items (subaccount_id, notice_id, place, device_id, kind, status, cause, since)
				SELECT subaccount_id, $1, $2, id, $3, $4, $5, $6 FROM devices WHERE subaccount_id = $7 AND id = $8 AND removed = 0`,
				n.ID, place, i.Kind, i.State.Status, i.State.Cause, millis(i.State.Since), i.Ref.Subaccount, i.Ref.Device); err != nil {
				return err
			}
		}
		return t.run("DELETE FROM notices WHERE id <= $1", n.ID-keptNotices)
	})
	return n, err
}

// noticeRow is one item with the notice that it belongs to.
type noticeRow struct {
	notice domain.Notice
	item   domain.NoticeItem
}

func scanNoticeRow(row dbutil.Scannable) (noticeRow, error) {
	var r noticeRow
	var at, since int64
	err := row.Scan(&r.notice.ID, &r.notice.Kind, &at, &r.item.Ref.Subaccount, &r.item.Ref.Device, &r.item.Kind,
		&r.item.State.Status, &r.item.State.Cause, &since)
	r.notice.At, r.item.State.Since = fromMillis(at), fromMillis(since)
	return r, err
}

// Notices returns the newest notices, newest last, at most limit. A device that was removed is in none of them, and of a state the detail
// is not kept.
func (s *Store) Notices(ctx context.Context, limit int) ([]domain.Notice, error) {
	rows, err := collect(reading{ctx, s.read}, scanNoticeRow, `
		SELECT n.id, n.kind, n.at, i.subaccount_id, i.device_id, i.kind, i.status, i.cause, i.since
		FROM (SELECT id, kind, at FROM notices ORDER BY id DESC LIMIT $1) n
		JOIN notice_items i ON i.notice_id = n.id
		JOIN devices d ON d.subaccount_id = i.subaccount_id AND d.id = i.device_id AND d.removed = 0
		ORDER BY n.id, i.place`, limit)
	if err != nil {
		return nil, coded("read notices", err)
	}
	var out []domain.Notice
	for _, r := range rows {
		if len(out) == 0 || out[len(out)-1].ID != r.notice.ID {
			out = append(out, r.notice)
		}
		last := &out[len(out)-1]
		last.Items = append(last.Items, r.item)
	}
	return out, nil
}

// NoticesRead returns the highest id of a notice that was read; those above are unread.
func (s *Store) NoticesRead(ctx context.Context) (int64, error) {
	read, err := noticesRead(reading{ctx, s.read})
	return read, coded("read what was read of the notices", err)
}

func noticesRead(q querier) (int64, error) {
	var raw string
	found, err := optional(q.row("SELECT value FROM settings WHERE key = $1", noticesReadKey), &raw)
	if err != nil || !found {
		return 0, err
	}
	return strconv.ParseInt(raw, 10, 64)
}

// ReadNotices marks every notice up to an id as read and returns the highest that is. What was read stays read, and nothing is read before
// it is there.
func (s *Store) ReadNotices(ctx context.Context, upTo int64) (int64, error) {
	var read int64
	err := s.do(ctx, "mark notices as read", func(t *tx) (err error) {
		if read, err = noticesRead(t); err != nil {
			return err
		}
		var newest int64
		if err := t.row("SELECT COALESCE(MAX(id), 0) FROM notices").Scan(&newest); err != nil {
			return err
		}
		read = max(read, min(upTo, newest))
		return t.run("INSERT INTO settings (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
			noticesReadKey, strconv.FormatInt(read, 10))
	})
	return read, err
}
