package host

import (
	"fmt"
	"time"

	"golang.org/x/sys/unix"
)

// MarkForeign puts a file into quarantine: macOS checks it and asks before it is opened for the first time. Errors are those of the disk; some
// kinds of disk can't hold the mark.
func MarkForeign(path string) error {
	return unix.Setxattr(path, "com.apple.quarantine", fmt.Appendf(nil, "0081;%08x;Waflow;", time.Now().Unix()), 0)
}
