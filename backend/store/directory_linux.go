package store

import "golang.org/x/sys/unix"

// networkDisk names the kind of file system if it lies on another computer: locks and the shared memory of the write-ahead log do not work
// there. The numbers are those of statfs(2).
func networkDisk(dir string) (string, error) {
	var fs unix.Statfs_t
	if err := unix.Statfs(dir, &fs); err != nil {
		return "", err
	}
	return networkKind(uint32(fs.Type)), nil
}

func networkKind(magic uint32) string {
	switch magic {
	case unix.NFS_SUPER_MAGIC:
		return "a network folder (NFS)"
	case unix.SMB_SUPER_MAGIC, unix.CIFS_SUPER_MAGIC, unix.SMB2_SUPER_MAGIC:
		return "a network folder (SMB)"
	case unix.AFS_SUPER_MAGIC, unix.AFS_FS_MAGIC, unix.CODA_SUPER_MAGIC, unix.CEPH_SUPER_MAGIC, 0x564c: // the last is NCP
		return "a network folder"
	}
	return ""
}
