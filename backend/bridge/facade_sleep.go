package bridge

import (
	"context"

	"waflow/backend/domain"
)

// Sleep answers what concerns the computer's sleep.
type Sleep struct{ gate *gate }

// Rest returns when the computer slept, which messages were due meanwhile and wait for an answer, and whether the computer is kept awake.
func (p *Sleep) Rest() (Rest, error) {
	return ask(p.gate, "Sleep.Rest", func(ctx context.Context, s Services) (Rest, error) {
		rest, err := s.Sleep.Rest(ctx)
		return restOf(rest), err
	})
}

// SendLate sends messages after all that were due in a sleep. Those that no longer wait are left as they are.
func (p *Sleep) SendLate(messages []int64) error {
	return tell(p.gate, "Sleep.SendLate", func(ctx context.Context, s Services) error {
		ids := make([]domain.MessageID, len(messages))
		for i, id := range messages {
			ids[i] = domain.MessageID(id)
		}
		return s.Sleep.Send(ctx, ids)
	})
}

// SendAllLate sends every message after all that was due in a sleep.
func (p *Sleep) SendAllLate() error {
	return tell(p.gate, "Sleep.SendAllLate", func(ctx context.Context, s Services) error { return s.Sleep.SendAll(ctx) })
}
