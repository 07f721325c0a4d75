package store

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"waflow/backend/domain"
)

// openOnce opens and closes, and returns the error of opening.
func openOnce(dir string) error {
	s, err := Open(context.Background(), Options{Dir: dir, Now: day})
	if err != nil {
		return err
	}
	return s.Close()
}

func TestWhatWasWrittenIsThereAfterReopening(t *testing.T) {
	dir := t.TempDir()
	s, err := Open(context.Background(), Options{Dir: dir, Now: day})
	require.NoError(t, err)
	d := s.mustDevice(t, s.mustSubaccount(t, "Acme").ID, "34600000001")
	s.mustReceive(t, d.Ref, text("A1", domain.Peer{LID: "111"}, 0, "hello"))
	require.NoError(t, s.SetSettings(context.Background(), domain.Settings{Theme: "dark", NotifyOfflineAfter: time.Minute}))
	require.NoError(t, s.Close())

	s = open(t, dir, day)
	unread, err := s.Unread(context.Background())
	require.NoError(t, err)
	require.Equal(t, []domain.Unread{{Subaccount: d.Ref.Subaccount, Messages: 1, Conversations: 1}}, unread)
	settings, err := s.Settings(context.Background())
	require.NoError(t, err)
	require.Equal(t, domain.Settings{Theme: "dark", NotifyOfflineAfter: time.Minute}, settings)
	again, err := s.Device(context.Background(), d.Ref.Device)
	require.NoError(t, err)
	require.Equal(t, d.Account, again.Account)
	require.Equal(t, 1, again.Slot)
}

func TestAWorkspaceOfALaterVersionIsRefusedAndLeftAlone(t *testing.T) {
	dir := t.TempDir()
	s, err := Open(context.Background(), Options{Dir: dir, Now: day})
	require.NoError(t, err)
	_, err = s.write.Exec(context.Background(), "UPDATE version SET version = 999, compat = 999")
	require.NoError(t, err)
	require.NoError(t, s.Close())
	before, err := os.ReadFile(filepath.Join(dir, databaseFile))
	require.NoError(t, err)

	require.Equal(t, domain.CodeDatabaseNewer, domain.CodeOf(openOnce(dir)))
	after, err := os.ReadFile(filepath.Join(dir, databaseFile))
	require.NoError(t, err)
	require.Equal(t, before, after)
}

// TestAnExistingDatabaseIsCopiedBeforeAMigration takes the present schema for an older one that is about to be migrated.
func TestAnExistingDatabaseIsCopiedBeforeAMigration(t *testing.T) {
	s := fresh(t)
	s.mustSubaccount(t, "Acme")
	require.NoError(t, s.backup(context.Background(), s.write))
	copies, err := filepath.Glob(filepath.Join(s.dir, backupFolder, "waflow-v*.db"))
	require.NoError(t, err)
	require.Len(t, copies, 1)

	restored := t.TempDir()
	raw, err := os.ReadFile(copies[0])
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(restored, databaseFile), raw, 0o600))
	all, err := open(t, restored, day).Subaccounts(context.Background())
	require.NoError(t, err)
	require.Len(t, all, 1)
	require.Equal(t, "Acme", all[0].Name)
}

func TestMigrationsAreNumberedWithoutGaps(t *testing.T) {
	files, err := migrations.ReadDir("migrations")
	require.NoError(t, err)
	require.Len(t, upgrades(), len(files))
	for i, f := range files {
		require.Regexp(t, fmt.Sprintf(`^%04d_[a-z_]+\.sql$`, i+1), f.Name())
	}
}

func TestADamagedDatabaseIsFoundAndNotTouched(t *testing.T) {
	damage := map[string]func(raw []byte) []byte{
		"not a database": func([]byte) []byte {
			return []byte("this was a shopping list once, and it is longer than a header of SQLite is: one hundred bytes")
		},
		"zeroed pages": func(raw []byte) []byte {
			clear(raw[4096 : len(raw)/2])
			return raw
		},
	}
	for name, breakIt := range damage {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			s, err := Open(context.Background(), Options{Dir: dir, Now: day})
			require.NoError(t, err)
			d := s.mustDevice(t, s.mustSubaccount(t, "Acme").ID, "34600000001")
			s.mustReceive(t, d.Ref, text("A1", domain.Peer{LID: "111"}, 0, "hello"))
			require.NoError(t, s.Close())
			path := filepath.Join(dir, databaseFile)
			raw, err := os.ReadFile(path)
			require.NoError(t, err)
			broken := breakIt(raw)
			require.NoError(t, os.WriteFile(path, broken, 0o600))
			require.NoError(t, os.WriteFile(path+"-wal", nil, 0o600))
			require.NoError(t, os.WriteFile(filepath.Join(dir, runningFile), nil, 0o600)) // the exit was not clean

			require.Equal(t, domain.CodeDatabaseDamaged, domain.CodeOf(openOnce(dir)))
			after, err := os.ReadFile(path)
			require.NoError(t, err)
			require.Equal(t, broken, after)
		})
	}
}

func TestAnUncleanExitIsNoticedAndSurvived(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, openOnce(dir))
	require.NoFileExists(t, filepath.Join(dir, runningFile))
	require.NoError(t, os.WriteFile(filepath.Join(dir, runningFile), []byte(closing), 0o600))
	require.NoError(t, openOnce(dir))
	require.NoFileExists(t, filepath.Join(dir, runningFile))

	require.NoError(t, os.WriteFile(filepath.Join(dir, runningFile), nil, 0o600))
	err := openOnce(dir)
	require.Equal(t, domain.CodeDatabaseDamaged, domain.CodeOf(err), "the log that a running database has is gone")
	require.NoError(t, os.WriteFile(DatabasePath(dir)+"-wal", nil, 0o600))
	require.NoError(t, openOnce(dir))
	require.NoFileExists(t, filepath.Join(dir, runningFile))
}
