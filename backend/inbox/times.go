package inbox

import (
	"slices"
	"time"

	"waflow/backend/domain"
)

// Times are what is proposed for sending something later.
type Times struct {
	Zone    string // of the proposals: the contact's where it is known, else the operator's
	Theirs  bool   // Zone is the contact's and another one than the operator's
	Now     string // what a clock shows there, as in domain.Schedule
	Presets []Preset
}

// PresetKind names a proposed time for the interface.
type PresetKind string

// The proposed times.
const (
	PresetToday    PresetKind = "today"     // this morning, while it is still night there
	PresetTomorrow PresetKind = "tomorrow"  // tomorrow morning
	PresetTwoHours PresetKind = "two_hours" // from now
	PresetMonday   PresetKind = "monday"    // morning; not on a Sunday, when that is tomorrow
)

// Preset is a proposed time.
type Preset struct {
	Kind PresetKind
	Wall string
}

// morning is when people are awake, and early is until when a morning is still ahead of somebody who looks at the clock.
const (
	morning = 9 * time.Hour
	early   = 7 * time.Hour
)

// ProposeTimes proposes times by the operator's zone and those that the contact may be in; theirs is empty when nothing is known. Of several
// possible ones the contact's is known if they all show the same now, or if the operator's is among them.
// Errors: invalid for a zone that there is not.
func ProposeTimes(now time.Time, own string, theirs []string) (Times, error) {
	out := Times{Zone: own}
	if zone := commonZone(now, theirs); zone != "" && !slices.Contains(theirs, own) {
		out.Zone, out.Theirs = zone, true
	}
	wall, err := domain.WallOf(now, out.Zone)
	if err != nil {
		return Times{}, err
	}
	out.Now = wall.Wall
	there, err := time.Parse(domain.ScheduleLayout, wall.Wall)
	if err != nil {
		return Times{}, err
	}
	later, err := domain.WallOf(now.Add(2*time.Hour), out.Zone)
	if err != nil {
		return Times{}, err
	}
	day := there.Truncate(24 * time.Hour)
	at := func(days int) string { return day.AddDate(0, 0, days).Add(morning).Format(domain.ScheduleLayout) }
	if there.Sub(day) < early {
		out.Presets = append(out.Presets, Preset{PresetToday, at(0)})
	}
	out.Presets = append(out.Presets, Preset{PresetTomorrow, at(1)}, Preset{PresetTwoHours, later.Wall})
	if there.Weekday() != time.Sunday {
		out.Presets = append(out.Presets, Preset{PresetMonday, at(8 - int(there.Weekday()))})
	}
	return out, nil
}

// commonZone returns a zone that stands for all, "" if they differ now or are unknown here.
func commonZone(now time.Time, zones []string) string {
	shows := ""
	for _, zone := range zones {
		wall, err := domain.WallOf(now, zone)
		if err != nil || shows != "" && wall.Wall != shows {
			return ""
		}
		shows = wall.Wall
	}
	if len(zones) == 0 {
		return ""
	}
	return zones[0]
}

// Moment is what a chosen time means.
type Moment struct {
	At   time.Time
	Rule domain.ScheduleRule
	Why  string // it can't be chosen: "past", "far", "skipped"; "" if it can
}

// Moment says what a chosen time means, and whether it can be chosen. Errors: invalid for a time or a zone that there is not.
func (i *Inbox) Moment(when domain.Schedule) (Moment, error) {
	at, rule, err := when.At()
	if err != nil {
		return Moment{}, err
	}
	m := Moment{At: at, Rule: rule}
	switch now := i.now(); {
	case !at.After(now):
		m.Why = "past"
	case at.After(now.Add(farthest)):
		m.Why = "far"
	case rule == domain.ScheduleSkipped:
		m.Why = "skipped"
	}
	return m, nil
}
