package bridge

import (
	"context"

	"waflow/backend/domain"
)

// Desktop answers how the window lives on the desktop around it. Where a browser shows the interface every call answers conflict.
type Desktop struct{ gate *gate }

// Refuge returns where the window goes when it is closed and the devices stay connected: a domain.Refuge.
func (p *Desktop) Refuge() (string, error) {
	return onDesktop(p.gate, "Desktop.Refuge", func(s Surroundings) (string, error) { return string(s.Refuge()), nil })
}

// Startup returns whether Waflow starts with the system, as the system has it now: a domain.Startup. Errors: startup_refused.
func (p *Desktop) Startup() (string, error) {
	return onDesktop(p.gate, "Desktop.Startup", func(s Surroundings) (string, error) {
		state, err := s.Startup()
		return string(state), err
	})
}

// SetStartup has Waflow start with the system, or no longer, and returns what the system then holds. Errors: startup_refused.
func (p *Desktop) SetStartup(on bool) (string, error) {
	return onDesktop(p.gate, "Desktop.SetStartup", func(s Surroundings) (string, error) {
		state, err := s.SetStartup(on)
		return string(state), err
	})
}

// Quit ends the program.
func (p *Desktop) Quit() error {
	_, err := onDesktop(p.gate, "Desktop.Quit", func(s Surroundings) (struct{}, error) {
		s.Quit()
		return struct{}{}, nil
	})
	return err
}

func onDesktop[T any](g *gate, method string, do func(s Surroundings) (T, error)) (T, error) {
	return ask(g, method, func(_ context.Context, s Services) (result T, err error) {
		if s.Desktop == nil {
			return result, &domain.Error{
				Code: domain.CodeConflict, Message: "A browser shows this interface; it has no window of its own.", Detail: map[string]string{"why": "browser"},
			}
		}
		return do(s.Desktop)
	})
}
