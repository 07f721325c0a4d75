package store

import (
	"context"
	"fmt"
)

// versionKey names the version of WhatsApp that was last looked up and let a device in.
const versionKey = "whatsapp_version"

// KeptVersion returns the version of WhatsApp that was kept, in its three parts; zero if none is.
func (s *Store) KeptVersion(ctx context.Context) ([3]uint32, error) {
	var raw string
	found, err := optional(reading{ctx, s.read}.row("SELECT value FROM settings WHERE key = $1", versionKey), &raw)
	if err != nil || !found {
		return [3]uint32{}, coded("read the version of WhatsApp", err)
	}
	var v [3]uint32
	if _, err := fmt.Sscanf(raw, "%d.%d.%d", &v[0], &v[1], &v[2]); err != nil {
		return [3]uint32{}, nil // as good as none: it is looked up again
	}
	return v, nil
}

// KeepVersion keeps a version of WhatsApp in place of the one before; the zero value keeps none.
func (s *Store) KeepVersion(ctx context.Context, v [3]uint32) error {
	return s.do(ctx, "keep the version of WhatsApp", func(t *tx) error {
		if v == [3]uint32{} {
			return t.run("DELETE FROM settings WHERE key = $1", versionKey)
		}
		return t.run("INSERT INTO settings (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
			versionKey, fmt.Sprintf("%d.%d.%d", v[0], v[1], v[2]))
	})
}
