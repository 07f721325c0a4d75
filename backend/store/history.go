package store

import (
	"context"
	"encoding/json"
	"fmt"

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
	out, err := collect(reading{ctx, s.read}, scanStateChange, `
		SELECT subaccount_id, device_id, at, from_state, to_status, to_cause, to_since, to_detail FROM device_history
		WHERE subaccount_id = $1 AND device_id = $2 ORDER BY id DESC LIMIT $3`, ref.Subaccount, ref.Device, limit)
	return out, coded("read history", err)
}

func scanStateChange(row dbutil.Scannable) (domain.StateChange, error) {
	var c domain.StateChange
	var at, since int64
	var from, detail string
	if err := row.Scan(&c.Ref.Subaccount, &c.Ref.Device, &at, &from, &c.To.Status, &c.To.Cause, &since, &detail); err != nil {
		return c, err
	}
	c.At, c.To.Since = fromMillis(at), fromMillis(since)
	if err := json.Unmarshal([]byte(from), &c.From); err != nil {
		return c, fmt.Errorf("decode former state: %w", err)
	}
	return c, decodeDetail(detail, &c.To.Detail)
}
