//go:build linux

package faulty

/*
#cgo LDFLAGS: -Wl,--unresolved-symbols=ignore-all
#include <stdlib.h>
#include "disk.h"
*/
import "C"

import (
	"errors"
	"fmt"
	"syscall"
	"unsafe"

	_ "github.com/mattn/go-sqlite3" // the layer is put before this copy of SQLite
)

// Trouble is what a disk answers writes with.
type Trouble int

// The troubles.
const (
	None   Trouble = C.DISK_WELL
	Full   Trouble = C.DISK_FULL
	Broken Trouble = C.DISK_BROKEN
)

// Disk is a folder whose files can get into trouble.
type Disk struct{ c *C.disk }

// Watch takes a folder before anything in it is opened. Everything in it has to be closed before Forget.
func Watch(folder string) (*Disk, error) {
	name := C.CString(folder)
	defer C.free(unsafe.Pointer(name))
	disk := C.disk_watch(name)
	if disk == nil {
		return nil, errors.New("SQLite does not take another layer to the operating system")
	}
	return &Disk{disk}, nil
}

// Forget ends the watch.
func (d *Disk) Forget() { C.disk_forget(d.c) }

// Refuse answers every write with a trouble after so many that still go well; None ends it.
func (d *Disk) Refuse(with Trouble, after int) { C.disk_refuse(d.c, C.int(with), C.long(after)) }

// Steps is how many writes and flushes there have been.
func (d *Disk) Steps() int { return int(C.disk_steps(d.c)) }

// Cut loses the power: nothing is written any more, and of what was written and not flushed each piece is kept with a chance in percent, drawn
// from the seed. What is open has to be closed before the folder is opened again as the disk that is left.
func (d *Disk) Cut(kept int, seed uint32) error {
	if code := C.disk_cut(d.c, C.int(kept), C.uint(seed)); code != 0 {
		return fmt.Errorf("take back what was not flushed: %w", syscall.Errno(code))
	}
	return nil
}
