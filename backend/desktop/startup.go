package desktop

import (
	"waflow/backend/domain"
	"waflow/backend/host/autostart"
)

// Startup is this program as the system starts it when a person signs in.
type Startup struct {
	ID        string   // tells workspaces apart; letters, digits and dashes
	Name      string   // as the system's settings show it
	Arguments []string // of the program
}

// entry is the program at its place of now, which may be another one than when it was last set to start.
func (s Startup) entry() (autostart.Entry, error) {
	program, err := autostart.Program()
	return autostart.Entry{ID: s.ID, Name: s.Name, Command: append([]string{program}, s.Arguments...)}, err
}

// Startup returns whether Waflow starts with the system, as the system has it now. Errors: startup_refused.
func (d *Desktop) Startup() (domain.Startup, error) {
	if d.c.Startup == nil {
		return domain.StartupUnoffered, nil
	}
	entry, err := d.c.Startup.entry()
	if err != nil {
		return domain.StartupOff, startupRefused(err)
	}
	state, err := autostart.Read(entry)
	if err != nil {
		return domain.StartupOff, startupRefused(err)
	}
	return domain.Startup(state), nil
}

// SetStartup has Waflow start with the system, or no longer, and returns what the system then holds. Errors: startup_refused, conflict.
func (d *Desktop) SetStartup(on bool) (domain.Startup, error) {
	if d.c.Startup == nil {
		return domain.StartupUnoffered, &domain.Error{Code: domain.CodeConflict, Message: "This workspace does not start with the system."}
	}
	entry, err := d.c.Startup.entry()
	if err != nil {
		return domain.StartupOff, startupRefused(err)
	}
	if err := autostart.Set(entry, on); err != nil {
		return domain.StartupOff, startupRefused(err)
	}
	return d.Startup()
}

func startupRefused(err error) error {
	return &domain.Error{Code: domain.CodeStartupRefused, Message: "The system did not let Waflow read or change what starts with it.", Err: err}
}
