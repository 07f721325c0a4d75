package engine

import (
	"os"
	"path/filepath"
	"strings"

	"waflow/backend/domain"
)

// sessions is the directory of the session files, one for each link.
func (e *Engine) sessions() string { return filepath.Join(e.options.Dir, "sessions") }

// keepSessions removes the session files that no link uses: those of attempts that a crash ended. A session file is never copied or
// brought back, because its keys would run backwards.
func keepSessions(dir string, links []domain.Link) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return readOnly(err)
	}
	used := make(map[string]bool, len(links))
	for _, link := range links {
		used[link.File] = true
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return readOnly(err)
	}
	for _, entry := range entries {
		name := entry.Name()
		for _, beside := range []string{"-wal", "-shm", "-journal"} {
			name = strings.TrimSuffix(name, beside)
		}
		if used[name] || !strings.HasSuffix(name, ".db") {
			continue
		}
		if err := os.Remove(filepath.Join(dir, entry.Name())); err != nil {
			return readOnly(err)
		}
	}
	return nil
}
