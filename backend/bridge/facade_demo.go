package bridge

import (
	"context"

	"waflow/backend/domain"
)

// Demo answers the panel that plays the simulated phones. Outside the demo every method answers not_found. Numbers are international
// digits with "+".
type Demo struct{ gate *gate }

// State returns what the simulated phones show; changes come under the topic "demo".
func (d *Demo) State() (DemoState, error) {
	return ask(d.gate, "Demo.State", func(_ context.Context, s Services) (DemoState, error) {
		if s.Demo == nil {
			return DemoState{}, noDemo()
		}
		return demoStateOf(s.Demo.State()), nil
	})
}

// AddPhone adds a simulated phone: one of ours, that can be linked, or a contact's. Errors: invalid.
func (d *Demo) AddPhone(name string, ours bool) (DemoPhone, error) {
	return ask(d.gate, "Demo.AddPhone", func(ctx context.Context, s Services) (DemoPhone, error) {
		if s.Demo == nil {
			return DemoPhone{}, noDemo()
		}
		phone, err := s.Demo.AddPhone(ctx, name, ours)
		return demoPhoneOf(phone), err
	})
}

// Scan holds a phone in front of the QR code that a device's dialog shows. Errors: not_found, conflict when no code is shown.
func (d *Demo) Scan(phone string, device int64) error {
	return d.play("Demo.Scan", func(ctx context.Context, p Phones) error {
		return p.Scan(ctx, digitsOf(phone), domain.DeviceID(device))
	})
}

// Write sends a text from one phone to another. Errors: not_found, text_empty, text_too_long, conflict when its network is off.
func (d *Demo) Write(from, to, text string) error {
	return d.play("Demo.Write", func(ctx context.Context, p Phones) error { return p.Write(ctx, digitsOf(from), digitsOf(to), text) })
}

// Read opens a chat on a phone, so that its writer sees the messages read. Errors: not_found.
func (d *Demo) Read(phone, peer string) error {
	return d.play("Demo.Read", func(ctx context.Context, p Phones) error { return p.Read(ctx, digitsOf(phone), digitsOf(peer)) })
}

// Network switches a phone's network, and that of the devices linked to it. Errors: not_found.
func (d *Demo) Network(phone string, on bool) error {
	return d.play("Demo.Network", func(ctx context.Context, p Phones) error { return p.SetNetwork(ctx, digitsOf(phone), on) })
}

// Unlink removes every linked device on a phone. Errors: not_found.
func (d *Demo) Unlink(phone string) error {
	return d.play("Demo.Unlink", func(ctx context.Context, p Phones) error { return p.Unlink(ctx, digitsOf(phone)) })
}

// TakeOver lets another program take over the sessions of a phone's devices. Errors: not_found, conflict when none is connected.
func (d *Demo) TakeOver(phone string) error {
	return d.play("Demo.TakeOver", func(ctx context.Context, p Phones) error { return p.TakeOver(ctx, digitsOf(phone)) })
}

// Answers lets a contact read and answer by itself, or stop that. Errors: not_found, conflict for one of ours.
func (d *Demo) Answers(phone string, on bool) error {
	return d.play("Demo.Answers", func(ctx context.Context, p Phones) error { return p.SetAnswers(ctx, digitsOf(phone), on) })
}

// Crowd has so many contacts write at once, and returns how many messages those were. Errors: invalid.
func (d *Demo) Crowd(count int) (int, error) {
	return ask(d.gate, "Demo.Crowd", func(ctx context.Context, s Services) (int, error) {
		if s.Demo == nil {
			return 0, noDemo()
		}
		return s.Demo.Crowd(ctx, count)
	})
}

func (d *Demo) play(method string, do func(ctx context.Context, p Phones) error) error {
	return tell(d.gate, method, func(ctx context.Context, s Services) error {
		if s.Demo == nil {
			return noDemo()
		}
		return do(ctx, s.Demo)
	})
}

func noDemo() error {
	return &domain.Error{Code: domain.CodeNotFound, Message: "Simulated phones exist only in the demo."}
}
