package bridge

import (
	"context"

	"waflow/backend/domain"
)

// Pairing answers the link dialog. Further steps come as changes of the topic "pairing".
type Pairing struct{ gate *gate }

// Start begins to link a device, or joins the pairing that is going on, and returns where it stands. Errors: not_found.
func (p *Pairing) Start(device int64) (PairingStep, error) {
	return ask(p.gate, "Pairing.Start", func(ctx context.Context, s Services) (PairingStep, error) {
		step, err := s.Fleet.StartPairing(ctx, domain.DeviceID(device))
		return pairingOf(step), err
	})
}

// Renew begins anew with QR codes: after they ran out, the number was refused, or it failed, and instead of a code to type. Errors: not_found.
func (p *Pairing) Renew(device int64) (PairingStep, error) {
	return ask(p.gate, "Pairing.Renew", func(ctx context.Context, s Services) (PairingStep, error) {
		step, err := s.Fleet.RenewPairing(ctx, domain.DeviceID(device))
		return pairingOf(step), err
	})
}

// ShowCode begins anew with a code to type into the phone with a number, as people write it, or with the device's own when it is empty.
// Errors: not_found; invalid with the detail "why": "country" or "length".
func (p *Pairing) ShowCode(device int64, number string) (PairingStep, error) {
	return ask(p.gate, "Pairing.ShowCode", func(ctx context.Context, s Services) (PairingStep, error) {
		digits := ""
		if number != "" {
			var err error
			if digits, err = writtenNumber(number); err != nil {
				return PairingStep{}, err
			}
		}
		step, err := s.Fleet.ShowPairingCode(ctx, domain.DeviceID(device), digits)
		return pairingOf(step), err
	})
}

// Cancel ends the pairing of a device, if there is one.
func (p *Pairing) Cancel(device int64) error {
	return tell(p.gate, "Pairing.Cancel", func(ctx context.Context, s Services) error {
		return s.Fleet.CancelPairing(ctx, domain.DeviceID(device))
	})
}

// Current returns where the pairing of a device stands; its kind is "cancelled" when there is none. Errors: not_found.
func (p *Pairing) Current(device int64) (PairingStep, error) {
	return ask(p.gate, "Pairing.Current", func(ctx context.Context, s Services) (PairingStep, error) {
		step, err := s.Fleet.Pairing(ctx, domain.DeviceID(device))
		return pairingOf(step), err
	})
}
