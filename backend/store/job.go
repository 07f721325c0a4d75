package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"go.mau.fi/util/dbutil"

	"waflow/backend/domain"
)

// earlyMark begins what stands for the id of a notice until that is known.
const earlyMark = "early:"

// early stands for the id of a notice.
func early(raw []byte) string {
	sum := sha256.Sum256(raw)
	return earlyMark + hex.EncodeToString(sum[:])
}

// keepHistory keeps a history notification as it came. No receipt is sent for it, so WhatsApp keeps its copy. One that was kept before its id was
// known gets it now; if it was worked off meanwhile, what is left to do is to tell the phone. So it is with one that comes again: what the phone was
// told may not have reached it.
func keepHistory(t *tx, ref domain.DeviceRef, h domain.InboundHistory) error {
	raw := h.Raw
	if raw == nil {
		raw = []byte{}
	}
	if h.WAID == "" {
		h.WAID = early(raw)
	} else {
		n, err := t.exec(`UPDATE history_jobs SET waid = $1, receipted = FALSE WHERE subaccount_id = $2 AND device_id = $3 AND waid = $4
			AND NOT EXISTS (SELECT 1 FROM history_jobs known WHERE known.subaccount_id = $2 AND known.device_id = $3 AND known.waid = $1)`,
			h.WAID, ref.Subaccount, ref.Device, early(raw))
		if err != nil || n > 0 {
			return err
		}
	}
	n, err := t.exec(`INSERT INTO history_jobs (subaccount_id, device_id, waid, type, chunk, percent, at, raw) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (subaccount_id, device_id, waid) DO UPDATE SET receipted = FALSE WHERE history_jobs.receipted`, ref.Subaccount, ref.Device, h.WAID, h.Type, h.Chunk, h.Percent, millis(h.At), raw)
	if err != nil || n == 0 || h.Type == domain.HistoryOnDemand {
		return err
	}
	return tellHistory(t, ref)
}

// HistoryJobs returns the notices of history that a device has not worked through, in the order in which they came.
func (s *Store) HistoryJobs(ctx context.Context, id domain.DeviceID) ([]domain.HistoryJob, error) {
	jobs, err := collect(reading{ctx, s.read}, scanHistoryJob, `
		SELECT id, subaccount_id, device_id, waid, type, chunk, percent, at, raw FROM history_jobs
		WHERE device_id = $1 AND NOT receipted AND refused = '' ORDER BY id`, id)
	return jobs, coded("read the notices of history", err)
}

func scanHistoryJob(row dbutil.Scannable) (domain.HistoryJob, error) {
	var j domain.HistoryJob
	var at int64
	err := row.Scan(&j.ID, &j.Ref.Subaccount, &j.Ref.Device, &j.Notice.WAID, &j.Notice.Type, &j.Notice.Chunk, &j.Notice.Percent, &at, &j.Notice.Raw)
	j.Notice.At = fromMillis(at)
	if strings.HasPrefix(j.Notice.WAID, earlyMark) {
		j.Notice.WAID = ""
	}
	return j, err
}

// HistoryKept notes that everything a notice named is kept, so many messages. What only served to fetch it goes.
func (s *Store) HistoryKept(ctx context.Context, job domain.HistoryJob, messages int) error {
	return s.historyStep(ctx, "keep that history was kept", job, "raw = $3, messages = $4", []byte{}, messages)
}

// HistoryReceipted notes that the phone was told that its history is kept, or asked to hand it over anew: there is nothing more to do about
// the notice. The row stays, so that the same notice is known when it comes again: of what is kept the phone is told once more then, and the
// rest is tried once more.
//
// Of one whose id was not known there was nothing to tell; if it is known by now, the phone has still to be told.
func (s *Store) HistoryReceipted(ctx context.Context, job domain.HistoryJob) error {
	return s.historyStep(ctx, "keep that history was acknowledged", job, "receipted = $3 <> '' OR waid LIKE '"+earlyMark+"%'", job.Notice.WAID)
}

// HistoryRefused notes that what a notice names can't be kept, and why. It is not tried again before HistoryAgain.
func (s *Store) HistoryRefused(ctx context.Context, job domain.HistoryJob, why domain.Code) error {
	return s.historyStep(ctx, "keep that history can't be kept", job, "refused = $3", why)
}

func (s *Store) historyStep(ctx context.Context, what string, job domain.HistoryJob, set string, args ...any) error {
	return s.do(ctx, what, func(t *tx) error {
		all := append([]any{job.Ref.Subaccount, job.ID}, args...)
		if err := t.run("UPDATE history_jobs SET "+set+" WHERE subaccount_id = $1 AND id = $2", all...); err != nil {
			return err
		}
		return tellHistory(t, job.Ref)
	})
}

// HistoryAgain has what a device could not keep tried again.
func (s *Store) HistoryAgain(ctx context.Context, ref domain.DeviceRef) error {
	return s.do(ctx, "try history again", func(t *tx) error {
		if err := t.run("UPDATE history_jobs SET refused = '' WHERE subaccount_id = $1 AND device_id = $2", ref.Subaccount, ref.Device); err != nil {
			return err
		}
		return tellHistory(t, ref)
	})
}

// historySelect reads how far the history of devices has come: the newest notice says how far the phone is. What it hands over when it is
// asked does not count.
const historySelect = `
	SELECT j.subaccount_id, j.device_id, COUNT(*), SUM(j.messages),
		SUM(CASE WHEN j.refused = '' AND NOT j.receipted AND LENGTH(j.raw) > 0 THEN 1 ELSE 0 END), SUM(CASE WHEN j.refused <> '' THEN 1 ELSE 0 END),
		(SELECT n.percent FROM history_jobs n WHERE n.device_id = j.device_id AND n.type <> 'ON_DEMAND' ORDER BY n.id DESC LIMIT 1),
		COALESCE((SELECT n.refused FROM history_jobs n WHERE n.device_id = j.device_id AND n.refused <> '' ORDER BY n.id DESC LIMIT 1), ''),
		(SELECT COUNT(*) FROM past_chats p WHERE p.subaccount_id = j.subaccount_id AND p.device_id = j.device_id)
	FROM history_jobs j WHERE j.type <> 'ON_DEMAND'`

func scanHistoryProgress(row dbutil.Scannable) (domain.HistoryProgress, error) {
	var p domain.HistoryProgress
	err := row.Scan(&p.Ref.Subaccount, &p.Ref.Device, &p.Pieces, &p.Messages, &p.Waiting, &p.Refused, &p.Percent, &p.Why, &p.Chats)
	return p, err
}

// HistoryProgress returns how far the history of each device has come that its phone handed any over to.
func (s *Store) HistoryProgress(ctx context.Context) ([]domain.HistoryProgress, error) {
	out, err := collect(reading{ctx, s.read}, scanHistoryProgress, historySelect+" GROUP BY j.subaccount_id, j.device_id ORDER BY j.device_id")
	return out, coded("read how far history has come", err)
}

// tellHistory notes that the history of a device has come further.
func tellHistory(t *tx, ref domain.DeviceRef) error {
	found, err := collect(t, scanHistoryProgress, historySelect+" AND j.subaccount_id = $1 AND j.device_id = $2 GROUP BY j.subaccount_id, j.device_id",
		ref.Subaccount, ref.Device)
	t.changed.History = append(t.changed.History, found...)
	return err
}
