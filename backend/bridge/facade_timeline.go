package bridge

import (
	"context"

	"waflow/backend/domain"
	"waflow/backend/timeline"
	"waflow/backend/uptime"
)

// Timeline answers what was: how devices' statuses changed, and how much of the time they were up.
type Timeline struct{ gate *gate }

// Fleet returns how much of the last days (7 or 30) each device that has a history was up, in any order.
func (t *Timeline) Fleet(days int) ([]Uptime, error) {
	return ask(t.gate, "Timeline.Fleet", func(ctx context.Context, s Services) ([]Uptime, error) {
		figures, err := s.Timeline.Fleet(ctx, days)
		return list(figures, uptimeOf), err
	})
}

// Report returns how much of the last days (7 or 30) a device was up, day by day. Errors: not_found.
func (t *Timeline) Report(id int64, days int) (UptimeReport, error) {
	return ask(t.gate, "Timeline.Report", func(ctx context.Context, s Services) (UptimeReport, error) {
		figures, err := s.Timeline.Report(ctx, domain.DeviceID(id), days)
		return UptimeReport{
			Uptime: uptimeOf(figures),
			Days: list(figures.Days, func(d uptime.Day) UptimeDay {
				return UptimeDay{At: ms(d.Begin), Share: shareOf(d.Times), Down: d.Down.Milliseconds(), Outages: d.Outages}
			}),
			Causes: list(figures.Causes, func(c uptime.CauseTime) CauseTime {
				return CauseTime{Cause: string(c.Cause), Time: c.Time.Milliseconds(), Times: c.Times}
			}),
		}, err
	})
}

// Changes returns a page of the changes of a device's state, newest first: those older than the one with the id before, the newest if that
// is 0. problems leaves out all but Offline and Requires attention. Errors: not_found.
func (t *Timeline) Changes(id, before int64, problems bool, limit int) (ChangePage, error) {
	return ask(t.gate, "Timeline.Changes", func(ctx context.Context, s Services) (ChangePage, error) {
		page, err := s.Timeline.Changes(ctx, domain.DeviceID(id), before, problems, limit)
		return ChangePage{Changes: list(page.Changes, stateChangeOf), More: page.More, Gaps: list(page.Gaps, func(g domain.Gap) Gap {
			gap := gapOf(g)
			gap.Chats = list(page.Doubtful[g.ID], conversationOf)
			return gap
		})}, err
	})
}

// CheckGap asks the phone of a device anew about a gap that could not be proved. What comes of it is told as a change of the topic "gap".
// Errors: not_connected while the device could not ask; not_found.
func (t *Timeline) CheckGap(id, gap int64) error {
	return tell(t.gate, "Timeline.CheckGap", func(ctx context.Context, s Services) error {
		if s.Gaps == nil {
			return &domain.Error{Code: domain.CodeNotFound, Message: "This gap is not there."}
		}
		return s.Gaps.CheckAgain(ctx, domain.DeviceID(id), domain.GapID(gap))
	})
}

func uptimeOf(f timeline.Figures) Uptime {
	return Uptime{
		Device: int64(f.Device), From: ms(f.From), To: ms(f.To), Share: shareOf(f.Times), Business: shareOf(f.Business),
		Down: f.Down.Milliseconds(), Outages: f.Outages, Median: f.Median.Milliseconds(),
		Strip: list(f.Strip, func(b uptime.Block) StripBlock {
			return StripBlock{From: ms(b.From), To: ms(b.To), Status: string(b.Status)}
		}),
	}
}

func gapOf(g domain.Gap) Gap {
	return Gap{
		ID: int64(g.ID), From: ms(g.From), To: ms(g.To), Relinked: g.Relinked, State: string(g.State), Late: g.Late, Found: g.Found, Doubts: len(g.Todo),
		Chats: []Conversation{},
	}
}

// shareOf is -1 where no time is counted.
func shareOf(t uptime.Times) float64 {
	if share, counted := t.Share(); counted {
		return share
	}
	return -1
}
