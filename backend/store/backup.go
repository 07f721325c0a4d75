package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"time"

	"go.mau.fi/util/dbutil"

	"waflow/backend/domain"
)

// Copies of the database lie in one folder, named by the version of its schema and by when they were made. What a copy takes the place of is
// set aside in another folder, and never removed.
const (
	backupFolder  = "backups"
	damagedFolder = "damaged"
	stampLayout   = "20060102T150405.000Z"

	backupEvery = 24 * time.Hour
	backupDays  = 7
)

// Backups returns the copies of the database that a data directory has, newest first.
func Backups(dir string) ([]domain.Backup, error) {
	entries, err := os.ReadDir(filepath.Join(dir, backupFolder))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, readOnly(err)
	}
	named := regexp.MustCompile(`^waflow-v(\d{4})-(\d{8}T\d{6}\.\d{3}Z)\.db$`)
	var out []domain.Backup
	for _, entry := range entries {
		parts := named.FindStringSubmatch(entry.Name())
		if parts == nil || !entry.Type().IsRegular() {
			continue
		}
		at, err := time.Parse(stampLayout, parts[2])
		if err != nil {
			continue
		}
		version, _ := strconv.Atoi(parts[1]) // four digits
		out = append(out, domain.Backup{Name: entry.Name(), At: at, Version: version})
	}
	slices.SortFunc(out, func(a, b domain.Backup) int { return cmp.Or(b.At.Compare(a.At), cmp.Compare(b.Name, a.Name)) })
	return out, nil
}

// KeepBackup makes today's copy of the database if there is none from the last 24 hours, and removes the copies that are not needed any more.
// Writing goes on meanwhile. Errors: storage errors.
func (s *Store) KeepBackup(ctx context.Context) error {
	copies, err := s.copies()
	if err != nil || len(copies) > 0 && s.now().Sub(copies[0].At) < backupEvery {
		return err
	}
	own, err := connect(DatabasePath(s.dir), false, 1)
	if err != nil {
		return err
	}
	if err := errors.Join(s.backup(ctx, own), own.Close()); err != nil {
		return coded("copy the database", err)
	}
	if copies, err = s.copies(); err != nil {
		return err
	}
	var errs []error
	for _, old := range superfluous(copies) {
		errs = append(errs, os.Remove(filepath.Join(s.dir, backupFolder, old.Name)))
	}
	return errors.Join(errs...)
}

// copies are the backups that were made by now. Where the clock was put back, those of a time that is still to come are left alone.
func (s *Store) copies() ([]domain.Backup, error) {
	all, err := Backups(s.dir)
	return slices.DeleteFunc(all, func(b domain.Backup) bool { return b.At.After(s.now()) }), err
}

// superfluous are the copies that go: of each of the last days that have any the first and the last stay. Given newest first.
func superfluous(copies []domain.Backup) []domain.Backup {
	var out []domain.Backup
	day := func(i int) string { return copies[i].At.Format(time.DateOnly) }
	days := 0
	for i := range copies {
		newest := i == 0 || day(i-1) != day(i)
		oldest := i == len(copies)-1 || day(i+1) != day(i)
		if newest {
			days++
		}
		if days > backupDays || !newest && !oldest {
			out = append(out, copies[i])
		}
	}
	return out
}

// backup copies the database as it is into the backups folder. The copy is whole or not there under its name.
func (s *Store) backup(ctx context.Context, from *dbutil.Database) error {
	version, err := version(ctx, from)
	if err != nil {
		return err
	}
	folder := filepath.Join(s.dir, backupFolder)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return readOnly(err)
	}
	name := fmt.Sprintf("waflow-v%04d-%s.db", version, s.now().UTC().Format(stampLayout))
	path := filepath.Join(folder, name)
	half := path + ".part"
	if err := os.RemoveAll(half); err != nil {
		return readOnly(err)
	}
	start := time.Now()
	if _, err := from.Exec(ctx, "VACUUM INTO $1", half); err != nil {
		return errors.Join(fmt.Errorf("copy the database: %w", err), os.RemoveAll(half))
	}
	if err := os.Rename(half, path); err != nil {
		return readOnly(err)
	}
	s.log.Info().Str("file", name).Dur("took", time.Since(start)).Msg("database copied")
	return nil
}

// Restore sets the database of a data directory aside and puts one of its backups in its place. What was waiting to be sent then may have gone
// since, so it waits for a person. Nothing is removed; the folder holds what was set aside. Nobody may have the directory open.
// Errors: not_found for a name that is none; database_damaged for a backup that is not whole; storage errors. After an error the database is
// where it was, or the next Open finishes what was begun.
func Restore(ctx context.Context, dir, name string, now time.Time) (folder string, err error) {
	copies, err := Backups(dir)
	if err != nil {
		return "", err
	}
	if !slices.ContainsFunc(copies, func(b domain.Backup) bool { return b.Name == name }) {
		return "", notFound("backup")
	}
	half := restored(dir) + ".part"
	if err := copyFile(filepath.Join(dir, backupFolder, name), half); err != nil {
		return "", readOnly(err)
	}
	if err := holdBack(ctx, half); err != nil {
		return "", errors.Join(coded("open the backup", err), os.Remove(half))
	}
	if err := os.Rename(half, restored(dir)); err != nil {
		return "", readOnly(err)
	}
	folder = filepath.Join(dir, damagedFolder, now.UTC().Format(stampLayout))
	if err := setAside(dir, folder); err != nil {
		return "", readOnly(err)
	}
	return folder, finishRestore(dir)
}

// restored is where a backup lies that is about to take the database's place.
func restored(dir string) string { return DatabasePath(dir) + ".restored" }

// finishRestore puts a backup in place that was about to be, once nothing stands there any more.
func finishRestore(dir string) error {
	ready, err := exists(restored(dir))
	if err != nil || !ready {
		return err
	}
	there, err := exists(DatabasePath(dir))
	if err != nil {
		return readOnly(err)
	}
	if there { // it was not set aside: the restore did not get that far, and is begun anew by whoever wants it
		return os.Remove(restored(dir))
	}
	if err := os.Rename(restored(dir), DatabasePath(dir)); err != nil {
		return readOnly(err)
	}
	return nil
}

// setAside moves everything that is the database into a folder, the database itself last: while it is there, nothing takes its place.
func setAside(dir, folder string) error {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	for _, name := range []string{runningFile, databaseFile + "-shm", databaseFile + "-wal", databaseFile} {
		err := os.Rename(filepath.Join(dir, name), filepath.Join(folder, name))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// holdBack checks a copy, and has everything in it that was waiting to be sent wait for a person.
func holdBack(ctx context.Context, path string) error {
	db, err := connect(path, false, 1)
	if err != nil {
		return err
	}
	return errors.Join(holdBackIn(ctx, db), db.Close())
}

func holdBackIn(ctx context.Context, db *dbutil.Database) error {
	if err := quickCheck(reading{ctx, db}); err != nil {
		return err
	}
	var heldSince int
	if err := db.QueryRow(ctx, "SELECT COUNT(*) FROM pragma_table_info('outbox') WHERE name = 'late'").Scan(&heldSince); err != nil {
		return err
	}
	hold := "UPDATE outbox SET late = TRUE WHERE NOT failed"
	if heldSince == 0 { // a copy that an early version made: there, what failed waits for a person
		hold = "UPDATE outbox SET failed = TRUE"
	}
	if _, err := db.Exec(ctx, hold); err != nil {
		return err
	}
	_, err := db.Exec(ctx, "PRAGMA journal_mode = DELETE") // one file again, that can be moved
	return err
}

func copyFile(from, to string) error {
	source, err := os.Open(from)
	if err != nil {
		return err
	}
	target, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return errors.Join(err, source.Close())
	}
	if _, err = io.Copy(target, source); err == nil {
		err = target.Sync()
	}
	return errors.Join(err, target.Close(), source.Close())
}
