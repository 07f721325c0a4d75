package store

import (
	"path/filepath"

	"golang.org/x/sys/windows"
)

// networkDisk names the kind of disk if it lies on another computer: locks and the shared memory of the write-ahead log do not work there.
func networkDisk(dir string) (string, error) {
	root, err := windows.UTF16PtrFromString(filepath.VolumeName(dir) + `\`)
	if err != nil {
		return "", err
	}
	if windows.GetDriveType(root) == windows.DRIVE_REMOTE {
		return "a network folder", nil
	}
	return "", nil
}
