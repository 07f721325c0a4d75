package device

import (
	"time"

	"waflow/backend/domain"
)

// moment is when every test begins; the machine reads no clock.
func moment() time.Time { return time.Date(2026, 3, 4, 10, 0, 0, 0, time.UTC) }

// situation is one state of the table, and the group under which the table speaks of it.
type situation struct {
	group string
	state State
}

func (s situation) name() string { return string(s.state.Told.Cause) + "/" + string(s.state.Phase) }

// told is what has been told for a minute.
func told(c domain.Cause) domain.DeviceState {
	return domain.DeviceState{Status: c.Status(), Cause: c, Since: moment().Add(-time.Minute)}
}

// situations returns the states of the table: every cause in every phase in which it can be.
func situations() []situation {
	var all []situation
	add := func(group string, phase Phase, linked bool, causes []domain.Cause, change func(*State)) {
		for _, c := range causes {
			s := State{Told: told(c), Phase: phase, Linked: linked}
			if change != nil {
				change(&s)
			}
			all = append(all, situation{group: group, state: s})
		}
	}
	waiting := func(s *State) { s.Due = moment(); s.Try = 3; s.Told.Detail.NextTry = s.Due; s.Told.Detail.Try = 3 }
	trying := func(s *State) { s.Due = moment(); s.Try = 3 }
	shared := []domain.Cause{domain.CauseNetworkDown, domain.CauseServerUnreachable, domain.CauseKeepaliveTimeout, domain.CauseConnecting}
	own := []domain.Cause{domain.CauseProxyFailed, domain.CauseClockWrong, domain.CauseStorageFailed}
	starting := []domain.Cause{domain.CauseAppStarting, domain.CauseLinking, domain.CauseWokeFromSleep}

	add("none", PhaseRest, false, []domain.Cause{domain.CauseNeverLinked, domain.CauseLinkFailed, domain.CauseUnlinked, domain.CauseBanned}, nil)
	add("paused", PhaseRest, true, []domain.Cause{domain.CausePaused}, nil)
	add("replaced", PhaseRest, true, []domain.Cause{domain.CauseReplaced}, nil)
	add("outdated", PhaseRest, true, []domain.Cause{domain.CauseClientOutdated}, nil)
	add("refused", PhaseRest, true, []domain.Cause{domain.CauseConnectRefused}, nil)
	add("stored", PhaseRest, true, []domain.Cause{domain.CauseOnline, domain.CauseAppStarting, domain.CauseDeaf}, nil)
	add("lost", PhaseRest, false, []domain.Cause{domain.CauseOnline, domain.CauseShowingQR, domain.CausePaused}, nil)
	add("shared", PhaseWaiting, true, shared, waiting)
	add("own", PhaseWaiting, true, own, waiting)
	add("ban", PhaseWaiting, true, []domain.Cause{domain.CauseTemporarilyBanned}, func(s *State) {
		s.Due = moment().Add(time.Hour)
		s.Told.Detail = domain.StateDetail{Until: s.Due, NextTry: s.Due}
	})
	add("gate", PhaseDialing, true, append(starting, shared...), nil)
	add("dialing", PhaseDialing, true, append(append(starting, shared...), own...), trying)
	add("login", PhaseLogin, true, append(append(starting, shared...), own...), trying)
	for cause, change := range ups() {
		add("up", PhaseUp, true, []domain.Cause{cause}, change)
		add("unlinking", PhaseUnlinking, true, []domain.Cause{cause}, change)
	}
	steps := []domain.Cause{domain.CauseShowingQR, domain.CauseShowingCode, domain.CausePasskeyRequired, domain.CauseLinking}
	add("pairing", PhasePairing, false, steps, func(s *State) { s.Before = told(domain.CauseNeverLinked) })
	add("relinking", PhasePairing, true, steps, func(s *State) { s.Before = told(domain.CauseConnectRefused) })
	add("retrying", PhasePairing, true, steps, func(s *State) { s.Before = told(domain.CauseNetworkDown) })
	return all
}

// ups returns the causes of a device that is logged in, and what else is true of it then.
func ups() map[domain.Cause]func(*State) {
	since := moment().Add(-time.Minute)
	return map[domain.Cause]func(*State){
		domain.CauseOnline:    func(s *State) { s.Up = since },
		domain.CauseFirstSync: func(s *State) { s.Up, s.Fresh, s.Due = since, true, moment().Add(time.Second) },
		domain.CauseReachoutTimelock: func(s *State) {
			s.Up, s.Troubles.Timelocked = since, moment().Add(time.Hour)
			s.Told.Detail.Until, s.Told.Detail.Locked = s.Troubles.Timelocked, s.Troubles.Timelocked
		},
		domain.CausePhoneOfflineTooLong: func(s *State) { s.Up, s.Troubles.PhoneDays = since, 10; s.Told.Detail.Step = 10 },
		domain.CauseDeaf:                func(s *State) { s.Up, s.Troubles.Deaf, s.Troubles.DeafTried = since, true, true },
		domain.CauseStorageFailed:       func(s *State) { s.Up, s.Troubles.Storage = since, true },
	}
}
