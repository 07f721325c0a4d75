package timeline

import (
	"context"
	"time"

	"waflow/backend/domain"
	"waflow/backend/uptime"
)

// cellsPerDay is how finely a strip is drawn: in half hours of seven days, in hours of thirty.
const (
	cellsPerDay     = 48
	cellsPerDayLong = 24
)

// Figures is how much of the last days a device was up.
type Figures struct {
	Device   domain.DeviceID
	From, To time.Time
	uptime.Summary
	Business uptime.Times // the part of it that lies in the subaccount's business hours; zero where it has none
	Strip    []uptime.Block
	Days     []uptime.Day // by the calendar of this computer, oldest first; Report alone fills it
}

// Fleet returns the figures of every device that has a history, for the last days (7 or 30; what is between is taken as 30).
func (t *Timeline) Fleet(ctx context.Context, days int) ([]Figures, error) {
	hours, err := t.store.BusinessHours(ctx)
	if err != nil {
		return nil, err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if err := t.load(ctx); err != nil {
		return nil, err
	}
	now := t.now()
	out := make([]Figures, 0, len(t.told))
	for id := range t.told {
		figures, _, err := t.figures(id, now, days, hours[id])
		if err != nil {
			return nil, err
		}
		out = append(out, figures)
	}
	return out, nil
}

// Report returns the figures of one device day by day. Errors: not_found.
func (t *Timeline) Report(ctx context.Context, id domain.DeviceID, days int) (Figures, error) {
	if _, err := t.store.Device(ctx, id); err != nil {
		return Figures{}, err
	}
	hours, err := t.store.BusinessHours(ctx)
	if err != nil {
		return Figures{}, err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if err := t.load(ctx); err != nil {
		return Figures{}, err
	}
	now := t.now()
	figures, spans, err := t.figures(id, now, days, hours[id])
	if err != nil {
		return Figures{}, err
	}
	figures.Days = uptime.Days(spans, now.Location())
	return figures, nil
}

// figures computes those of one device. t.mu is held.
func (t *Timeline) figures(id domain.DeviceID, now time.Time, days int, hours domain.BusinessHours) (Figures, []uptime.Span, error) {
	cells := 7 * cellsPerDay
	if days != 7 {
		days, cells = 30, 30*cellsPerDayLong
	}
	from := now.AddDate(0, 0, -days)
	spans := uptime.Spans(t.told[id], from, now)
	place, err := hours.Place(now.Location())
	if err != nil {
		return Figures{}, nil, err
	}
	return Figures{
		Device: id, From: from, To: now, Summary: uptime.Summarize(spans), Business: uptime.InHours(spans, hours, place), Strip: uptime.Strip(spans, cells),
	}, spans, nil
}
