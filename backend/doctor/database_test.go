package doctor

import (
	"context"
	"fmt"
	"os"
	"testing"

	"github.com/mattn/go-sqlite3"
	"github.com/stretchr/testify/require"

	"waflow/backend/domain"
	"waflow/backend/store"
)

// workspace makes one with a device that was never linked, and closes it.
func workspace(t *testing.T, proxies ...domain.Proxy) string {
	t.Helper()
	dir := t.TempDir()
	require.NoError(t, os.Chmod(dir, 0o700))
	ctx := context.Background()
	s, err := store.Open(ctx, store.Options{Dir: dir})
	require.NoError(t, err)
	sub, err := s.CreateSubaccount(ctx, domain.Subaccount{Name: "Hotel Miramar", Initials: "HM", Colour: "teal"})
	require.NoError(t, err)
	for i, proxy := range append([]domain.Proxy{{}}, proxies...) {
		d, err := s.CreateDevice(ctx, domain.Device{
			Ref: domain.DeviceRef{Subaccount: sub.ID}, Label: fmt.Sprintf("Desk %d", i), Purpose: domain.PurposeSales, Priority: domain.PriorityMedium,
		})
		require.NoError(t, err)
		require.NoError(t, s.SetProxy(ctx, d.Ref, proxy))
	}
	require.NoError(t, s.Close())
	return dir
}

// change runs statements on the database of a closed workspace.
func change(t *testing.T, dir, statements string) {
	t.Helper()
	conn, err := (&sqlite3.SQLiteDriver{}).Open(store.DatabasePath(dir))
	require.NoError(t, err)
	execer, ok := conn.(*sqlite3.SQLiteConn)
	require.True(t, ok)
	_, err = execer.Exec(statements, nil)
	require.NoError(t, err)
	require.NoError(t, conn.Close())
}

// database takes the inventory and checks the database, as Examine does.
func database(t *testing.T, dir string) Finding {
	t.Helper()
	inventory, read := takeInventory(context.Background(), dir)
	return checkDatabase(context.Background(), dir, inventory, read)
}

func TestTheDatabase(t *testing.T) {
	dir := workspace(t)
	requireFinding(t, database(t, dir), CheckDatabase, OK, "ok")
	requireFinding(t, database(t, t.TempDir()), CheckDatabase, Skipped, "none")

	change(t, dir, "UPDATE version SET version = version - 1")
	older := database(t, dir)
	requireFinding(t, older, CheckDatabase, OK, "older")
	inventory, read := takeInventory(context.Background(), dir)
	require.Equal(t, "other_version", waiting(inventory, read))

	change(t, dir, "UPDATE version SET version = 999")
	newer := database(t, dir)
	requireFinding(t, newer, CheckDatabase, Failure, "newer")
	require.Equal(t, "999", newer.Values["version"])

	require.NoError(t, os.WriteFile(store.DatabasePath(dir), []byte("a shopping list that is longer than the header of a database, which has one hundred bytes, at least"), 0o600))
	requireFinding(t, database(t, dir), CheckDatabase, Failure, "damaged")
	require.NoError(t, os.Remove(store.DatabasePath(dir)))
	require.NoError(t, os.Mkdir(store.DatabasePath(dir), 0o700))
	requireFinding(t, database(t, dir), CheckDatabase, Failure, "unreadable")
}

// A bit that flips in the head of any page is found; the file stays as it is.
func TestFlippedBitsAreFound(t *testing.T) {
	dir := workspace(t)
	path := store.DatabasePath(dir)
	whole, err := os.ReadFile(path)
	require.NoError(t, err)
	const page = 4096
	for at := page; at < len(whole); at += page {
		broken := append([]byte(nil), whole...)
		broken[at] ^= 0x40 // the kind of the page
		require.NoError(t, os.WriteFile(path, broken, 0o600))
		requireFinding(t, database(t, dir), CheckDatabase, Failure, "damaged")
		after, err := os.ReadFile(path)
		require.NoError(t, err)
		require.Equal(t, broken, after)
	}
}

func TestALogWithoutItsIndexIsLeftToWaflow(t *testing.T) {
	dir := workspace(t)
	require.NoError(t, os.WriteFile(store.DatabasePath(dir)+"-wal", []byte("something"), 0o600))
	requireFinding(t, database(t, dir), CheckDatabase, Skipped, "log_alone")
}

func TestWhetherWaflowRuns(t *testing.T) {
	dir := t.TempDir()
	requireFinding(t, checkRunning(dir), CheckRunning, OK, "not_running")
	lock, err := store.Lock(dir)
	require.NoError(t, err)
	requireFinding(t, checkRunning(dir), CheckRunning, OK, "running")
	s, err := store.Open(context.Background(), store.Options{Dir: dir})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	require.NoError(t, lock.Close())
	requireFinding(t, checkRunning(dir), CheckRunning, OK, "unclean")
}

// However a look at a file ends, people are told something, whichever file it is.
func TestThereAreWordsForEveryLookAtAFile(t *testing.T) {
	for _, err := range []error{
		store.ErrLogAlone, store.ErrInUse, context.DeadlineExceeded, &domain.Error{Code: domain.CodeDatabaseDamaged}, os.ErrPermission,
	} {
		state, reason := judge(err)
		for _, check := range []Check{CheckDatabase, CheckSessions, CheckKeys} {
			requireWords(t, found(check, state, reason))
		}
	}
	for _, reason := range []string{"no_devices", "no_database", "other_version"} {
		for _, f := range skipped(reason, CheckSessions, CheckKeys) {
			requireWords(t, f)
		}
	}
	for _, f := range skipped("no_database", CheckProxy) {
		requireWords(t, f)
	}
	for _, reason := range []string{"missing", "damaged", "other_number", "open", "newer"} {
		requireWords(t, found(CheckKeys, Failure, reason))
	}
	requireWords(t, found(CheckKeys, Skipped, "older"))
	requireWords(t, found(CheckSessions, Failure, "missing"))
	for _, trouble := range domain.ProxyTroubles() {
		requireWords(t, judgeProxy(domain.Proxy{}, domain.ProxyError(domain.Proxy{}, trouble, nil)))
	}
	for _, f := range skipped("demo", CheckName, CheckReach, CheckClock, CheckProxy) {
		requireWords(t, f)
	}
}
