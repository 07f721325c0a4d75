package host

import "golang.org/x/sys/unix"

// Name is the operating system and its version, as the system calls itself; "" if it does not say.
func (System) Name() string {
	version, err := unix.Sysctl("kern.osproductversion")
	if err != nil {
		return ""
	}
	return "macOS " + version
}
