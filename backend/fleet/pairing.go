package fleet

import (
	"context"
	"fmt"

	"waflow/backend/domain"
	"waflow/backend/events"
)

// StartPairing begins to link a device, or joins the pairing that is going on, and returns where it stands. Further steps are published. Errors: not_found, and what the pool answers.
func (f *Fleet) StartPairing(ctx context.Context, id domain.DeviceID) (domain.PairingStep, error) {
	before, known := f.pool.PairingOf(id)
	if known && !before.Kind.Ended() {
		return before, nil
	}
	d, err := f.store.Device(ctx, id)
	if err != nil {
		return domain.PairingStep{}, err
	}
	if err := f.pool.Pair(ctx, d); err != nil && domain.CodeOf(err) != domain.CodeLinkBusy {
		return domain.PairingStep{}, fmt.Errorf("pair device %d: %w", id, err)
	}
	// What the pool still tells of the pairing before is no answer to this one.
	if step, ok := f.pool.PairingOf(id); ok && (!known || step.Link != before.Link || !step.Kind.Ended()) {
		return step, nil
	}
	return domain.PairingStep{Ref: d.Ref, Kind: domain.PairingWaiting}, nil
}

// RenewPairing shows new QR codes for a device, whatever its dialog shows, and returns where that stands. Errors: as StartPairing.
func (f *Fleet) RenewPairing(ctx context.Context, id domain.DeviceID) (domain.PairingStep, error) {
	d, err := f.store.Device(ctx, id)
	if err != nil {
		return domain.PairingStep{}, err
	}
	return f.renew(ctx, d, "")
}

// ShowPairingCode shows the code that is typed into the phone with a number, instead of whatever the dialog of a device shows. An empty number
// is that of the device itself. Errors: not_found, invalid for a device without number, and what the pool answers. That another device has the
// number is no error but a step, of which WhatsApp hears nothing.
func (f *Fleet) ShowPairingCode(ctx context.Context, id domain.DeviceID, number string) (domain.PairingStep, error) {
	d, err := f.store.Device(ctx, id)
	if err != nil {
		return domain.PairingStep{}, err
	}
	if number == "" {
		number = d.Account.Number
	}
	if number == "" {
		return domain.PairingStep{}, &domain.Error{Code: domain.CodeInvalid, Message: "A code needs the phone's number.", Detail: map[string]string{"field": "number"}}
	}
	return f.renew(ctx, d, number)
}

// renew begins anew. Where somebody has scanned meanwhile that goes on, and is the answer.
func (f *Fleet) renew(ctx context.Context, d domain.Device, number string) (domain.PairingStep, error) {
	if err := f.pool.RenewPairing(ctx, d, number); err != nil && domain.CodeOf(err) != domain.CodeLinkBusy {
		return domain.PairingStep{}, fmt.Errorf("pair device %d: %w", d.Ref.Device, err)
	}
	if step, ok := f.pool.PairingOf(d.Ref.Device); ok {
		return step, nil
	}
	return domain.PairingStep{Ref: d.Ref, Kind: domain.PairingWaiting, Asked: number}, nil
}

// Pairing returns where the pairing of a device stands; of a device that is not being linked it says cancelled. Errors: not_found.
func (f *Fleet) Pairing(ctx context.Context, id domain.DeviceID) (domain.PairingStep, error) {
	if step, ok := f.pool.PairingOf(id); ok {
		return step, nil
	}
	d, err := f.store.Device(ctx, id)
	if err != nil {
		return domain.PairingStep{}, err
	}
	return domain.PairingStep{Ref: d.Ref, Kind: domain.PairingCancelled}, nil
}

// CancelPairing ends the pairing of a device, if there is one.
func (f *Fleet) CancelPairing(_ context.Context, id domain.DeviceID) error {
	f.pool.CancelPairing(id)
	return nil
}

// ShowPairing tells the interface where a pairing stands. The pool calls it for every step; it never waits.
func (f *Fleet) ShowPairing(step domain.PairingStep) { f.bus.Publish(events.Pairing(step)) }
