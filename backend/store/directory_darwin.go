package store

import "golang.org/x/sys/unix"

// networkDisk names the kind of file system if it lies on another computer: locks and the shared memory of the write-ahead log do not work
// there.
func networkDisk(dir string) (string, error) {
	var fs unix.Statfs_t
	if err := unix.Statfs(dir, &fs); err != nil {
		return "", err
	}
	if fs.Flags&unix.MNT_LOCAL == 0 {
		return "a network folder", nil
	}
	return "", nil
}
