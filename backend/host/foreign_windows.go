package host

import "os"

// MarkForeign marks a file as one from the internet: Windows warns before it runs, and Office opens it protected. Errors are those of the disk;
// some kinds of disk can't hold the mark.
func MarkForeign(path string) error {
	return os.WriteFile(path+":Zone.Identifier", []byte("[ZoneTransfer]\r\nZoneId=3\r\n"), 0o600)
}
