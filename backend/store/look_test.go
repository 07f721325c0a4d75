package store

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"

	"github.com/gofrs/flock"
	"github.com/stretchr/testify/require"

	"waflow/backend/domain"
)

func inventoryOf(t *testing.T, dir string) (Inventory, error) {
	t.Helper()
	var out Inventory
	err := Look(context.Background(), DatabasePath(dir), func(db *sql.DB) (err error) {
		if err := Whole(context.Background(), db); err != nil {
			return err
		}
		out, err = TakeInventory(context.Background(), db)
		return err
	})
	return out, err
}

// filesOf reads every file of a folder.
func filesOf(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	for _, entry := range entries {
		raw, err := os.ReadFile(filepath.Join(dir, entry.Name()))
		require.NoError(t, err)
		out[entry.Name()] = string(raw)
	}
	return out
}

// What is looked at is what was committed last: while the database is open, after it was closed, and after a crash. Nothing is left behind.
func TestALookSeesWhatWasWrittenLast(t *testing.T) {
	dir, crashed := t.TempDir(), t.TempDir()
	s, err := Open(context.Background(), Options{Dir: dir, Now: day})
	require.NoError(t, err)
	d := s.mustDevice(t, s.mustSubaccount(t, "Acme").ID, "34600000001")
	require.NoError(t, s.SetProxy(context.Background(), d.Ref, domain.Proxy{Scheme: domain.ProxyHTTP, Host: "p.example", Port: 80}))
	want := Inventory{Version: len(upgrades()), Known: len(upgrades()), Devices: []KeptDevice{{
		Subaccount: "Acme", Label: d.Label, Slot: 1, Number: "34600000001", File: "1-1.db",
		Proxy: domain.Proxy{Scheme: domain.ProxyHTTP, Host: "p.example", Port: 80},
	}}}
	open, err := inventoryOf(t, dir)
	require.NoError(t, err)
	want.Devices[0].File = open.Devices[0].File
	require.Equal(t, want, open)
	for name, raw := range filesOf(t, dir) {
		require.NoError(t, os.WriteFile(filepath.Join(crashed, name), []byte(raw), 0o600))
	}
	require.NoError(t, s.Close())

	for name, dir := range map[string]string{"closed": dir, "crashed": crashed} {
		before := filesOf(t, dir)
		found, err := inventoryOf(t, dir)
		require.NoError(t, err, name)
		require.Equal(t, want, found, name)
		require.Equal(t, before, filesOf(t, dir), name)
	}
	require.NoError(t, os.Remove(filepath.Join(crashed, "waflow.db-shm")))
	before := filesOf(t, crashed)
	_, err = inventoryOf(t, crashed)
	require.ErrorIs(t, err, ErrLogAlone)
	require.Equal(t, before, filesOf(t, crashed))
}

func TestALookMakesNothing(t *testing.T) {
	dir := t.TempDir()
	_, err := inventoryOf(t, dir)
	require.Equal(t, domain.CodeNotFound, domain.CodeOf(err))
	held, err := Held(dir)
	require.NoError(t, err)
	require.False(t, held)
	require.Empty(t, filesOf(t, dir))
}

func TestAHeldFolderIsToldAndLeftAlone(t *testing.T) {
	dir := t.TempDir()
	lock, err := Lock(dir)
	require.NoError(t, err)
	held, err := Held(dir)
	require.NoError(t, err)
	require.True(t, held)
	require.NoError(t, lock.Close())
	held, err = Held(dir)
	require.NoError(t, err)
	require.False(t, held)
	lock, err = Lock(dir)
	require.NoError(t, err, "asking has not taken it")
	require.NoError(t, lock.Close())
}

// Who asks at the very moment in which Waflow starts does not keep it from starting.
func TestToBeAskedDoesNotKeepAnybodyFromStarting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		asking := flock.New(filepath.Join(dir, lockFile), flock.SetPermissions(0o600))
		taken, err := asking.TryRLock()
		require.NoError(t, err)
		require.True(t, taken)
		started := make(chan error, 1)
		go func() {
			lock, err := Lock(dir)
			if err == nil {
				err = lock.Close()
			}
			started <- err
		}()
		synctest.Wait()
		require.NoError(t, asking.Close())
		require.NoError(t, <-started)
	})
}
