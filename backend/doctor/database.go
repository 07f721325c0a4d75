package doctor

import (
	"context"
	"database/sql"
	"errors"
	"strconv"

	"waflow/backend/domain"
	"waflow/backend/store"
)

// takeInventory reads what the workspace holds.
func takeInventory(ctx context.Context, dir string) (store.Inventory, error) {
	var inventory store.Inventory
	err := store.Look(ctx, store.DatabasePath(dir), func(db *sql.DB) (err error) {
		inventory, err = store.TakeInventory(ctx, db)
		return err
	})
	return inventory, err
}

// checkDatabase looks whether the database is whole and of a version that this program knows.
func checkDatabase(ctx context.Context, dir string, inventory store.Inventory, read error) Finding {
	whole := read
	if read == nil {
		whole = isWhole(ctx, store.DatabasePath(dir))
	}
	if state, reason := judge(whole); reason != "" {
		return found(CheckDatabase, state, reason)
	}
	versions := []string{"version", strconv.Itoa(inventory.Version), "known", strconv.Itoa(inventory.Known)}
	switch {
	case inventory.Version > inventory.Known:
		return found(CheckDatabase, Failure, "newer", versions...)
	case inventory.Version < inventory.Known:
		return found(CheckDatabase, OK, "older", versions...)
	}
	return found(CheckDatabase, OK, "ok", versions...)
}

func isWhole(ctx context.Context, path string) error {
	return store.Look(ctx, path, func(db *sql.DB) error { return store.Whole(ctx, db) })
}

// judge is how a look at a database file came out; no reason if nothing is wrong.
func judge(err error) (State, string) {
	switch {
	case err == nil:
		return OK, ""
	case errors.Is(err, store.ErrLogAlone):
		return Skipped, "log_alone"
	case errors.Is(err, store.ErrInUse):
		return Skipped, "in_use"
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return Skipped, "slow"
	}
	switch domain.CodeOf(err) {
	case domain.CodeNotFound:
		return Skipped, "none"
	case domain.CodeDatabaseDamaged:
		return Failure, "damaged"
	}
	return Failure, "unreadable"
}
