package host

import (
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

// Name is the operating system and its version, as the system calls itself; "" if it does not say.
func (System) Name() string {
	kernel := ""
	var names unix.Utsname
	if unix.Uname(&names) == nil {
		kernel = "Linux " + unix.ByteSliceToString(names.Release[:])
	}
	release, err := os.ReadFile("/etc/os-release")
	if err != nil {
		return kernel
	}
	for line := range strings.Lines(string(release)) {
		if name, ok := strings.CutPrefix(strings.TrimSpace(line), "PRETTY_NAME="); ok {
			return strings.Trim(name, `"'`) + ", " + kernel
		}
	}
	return kernel
}
