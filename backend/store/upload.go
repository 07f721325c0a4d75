package store

import (
	"context"
	"encoding/hex"
	"errors"
	"time"

	"go.mau.fi/util/dbutil"

	"waflow/backend/domain"
)

// uploadLasts is how long a file on WhatsApp's hosts is good enough to be named by a message that goes now. They keep one for 30 days, and the
// contact's phone may be off for a while.
const uploadLasts = 3 * 24 * time.Hour

// uploadWanted is the condition of a row of the outbox whose file is not on WhatsApp's hosts, or has been for too long, in a statement whose
// argument of that number is the time before which it is too long.
const uploadWanted = "upload AND uploaded < "

// stale is the time before which an upload is too old to be named now.
func (s *Store) stale() int64 { return max(1, millis(s.now().Add(-uploadLasts))) }

const uploadSelect = `
	SELECT o.message_id, o.subaccount_id, o.device_id, m.kind, o.payload, COALESCE(f.sha256, ''), COALESCE(f.size, 0), o.upload_tries, o.upload_due
	FROM outbox o
	JOIN messages m ON m.id = o.message_id
	LEFT JOIN media f ON f.message_id = o.message_id AND f.state = 'here'
	WHERE o.device_id = $1 AND o.place > 0 AND NOT o.failed AND NOT o.late AND o.` + uploadWanted + `$2
	ORDER BY o.place`

type uploadRow struct {
	job domain.UploadJob
	due time.Time
}

func scanUpload(row dbutil.Scannable) (uploadRow, error) {
	var r uploadRow
	var due int64
	err := row.Scan(&r.job.Message, &r.job.Ref.Subaccount, &r.job.Ref.Device, &r.job.Kind, &r.job.Payload, &r.job.SHA256, &r.job.Size, &r.job.Tries, &due)
	r.due = fromMillis(due)
	return r, err
}

// Uploads returns the files that a device is to upload now, in the order in which their messages go, at most limit, and when the next of the
// others is to be tried again, zero if none waits.
func (s *Store) Uploads(ctx context.Context, id domain.DeviceID, limit int) ([]domain.UploadJob, time.Time, error) {
	rows, err := collect(reading{ctx, s.read}, scanUpload, uploadSelect, id, s.stale())
	if err != nil {
		return nil, time.Time{}, coded("look for files to upload", err)
	}
	var jobs []domain.UploadJob
	var next time.Time
	now := s.now()
	for _, r := range rows {
		switch {
		case r.due.After(now) && (next.IsZero() || r.due.Before(next)):
			next = r.due
		case !r.due.After(now) && len(jobs) < limit:
			jobs = append(jobs, r.job)
		}
	}
	return jobs, next, nil
}

// FileUploaded keeps that the file of a message is on WhatsApp's hosts, with the payload that names it. Nothing comes of it where the message
// is gone meanwhile.
func (s *Store) FileUploaded(ctx context.Context, id domain.MessageID, up domain.Uploaded) error {
	return s.do(ctx, "keep that a file is uploaded", func(t *tx) error {
		n, err := t.exec("UPDATE outbox SET payload = $1, uploaded = $2, upload_tries = 0, upload_due = 0 WHERE message_id = $3 AND upload",
			up.Payload, max(1, millis(s.now())), id)
		if err != nil || n == 0 {
			return err
		}
		m, err := messageWithContent(t, id)
		if err != nil || m.Content == nil || m.Content.File == nil {
			return err
		}
		m.Content.File.Key = up.Key
		return keepContent(t, m.Conversation.Subaccount, id, m.Content)
	})
}

// UploadLater keeps that the file of a message could not be uploaded and is tried again after some time.
func (s *Store) UploadLater(ctx context.Context, id domain.MessageID, wait time.Duration) error {
	return s.do(ctx, "put an upload off", func(t *tx) error {
		n, err := t.exec("UPDATE outbox SET upload_tries = upload_tries + 1, upload_due = $1 WHERE message_id = $2", millis(s.now().Add(wait)), id)
		if err != nil || n == 0 {
			return err
		}
		return tellMedia(t, id)
	})
}

// UploadRefused keeps that the file of a message can't be uploaded, and so the message does not go.
func (s *Store) UploadRefused(ctx context.Context, id domain.MessageID, why domain.Code) error {
	return s.do(ctx, "give an upload up", func(t *tx) error {
		return s.noteSend(t, domain.SendNote{Message: id, Outcome: domain.SendRefused, Code: why})
	})
}

// ReadyUploads has every file tried at once that was put off: the connection is another one.
func (s *Store) ReadyUploads(ctx context.Context, id domain.DeviceID) error {
	var one int
	waits, err := optional(reading{ctx, s.read}.row("SELECT 1 FROM outbox WHERE device_id = $1 AND upload_due > 0 LIMIT 1", id), &one)
	if err != nil || !waits {
		return coded("look for files that were put off", err)
	}
	return s.do(ctx, "ready uploads", func(t *tx) error {
		return t.run("UPDATE outbox SET upload_due = 0 WHERE device_id = $1 AND upload_due > 0", id)
	})
}

// insertFile keeps what a message that is to be sent holds besides its words: its file is here.
func insertFile(t *tx, m *domain.Message) error {
	if m.Content.Empty() {
		return nil
	}
	if err := keepContent(t, m.Conversation.Subaccount, m.ID, m.Content); err != nil || m.Media == nil {
		return err
	}
	if _, err := hex.DecodeString(m.Media.SHA256); err != nil || m.Media.SHA256 == "" {
		return errors.Join(errors.New("a file without a hash"), err)
	}
	return t.run("INSERT INTO media (subaccount_id, message_id, state, sha256, size, type) VALUES ($1, $2, $3, $4, $5, $6)",
		m.Conversation.Subaccount, m.ID, domain.MediaHere, m.Media.SHA256, m.Media.Size, m.Media.Type)
}
