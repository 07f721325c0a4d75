package whatsapp

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"

	"github.com/mattn/go-sqlite3"
	"go.mau.fi/whatsmeow/store"
	"go.mau.fi/whatsmeow/store/sqlstore"

	"waflow/backend/domain"
)

// sessionPragmas is how a session file is opened: one writer at a time that never fails with "locked", and a commit that
// survives a power cut, because what the ratchets forgot can't be asked for again. The cache is in KiB.
const sessionPragmas = "_journal_mode=WAL&_synchronous=FULL&_txlock=immediate&_busy_timeout=10000&_foreign_keys=on&_cache_size=-512"

// errSeveralDevices means that a session file holds more than one linked device, which this program never makes.
var errSeveralDevices = errors.New("the session file holds more than one linked device")

// sessionFile is an open session file and the device in it.
type sessionFile struct {
	db        *sql.DB
	container *sqlstore.Container
	device    *store.Device
}

// openSessionFile opens or makes a session file. Errors are *domain.Error with CodeStorageFailed.
func openSessionFile(ctx context.Context, file string, log libraryLog) (*sessionFile, error) {
	if err := makePrivate(file); err != nil {
		return nil, storageFailed("The session file can't be written.", err)
	}
	db := sql.OpenDB(sessionConnector{dsn: sessionDSN(file)})
	db.SetMaxOpenConns(1)
	container := sqlstore.NewWithDB(db, "sqlite3", log)
	fail := func(err error) (*sessionFile, error) {
		return nil, errors.Join(storageFailed("The session file can't be read.", err), container.Close())
	}
	if err := container.Upgrade(ctx); err != nil {
		return fail(err)
	}
	devices, err := container.GetAllDevices(ctx)
	switch {
	case err != nil:
		return fail(err)
	case len(devices) > 1:
		return fail(errSeveralDevices)
	case len(devices) == 1:
		return &sessionFile{db: db, container: container, device: devices[0]}, nil
	default:
		return &sessionFile{db: db, container: container, device: container.NewDevice()}, nil
	}
}

// makePrivate creates the file, readable by its owner only, unless it is there. SQLite gives the files beside it the same
// permissions.
func makePrivate(file string) error {
	f, err := os.OpenFile(file, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}

func sessionDSN(file string) string {
	u := url.URL{Path: filepath.ToSlash(file)}
	return "file:" + u.EscapedPath() + "?" + sessionPragmas
}

// sessionConnector opens connections without registering a driver for the whole process.
type sessionConnector struct{ dsn string }

func (c sessionConnector) Connect(context.Context) (driver.Conn, error) {
	return c.Driver().Open(c.dsn)
}

func (c sessionConnector) Driver() driver.Driver {
	return &sqlite3.SQLiteDriver{ConnectHook: func(conn *sqlite3.SQLiteConn) error {
		// On macOS only this makes a commit reach the disk; elsewhere it means nothing.
		if _, err := conn.Exec("PRAGMA fullfsync=1", nil); err != nil {
			return fmt.Errorf("set fullfsync: %w", err)
		}
		return nil
	}}
}

// container follows when the library saves a device for the first time, which replaces its stores, and when it deletes one.
type container struct {
	store.DeviceContainer
	saved   func(*store.Device)
	deleted func()
}

func (t container) PutDevice(ctx context.Context, device *store.Device) error {
	first := !device.Initialized
	err := t.DeviceContainer.PutDevice(ctx, device)
	if first && device.Initialized {
		t.saved(device)
	}
	return err
}

// errDeleted is what a deletion that succeeded answers. The library would go on by replacing the stores of the device, all at
// once and without a lock, while others of its goroutines still use them.
var errDeleted = errors.New("deleted; its stores stay open until the session is closed")

func (t container) DeleteDevice(ctx context.Context, device *store.Device) error {
	if err := t.DeviceContainer.DeleteDevice(ctx, device); err != nil {
		return err
	}
	t.deleted()
	return errDeleted
}

func storageFailed(sentence string, cause error) *domain.Error {
	return &domain.Error{Code: domain.CodeStorageFailed, Message: sentence, Err: cause}
}
