package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"runtime"

	"github.com/gofrs/flock"
	"github.com/mattn/go-sqlite3"
	"go.mau.fi/util/dbutil"
)

// lookMillis is how long a look waits for a lock that a writer holds.
const lookMillis = 2_000

// ErrLogAlone means that a database can't be looked at without changing it: what was written last is in a log beside it, and the index of
// that log is gone. Opening the workspace puts that right.
var ErrLogAlone = errors.New("the log of the database has no index")

// ErrInUse means that another program kept its hands on a database for so long that it could not be looked at.
var ErrInUse = errors.New("the database is in use just now")

// DatabasePath is where the database of a workspace lies.
func DatabasePath(dir string) string { return filepath.Join(dir, databaseFile) }

// Look opens a database file for reading and hands it to fn. Nothing is made, changed or removed, nor beside the file; a program that is
// writing to it is not held up. Errors: not_found if there is no file, ErrLogAlone, ErrInUse,
// those of opening as Open codes them, those of fn.
func Look(ctx context.Context, path string, fn func(*sql.DB) error) error {
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return notFound("database")
	}
	before, err := wayToLook(path)
	if err != nil {
		return err
	}
	err = lookBy(ctx, before, fn)
	if err == nil {
		return nil
	}
	// Whoever opened the file in the meantime may have written to it: what was found then is true of no moment.
	if now, again := wayToLook(path); again == nil && now != before {
		err = lookBy(ctx, now, fn)
	}
	return err
}

func lookBy(ctx context.Context, address string, fn func(*sql.DB) error) error {
	db := sql.OpenDB(&connector{dsn: address, driver: &sqlite3.SQLiteDriver{}})
	db.SetMaxOpenConns(1)
	err := db.PingContext(ctx)
	if err == nil {
		err = fn(db)
	}
	var fault sqlite3.Error
	if errors.As(err, &fault) && (fault.Code == sqlite3.ErrBusy || fault.Code == sqlite3.ErrLocked || fault.Code == sqlite3.ErrReadonly) {
		err = fmt.Errorf("%w: %w", ErrInUse, err)
	}
	return coded("look at a database", errors.Join(err, db.Close()))
}

// wayToLook is the address by which SQLite opens a file without touching anything. One that nobody has open has no log, and is taken as it is:
// SQLite would make a log otherwise. Where there is a log, it is read through its index, which is not written to.
func wayToLook(path string) (string, error) {
	q := url.Values{}
	q.Set("mode", "ro")
	q.Set("_query_only", "true")
	q.Set("_busy_timeout", fmt.Sprint(lookMillis))
	log, err := os.Stat(path + "-wal")
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", readOnly(err)
	}
	hasIndex, err := exists(path + "-shm")
	switch {
	case err != nil:
		return "", readOnly(err)
	case log != nil && hasIndex:
		q.Set("readonly_shm", "1")
	case log != nil && log.Size() > 0:
		return "", ErrLogAlone
	default:
		q.Set("immutable", "1")
	}
	u := url.URL{Scheme: "file", OmitHost: true, Path: filepath.ToSlash(path), RawQuery: q.Encode()}
	if runtime.GOOS == "windows" {
		u.Path = "/" + u.Path
	}
	return u.String(), nil
}

// Whole asks SQLite whether a database file is whole. Errors: database_damaged.
func Whole(ctx context.Context, db *sql.DB) error {
	reader, err := dbutil.NewWithDB(db, "sqlite3")
	if err != nil {
		return err
	}
	return quickCheck(reading{ctx, reader})
}

// Held reports whether a process has the data directory. It takes nothing, and makes no lock where there is none.
func Held(dir string) (bool, error) {
	file := flock.New(filepath.Join(dir, lockFile), flock.SetFlag(os.O_RDONLY))
	free, err := file.TryRLock()
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return !free, file.Close()
}

// LeftOpen reports whether the database was not closed by the program that opened it last, or is open now.
func LeftOpen(dir string) (bool, error) { return exists(filepath.Join(dir, runningFile)) }

// Refuses names the program that copies a folder to other computers, or the kind of its disk if that lies on another one; "" for a folder
// that a database is safe in. It makes nothing.
func Refuses(dir string) (string, error) {
	full, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	if name := syncedBy(full); name != "" {
		return name, nil
	}
	if full, err = filepath.EvalSymlinks(full); err != nil {
		return "", err
	}
	if name := syncedBy(full); name != "" {
		return name, nil
	}
	return networkDisk(full)
}
