package bridge

import "context"

// Settings answers what concerns the workspace's own choices.
type Settings struct{ gate *gate }

// Get returns the settings as they are.
func (p *Settings) Get() (Preferences, error) {
	return ask(p.gate, "Settings.Get", func(ctx context.Context, s Services) (Preferences, error) {
		settings, err := s.Settings.Get(ctx)
		return preferencesOf(settings), err
	})
}

// Set replaces all settings and returns them. Errors: invalid; detail "field" names the one refused, and nothing was changed.
func (p *Settings) Set(next Preferences) (Preferences, error) {
	return ask(p.gate, "Settings.Set", func(ctx context.Context, s Services) (Preferences, error) {
		settings, err := s.Settings.Set(ctx, settingsOf(next))
		return preferencesOf(settings), err
	})
}
