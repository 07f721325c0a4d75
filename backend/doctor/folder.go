package doctor

import (
	"errors"
	"io/fs"
	"os"
	"runtime"

	"waflow/backend/store"
)

// Computer is what the operating system tells without being asked to change anything.
type Computer interface {
	FreeSpace(dir string) (bytes uint64, err error)
	MayWrite(dir string) error
	Name() string
}

// others are the permissions of accounts other than the owner's.
const others fs.FileMode = 0o077

// checkFolder looks at the data folder. One that is not there yet is no fault: the first start makes it.
func checkFolder(dir string, computer Computer) Finding {
	info, err := os.Stat(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return folderToBe(dir)
	}
	if err != nil {
		return found(CheckFolder, Failure, "unreadable", "folder", dir)
	}
	if !info.IsDir() {
		return found(CheckFolder, Failure, "no_folder", "folder", dir)
	}
	if _, err := os.ReadDir(dir); err != nil {
		return found(CheckFolder, Failure, "unreadable", "folder", dir)
	}
	if by, err := store.Refuses(dir); err != nil {
		return found(CheckFolder, Failure, "unreadable", "folder", dir)
	} else if by != "" {
		return found(CheckFolder, Failure, "synced", "folder", dir, "by", by)
	}
	if computer.MayWrite(dir) != nil {
		return found(CheckFolder, Failure, "read_only", "folder", dir)
	}
	// Windows keeps who may read a folder elsewhere; a folder in a person's own profile is theirs alone.
	if runtime.GOOS != "windows" && info.Mode().Perm()&others != 0 {
		return found(CheckFolder, Warning, "open", "folder", dir)
	}
	return found(CheckFolder, OK, "ok", "folder", dir)
}

// folderToBe is the finding about a folder that is not there. A name under which no database would be kept is told before the first start.
func folderToBe(dir string) Finding {
	for _, path := range []string{dir, existing(dir)} {
		if by, err := store.Refuses(path); err == nil && by != "" {
			return found(CheckFolder, Failure, "synced", "folder", dir, "by", by)
		}
	}
	return found(CheckFolder, Skipped, "missing", "folder", dir)
}

// checkWorkspace looks whether the folder holds the kind of workspace that was asked for. holds answers "" where there is none.
func checkWorkspace(wanted string, holds func() (string, error)) Finding {
	kind, err := holds()
	switch {
	case err != nil:
		return found(CheckWorkspace, Failure, "unreadable")
	case kind == "":
		return found(CheckWorkspace, Skipped, "none")
	case kind != wanted:
		return found(CheckWorkspace, Failure, "other_kind", "holds", kind, "wanted", wanted)
	}
	return found(CheckWorkspace, OK, "ok_"+kind)
}

// checkRunning tells whether Waflow runs with this folder, and how it ended if it does not.
func checkRunning(dir string) Finding {
	held, err := store.Held(dir)
	if err != nil {
		return found(CheckRunning, Skipped, "unknown")
	}
	if held {
		return found(CheckRunning, OK, "running")
	}
	if left, err := store.LeftOpen(dir); err == nil && left {
		return found(CheckRunning, OK, "unclean")
	}
	return found(CheckRunning, OK, "not_running")
}
