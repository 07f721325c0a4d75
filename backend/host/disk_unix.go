//go:build !windows

package host

import "golang.org/x/sys/unix"

// FreeSpace returns how many bytes this account may still write on the disk that holds a folder.
func (System) FreeSpace(dir string) (uint64, error) {
	var disk unix.Statfs_t
	if err := unix.Statfs(dir, &disk); err != nil {
		return 0, err
	}
	return disk.Bavail * uint64(max(disk.Bsize, 0)), nil
}

// MayWrite tells, without writing anything, whether this account may make files in a folder; the error says why not.
func (System) MayWrite(dir string) error { return unix.Access(dir, unix.W_OK|unix.X_OK) }
