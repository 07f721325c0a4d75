package store

import (
	"context"
	"strconv"
	"time"
)

// aliveKey names the moment at which the application was last known to run.
const aliveKey = "alive"

// KeepAlive notes that the application runs at this moment. It is called now and then: after a crash the note tells when that was.
func (s *Store) KeepAlive(ctx context.Context) error {
	return s.do(ctx, "note that Waflow runs", func(t *tx) error {
		return t.run("INSERT INTO settings (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
			aliveKey, strconv.FormatInt(millis(s.now()), 10))
	})
}

// LastAlive returns when the application was last known to run; zero if it never was.
func (s *Store) LastAlive(ctx context.Context) (time.Time, error) {
	var at int64
	_, err := optional(reading{ctx, s.read}.row("SELECT CAST(value AS BIGINT) FROM settings WHERE key = $1", aliveKey), &at)
	return fromMillis(at), coded("read when Waflow last ran", err)
}
