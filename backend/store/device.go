package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"go.mau.fi/util/dbutil"

	"waflow/backend/domain"
)

const deviceColumns = `id, subaccount_id, slot, label, purpose, priority, favorite, colour, paused, number, lid, push_name, business_name, platform,
	status, cause, since, detail, created, linked, last_in, last_out, phone_seen, phone_watched, phone_told, notify`

func scanDevice(row dbutil.Scannable) (domain.Device, error) {
	var d domain.Device
	var slot sql.Null[int]
	var number, lid sql.Null[string]
	var since, created, linked, in, out, seen, watched int64
	var detail string
	err := row.Scan(&d.Ref.Device, &d.Ref.Subaccount, &slot, &d.Label, &d.Purpose, &d.Priority, &d.Favorite, &d.Colour, &d.Paused,
		&number, &lid, &d.Account.PushName, &d.Account.BusinessName, &d.Account.Platform,
		&d.State.Status, &d.State.Cause, &since, &detail, &created, &linked, &in, &out, &seen, &watched, &d.Phone.Told, &d.Notify)
	if err != nil {
		return d, err
	}
	d.Slot, d.Account.Number, d.Account.LID = slot.V, number.V, lid.V
	d.State.Since, d.Created, d.Linked = fromMillis(since), fromMillis(created), fromMillis(linked)
	d.LastIn, d.LastOut = fromMillis(in), fromMillis(out)
	d.Phone.Seen, d.Phone.Watched = fromMillis(seen), time.Duration(watched)*time.Millisecond
	return d, decodeDetail(detail, &d.State.Detail)
}

func decodeDetail(raw string, into *domain.StateDetail) error {
	if err := json.Unmarshal([]byte(raw), into); err != nil {
		return fmt.Errorf("decode state detail: %w", err)
	}
	return nil
}

// deviceIn reads a device of a subaccount. One that was removed is not there. Errors: not_found.
func deviceIn(q querier, ref domain.DeviceRef) (domain.Device, error) {
	d, err := scanDevice(q.row("SELECT "+deviceColumns+" FROM devices WHERE subaccount_id = $1 AND id = $2 AND removed = 0", ref.Subaccount, ref.Device))
	return d, orNotFound("device", err)
}

// orNotFound gives a missing row its code.
func orNotFound(what string, err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return notFound(what)
	}
	return err
}

// CreateDevice adds a device that has never been linked, with the first row of its history. ID and Created are given here; slot and account
// come with the first link. Errors: not_found when there is no such subaccount.
func (s *Store) CreateDevice(ctx context.Context, d domain.Device) (domain.Device, error) {
	now := s.now()
	first := domain.DeviceState{Status: domain.StatusPending, Cause: domain.CauseNeverLinked, Since: now}
	detail, err := toJSON(first.Detail)
	if err != nil {
		return domain.Device{}, err
	}
	var out domain.Device
	err = s.do(ctx, "create device", func(t *tx) error {
		var there int
		if found, err := optional(t.row("SELECT 1 FROM subaccounts WHERE id = $1", d.Ref.Subaccount), &there); err != nil || !found {
			return orMissing(err, "subaccount")
		}
		if d.Favorite {
			if err := dropFavorite(t, d.Ref); err != nil {
				return err
			}
		}
		out, err = scanDevice(t.row(`
			INSERT INTO devices (subaccount_id, label, purpose, priority, favorite, paused, status, cause, since, detail, created)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) RETURNING `+deviceColumns,
			d.Ref.Subaccount, d.Label, d.Purpose, d.Priority, d.Favorite, d.Paused,
			first.Status, first.Cause, millis(now), detail, millis(now)))
		if err != nil {
			return err
		}
		t.changed.Devices = append(t.changed.Devices, out)
		return addHistory(t, domain.StateChange{Ref: out.Ref, At: now, To: first})
	})
	return out, err
}

// orMissing is for lookups that found nothing.
func orMissing(err error, what string) error {
	if err != nil {
		return err
	}
	return notFound(what)
}

// dropFavorite takes the favourite from whichever other device of the subaccount has it.
func dropFavorite(t *tx, to domain.DeviceRef) error {
	former, err := collect(t, scanDevice, "UPDATE devices SET favorite = FALSE WHERE subaccount_id = $1 AND favorite AND id <> $2 RETURNING "+deviceColumns,
		to.Subaccount, to.Device)
	t.changed.Devices = append(t.changed.Devices, former...)
	return err
}

// UpdateDevice changes parts of a device and returns it as it is then. The favourite moves. Errors: not_found.
func (s *Store) UpdateDevice(ctx context.Context, ref domain.DeviceRef, p domain.DevicePatch) (domain.Device, error) {
	var out domain.Device
	err := s.do(ctx, "change device", func(t *tx) error {
		d, err := deviceIn(t, ref)
		if err != nil {
			return err
		}
		if p.Favorite != nil && *p.Favorite {
			if err := dropFavorite(t, ref); err != nil {
				return err
			}
		}
		patch(&d, p)
		t.changed.Devices = append(t.changed.Devices, d)
		out = d
		return t.run(`UPDATE devices SET label = $1, purpose = $2, priority = $3, favorite = $4, colour = $5, paused = $6, notify = $7
			WHERE subaccount_id = $8 AND id = $9`,
			d.Label, d.Purpose, d.Priority, d.Favorite, d.Colour, d.Paused, d.Notify, ref.Subaccount, ref.Device)
	})
	if err != nil {
		return domain.Device{}, err
	}
	return out, nil
}

func patch(d *domain.Device, p domain.DevicePatch) {
	if p.Label != nil {
		d.Label = *p.Label
	}
	if p.Purpose != nil {
		d.Purpose = *p.Purpose
	}
	if p.Priority != nil {
		d.Priority = *p.Priority
	}
	if p.Favorite != nil {
		d.Favorite = *p.Favorite
	}
	if p.Colour != nil {
		d.Colour = *p.Colour
	}
	if p.Paused != nil {
		d.Paused = *p.Paused
	}
	if p.Notify != nil {
		d.Notify = *p.Notify
	}
}

// Devices returns all devices that were not removed, by subaccount, then by slot with those that have none last.
func (s *Store) Devices(ctx context.Context) ([]domain.Device, error) {
	out, err := collect(reading{ctx, s.read}, scanDevice,
		"SELECT "+deviceColumns+" FROM devices WHERE removed = 0 ORDER BY subaccount_id, slot IS NULL, slot, id")
	return out, coded("read devices", err)
}

// Device returns one device. One that was removed is not there. Errors: not_found.
func (s *Store) Device(ctx context.Context, id domain.DeviceID) (domain.Device, error) {
	q := reading{ctx, s.read}
	d, err := scanDevice(q.row("SELECT "+deviceColumns+" FROM devices WHERE id = $1 AND removed = 0", id))
	return d, coded("read device", orNotFound("device", err))
}
