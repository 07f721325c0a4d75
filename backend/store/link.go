package store

import (
	"context"
	"fmt"

	"go.mau.fi/util/dbutil"

	"waflow/backend/domain"
)

// A link is open until a number claims it, claimed until WhatsApp confirms, then confirmed; released when it is over.
const (
	linkOpen      = "open"
	linkClaimed   = "claimed"
	linkConfirmed = "confirmed"
	linkReleased  = "released"
)

const linkColumns = "id, subaccount_id, device_id, file, relink"

func scanLink(row dbutil.Scannable) (domain.Link, error) {
	var l domain.Link
	err := row.Scan(&l.ID, &l.Ref.Subaccount, &l.Ref.Device, &l.File, &l.Relink)
	return l, err
}

// linkIn reads a link that is in one of two states. Errors: not_found.
func linkIn(q querier, id domain.LinkID, state, orState string) (domain.Link, error) {
	l, err := scanLink(q.row("SELECT "+linkColumns+" FROM links WHERE id = $1 AND state IN ($2, $3)", id, state, orState))
	return l, orNotFound("link attempt", err)
}

// OpenLink begins an attempt to link a device, with a session file of its own. Errors: not_found.
func (s *Store) OpenLink(ctx context.Context, ref domain.DeviceRef) (domain.Link, error) {
	var out domain.Link
	err := s.do(ctx, "open link", func(t *tx) error {
		d, err := deviceIn(t, ref)
		if err != nil {
			return err
		}
		now := millis(s.now())
		out = domain.Link{Ref: ref, Relink: d.Account.Number != ""}
		if err := t.row(`INSERT INTO links (subaccount_id, device_id, file, state, relink, created, changed)
			VALUES ($1, $2, 'of ' || CAST($2 AS TEXT), $3, $4, $5, $5) RETURNING id`,
			ref.Subaccount, ref.Device, linkOpen, out.Relink, now).Scan(&out.ID); err != nil {
			return err
		}
		out.File = fmt.Sprintf("%d-%d.db", ref.Device, out.ID)
		return t.run("UPDATE links SET file = $1 WHERE id = $2", out.File, out.ID)
	})
	return out, err
}

// ConfirmLink makes a claimed link the one that its device uses: the device gets the account, at the first time also its slot. What it
// returns besides is the session files that nothing uses any more. The LID is known only now, so it is checked here.
// Errors: not_found; *domain.RefusedError with number_in_use or wrong_number, then nothing was changed and the link is to be released.
func (s *Store) ConfirmLink(ctx context.Context, id domain.LinkID, a domain.Account) (domain.Device, []string, error) {
	var out domain.Device
	var obsolete []string
	err := s.do(ctx, "confirm link", func(t *tx) error {
		link, err := linkIn(t, id, linkClaimed, linkOpen)
		if err != nil {
			return err
		}
		if err := guard(t, link, a); err != nil {
			return err
		}
		now := millis(s.now())
		if obsolete, err = release(t, now, "device_id = $3 AND id <> $4 AND state = 'confirmed'", link.Ref.Device, id); err != nil {
			return err
		}
		if err := t.run("UPDATE links SET state = $1, number = $2, changed = $3 WHERE id = $4", linkConfirmed, a.Number, now, id); err != nil {
			return err
		}
		if err := giveSlot(t, link.Ref); err != nil {
			return err
		}
		out, err = scanDevice(t.row(`UPDATE devices SET number = $1, lid = COALESCE($2, lid), push_name = $3, business_name = $4,
			platform = $5, linked = $6 WHERE subaccount_id = $7 AND id = $8 RETURNING `+deviceColumns,
			a.Number, null(a.LID), a.PushName, a.BusinessName, a.Platform, now, link.Ref.Subaccount, link.Ref.Device))
		t.changed.Devices = append(t.changed.Devices, out)
		return err
	})
	if err != nil {
		return domain.Device{}, nil, err
	}
	return out, obsolete, nil
}

// giveSlot gives a device the next slot of its subaccount unless it has one. A slot is never given twice.
func giveSlot(t *tx, ref domain.DeviceRef) error {
	d, err := deviceIn(t, ref)
	if err != nil || d.Slot != 0 {
		return err
	}
	var slot int
	if err := t.row("UPDATE subaccounts SET last_slot = last_slot + 1 WHERE id = $1 RETURNING last_slot", ref.Subaccount).Scan(&slot); err != nil {
		return err
	}
	return t.run("UPDATE devices SET slot = $1 WHERE subaccount_id = $2 AND id = $3", slot, ref.Subaccount, ref.Device)
}

// release ends the links that where names and returns their session files. Placeholders of where begin at $3.
func release(t *tx, at int64, where string, args ...any) ([]string, error) {
	args = append([]any{linkReleased, at}, args...)
	return collect(t, scanText, "UPDATE links SET state = $1, changed = $2 WHERE "+where+" RETURNING file", args...)
}

// ReleaseLink ends an attempt that was not confirmed: its claim is gone, its session file obsolete. Errors: not_found.
func (s *Store) ReleaseLink(ctx context.Context, id domain.LinkID) (string, error) {
	var files []string
	err := s.do(ctx, "release link", func(t *tx) (err error) {
		files, err = release(t, millis(s.now()), "id = $3 AND state IN ('open', 'claimed')", id)
		if err == nil && len(files) == 0 {
			return notFound("link attempt")
		}
		return err
	})
	if err != nil {
		return "", err
	}
	return files[0], nil
}

// ReleaseOpenLinks ends what a crash left open. It returns every session file that nothing uses, also those released before: removing a file
// that is gone already does no harm, and a crash may have come between release and removal.
func (s *Store) ReleaseOpenLinks(ctx context.Context) ([]string, error) {
	var files []string
	err := s.do(ctx, "release open links", func(t *tx) (err error) {
		if _, err = release(t, millis(s.now()), "state IN ('open', 'claimed')"); err != nil {
			return err
		}
		files, err = collect(t, scanText, "SELECT file FROM links WHERE state = $1 ORDER BY id", linkReleased)
		return err
	})
	if err != nil {
		return nil, err
	}
	return files, nil
}

// ActiveLinks returns the links that linked devices use, by device.
func (s *Store) ActiveLinks(ctx context.Context) ([]domain.Link, error) {
	out, err := collect(reading{ctx, s.read}, scanLink, "SELECT "+linkColumns+" FROM links WHERE state = $1 ORDER BY device_id", linkConfirmed)
	return out, coded("read links", err)
}

// DropLink ends the link of a device after WhatsApp ended it, and returns the obsolete session file ("" if there was none). The device keeps
// account, slot and conversations. Errors: not_found.
func (s *Store) DropLink(ctx context.Context, ref domain.DeviceRef) (string, error) {
	var files []string
	err := s.do(ctx, "drop link", func(t *tx) error {
		d, err := scanDevice(t.row("UPDATE devices SET linked = 0 WHERE subaccount_id = $1 AND id = $2 AND removed = 0 RETURNING "+deviceColumns, ref.Subaccount, ref.Device))
		if err != nil {
			return orNotFound("device", err)
		}
		t.changed.Devices = append(t.changed.Devices, d)
		files, err = release(t, millis(s.now()), "subaccount_id = $3 AND device_id = $4 AND state = 'confirmed'", ref.Subaccount, ref.Device)
		return err
	})
	if err != nil || len(files) == 0 {
		return "", err
	}
	return files[0], nil
}
