package store

import (
	"context"

	"go.mau.fi/util/dbutil"

	"waflow/backend/domain"
)

// KeepSleep keeps that the computer slept, and holds back every message that is more than LateAfter late at its end. It returns how many it held.
func (s *Store) KeepSleep(ctx context.Context, sleep domain.Sleep) (int, error) {
	var held int64
	err := s.do(ctx, "keep a sleep", func(t *tx) error {
		err := t.run("INSERT INTO sleeps (from_at, to_at) VALUES ($1, $2)", millis(sleep.From), millis(sleep.To))
		if err != nil {
			return err
		}
		held, err = t.exec("UPDATE outbox SET late = TRUE WHERE NOT failed AND NOT late AND due < $1", millis(sleep.To.Add(-domain.LateAfter)))
		return err
	})
	return int(held), err
}

// Sleeps returns the newest sleeps, newest first.
func (s *Store) Sleeps(ctx context.Context, limit int) ([]domain.Sleep, error) {
	out, err := collect(reading{ctx, s.read}, scanSleep, "SELECT from_at, to_at FROM sleeps ORDER BY id DESC LIMIT $1", limit)
	return out, coded("read sleeps", err)
}

func scanSleep(row dbutil.Scannable) (domain.Sleep, error) {
	var from, to int64
	err := row.Scan(&from, &to)
	return domain.Sleep{From: fromMillis(from), To: fromMillis(to)}, err
}

const stillLate = " FROM outbox WHERE late AND NOT failed"

// Late returns the messages that wait for a person since a sleep, oldest first and MaxLateShown at most, and how many there are in all.
func (s *Store) Late(ctx context.Context) ([]domain.LateMessage, int, error) {
	out, total, err := late(reading{ctx, s.read})
	return out, total, coded("read late messages", err)
}

func late(r reading) ([]domain.LateMessage, int, error) {
	var total int
	if err := r.row("SELECT COUNT(*)" + stillLate).Scan(&total); err != nil || total == 0 {
		return nil, 0, err
	}
	out, err := collect(r, scanLate, "SELECT message_id, due, tries > 0"+stillLate+" ORDER BY message_id LIMIT $1", domain.MaxLateShown)
	if err != nil {
		return nil, 0, err
	}
	for i := range out {
		if out[i].Message, err = messageByID(r, out[i].Message.ID); err != nil {
			return nil, 0, err
		}
		if out[i].Chat, err = conversationIn(r, out[i].Message.Conversation); err != nil {
			return nil, 0, err
		}
	}
	return out, total, nil
}

func scanLate(row dbutil.Scannable) (domain.LateMessage, error) {
	var m domain.LateMessage
	var due int64
	err := row.Scan(&m.Message.ID, &due, &m.Uncertain)
	m.Due = fromMillis(due)
	return m, err
}

// SendLate lets messages go that waited for a person since a sleep, and returns the devices that they go from. An id of another message means
// nothing: it may have gone meanwhile.
func (s *Store) SendLate(ctx context.Context, ids []domain.MessageID) ([]domain.DeviceID, error) {
	var devices []domain.DeviceID
	err := s.do(ctx, "send late messages", func(t *tx) error {
		devices = nil
		for _, id := range ids {
			found, err := collect(t, scanDeviceID, letGo+" AND message_id = $2 RETURNING device_id", millis(s.now()), id)
			if err != nil {
				return err
			}
			devices = append(devices, found...)
		}
		return nil
	})
	return devices, err
}

// SendAllLate is SendLate for every message that waits.
func (s *Store) SendAllLate(ctx context.Context) ([]domain.DeviceID, error) {
	var devices []domain.DeviceID
	err := s.do(ctx, "send late messages", func(t *tx) (err error) {
		devices, err = collect(t, scanDeviceID, letGo+" RETURNING device_id", millis(s.now()))
		return err
	})
	return devices, err
}

// letGo makes late messages due anew. One whose time came in the sleep and that is not in line yet gets there when its time is looked at.
const letGo = "UPDATE outbox SET late = FALSE, due = $1 WHERE late AND NOT failed"
