package pool

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// Discard deletes session files, given by their names, of a device that was removed.
func (p *Pool) Discard(files []string) {
	for _, file := range files {
		p.discard(file)
	}
}

// discard deletes a session file, given by its name in the sessions directory, with what SQLite keeps beside it. One that is not there is no
// error; one that can't be deleted is logged, and cleared away at the next start because no link names it.
func (p *Pool) discard(name string) {
	if err := p.remove(name); err != nil {
		p.cfg.Logger.Warn().Err(err).Msg("a session file that is no longer needed could not be deleted")
	}
}

func (p *Pool) remove(name string) error {
	dir, err := os.OpenRoot(p.cfg.Sessions)
	if err != nil {
		return fmt.Errorf("open the sessions directory: %w", err)
	}
	defer func() { _ = dir.Close() }() // nothing was written through it
	var failed error
	for _, suffix := range []string{"", "-wal", "-shm", "-journal"} {
		if err := dir.Remove(name + suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			failed = errors.Join(failed, fmt.Errorf("delete a session file: %w", err))
		}
	}
	return failed
}
