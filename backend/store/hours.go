package store

import (
	"context"

	"waflow/backend/domain"
)

// SetBusinessHours says when a subaccount does business. Errors: not_found.
func (s *Store) SetBusinessHours(ctx context.Context, id domain.SubaccountID, h domain.BusinessHours) (domain.Subaccount, error) {
	var out domain.Subaccount
	err := s.do(ctx, "say when a subaccount does business", func(t *tx) (err error) {
		out, err = scanSubaccount(t.row(`UPDATE subaccounts SET hours_on = $1, hours_days = $2, hours_from = $3, hours_to = $4, hours_zone = $5
			WHERE id = $6 RETURNING `+subaccountColumns, h.On, weekdayBits(h.Days), h.From, h.To, h.Zone, id))
		return orNotFound("subaccount", err)
	})
	return out, err
}

// BusinessHours returns those of the devices whose subaccount has any.
func (s *Store) BusinessHours(ctx context.Context) (map[domain.DeviceID]domain.BusinessHours, error) {
	subaccounts, err := s.Subaccounts(ctx)
	if err != nil {
		return nil, err
	}
	hours := map[domain.SubaccountID]domain.BusinessHours{}
	for _, one := range subaccounts {
		if one.Hours.On {
			hours[one.ID] = one.Hours
		}
	}
	out := map[domain.DeviceID]domain.BusinessHours{}
	if len(hours) == 0 {
		return out, nil
	}
	devices, err := s.Devices(ctx)
	if err != nil {
		return nil, err
	}
	for _, d := range devices {
		if h, ok := hours[d.Ref.Subaccount]; ok {
			out[d.Ref.Device] = h
		}
	}
	return out, nil
}

// weekdayBits has one bit for each day, Sunday's the lowest.
func weekdayBits(days [7]bool) int {
	bits := 0
	for day, on := range days {
		if on {
			bits |= 1 << day
		}
	}
	return bits
}

func weekdays(bits int) [7]bool {
	var days [7]bool
	for day := range days {
		days[day] = bits&(1<<day) != 0
	}
	return days
}
