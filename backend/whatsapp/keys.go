package whatsapp

import (
	"context"
	"database/sql"
	"errors"
	"net/url"
	"runtime/debug"

	"go.mau.fi/libsignal/ecc"
	"go.mau.fi/util/dbutil"
	"go.mau.fi/whatsmeow/socket"
	"go.mau.fi/whatsmeow/store"
	"go.mau.fi/whatsmeow/store/sqlstore"
	"go.mau.fi/whatsmeow/store/sqlstore/upgrades"

	"waflow/backend/domain"
)

// libraryPath is the client library as modules name it.
const libraryPath = "go.mau.fi/whatsmeow"

// errKeys means that the keys of a session do not belong together, so that WhatsApp would refuse them.
var errKeys = errors.New("the keys do not belong together")

// CheckKeys looks whether a session file that is open for reading holds the keys of one linked device, and whether they fit each other. It
// answers the number they are for. Nothing is upgraded: what another version of the client library made is not read. Errors: not_found where
// nothing is linked, database_newer, conflict for a file of an earlier version, database_damaged for keys that do not fit.
func CheckKeys(ctx context.Context, db *sql.DB) (number string, err error) {
	reader, err := dbutil.NewWithDB(db, "sqlite3")
	if err != nil {
		return "", err
	}
	const versions = "whatsmeow_version"
	there, err := reader.TableExists(ctx, versions)
	if err != nil {
		return "", err
	}
	version := 0
	if there {
		if err := reader.QueryRow(ctx, "SELECT version FROM "+versions).Scan(&version); err != nil {
			return "", err
		}
	}
	switch known := len(upgrades.Table); {
	case version == 0:
		return "", &domain.Error{Code: domain.CodeNotFound, Message: "The session file is empty."}
	case version > known:
		return "", &domain.Error{Code: domain.CodeDatabaseNewer, Message: "The session file was made by a later version of Waflow."}
	case version < known:
		return "", conflict("The session file was made by an earlier version of Waflow.", nil)
	}
	devices, err := sqlstore.NewWithDB(db, "sqlite3", nil).GetAllDevices(ctx)
	switch {
	case err != nil:
		return "", maskedError(err)
	case len(devices) == 0 || devices[0].ID == nil:
		return "", &domain.Error{Code: domain.CodeNotFound, Message: "The session file holds no linked device."}
	case len(devices) > 1:
		return "", keysDamaged(errSeveralDevices)
	case !fit(devices[0]):
		return "", keysDamaged(errKeys)
	}
	return devices[0].ID.User, nil
}

// fit tells whether the identity of a device has signed the key that others open sessions with.
func fit(device *store.Device) bool {
	signed := append([]byte{ecc.DjbType}, device.SignedPreKey.Pub[:]...)
	return ecc.VerifySignature(ecc.NewDjbECPublicKey(*device.IdentityKey.Pub), signed, *device.SignedPreKey.Signature)
}

func keysDamaged(cause error) *domain.Error {
	return &domain.Error{Code: domain.CodeDatabaseDamaged, Message: "The keys of the device can't be used.", Err: cause}
}

// Host is the name under which the service is looked up; "" for a simulator, which has an address.
func (s *Service) Host() string {
	u, err := url.Parse(socket.URL)
	if err != nil || s.address != "" {
		return ""
	}
	return u.Hostname()
}

// Library returns the version of the client library; "" if the program was built without telling.
func Library() string {
	build, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	for _, module := range build.Deps {
		if module.Path == libraryPath {
			return module.Version
		}
	}
	return ""
}
