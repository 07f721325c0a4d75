// Package settings holds the workspace's own choices: checked, kept, and told to the interface.
package settings

import (
	"context"
	"slices"
	"time"

	"waflow/backend/domain"
	"waflow/backend/events"
)

// MaxNotifyOfflineAfter is the longest time that a device may be Offline before people are told.
const MaxNotifyOfflineAfter = 24 * time.Hour

// Store keeps the settings on disk.
type Store interface {
	Settings(ctx context.Context) (domain.Settings, error)
	SetSettings(ctx context.Context, s domain.Settings) error
}

// Settings is the use cases of the workspace's choices.
type Settings struct {
	store Store
	bus   *events.Bus
	apply func(domain.Settings)
}

// New returns the settings over their parts. apply is called with what was set, for whoever acts by the settings; it must not block.
func New(store Store, bus *events.Bus, apply func(domain.Settings)) *Settings {
	return &Settings{store: store, bus: bus, apply: apply}
}

// Get returns the settings as they are.
func (s *Settings) Get(ctx context.Context) (domain.Settings, error) { return s.store.Settings(ctx) }

// Set replaces the settings. Errors: invalid; detail "field" names the one that was refused, and nothing was changed.
func (s *Settings) Set(ctx context.Context, next domain.Settings) (domain.Settings, error) {
	if err := Check(next); err != nil {
		return domain.Settings{}, err
	}
	if err := s.store.SetSettings(ctx, next); err != nil {
		return domain.Settings{}, err
	}
	s.apply(next)
	s.bus.Publish(events.Settings(next))
	return next, nil
}

// Themes returns the themes there are.
func Themes() []string { return []string{"system", "light", "dark"} }

// Languages returns the languages of the interface; "" follows the system.
func Languages() []string { return []string{"", "en"} }

// Check answers an error of code invalid when a setting holds what it can't.
func Check(s domain.Settings) error {
	switch {
	case !slices.Contains(Themes(), s.Theme):
		return refuse("theme", "There is no such theme.")
	case !slices.Contains(Languages(), s.Language):
		return refuse("language", "There is no such language.")
	case s.NotifyOfflineAfter < 0 || s.NotifyOfflineAfter > MaxNotifyOfflineAfter:
		return refuse("notifyOfflineAfterMs", "The time before a notification lies between 0 and 24 hours.")
	case !slices.Contains(domain.NotifySwitches(), s.Notify):
		return refuse("notify", "Notifications are on or off.")
	case !minute(s.Quiet.From) || !minute(s.Quiet.To) || s.Quiet.On && s.Quiet.From == s.Quiet.To:
		return refuse("quiet", "Quiet hours begin and end at two times of the day.")
	case !slices.Contains(domain.UndoChoices(), s.Undo):
		return refuse("undoMs", "What is sent can be taken back for 0, 3 or 5 seconds.")
	}
	return nil
}

func minute(m int) bool { return m >= 0 && m < domain.MinutesOfDay }

func refuse(field, message string) error {
	return &domain.Error{Code: domain.CodeInvalid, Message: message, Detail: map[string]string{"field": field}}
}
