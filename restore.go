package main

import (
	"context"
	"fmt"

	"waflow/backend/engine"
)

type restoreCommand struct {
	Backup string `arg:"" optional:"" help:"Name of the backup, as the list shows it."`
}

// Run lists the backups of a workspace, or puts one in the place of its database, which is kept beside it.
func (r restoreCommand) Run(ctx context.Context, w workspaceFlags) error {
	options := w.options(engine.Desktop)
	if r.Backup != "" {
		folder, err := engine.Restore(ctx, options, r.Backup)
		if err == nil {
			fmt.Printf("Restored. What was there before is in %s\n", folder)
		}
		return err
	}
	backups, err := engine.Backups(options)
	if err != nil {
		return err
	}
	if len(backups) == 0 {
		fmt.Println("There are no backups.")
	}
	for _, b := range backups {
		fmt.Printf("%s  %s\n", b.At.Local().Format("Mon 2 Jan 2006 15:04"), b.Name)
	}
	return nil
}
