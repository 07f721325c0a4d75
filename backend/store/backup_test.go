package store

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"waflow/backend/domain"
)

func TestADatabaseIsCopiedOnceADay(t *testing.T) {
	now := day()
	s := open(t, t.TempDir(), func() time.Time { return now })
	ctx := context.Background()
	for range 30 * 24 {
		require.NoError(t, s.KeepBackup(ctx))
		now = now.Add(time.Hour)
	}
	copies, err := Backups(s.dir)
	require.NoError(t, err)
	require.Len(t, copies, backupDays)
	for i, c := range copies {
		require.WithinDuration(t, now.Add(-24*time.Hour*time.Duration(i+1)), c.At, time.Hour)
		require.Equal(t, len(upgrades()), c.Version)
	}
	now = day() // a clock that was put back does not keep copies from being made, once a day
	for range 2 {
		require.NoError(t, s.KeepBackup(ctx))
		now = now.Add(time.Hour)
	}
	again, err := Backups(s.dir)
	require.NoError(t, err)
	require.Len(t, again, backupDays+1)
}

func TestOfADayTheFirstAndTheLastCopyStay(t *testing.T) {
	var copies []domain.Backup
	for hour := range 3 * 24 { // newest first
		at := day().Add(-time.Duration(hour) * time.Hour)
		copies = append(copies, domain.Backup{Name: at.Format(stampLayout), At: at})
	}
	gone := superfluous(copies)
	require.Len(t, gone, len(copies)-8)
	for _, at := range []time.Time{copies[0].At, copies[len(copies)-1].At, day().Truncate(24 * time.Hour), day().Truncate(24 * time.Hour).Add(-time.Hour)} {
		require.NotContains(t, gone, domain.Backup{Name: at.Format(stampLayout), At: at})
	}
}

// damaged is a closed workspace with a backup of two messages, one of them waiting to be sent, and a database that can't be read any more.
func damaged(t *testing.T) (dir string, backup domain.Backup) {
	t.Helper()
	s, ctx := fresh(t), context.Background()
	d := s.mustDevice(t, s.mustSubaccount(t, "Acme").ID, "34600000001")
	s.mustReceive(t, d.Ref, text("A1", domain.Peer{LID: "111"}, 0, "hello"))
	page, _, _, err := s.Conversations(ctx, domain.ConversationQuery{})
	require.NoError(t, err)
	_, err = s.QueueMessage(ctx, domain.NewMessage{Conversation: page[0].Ref, Device: d.Ref.Device, Operator: domain.FirstOperator, Text: "hi", WAID: "B1", Payload: []byte{1}})
	require.NoError(t, err)
	require.NoError(t, s.KeepBackup(ctx))
	require.NoError(t, s.Close())
	copies, err := Backups(s.dir)
	require.NoError(t, err)
	require.Len(t, copies, 1)
	require.NoError(t, os.WriteFile(DatabasePath(s.dir), []byte("not a database, whatever it was before; this line has more than a hundred bytes, as its head has"), 0o600))
	return s.dir, copies[0]
}

// A backup takes the place of a damaged database, which is kept. What waited to be sent then waits for a person: it may have gone since.
func TestABackupTakesThePlaceOfADamagedDatabase(t *testing.T) {
	dir, backup := damaged(t)
	require.Equal(t, domain.CodeDatabaseDamaged, domain.CodeOf(openOnce(dir)))
	broken, err := os.ReadFile(DatabasePath(dir))
	require.NoError(t, err)

	folder, err := Restore(context.Background(), dir, backup.Name, day())
	require.NoError(t, err)
	kept, err := os.ReadFile(filepath.Join(folder, databaseFile))
	require.NoError(t, err)
	require.Equal(t, broken, kept)
	s := open(t, dir, day)
	require.Equal(t, map[string]int{"A1": 1, "B1": 1}, received(t, s))
	late, total, err := s.Late(context.Background())
	require.NoError(t, err)
	require.Equal(t, 1, total)
	require.Equal(t, "hi", late[0].Message.Text)
}

// A computer that stops in the middle of it leaves the old database or the backup, and never none.
func TestARestoreThatStopsInTheMiddleIsFinished(t *testing.T) {
	dir, backup := damaged(t)
	require.NoError(t, copyFile(filepath.Join(dir, backupFolder, backup.Name), restored(dir)))
	require.Equal(t, domain.CodeDatabaseDamaged, domain.CodeOf(openOnce(dir)), "nothing was set aside yet")
	require.NoFileExists(t, restored(dir))

	require.NoError(t, copyFile(filepath.Join(dir, backupFolder, backup.Name), restored(dir)))
	require.NoError(t, setAside(dir, filepath.Join(dir, damagedFolder, "now")))
	s := open(t, dir, day)
	require.Len(t, received(t, s), 2)
}

func TestWhatIsNoBackupIsNotRestored(t *testing.T) {
	dir, backup := damaged(t)
	for _, name := range []string{"", "../" + databaseFile, "waflow-v0001-20260302T090000.000Z.db", backup.Name + ".part"} {
		_, err := Restore(context.Background(), dir, name, day())
		require.Equal(t, domain.CodeNotFound, domain.CodeOf(err), name)
	}
	path := filepath.Join(dir, backupFolder, backup.Name)
	raw, err := os.ReadFile(path)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(path, append(raw[:4096:4096], make([]byte, len(raw)-4096)...), 0o600))
	_, err = Restore(context.Background(), dir, backup.Name, day())
	require.Equal(t, domain.CodeDatabaseDamaged, domain.CodeOf(err))
	require.Equal(t, domain.CodeDatabaseDamaged, domain.CodeOf(openOnce(dir)), "it is where it was")
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	for _, entry := range entries {
		require.NotContains(t, entry.Name(), "restored")
	}
}
