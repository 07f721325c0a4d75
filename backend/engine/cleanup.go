package engine

import (
	"io/fs"
	"math"
	"path/filepath"

	"waflow/backend/domain"
	"waflow/backend/host"
	"waflow/backend/store"
)

// folderUse measures what the workspace takes beside the files of messages.
func (e *Engine) folderUse() domain.FolderUse {
	dir := e.options.Dir
	database := store.DatabasePath(dir)
	use := domain.FolderUse{
		Messages: sizeOf(database) + sizeOf(database+"-wal"),
		Backups:  sizeOf(filepath.Join(dir, "backups")),
		Sessions: sizeOf(filepath.Join(dir, "sessions")),
		Free:     -1,
	}
	if free, err := (host.System{}).FreeSpace(dir); err == nil {
		use.Free = int64(min(free, math.MaxInt64))
	}
	return use
}

// sizeOf adds up the files of a folder, or is the size of a file. What can't be read counts as nothing.
func sizeOf(path string) int64 {
	var sum int64
	_ = filepath.WalkDir(path, func(_ string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return nil
		}
		if info, err := entry.Info(); err == nil {
			sum += info.Size()
		}
		return nil
	})
	return sum
}
