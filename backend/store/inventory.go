package store

import (
	"context"
	"database/sql"

	"go.mau.fi/util/dbutil"

	"waflow/backend/domain"
)

// Inventory is what a workspace holds, as far as its health depends on it.
type Inventory struct {
	Version int          // of the schema; 0 while nothing was ever written
	Known   int          // the schema of this program
	Devices []KeptDevice // in the order shown; none unless Version is Known
}

// KeptDevice is a device with what it needs to connect.
type KeptDevice struct {
	Subaccount string // its name
	Label      string
	Slot       int    // 0 until the first link is confirmed
	Number     string // "" until then
	File       string // the name of its session file; "" if it is not linked
	Proxy      domain.Proxy
}

// TakeInventory reads a database that Look opened.
func TakeInventory(ctx context.Context, db *sql.DB) (Inventory, error) {
	out := Inventory{Known: len(upgrades())}
	reader, err := dbutil.NewWithDB(db, "sqlite3")
	if err != nil {
		return out, err
	}
	if out.Version, err = version(ctx, reader); err != nil || out.Version != out.Known {
		return out, err
	}
	out.Devices, err = collect(reading{ctx, reader}, scanKept, `
		SELECT s.name, d.label, COALESCE(d.slot, 0), COALESCE(d.number, ''), COALESCE(l.file, ''),
			COALESCE(p.scheme, ''), COALESCE(p.host, ''), COALESCE(p.port, 0), COALESCE(p.username, ''), COALESCE(p.password, '')
		FROM devices d
		JOIN subaccounts s ON s.id = d.subaccount_id
		LEFT JOIN links l ON l.device_id = d.id AND l.state = $1
		LEFT JOIN device_proxies p ON p.device_id = d.id
		WHERE d.removed = 0 ORDER BY s.position, s.id, d.slot, d.id`, linkConfirmed)
	return out, err
}

func scanKept(row dbutil.Scannable) (KeptDevice, error) {
	var d KeptDevice
	err := row.Scan(&d.Subaccount, &d.Label, &d.Slot, &d.Number, &d.File,
		&d.Proxy.Scheme, &d.Proxy.Host, &d.Proxy.Port, &d.Proxy.User, (*string)(&d.Proxy.Password))
	return d, err
}
