package host

import (
	"fmt"

	"golang.org/x/sys/windows"
)

// Name is the operating system and its version, as the system calls itself; "" if it does not say.
func (System) Name() string {
	v := windows.RtlGetVersion()
	return fmt.Sprintf("Windows %d.%d, build %d", v.MajorVersion, v.MinorVersion, v.BuildNumber)
}
