package engine

import (
	"context"
	"errors"
	"os"
	"time"

	"waflow/backend/domain"
	"waflow/backend/host"
	"waflow/backend/store"
)

// A copy of the database is looked after soon after the start, when the devices have had their turn, and then every hour.
const (
	firstBackup = 10 * time.Minute
	nextBackup  = time.Hour
)

// keepBackups makes a copy of the database each day until ctx ends.
func (e *Engine) keepBackups(ctx context.Context) error {
	timer := time.NewTimer(firstBackup)
	defer timer.Stop()
	for {
		select {
		case <-timer.C:
		case <-ctx.Done():
			return nil
		}
		if !e.roomForBackup() {
			e.log.Warn().Msg("the database was not copied: there is too little space")
		} else if err := e.store.KeepBackup(ctx); err != nil && ctx.Err() == nil {
			e.log.Warn().Str("code", string(domain.CodeOf(err))).Msg("the database was not copied")
		}
		timer.Reset(nextBackup)
	}
}

// roomForBackup reports whether a copy leaves room for what is to come. A disk that does not tell counts as large enough.
func (e *Engine) roomForBackup() bool {
	database, err := os.Stat(store.DatabasePath(e.options.Dir))
	if err != nil {
		return true
	}
	free, err := host.System{}.FreeSpace(e.options.Dir)
	return err != nil || free > 2*uint64(database.Size())
}

// Backups returns the copies of a workspace's database, newest first.
func Backups(o Options) ([]domain.Backup, error) { return store.Backups(o.Dir) }

// Restore sets the database of a workspace that is not open aside and puts a backup in its place. It returns the folder that holds what was
// set aside. Errors: already_running, and those of store.Restore.
func Restore(ctx context.Context, o Options, backup string) (string, error) {
	lock, err := store.Lock(o.Dir)
	if err != nil {
		return "", err
	}
	folder, err := store.Restore(ctx, o.Dir, backup, o.now()())
	return folder, errors.Join(err, lock.Close())
}
