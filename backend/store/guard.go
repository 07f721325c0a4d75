package store

import (
	"context"

	"waflow/backend/domain"
)

// ClaimNumber reserves a scanned number for a link before pairing completes. The claim is provisional: it ends with ConfirmLink,
// ReleaseLink or the next start. Only the number counts here, the LID is not known yet.
// Errors: not_found; *domain.RefusedError with number_in_use or wrong_number and who has it.
func (s *Store) ClaimNumber(ctx context.Context, id domain.LinkID, a domain.Account) error {
	return s.do(ctx, "claim number", func(t *tx) error {
		link, err := linkIn(t, id, linkOpen, linkClaimed)
		if err != nil {
			return err
		}
		if err := guard(t, link, a); err != nil {
			return err
		}
		return t.run("UPDATE links SET state = $1, number = $2, changed = $3 WHERE id = $4", linkClaimed, a.Number, millis(s.now()), id)
	})
}

// CheckNumber answers what ClaimNumber would for a number that a person names, before WhatsApp is asked for anything. It reserves nothing.
// Errors: as ClaimNumber.
func (s *Store) CheckNumber(ctx context.Context, id domain.LinkID, number string) error {
	return s.do(ctx, "check number", func(t *tx) error {
		link, err := linkIn(t, id, linkOpen, linkOpen)
		if err != nil {
			return err
		}
		return guard(t, link, domain.Account{Number: number})
	})
}

// guard decides whether an account may be linked: a device keeps its number for life, and a number has one device in the whole workspace,
// a claim of a pairing that is still going on included.
func guard(t *tx, link domain.Link, a domain.Account) error {
	if a.Number == "" {
		return &domain.Error{Code: domain.CodeInvalid, Message: "WhatsApp named no number"}
	}
	own, err := deviceIn(t, link.Ref)
	if err != nil {
		return err
	}
	if own.Account.Number != "" && own.Account.Number != a.Number {
		return refuse(t, domain.CodeWrongNumber, "this device belongs to another number", own.Ref)
	}
	holder, found, err := holderOf(t, link, a)
	if err != nil || !found {
		return err
	}
	return refuse(t, domain.CodeNumberInUse, "this number is linked to another device already", holder)
}

// holderOf finds another device that has the account or is about to get it.
func holderOf(t *tx, link domain.Link, a domain.Account) (domain.DeviceRef, bool, error) {
	var ref domain.DeviceRef
	found, err := optional(t.row("SELECT subaccount_id, id FROM devices WHERE (number = $1 OR lid = $2) AND id <> $3",
		a.Number, null(a.LID), link.Ref.Device), &ref.Subaccount, &ref.Device)
	if err != nil || found {
		return ref, found, err
	}
	found, err = optional(t.row("SELECT subaccount_id, device_id FROM links WHERE state = $1 AND number = $2 AND id <> $3",
		linkClaimed, a.Number, link.ID), &ref.Subaccount, &ref.Device)
	return ref, found, err
}

// refuse makes the error of a refusal, with everything the dialog tells about the device that has the number.
func refuse(t *tx, code domain.Code, why string, ref domain.DeviceRef) error {
	d, err := deviceIn(t, ref)
	if err != nil {
		return err
	}
	h := domain.Holder{Ref: ref, DeviceLabel: d.Label, Slot: d.Slot, Number: d.Account.Number, Since: d.Linked}
	if h.Since.IsZero() {
		h.Since = d.Created
	}
	if err := t.row("SELECT name FROM subaccounts WHERE id = $1", ref.Subaccount).Scan(&h.SubaccountName); err != nil {
		return err
	}
	if err := t.row(`SELECT COUNT(DISTINCT m.conversation_id) FROM message_devices d JOIN messages m ON m.id = d.message_id
		WHERE d.device_id = $1`, ref.Device).Scan(&h.Conversations); err != nil {
		return err
	}
	return &domain.RefusedError{Err: &domain.Error{Code: code, Message: why, Action: domain.ActionAnotherPhone}, Holder: h}
}
