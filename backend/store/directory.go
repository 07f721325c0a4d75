package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/gofrs/flock"

	"waflow/backend/domain"
)

// lockFile is held for as long as a process uses the data directory.
const lockFile = "waflow.lock"

// CheckDir makes the data directory if it is not there and refuses one that a database is not safe in: one that can't be written, one that a
// program copies to other computers while it is in use, one on another computer's disk. Nothing but an empty directory is left behind.
// Errors: storage_read_only, synced_folder.
func CheckDir(dir string) error {
	full, err := filepath.Abs(dir)
	if err != nil {
		return readOnly(err)
	}
	if name := syncedBy(full); name != "" {
		return synced(name)
	}
	if err := os.MkdirAll(full, 0o700); err != nil {
		return readOnly(err)
	}
	if resolved, err := filepath.EvalSymlinks(full); err == nil {
		full = resolved
	}
	if name := syncedBy(full); name != "" {
		return synced(name)
	}
	if name, err := networkDisk(full); err != nil {
		return readOnly(err)
	} else if name != "" {
		return synced(name)
	}
	return tryWriting(full)
}

func tryWriting(dir string) error {
	probe, err := os.CreateTemp(dir, ".waflow-write-*")
	if err != nil {
		return readOnly(err)
	}
	err = errors.Join(probe.Close(), os.Remove(probe.Name()))
	if err != nil {
		return readOnly(err)
	}
	return nil
}

func synced(by string) error {
	return &domain.Error{
		Code: domain.CodeSyncedFolder, Action: domain.ActionOtherFolder,
		Message: fmt.Sprintf("the data folder is kept by %s, which would damage the database while it is in use; nothing was changed", by),
		Detail:  map[string]string{"by": by},
	}
}

// syncedBy names the program that copies this folder elsewhere, by the names that those programs give their folders, "" if none is known to.
func syncedBy(full string) string {
	parts := strings.FieldsFunc(filepath.ToSlash(full), func(r rune) bool { return r == '/' })
	for i, part := range parts {
		low := strings.ToLower(part)
		switch {
		case low == "dropbox" || strings.HasPrefix(low, "dropbox ("):
			return "Dropbox"
		case low == "onedrive" || strings.HasPrefix(low, "onedrive - "):
			return "OneDrive"
		case slices.Contains([]string{"google drive", "googledrive", "my drive"}, low) || strings.HasPrefix(low, "googledrive-"):
			return "Google Drive"
		case slices.Contains([]string{"icloud drive", "iclouddrive", "com~apple~clouddocs"}, low):
			return "iCloud Drive"
		case low == "mobile documents" && i > 0 && strings.EqualFold(parts[i-1], "library"):
			return "iCloud Drive"
		case low == "cloudstorage" && i > 0 && strings.EqualFold(parts[i-1], "library"):
			return "a cloud drive"
		case low == "nextcloud" || low == "owncloud" || low == "syncthing" || low == "pcloud drive" || low == "megasync":
			return part
		}
	}
	return syncedByMarker(full)
}

// syncedByMarker looks for the files that such programs leave in the top folder they keep.
func syncedByMarker(full string) string {
	markers := map[string]string{
		".dropbox": "Dropbox", ".dropbox.cache": "Dropbox", ".stfolder": "Syncthing", ".sync_folder": "a sync program", ".tmp.driveupload": "Google Drive",
		".nextcloudsync.log": "Nextcloud", ".owncloudsync.log": "ownCloud",
	}
	for dir := full; ; dir = filepath.Dir(dir) {
		for name, program := range markers {
			if isHome(dir) && name == ".dropbox" { // Dropbox keeps its settings under this name in every home
				continue
			}
			if there, err := exists(filepath.Join(dir, name)); err == nil && there {
				return program
			}
		}
		if dir == filepath.Dir(dir) {
			return ""
		}
	}
}

func isHome(dir string) bool {
	home, err := os.UserHomeDir()
	return err == nil && filepath.Clean(home) == dir
}

// DirLock is a process's hold on a data directory.
type DirLock struct{ file *flock.Flock }

// Who asks whether a data directory is held takes it for a moment, which is no reason not to start: so long, so often it is tried again.
const (
	lockPatience = 200 * time.Millisecond
	lockAgain    = 20 * time.Millisecond
)

// Lock takes the data directory for this process. Errors: already_running, storage_read_only.
func Lock(dir string) (*DirLock, error) {
	file := flock.New(filepath.Join(dir, lockFile), flock.SetPermissions(0o600))
	ctx, cancel := context.WithTimeout(context.Background(), lockPatience)
	defer cancel()
	held, err := file.TryLockContext(ctx, lockAgain)
	if err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return nil, readOnly(err)
	}
	if !held {
		return nil, &domain.Error{Code: domain.CodeAlreadyRunning, Message: "Waflow is running with this data folder already"}
	}
	return &DirLock{file: file}, nil
}

// Close gives the data directory back.
func (l *DirLock) Close() error {
	if err := l.file.Unlock(); err != nil {
		return fmt.Errorf("release the data folder: %w", err)
	}
	return nil
}
