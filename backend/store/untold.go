package store

import (
	"context"
	"encoding/json"
	"fmt"

	"waflow/backend/domain"
)

// untoldKey is the setting that holds the devices whose attention nobody was told of.
const untoldKey = "notices_untold"

// KeepUntold keeps which devices require attention that nobody was told of yet.
func (s *Store) KeepUntold(ctx context.Context, devices []domain.DeviceID) error {
	raw, err := toJSON(devices)
	if err != nil {
		return err
	}
	return s.do(ctx, "keep what was not told", func(t *tx) error {
		return t.run("INSERT INTO settings (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value", untoldKey, raw)
	})
}

// Untold returns what KeepUntold kept last; none if it never did.
func (s *Store) Untold(ctx context.Context) ([]domain.DeviceID, error) {
	var raw string
	found, err := optional(reading{ctx, s.read}.row("SELECT value FROM settings WHERE key = $1", untoldKey), &raw)
	if err != nil || !found {
		return nil, coded("read what was not told", err)
	}
	var out []domain.DeviceID
	if err := json.Unmarshal([]byte(raw), &out); err != nil {
		return nil, fmt.Errorf("decode what was not told: %w", err)
	}
	return out, nil
}
