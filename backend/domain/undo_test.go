package domain_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"waflow/backend/domain"
)

func TestUndoOver(t *testing.T) {
	now := time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC)
	at := func(seconds int) time.Time { return now.Add(time.Duration(seconds) * time.Second) }
	for name, c := range map[string]struct {
		undo time.Duration
		last time.Time
		want time.Time
	}{
		"at once":                                 {0, time.Time{}, now},
		"after a countdown":                       {3 * time.Second, time.Time{}, at(3)},
		"several do not add up":                   {domain.MaxUndo, at(4), at(5)},
		"not before the one before it":            {0, at(4), at(4)},
		"with a shorter time than the one before": {3 * time.Second, at(4), at(4)},
		"the one before it is due":                {3 * time.Second, at(-1), at(3)},
		"the clock was put back":                  {3 * time.Second, at(3600), at(3)},
	} {
		t.Run(name, func(t *testing.T) { require.Equal(t, c.want, domain.UndoOver(now, c.undo, c.last)) })
	}
}
