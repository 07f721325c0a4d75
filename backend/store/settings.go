package store

import (
	"context"
	"encoding/json"
	"fmt"

	"waflow/backend/domain"
)

const settingsKey = "workspace"

// Settings returns the workspace's choices; a choice that was never made has its default.
func (s *Store) Settings(ctx context.Context) (domain.Settings, error) {
	out, err := s.settings(reading{ctx, s.read})
	return out, coded("read settings", err)
}

func (s *Store) settings(q querier) (domain.Settings, error) {
	out := s.defaults
	var raw string
	found, err := optional(q.row("SELECT value FROM settings WHERE key = $1", settingsKey), &raw)
	if err != nil || !found {
		return out, err
	}
	if err := json.Unmarshal([]byte(raw), &out); err != nil {
		return out, fmt.Errorf("decode settings: %w", err)
	}
	return out, nil
}

// SetSettings keeps the workspace's choices.
func (s *Store) SetSettings(ctx context.Context, v domain.Settings) error {
	raw, err := toJSON(v)
	if err != nil {
		return err
	}
	return s.do(ctx, "keep settings", func(t *tx) error {
		return t.run("INSERT INTO settings (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
			settingsKey, raw)
	})
}
