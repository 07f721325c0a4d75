package ingest

import (
	"context"

	"waflow/backend/domain"
)

// KeepPast keeps a part of what a phone handed over as history and returns once it is on disk. What nothing can be done with is left out: a
// phone hands over what it has, and asking again would bring the same.
func (i *Ingest) KeepPast(ctx context.Context, ref domain.DeviceRef, past domain.Past) error {
	clean := domain.Past{Ended: past.Ended}
	now := i.now()
	for _, m := range past.Messages {
		in := cleaned(domain.Inbound{Message: &m}, now)
		if check(in) == nil {
			clean.Messages = append(clean.Messages, *in.Message)
		}
	}
	for _, c := range past.Changes {
		in := cleaned(domain.Inbound{Change: &c}, now)
		if check(in) == nil {
			clean.Changes = append(clean.Changes, *in.Change)
		}
	}
	for _, n := range past.Names {
		in := cleaned(domain.Inbound{Name: &n}, now)
		if check(in) == nil {
			clean.Names = append(clean.Names, *in.Name)
		}
	}
	return i.store.KeepPast(ctx, ref, clean)
}
