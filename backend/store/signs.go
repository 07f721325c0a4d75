package store

import (
	"context"
	"time"

	"go.mau.fi/util/dbutil"

	"waflow/backend/domain"
)

// Arrivals are kept in slots of this length, for this long.
const (
	arrivalSlot = 10 * time.Minute
	arrivalSpan = 28 * 24 * time.Hour
)

// NoteSigns keeps that something arrived on a device at heard (zero: nothing new), and what is known about its phone. Errors: not_found.
func (s *Store) NoteSigns(ctx context.Context, ref domain.DeviceRef, heard time.Time, phone domain.PhoneSign) error {
	return s.do(ctx, "note signs of life", func(t *tx) error {
		before, err := deviceIn(t, ref)
		if err != nil {
			return err
		}
		if before.Phone != phone {
			d, err := scanDevice(t.row("UPDATE devices SET phone_seen = $1, phone_watched = $2, phone_told = $3 WHERE subaccount_id = $4 AND id = $5 RETURNING "+deviceColumns,
				millis(phone.Seen), phone.Watched.Milliseconds(), phone.Told, ref.Subaccount, ref.Device))
			if err != nil {
				return err
			}
			t.changed.Devices = append(t.changed.Devices, d)
		}
		if heard.IsZero() {
			return nil
		}
		if err := t.run("DELETE FROM arrivals WHERE device_id = $1 AND slot < $2", ref.Device, slotOf(heard.Add(-arrivalSpan))); err != nil {
			return err
		}
		return t.run("INSERT INTO arrivals (subaccount_id, device_id, slot) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
			ref.Subaccount, ref.Device, slotOf(heard))
	})
}

// Arrivals returns the slots in which something arrived on a device since a moment, as the times at which they begin.
func (s *Store) Arrivals(ctx context.Context, ref domain.DeviceRef, since time.Time) ([]time.Time, error) {
	out, err := collect(reading{ctx, s.read}, scanSlot,
		"SELECT slot FROM arrivals WHERE subaccount_id = $1 AND device_id = $2 AND slot >= $3 ORDER BY slot", ref.Subaccount, ref.Device, slotOf(since))
	return out, coded("read arrivals", err)
}

func slotOf(at time.Time) int64 { return at.UnixMilli() / arrivalSlot.Milliseconds() }

func scanSlot(row dbutil.Scannable) (time.Time, error) {
	var slot int64
	err := row.Scan(&slot)
	return time.UnixMilli(slot * arrivalSlot.Milliseconds()), err
}
