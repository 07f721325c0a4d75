package store

import (
	"context"
	"database/sql"
	"testing"

	"github.com/stretchr/testify/require"
	"go.mau.fi/util/dbutil"
)

// TestEveryConnectionIsDurable opens every connection that both pools can have and asks each what it was given: the driver quietly chooses
// less than was meant where nothing is named.
func TestEveryConnectionIsDurable(t *testing.T) {
	s, ctx := fresh(t), context.Background()
	pools := []struct {
		name      string
		db        *dbutil.Database
		size      int
		queryOnly int64
	}{{"writer", s.write, 1, 0}, {"readers", s.read, readers, 1}}
	for _, pool := range pools {
		require.Equal(t, pool.size, pool.db.RawDB.Stats().MaxOpenConnections)
		var conns []*sql.Conn
		for range pool.size {
			conn, err := pool.db.RawDB.Conn(ctx)
			require.NoError(t, err)
			conns = append(conns, conn)
		}
		for _, conn := range conns {
			for pragma, want := range map[string]any{
				"journal_mode": "wal", "synchronous": int64(2), "busy_timeout": int64(10_000), "foreign_keys": int64(1),
				"cache_size": int64(-65536), "query_only": pool.queryOnly,
			} {
				var got any
				require.NoError(t, conn.QueryRowContext(ctx, "PRAGMA "+pragma).Scan(&got))
				require.EqualValues(t, want, got, "%s of a connection of the %s", pragma, pool.name)
			}
			require.NoError(t, conn.Close())
		}
	}
}

func TestAWriteTakesTheLockAtItsBegin(t *testing.T) {
	require.Contains(t, dsn("/tmp/x.db", false), "_txlock=immediate")
	require.Contains(t, dsn("/tmp/x.db", false), "_synchronous=FULL")
}

func TestReadersCanNotWrite(t *testing.T) {
	s := fresh(t)
	_, err := s.read.Exec(context.Background(), "DELETE FROM settings")
	require.ErrorContains(t, err, "readonly")
}

func TestPathsWithOddCharacters(t *testing.T) {
	dir := t.TempDir() + "/a b?c#d%e"
	require.NoError(t, CheckDir(dir))
	s := open(t, dir, nil)
	s.mustSubaccount(t, "Acme")
	require.FileExists(t, dir+"/"+databaseFile)
}
