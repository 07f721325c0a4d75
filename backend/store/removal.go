package store

import (
	"context"
	"path/filepath"

	"go.mau.fi/util/dbutil"

	"waflow/backend/domain"
)

// onlyCarrier holds for messages that no other device than $1 carried.
const onlyCarrier = `(messages.device_id = $1 OR EXISTS (SELECT 1 FROM message_devices d WHERE d.message_id = messages.id AND d.device_id = $1))
	AND NOT EXISTS (SELECT 1 FROM message_devices o WHERE o.message_id = messages.id AND o.device_id <> $1)`

// RemovalLoss counts what goes when a device is removed. Errors: not_found.
func (s *Store) RemovalLoss(ctx context.Context, ref domain.DeviceRef) (domain.RemovalLoss, error) {
	var out domain.RemovalLoss
	q := reading{ctx, s.read}
	if _, err := deviceIn(q, ref); err != nil {
		return out, coded("read device", err)
	}
	var touched int
	err := q.row(`
		SELECT
			(SELECT COUNT(*) FROM messages WHERE subaccount_id = $2 AND `+onlyCarrier+`),
			(SELECT COUNT(*) FROM outbox WHERE device_id = $1 AND NOT failed),
			COUNT(*), COALESCE(SUM(CASE WHEN NOT stays THEN 1 ELSE 0 END), 0)
		FROM (SELECT EXISTS (SELECT 1 FROM messages WHERE messages.conversation_id = c.id AND NOT (`+onlyCarrier+`)) AS stays
			FROM (SELECT DISTINCT m.conversation_id AS id FROM message_devices d JOIN messages m ON m.id = d.message_id WHERE d.device_id = $1) c) AS x`,
		ref.Device, ref.Subaccount).Scan(&out.Messages, &out.Waiting, &touched, &out.Conversations)
	if err != nil {
		return out, coded("count what a device carried", err)
	}
	out.Shared = touched - out.Conversations
	copies, err := filepath.Glob(filepath.Join(s.dir, backupFolder, "*.db"))
	out.Backups = len(copies)
	return out, coded("look for backups", err)
}

// RemovedDevices returns the devices that were removed while their conversations were kept.
func (s *Store) RemovedDevices(ctx context.Context) ([]domain.RemovedDevice, error) {
	out, err := collect(reading{ctx, s.read}, scanRemovedDevice,
		"SELECT subaccount_id, id, COALESCE(slot, 0), label FROM devices WHERE removed <> 0 ORDER BY id")
	return out, coded("read removed devices", err)
}

func scanRemovedDevice(row dbutil.Scannable) (domain.RemovedDevice, error) {
	var d domain.RemovedDevice
	err := row.Scan(&d.Ref.Subaccount, &d.Ref.Device, &d.Slot, &d.Label)
	return d, err
}

// RemoveDevice removes a device, whole or not at all, and returns its session files, which nothing uses any more. Its number may be linked
// anew, its slot is never given again. With erase everything goes that only this device carried: messages, conversations that are empty then,
// contacts that nothing else names. Else conversations stay as they are and its row stays for them to name; so does a row of its history,
// while what waits to be sent fails. One that was never linked leaves nothing either way. Errors: not_found.
func (s *Store) RemoveDevice(ctx context.Context, ref domain.DeviceRef, erase bool) ([]string, error) {
	var files []string
	err := s.do(ctx, "remove device", func(t *tx) error {
		d, err := deviceIn(t, ref)
		if err != nil {
			return err
		}
		s.people.forget()
		if files, err = collect(t, scanText, "DELETE FROM links WHERE subaccount_id = $1 AND device_id = $2 RETURNING file", ref.Subaccount, ref.Device); err != nil {
			return err
		}
		t.changed.DevicesGone = append(t.changed.DevicesGone, ref)
		if erase || d.Slot == 0 {
			return eraseDevice(t, ref)
		}
		return s.retireDevice(t, ref)
	})
	if err != nil {
		return nil, err
	}
	return files, nil
}

// retireDevice takes everything from a device but what its conversations need to be read.
func (s *Store) retireDevice(t *tx, ref domain.DeviceRef) error {
	waiting, err := collect(t, scanMessageID, "UPDATE outbox SET failed = TRUE WHERE device_id = $1 AND NOT failed RETURNING message_id", ref.Device)
	if err != nil {
		return err
	}
	for _, id := range waiting {
		if err := s.comesNow(t, id, domain.StateFailed, domain.CodeDeviceRemoved); err != nil {
			return err
		}
	}
	return t.each([]change{
		{`DELETE FROM media WHERE state = 'wanted' AND subaccount_id = $2
			AND message_id IN (SELECT d.message_id FROM message_devices d WHERE d.device_id = $1)
			AND NOT EXISTS (SELECT 1 FROM message_devices o JOIN devices v ON v.id = o.device_id AND v.removed = 0
				WHERE o.message_id = media.message_id AND o.device_id <> $1)`, []any{ref.Device, ref.Subaccount}},
		{"UPDATE message_devices SET read_due = NULL WHERE device_id = $1 AND read_due IS NOT NULL", []any{ref.Device}},
		{"DELETE FROM history_jobs WHERE subaccount_id = $1 AND device_id = $2", []any{ref.Subaccount, ref.Device}},
		{"DELETE FROM past_chats WHERE subaccount_id = $1 AND device_id = $2", []any{ref.Subaccount, ref.Device}},
		{"DELETE FROM device_proxies WHERE subaccount_id = $1 AND device_id = $2", []any{ref.Subaccount, ref.Device}},
		{"DELETE FROM receipts WHERE subaccount_id = $1 AND device_id = $2", []any{ref.Subaccount, ref.Device}},
		{"DELETE FROM early_changes WHERE subaccount_id = $1 AND device_id = $2", []any{ref.Subaccount, ref.Device}},
		{"DELETE FROM arrivals WHERE subaccount_id = $1 AND device_id = $2", []any{ref.Subaccount, ref.Device}},
		{`UPDATE devices SET removed = $1, number = NULL, lid = NULL, linked = 0, favorite = FALSE, paused = FALSE
			WHERE subaccount_id = $2 AND id = $3`, []any{millis(s.now()), ref.Subaccount, ref.Device}},
	})
}
