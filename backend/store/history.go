package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"go.mau.fi/util/dbutil"

	"waflow/backend/domain"
)

// RecordState adds a row to a device's history and makes it the device's present state, both or neither. Errors: not_found.
func (s *Store) RecordState(ctx context.Context, c domain.StateChange) error {
	detail, err := toJSON(c.To.Detail)
	if err != nil {
		return err
	}
	return s.do(ctx, "record state", func(t *tx) error {
		d, err := scanDevice(t.row(`UPDATE devices SET status = $1, cause = $2, since = $3, detail = $4
			WHERE subaccount_id = $5 AND id = $6 AND removed = 0 RETURNING `+deviceColumns,
			c.To.Status, c.To.Cause, millis(c.To.Since), detail, c.Ref.Subaccount, c.Ref.Device))
		if err != nil {
			return orNotFound("device", err)
		}
		t.changed.Devices = append(t.changed.Devices, d)
		return addHistory(t, c)
	})
}

func addHistory(t *tx, c domain.StateChange) error {
	from, err := toJSON(c.From)
	if err != nil {
		return err
	}
	detail, err := toJSON(c.To.Detail)
	if err != nil {
		return err
	}
	return t.run(`INSERT INTO device_history (subaccount_id, device_id, at, from_state, to_status, to_cause, to_since, to_detail)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		c.Ref.Subaccount, c.Ref.Device, millis(c.At), from, c.To.Status, c.To.Cause, millis(c.To.Since), detail)
}

// History returns the newest changes of a device's state, newest first.
func (s *Store) History(ctx context.Context, ref domain.DeviceRef, limit int) ([]domain.StateChange, error) {
	return s.Timeline(ctx, ref, 0, false, limit)
}

// Timeline returns changes of a device's state, newest first: those written before the row with the id before, all of them if it is 0. Of
// problems only those of the statuses Offline and Requires attention.
func (s *Store) Timeline(ctx context.Context, ref domain.DeviceRef, before int64, problems bool, limit int) ([]domain.StateChange, error) {
	query := `
		SELECT id, subaccount_id, device_id, at, from_state, to_status, to_cause, to_since, to_detail, COALESCE((
			SELECT n.at FROM device_history n WHERE n.subaccount_id = h.subaccount_id AND n.device_id = h.device_id AND n.id > h.id
			ORDER BY n.id LIMIT 1), 0)
		FROM device_history h WHERE subaccount_id = $1 AND device_id = $2 AND ($3 = 0 OR id < $3)`
	if problems {
		query += " AND to_status IN ('offline', 'attention')"
	}
	out, err := collect(reading{ctx, s.read}, scanStateChange, query+" ORDER BY id DESC LIMIT $4", ref.Subaccount, ref.Device, before, limit)
	return out, coded("read history", err)
}

func scanStateChange(row dbutil.Scannable) (domain.StateChange, error) {
	var c domain.StateChange
	var at, since, until int64
	var from, detail string
	if err := row.Scan(&c.ID, &c.Ref.Subaccount, &c.Ref.Device, &at, &from, &c.To.Status, &c.To.Cause, &since, &detail, &until); err != nil {
		return c, err
	}
	c.At, c.To.Since, c.Until = fromMillis(at), fromMillis(since), fromMillis(until)
	if err := json.Unmarshal([]byte(from), &c.From); err != nil {
		return c, fmt.Errorf("decode former state: %w", err)
	}
	return c, decodeDetail(detail, &c.To.Detail)
}

// ToldSince returns what all devices told since a moment, each device's preceded by the last row before it, in the order in which they were
// written.
func (s *Store) ToldSince(ctx context.Context, since time.Time) ([]domain.ToldCause, error) {
	out, err := collect(reading{ctx, s.read}, scanToldCause, `
		SELECT d.id, h.at, h.to_cause, h.to_detail, d.slot IS NOT NULL AND EXISTS (
				SELECT 1 FROM device_history e WHERE e.subaccount_id = h.subaccount_id AND e.device_id = h.device_id AND e.id < h.id
					AND (e.to_status <> 'pending' OR e.to_cause = 'first_sync')), h.id
			FROM devices d JOIN device_history h ON h.id = (
				SELECT l.id FROM device_history l WHERE l.subaccount_id = d.subaccount_id AND l.device_id = d.id AND l.at < $1 ORDER BY l.id DESC LIMIT 1)
		UNION ALL
		SELECT d.id, h.at, h.to_cause, h.to_detail, FALSE, h.id
			FROM devices d JOIN device_history h ON h.subaccount_id = d.subaccount_id AND h.device_id = d.id AND h.at >= $1
		ORDER BY 6`, millis(since))
	return out, coded("read history", err)
}

func scanToldCause(row dbutil.Scannable) (domain.ToldCause, error) {
	var c domain.ToldCause
	var at, id int64
	var raw string
	if err := row.Scan(&c.Device, &at, &c.Cause, &raw, &c.Linked, &id); err != nil {
		return c, err
	}
	var detail domain.StateDetail
	err := decodeDetail(raw, &detail)
	c.At, c.DownFrom = fromMillis(at), detail.DownFrom
	return c, err
}
