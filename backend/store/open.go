package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/rs/zerolog"
	"go.mau.fi/util/dbutil"

	"waflow/backend/domain"
)

// Names inside the data directory.
const (
	databaseFile = "waflow.db"
	runningFile  = "waflow.running" // there while the database is open: found at start, it tells of an unclean exit
)

// closing is what the file that tells of running says while the database is being closed: its log may be gone then.
const closing = "closing"

// receiptsKept is how long a receipt or a change waits for its message. WhatsApp itself keeps messages for 30 days.
const receiptsKept = 60 * 24 * time.Hour

// Options say where the workspace is.
type Options struct {
	Dir    string           // the data directory; it has to exist, see CheckDir
	Now    func() time.Time // time.Now if nil
	Logger zerolog.Logger

	// Committed is told what each write changed, in the order of the commits and before the write returns; nil for nobody. It is
	// called on the writer's goroutine: it must not wait, and a write of its own would wait for ever.
	Committed func(domain.Changed)

	Defaults domain.Settings // what holds until a person chooses; domain.DefaultSettings if zero
}

// Store is an open workspace. Its methods may be called from any goroutine.
type Store struct {
	now   func() time.Time
	log   zerolog.Logger
	dir   string
	write *dbutil.Database // one connection
	read  *dbutil.Database // read-only connections
	w     *writer
	index *indexer

	committed func(domain.Changed)
	defaults  domain.Settings

	people *people  // who is who, for the incoming path; the writer's goroutine alone
	counts *counter // unread messages by subaccount
}

// Open opens the workspace in a data directory, makes it if there is none, and brings its schema up to date. An existing database is
// copied to backups/ before each migration, and checked after an exit that was not clean.
// Errors: database_newer, database_damaged, storage_failed, storage_read_only.
func Open(ctx context.Context, o Options) (*Store, error) {
	s := &Store{now: o.Now, log: o.Logger, dir: o.Dir, committed: o.Committed, defaults: o.Defaults, counts: newCounter()}
	if s.now == nil {
		s.now = time.Now
	}
	if s.committed == nil {
		s.committed = func(domain.Changed) {}
	}
	if s.defaults == (domain.Settings{}) {
		s.defaults = domain.DefaultSettings()
	}
	path := DatabasePath(o.Dir)
	if err := finishRestore(o.Dir); err != nil {
		return nil, err
	}
	unclean, err := leftOpen(o.Dir)
	if err != nil {
		return nil, err
	}
	if s.write, err = connect(path, false, 1); err != nil {
		return nil, err
	}
	if s.read, err = connect(path, true, readers); err != nil {
		return nil, errors.Join(err, s.write.Close())
	}
	if err := s.prepare(ctx, unclean); err != nil {
		return nil, errors.Join(coded("open the workspace", err), s.write.Close(), s.read.Close())
	}
	s.people = newPeople()
	s.index = newIndexer(s) // before the writer, which tells it of each commit, of those of its own too
	s.w = newWriter(s.write, s.log, s.afterCommit, s.afterLoss)
	s.index.begin()
	return s, nil
}

// leftOpen reports whether the database was not closed by who opened it last. Errors: database_damaged if the log that it left then is gone,
// and with it what was received last; storage_read_only.
func leftOpen(dir string) (bool, error) {
	said, err := os.ReadFile(filepath.Join(dir, runningFile))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, readOnly(err)
	}
	database, err := exists(DatabasePath(dir))
	if err != nil {
		return false, readOnly(err)
	}
	log, err := exists(DatabasePath(dir) + "-wal")
	if err != nil {
		return false, readOnly(err)
	}
	if database && !log && string(said) != closing {
		return true, &domain.Error{
			Code: domain.CodeDatabaseDamaged, Message: "the log of the database is gone, and with it what was received last; the rest was left as it is",
			Detail: map[string]string{"reason": "log"},
		}
	}
	return true, nil
}

// prepare checks, migrates and reads what is kept in memory.
func (s *Store) prepare(ctx context.Context, unclean bool) error {
	if unclean {
		if err := quickCheck(reading{ctx, s.write}); err != nil {
			return err
		}
	}
	if err := s.migrate(ctx); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(s.dir, runningFile), nil, 0o600); err != nil {
		return readOnly(err)
	}
	if err := s.forgetOldReceipts(ctx); err != nil {
		return err
	}
	return s.counts.load(reading{ctx, s.read})
}

// forgetOldReceipts bounds what receipts and changes without a message take: anybody can send those. What was sent on the phone before it was linked leaves
// some too.
func (s *Store) forgetOldReceipts(ctx context.Context) error {
	oldest := millis(s.now().Add(-receiptsKept))
	if _, err := s.write.Exec(ctx, "DELETE FROM receipts WHERE chat_group = '' AND at < $1", oldest); err != nil {
		return err
	}
	_, err := s.write.Exec(ctx, "DELETE FROM early_changes WHERE came < $1", oldest)
	return err
}

// quickCheck asks SQLite whether the file is whole.
func quickCheck(q querier) error {
	found, err := collect(q, scanText, "PRAGMA quick_check(1)")
	if err != nil {
		return err
	}
	if len(found) == 1 && found[0] == "ok" {
		return nil
	}
	return &domain.Error{
		Code: domain.CodeDatabaseDamaged, Message: "the database is damaged; it was left as it is",
		Err: fmt.Errorf("quick_check found %d faults", len(found)),
	}
}

// Close finishes what is queued and closes the database.
func (s *Store) Close() error {
	s.index.close()
	s.w.close()
	running := filepath.Join(s.dir, runningFile)
	err := errors.Join(os.WriteFile(running, []byte(closing), 0o600), s.read.Close(), s.write.Close())
	if err != nil {
		return fmt.Errorf("close the workspace: %w", err)
	}
	if err := os.Remove(running); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("close the workspace: %w", err)
	}
	return nil
}

// do writes: what names the write in errors.
func (s *Store) do(ctx context.Context, what string, fn func(*tx) error) error {
	return coded(what, s.w.do(ctx, func(t *tx) error {
		if err := fn(t); err != nil {
			return err
		}
		if err := s.settleLearned(t); err != nil {
			return err
		}
		return completeChanged(t)
	}))
}

// afterCommit brings memory up to what is on disk now, and tells what changed.
func (s *Store) afterCommit(txs []*tx) {
	for _, t := range txs {
		t.changed.Unread = s.counts.add(t.unread)
		if !t.changed.Empty() {
			s.committed(t.changed)
		}
	}
	s.index.look()
}

// afterLoss forgets what memory may have learned from a write that was undone.
func (s *Store) afterLoss() { s.people.forget() }

func exists(path string) (bool, error) {
	_, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

func readOnly(err error) error {
	return &domain.Error{
		Code: domain.CodeStorageReadOnly, Action: domain.ActionOtherFolder, Err: err,
		Message: "the data folder can't be written; nothing was changed",
	}
}
