package bridge

import (
	"context"

	"waflow/backend/domain"
)

// Pairing answers the link dialog. Further steps come as changes of the topic "pairing".
type Pairing struct{ gate *gate }

// Start begins to link a device, or joins the pairing that is going on, and returns where it stands. Errors: not_found.
func (p *Pairing) Start(device int64) (PairingStep, error) {
	return ask(p.gate, "Pairing.Start", startPairing(device))
}

// Renew begins anew after the codes ran out, the number was refused, or it failed.
func (p *Pairing) Renew(device int64) (PairingStep, error) {
	return ask(p.gate, "Pairing.Renew", startPairing(device))
}

func startPairing(device int64) func(context.Context, Services) (PairingStep, error) {
	return func(ctx context.Context, s Services) (PairingStep, error) {
		step, err := s.Fleet.StartPairing(ctx, domain.DeviceID(device))
		return pairingOf(step), err
	}
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
