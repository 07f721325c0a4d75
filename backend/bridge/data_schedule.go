package bridge

import (
	"waflow/backend/domain"
	"waflow/backend/inbox"
)

// Waiting is why a message of a thread has not gone.
type Waiting struct {
	Message int64  `json:"message"`
	Device  int64  `json:"device"` // that it goes from
	Hold    string `json:"hold"`   // domain.HoldCode; "" if it goes now. Others may come
	Until   int64  `json:"until"`  // when that ends, 0 if nobody knows
	Wall    string `json:"wall"`   // "2026-11-24T08:00": the time that was chosen, "" if none was
	Zone    string `json:"zone"`   // of Wall
}

// TakenBack is what returns to the composer when a message is taken back.
type TakenBack struct {
	Text  string `json:"text"`  // the message's, whole
	Draft string `json:"draft"` // of the conversation, with that text
}

// ScheduleTimes are what is proposed for sending something later.
type ScheduleTimes struct {
	Zone    string           `json:"zone"`
	Theirs  bool             `json:"theirs"` // the zone is the contact's and another one than the operator's
	Now     string           `json:"now"`    // what a clock shows there
	Presets []SchedulePreset `json:"presets"`
}

// SchedulePreset is a proposed time.
type SchedulePreset struct {
	Kind string `json:"kind"` // "today", "tomorrow", "two_hours", "monday"
	Wall string `json:"wall"`
}

// ScheduleMoment is what a chosen time means.
type ScheduleMoment struct {
	At   int64  `json:"at"`
	Rule string `json:"rule"` // "exact", "skipped", "twice"
	Why  string `json:"why"`  // it can't be chosen: "past", "far", "skipped"; "" if it can
}

func waitingOf(h inbox.Held) Waiting {
	return Waiting{
		Message: int64(h.Message), Device: int64(h.Ref.Device), Hold: string(h.Hold.Code), Until: ms(h.Hold.Until),
		Wall: h.Schedule.Wall, Zone: h.Schedule.Zone,
	}
}

func timesOf(t inbox.Times) ScheduleTimes {
	return ScheduleTimes{Zone: t.Zone, Theirs: t.Theirs, Now: t.Now, Presets: list(t.Presets, func(p inbox.Preset) SchedulePreset {
		return SchedulePreset{Kind: string(p.Kind), Wall: p.Wall}
	})}
}

func momentOf(m inbox.Moment) ScheduleMoment {
	return ScheduleMoment{At: ms(m.At), Rule: string(m.Rule), Why: m.Why}
}

func scheduleOf(wall, zone string) domain.Schedule { return domain.Schedule{Wall: wall, Zone: zone} }
