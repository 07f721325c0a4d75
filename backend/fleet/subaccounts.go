package fleet

import (
	"context"
	"slices"

	"waflow/backend/domain"
	"waflow/backend/events"
)

// CreateSubaccount adds a subaccount with the initials and the colour that its name and the others leave. The name is 1–60 characters,
// trimmed, and unique without case. Errors: invalid (detail "field" and "why": empty, too_long, characters), conflict.
func (f *Fleet) CreateSubaccount(ctx context.Context, name string) (domain.Subaccount, error) {
	f.naming.Lock()
	defer f.naming.Unlock()
	name, others, err := f.checkName(ctx, name, 0)
	if err != nil {
		return domain.Subaccount{}, err
	}
	s, err := f.store.CreateSubaccount(ctx, domain.Subaccount{
		Name:     name,
		Initials: Initials(name, initialsOf(others)),
		Colour:   NextColour(others),
	})
	if err != nil {
		return domain.Subaccount{}, err
	}
	f.bus.Publish(events.Subaccount(s))
	return s, nil
}

// RenameSubaccount changes a subaccount's name, and its initials where the new name asks for others. Errors: those of CreateSubaccount,
// and not_found.
func (f *Fleet) RenameSubaccount(ctx context.Context, id domain.SubaccountID, name string) (domain.Subaccount, error) {
	f.naming.Lock()
	defer f.naming.Unlock()
	name, others, err := f.checkName(ctx, name, id)
	if err != nil {
		return domain.Subaccount{}, err
	}
	s, err := f.store.RenameSubaccount(ctx, id, name, Initials(name, initialsOf(others)))
	if err != nil {
		return domain.Subaccount{}, err
	}
	f.bus.Publish(events.Subaccount(s))
	return s, nil
}

// KeepDeleted says whether what messages of a subaccount said is kept when they are deleted for everyone. Errors: not_found.
func (f *Fleet) KeepDeleted(ctx context.Context, id domain.SubaccountID, keep bool) (domain.Subaccount, error) {
	s, err := f.store.SetKeepDeleted(ctx, id, keep)
	if err != nil {
		return domain.Subaccount{}, err
	}
	f.bus.Publish(events.Subaccount(s))
	return s, nil
}

// SetFetchPolicy says which files of a subaccount are fetched as they come. Errors: invalid, not_found.
func (f *Fleet) SetFetchPolicy(ctx context.Context, id domain.SubaccountID, policy domain.FetchPolicy) (domain.Subaccount, error) {
	if !policy.Valid() {
		return domain.Subaccount{}, &domain.Error{Code: domain.CodeInvalid, Message: "Files of up to 100 MB are fetched.", Detail: map[string]string{"field": "max"}}
	}
	s, err := f.store.SetFetchPolicy(ctx, id, policy)
	if err != nil {
		return domain.Subaccount{}, err
	}
	f.bus.Publish(events.Subaccount(s))
	return s, nil
}

// NotifySubaccount says whether notifications about a subaccount's devices are shown. Errors: invalid, not_found.
func (f *Fleet) NotifySubaccount(ctx context.Context, id domain.SubaccountID, notify domain.NotifySwitch) (domain.Subaccount, error) {
	if err := checkNotify(notify); err != nil {
		return domain.Subaccount{}, err
	}
	s, err := f.store.SetSubaccountNotify(ctx, id, notify)
	if err != nil {
		return domain.Subaccount{}, err
	}
	f.told(s)
	f.bus.Publish(events.Subaccount(s))
	return s, nil
}

// SetBusinessHours says when a subaccount does business. Errors: invalid (detail "field": days, time, zone), not_found.
func (f *Fleet) SetBusinessHours(ctx context.Context, id domain.SubaccountID, hours domain.BusinessHours) (domain.Subaccount, error) {
	if err := hours.Check(); err != nil {
		return domain.Subaccount{}, err
	}
	s, err := f.store.SetBusinessHours(ctx, id, hours)
	if err != nil {
		return domain.Subaccount{}, err
	}
	f.bus.Publish(events.Subaccount(s))
	return s, nil
}

func checkNotify(s domain.NotifySwitch) error {
	if !slices.Contains(domain.NotifySwitches(), s) {
		return invalid("notify", "unknown", "Notifications are on, off, or as one level up.")
	}
	return nil
}

// checkName returns the cleaned name and the subaccounts other than self, none of which has it.
func (f *Fleet) checkName(ctx context.Context, raw string, self domain.SubaccountID) (string, []domain.Subaccount, error) {
	name, err := cleanName("name", raw)
	if err != nil {
		return "", nil, err
	}
	all, err := f.store.Subaccounts(ctx)
	if err != nil {
		return "", nil, err
	}
	others := slices.DeleteFunc(slices.Clone(all), func(s domain.Subaccount) bool { return s.ID == self })
	for _, s := range others {
		if sameName(s.Name) == sameName(name) {
			return "", nil, &domain.Error{
				Code:    domain.CodeConflict,
				Message: "Another subaccount has this name.",
				Detail:  map[string]string{"field": "name", "name": s.Name},
			}
		}
	}
	return name, others, nil
}

func initialsOf(subaccounts []domain.Subaccount) []string {
	out := make([]string, len(subaccounts))
	for i, s := range subaccounts {
		out[i] = s.Initials
	}
	return out
}
