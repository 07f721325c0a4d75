// Package autostart has the system start a program when a person signs in. What the system holds is read each time, because people remove
// and turn off such entries in places of the system's own.
package autostart

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Entry is a program to start.
type Entry struct {
	ID      string   // names the entry, such as "waflow"; letters, digits and dashes
	Name    string   // as people read it
	Command []string // the program's whole path, then its arguments
}

// State is what the system holds.
type State string

// The states.
const (
	Off   State = "off"   // there is no entry, or a person turned it off
	On    State = "on"    // the entry's command is started
	Other State = "other" // an entry of that name starts something else
)

// Program returns the path under which this program can be started again. An AppImage is mounted at another place each time: then it is the
// image's own file.
func Program() (string, error) {
	if image := os.Getenv("APPIMAGE"); filepath.IsAbs(image) {
		return image, nil
	}
	return os.Executable()
}

// check refuses what no system can hold.
func (e Entry) check() error {
	if len(e.Command) == 0 || slices.ContainsFunc(e.Command, func(s string) bool { return strings.ContainsAny(s, "\n\r\x00") }) {
		return errors.New("a path with a line break can't be started with the system")
	}
	return nil
}
