package settings_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"waflow/backend/domain"
	"waflow/backend/events"
	"waflow/backend/settings"
	"waflow/backend/store"
)

func open(t *testing.T, applied *[]domain.Settings) (*settings.Settings, *events.Subscription) {
	t.Helper()
	opened, err := store.Open(t.Context(), store.Options{Dir: t.TempDir()})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, opened.Close()) })
	bus := events.NewBus(events.Limits{})
	return settings.New(opened, bus, func(s domain.Settings) { *applied = append(*applied, s) }), bus.Subscribe(t.Context())
}

func TestSettingsAreKeptAndTold(t *testing.T) {
	var applied []domain.Settings
	s, feed := open(t, &applied)
	got, err := s.Get(t.Context())
	require.NoError(t, err)
	require.Equal(t, domain.DefaultSettings(), got)

	want := domain.Settings{
		Theme: "dark", Language: "en", NotifyOfflineAfter: 2 * time.Minute, Notify: domain.NotifyOff, NotifySound: true,
		Quiet:             domain.QuietHours{On: true, From: 22 * 60, To: 7*60 + 30, Attention: true},
		NotifyPausedUntil: time.UnixMilli(1_700_000_000_000).UTC(),
	}
	got, err = s.Set(t.Context(), want)
	require.NoError(t, err)
	require.Equal(t, want, got)
	got, err = s.Get(t.Context())
	require.NoError(t, err)
	require.Equal(t, want, got)
	b, err := feed.Next(t.Context())
	require.NoError(t, err)
	require.Equal(t, []events.Change{events.Settings(want)}, b.Changes)
	require.Equal(t, []domain.Settings{want}, applied)
}

func TestSettingThatCanNotBeChangesNothing(t *testing.T) {
	var applied []domain.Settings
	s, _ := open(t, &applied)
	tests := map[string]func(*domain.Settings){
		"theme":                func(n *domain.Settings) { n.Theme = "neon" },
		"language":             func(n *domain.Settings) { n.Language = "xx" },
		"notifyOfflineAfterMs": func(n *domain.Settings) { n.NotifyOfflineAfter = -time.Second },
		"notify":               func(n *domain.Settings) { n.Notify = "loud" },
		"quiet":                func(n *domain.Settings) { n.Quiet = domain.QuietHours{On: true, From: 60, To: 60} },
	}
	for field, spoil := range tests {
		next := domain.DefaultSettings()
		spoil(&next)
		_, err := s.Set(t.Context(), next)
		var coded *domain.Error
		require.ErrorAs(t, err, &coded)
		require.Equal(t, domain.CodeInvalid, coded.Code)
		require.Equal(t, field, coded.Detail["field"])
	}
	outside := domain.DefaultSettings()
	outside.Quiet.To = domain.MinutesOfDay
	require.Equal(t, domain.CodeInvalid, domain.CodeOf(settings.Check(outside)))
	tooLong := domain.DefaultSettings()
	tooLong.NotifyOfflineAfter = settings.MaxNotifyOfflineAfter + 1
	require.Equal(t, domain.CodeInvalid, domain.CodeOf(settings.Check(tooLong)))

	got, err := s.Get(t.Context())
	require.NoError(t, err)
	require.Equal(t, domain.DefaultSettings(), got)
	require.Empty(t, applied)
}
