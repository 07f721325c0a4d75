package store

import (
	"context"
	"embed"
	"fmt"

	"go.mau.fi/util/dbutil"

	"waflow/backend/domain"
)

//go:embed migrations/*.sql
var migrations embed.FS

// upgrades reads the numbered migrations.
func upgrades() dbutil.UpgradeTable {
	return dbutil.BuildUpgradeTable().WithFSPath(migrations, "migrations").Finish()
}

// migrate brings the schema up to date, one transaction for each migration, with a copy of an existing database before each.
func (s *Store) migrate(ctx context.Context) error {
	table := upgrades()
	version, err := version(ctx, s.write)
	if err != nil {
		return err
	}
	if version > len(table) {
		return &domain.Error{
			Code: domain.CodeDatabaseNewer, Action: domain.ActionUpdateApp,
			Message: "this workspace was made by a later version of Waflow; nothing in it was changed",
			Detail:  map[string]string{"version": fmt.Sprint(version), "known": fmt.Sprint(len(table))},
		}
	}
	for next := version + 1; next <= len(table); next++ {
		if version > 0 {
			if err := s.backup(ctx, s.write); err != nil {
				return err
			}
		}
		s.write.UpgradeTable = table[:next]
		if err := s.write.Upgrade(ctx); err != nil {
			return fmt.Errorf("migrate to version %d: %w", next, err)
		}
	}
	return nil
}

// version returns the schema version of the file, 0 of a new one. It changes nothing.
func version(ctx context.Context, db *dbutil.Database) (int, error) {
	there, err := db.TableExists(ctx, db.VersionTable)
	if err != nil || !there {
		return 0, err
	}
	var version int
	_, err = optional(db.QueryRow(ctx, "SELECT version FROM version"), &version)
	return version, err
}
