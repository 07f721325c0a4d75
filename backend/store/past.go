package store

import (
	"context"

	"go.mau.fi/util/dbutil"

	"waflow/backend/domain"
)

// HistoryJobs returns the notices of history that a device has not worked through, in the order in which they came.
func (s *Store) HistoryJobs(ctx context.Context, id domain.DeviceID) ([]domain.HistoryJob, error) {
	jobs, err := collect(reading{ctx, s.read}, scanHistoryJob, `
		SELECT id, subaccount_id, device_id, waid, type, chunk, at, raw FROM history_jobs
		WHERE device_id = $1 AND NOT receipted ORDER BY id`, id)
	return jobs, coded("read the notices of history", err)
}

func scanHistoryJob(row dbutil.Scannable) (domain.HistoryJob, error) {
	var j domain.HistoryJob
	var at int64
	err := row.Scan(&j.ID, &j.Ref.Subaccount, &j.Ref.Device, &j.Notice.WAID, &j.Notice.Type, &j.Notice.Chunk, &at, &j.Notice.Raw)
	j.Notice.At = fromMillis(at)
	return j, err
}

// HistoryKept notes that everything a notice named is kept. What only served to fetch it goes.
func (s *Store) HistoryKept(ctx context.Context, job domain.HistoryJob) error {
	return s.do(ctx, "keep that history was kept", func(t *tx) error {
		return t.run("UPDATE history_jobs SET raw = $1 WHERE subaccount_id = $2 AND id = $3", []byte{}, job.Ref.Subaccount, job.ID)
	})
}

// HistoryReceipted notes that the phone was told that its history is kept: there is nothing more to do about the notice. The row stays, so
// that the same notice is known when it comes again.
func (s *Store) HistoryReceipted(ctx context.Context, job domain.HistoryJob) error {
	return s.do(ctx, "keep that history was acknowledged", func(t *tx) error {
		return t.run("UPDATE history_jobs SET receipted = TRUE WHERE subaccount_id = $1 AND id = $2", job.Ref.Subaccount, job.ID)
	})
}

// KeepPast keeps a part of a device's history, each message exactly once, whether it also comes live or not. Nothing of it is unread, and a
// conversation is told of once, however many messages came. Errors: as Receive.
func (s *Store) KeepPast(ctx context.Context, ref domain.DeviceRef, past domain.Past) error {
	return s.do(ctx, "keep history", func(t *tx) error {
		grown := map[domain.ConversationRef]bool{}
		for _, in := range past.Messages {
			a, err := s.keepPastMessage(t, ref, in)
			if err != nil {
				return err
			}
			grown[a.m.Conversation] = true
		}
		for conversation := range grown {
			if err := retally(t, conversation); err != nil {
				return err
			}
		}
		for _, name := range past.Names {
			if err := s.receiveName(t, ref, name); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s *Store) keepPastMessage(t *tx, ref domain.DeviceRef, in domain.InboundMessage) (*arrival, error) {
	in.Past = true
	a, err := s.classify(t, ref, in)
	if err != nil {
		return nil, err
	}
	early, err := s.earlyReceipts(t, ref.Subaccount, a)
	if err != nil {
		return nil, err
	}
	for _, r := range early {
		a.apply(r)
	}
	a.m.ID, err = insertArrival(t, a)
	if err != nil {
		return nil, err
	}
	if a.m.ID == 0 {
		// It came live before. Whether it was read is known better from there.
		a.unread = true
		return a, s.receiveAgain(t, ref, a)
	}
	if err := carry(t, ref, a.m.ID); err != nil {
		return nil, err
	}
	return a, a.keepRest(t)
}
