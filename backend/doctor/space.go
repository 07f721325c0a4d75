package doctor

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Bytes that have to be free. The logs of the databases alone grow by dozens of MB before they are taken in, and a new version of Waflow
// copies the database before it changes it.
const (
	spaceNeeded = 200_000_000
	spaceSpare  = 1_000_000_000
)

// checkSpace looks how much the disk still takes, beside a database of so many bytes.
func checkSpace(dir string, database uint64, computer Computer) Finding {
	free, err := computer.FreeSpace(existing(dir))
	if err != nil {
		return found(CheckSpace, Skipped, "unknown")
	}
	size := bytes(free)
	switch {
	case free < spaceNeeded:
		return found(CheckSpace, Failure, "full", "free", size, "needed", bytes(spaceNeeded))
	case free < spaceSpare+database:
		return found(CheckSpace, Warning, "low", "free", size, "needed", bytes(spaceSpare+database))
	}
	return found(CheckSpace, OK, "ok", "free", size)
}

// sizeOf is the size of a file, 0 if there is none.
func sizeOf(path string) uint64 {
	info, err := os.Stat(path)
	if err != nil {
		return 0
	}
	return uint64(max(info.Size(), 0))
}

// existing is the folder, or the nearest one above it that is there.
func existing(dir string) string {
	full, err := filepath.Abs(dir)
	if err != nil {
		return dir
	}
	for {
		if _, err := os.Stat(full); !errors.Is(err, fs.ErrNotExist) || full == filepath.Dir(full) {
			return full
		}
		full = filepath.Dir(full)
	}
}

// bytes is a size as people read it: three figures at most, so that no size looks like a number.
func bytes(n uint64) string {
	units := []string{"B", "KB", "MB", "GB", "TB", "PB", "EB"}
	value, unit := float64(n), 0
	for value >= 999.5 && unit < len(units)-1 {
		value /= 1000
		unit++
	}
	if value < 9.95 && unit > 0 {
		return strings.TrimSuffix(fmt.Sprintf("%.1f", value), ".0") + " " + units[unit]
	}
	return fmt.Sprintf("%.0f %s", value, units[unit])
}
