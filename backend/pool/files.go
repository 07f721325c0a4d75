package pool

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
)

// sidecars returns the names of the files that SQLite keeps for a database, the database's own first.
func sidecars(name string) []string {
	return []string{name, name + "-wal", name + "-shm", name + "-journal"}
}

// Discard deletes session files, given by their names in the sessions directory, with what SQLite keeps beside them. Files that are
// not there are no error; one that can't be deleted is logged and left to the next Sweep.
func (p *Pool) Discard(names ...string) {
	for _, name := range names {
		if err := p.discard(name); err != nil {
			p.cfg.Logger.Warn().Err(err).Msg("a session file that is no longer needed could not be deleted")
		}
	}
}

func (p *Pool) discard(name string) error {
	if name == "" {
		return nil
	}
	dir, err := os.OpenRoot(p.cfg.Sessions)
	if err != nil {
		return fmt.Errorf("open the sessions directory: %w", err)
	}
	defer func() { _ = dir.Close() }() // nothing was written through it
	for _, file := range sidecars(name) {
		if err := dir.Remove(file); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("delete a session file: %w", err)
		}
	}
	return nil
}

// Sweep deletes every session file but those named: what a crash left behind between ending a link and deleting its file. It is
// for the start, before Run.
func (p *Pool) Sweep(keep ...string) error {
	entries, err := os.ReadDir(p.cfg.Sessions)
	if err != nil {
		return fmt.Errorf("read the sessions directory: %w", err)
	}
	for _, e := range entries {
		name, isSession := strings.CutSuffix(e.Name(), ".db")
		if isSession && !e.IsDir() && !slices.Contains(keep, name+".db") {
			p.Discard(e.Name())
		}
	}
	return nil
}
