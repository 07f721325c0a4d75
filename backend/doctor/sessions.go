package doctor

import (
	"context"
	"database/sql"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strconv"

	"waflow/backend/domain"
	"waflow/backend/store"
	"waflow/backend/whatsapp"
)

// linked returns the devices that need the keys of a session file.
func linked(inventory store.Inventory) []store.KeptDevice {
	var out []store.KeptDevice
	for _, d := range inventory.Devices {
		if d.File != "" {
			out = append(out, d)
		}
	}
	return out
}

// nameOf is a device as a report names it. It never falls back to its number.
func nameOf(d store.KeptDevice) string {
	name := d.Subaccount + " · " + d.Label
	if d.Slot > 0 {
		name += " ·" + strconv.Itoa(d.Slot)
	}
	return name
}

// checkSessions looks whether the session files that devices use are whole. Where all are, it says so once.
func checkSessions(ctx context.Context, sessions string, inventory store.Inventory) []Finding {
	var out []Finding
	devices := linked(inventory)
	for _, d := range devices {
		state, reason := judge(isWhole(ctx, filepath.Join(sessions, d.File)))
		if reason == "none" {
			state, reason = Failure, "missing"
		}
		if reason != "" {
			out = append(out, found(CheckSessions, state, reason).about(nameOf(d)))
		}
	}
	return orOnce(out, CheckSessions, len(devices))
}

// checkKeys looks whether the keys of each device can be read, belong together, are those of its number, and are for its owner's eyes only.
// Where all are, it says so once.
func checkKeys(ctx context.Context, sessions string, inventory store.Inventory) []Finding {
	var out []Finding
	devices := linked(inventory)
	for _, d := range devices {
		path := filepath.Join(sessions, d.File)
		if state, reason := judgeKeys(ctx, path, d.Number); reason != "" {
			out = append(out, found(CheckKeys, state, reason).about(nameOf(d)))
		} else if readByOthers(sessions, path) {
			out = append(out, found(CheckKeys, Failure, "open").about(nameOf(d)))
		}
	}
	return orOnce(out, CheckKeys, len(devices))
}

// orOnce is what was found wrong, or one finding that nothing was.
func orOnce(wrong []Finding, check Check, devices int) []Finding {
	switch {
	case len(wrong) > 0:
		return wrong
	case devices == 0:
		return []Finding{found(check, Skipped, "no_devices")}
	}
	return []Finding{found(check, OK, "ok", "count", strconv.Itoa(devices))}
}

func judgeKeys(ctx context.Context, path, number string) (State, string) {
	var holds string
	err := store.Look(ctx, path, func(db *sql.DB) (err error) {
		holds, err = whatsapp.CheckKeys(ctx, db)
		return err
	})
	switch domain.CodeOf(err) {
	case domain.CodeNotFound:
		return Failure, "missing"
	case domain.CodeDatabaseNewer:
		return Failure, "newer"
	case domain.CodeConflict:
		return Skipped, "older"
	}
	if state, reason := judge(err); reason != "" {
		return state, reason
	}
	if holds != number {
		return Failure, "other_number"
	}
	return OK, ""
}

// readByOthers tells whether other accounts can get at a file: through all the folders of ours above it.
func readByOthers(sessions, path string) bool {
	if runtime.GOOS == "windows" {
		return false
	}
	const read, enter fs.FileMode = 0o044, 0o011
	return has(path, read) && has(sessions, enter) && has(filepath.Dir(sessions), enter)
}

func has(path string, mode fs.FileMode) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().Perm()&mode != 0
}

// waiting is why checks that need to know which devices there are can't be done; "" if the database tells.
func waiting(inventory store.Inventory, read error) string {
	switch {
	case domain.CodeOf(read) == domain.CodeNotFound:
		return "no_devices"
	case read != nil:
		return "no_database"
	case inventory.Version == 0:
		return "no_devices"
	case inventory.Version != inventory.Known:
		return "other_version"
	}
	return ""
}
