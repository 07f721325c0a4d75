package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"net/url"
	"path/filepath"
	"runtime"

	"github.com/mattn/go-sqlite3"
	"go.mau.fi/util/dbutil"

	"waflow/backend/words"
)

const (
	readers       = 3
	busyMillis    = 10_000
	cacheKiB      = 64 << 10
	cachedQueries = 64
	logPages      = 8 << 10 // of 4 KiB
)

// connector opens connections of one pool. It is used instead of a registered driver because those are process-wide.
type connector struct {
	dsn    string
	driver *sqlite3.SQLiteDriver
}

// Connect opens one connection.
func (c *connector) Connect(context.Context) (driver.Conn, error) { return c.driver.Open(c.dsn) }

// Driver returns the SQLite driver.
func (c *connector) Driver() driver.Driver { return c.driver }

// dsn is the address of the database file for one pool. Everything that is durability is named: the driver would quietly choose less.
func dsn(path string, readOnly bool) string {
	q := url.Values{}
	q.Set("_journal_mode", "WAL")
	q.Set("_synchronous", "FULL")
	q.Set("_txlock", "immediate")
	q.Set("_busy_timeout", fmt.Sprint(busyMillis))
	q.Set("_foreign_keys", "on")
	q.Set("_cache_size", fmt.Sprint(-cacheKiB))
	q.Set("_stmt_cache_size", fmt.Sprint(cachedQueries))
	if readOnly {
		q.Set("_txlock", "deferred")
		q.Set("_query_only", "true")
	}
	u := url.URL{Scheme: "file", OmitHost: true, Path: filepath.ToSlash(path)}
	if runtime.GOOS == "windows" {
		u.Path = "/" + u.Path
	}
	u.RawQuery = q.Encode()
	return u.String()
}

// onConnect sets what the address can't: on macOS an fsync reaches the disk only with fullfsync. And the log may grow a while, because
// every message touches the same few pages again: copied into the database once, not hundreds of times.
func onConnect(conn *sqlite3.SQLiteConn) error {
	pragmas := fmt.Sprintf("PRAGMA wal_autocheckpoint = %d", logPages)
	if runtime.GOOS == "darwin" {
		pragmas += "; PRAGMA fullfsync = 1; PRAGMA checkpoint_fullfsync = 1"
	}
	if _, err := conn.Exec(pragmas, nil); err != nil {
		return err
	}
	return conn.RegisterFunc("folded", words.Fold, true) // of a name, for the triggers that keep what conversations are found by
}

// connect makes a pool of at most n connections. None is opened yet.
func connect(path string, readOnly bool, n int) (*dbutil.Database, error) {
	pool := sql.OpenDB(&connector{dsn: dsn(path, readOnly), driver: &sqlite3.SQLiteDriver{ConnectHook: onConnect}})
	pool.SetMaxOpenConns(n)
	pool.SetMaxIdleConns(n)
	db, err := dbutil.NewWithDB(pool, "sqlite3")
	if err != nil {
		return nil, fmt.Errorf("open database pool: %w", err)
	}
	return db, nil
}
