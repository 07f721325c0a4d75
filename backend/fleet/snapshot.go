package fleet

import (
	"context"

	"waflow/backend/domain"
)

// Snapshot is the fleet at one moment.
type Snapshot struct {
	Subaccounts []domain.Subaccount // in their order
	Devices     []domain.Device
	Removed     []domain.RemovedDevice // those that conversations still name
	Pairings    []domain.PairingStep   // those going on
}

// Snapshot returns every subaccount and device, and the pairings that are going on.
func (f *Fleet) Snapshot(ctx context.Context) (Snapshot, error) {
	subaccounts, err := f.store.Subaccounts(ctx)
	if err != nil {
		return Snapshot{}, err
	}
	devices, err := f.store.Devices(ctx)
	if err != nil {
		return Snapshot{}, err
	}
	removed, err := f.store.RemovedDevices(ctx)
	if err != nil {
		return Snapshot{}, err
	}
	s := Snapshot{Subaccounts: subaccounts, Removed: removed}
	for _, d := range devices {
		s.Devices = append(s.Devices, f.screen.look(d))
		if step, ok := f.pool.PairingOf(d.Ref.Device); ok && !step.Kind.Ended() {
			s.Pairings = append(s.Pairings, step)
		}
	}
	return s, nil
}
