package host

import (
	"context"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/godbus/dbus/v5"
	"golang.org/x/sys/unix"
)

// answerWithin is how long logind may take.
const answerWithin = 10 * time.Second

// onMains reads what the kernel says about the supplies of power.
func onMains() (bool, error) { return plugged(os.DirFS("/sys/class/power_supply")) }

// plugged reports whether a supply is on, or else no battery of the computer itself is being used up. Mice have batteries too.
// https://www.kernel.org/doc/Documentation/ABI/testing/sysfs-class-power
func plugged(supplies fs.FS) (bool, error) {
	entries, err := fs.ReadDir(supplies, ".")
	if err != nil && !os.IsNotExist(err) {
		return false, err
	}
	discharging := false
	for _, entry := range entries {
		value := func(name string) string {
			raw, _ := fs.ReadFile(supplies, entry.Name()+"/"+name) // one that is not told is ""
			return strings.TrimSpace(string(raw))
		}
		switch {
		case value("scope") == "Device":
		case value("type") == "Battery":
			discharging = discharging || value("status") == "Discharging"
		case value("online") == "1":
			return true, nil
		}
	}
	return !discharging, nil
}

// stayAwake takes an inhibitor lock from logind; closing its file gives it back.
func stayAwake() (func(), error) {
	ctx, cancel := context.WithTimeout(context.Background(), answerWithin)
	defer cancel()
	bus, err := dbus.ConnectSystemBus(dbus.WithContext(ctx))
	if err != nil {
		return nil, err
	}
	defer func() { _ = bus.Close() }()
	var lock dbus.UnixFD
	call := bus.Object(logindName, logindPath).CallWithContext(ctx, logindManager+".Inhibit", 0, "sleep:idle", "Waflow", reason, "block")
	if err := call.Store(&lock); err != nil {
		return nil, err
	}
	return func() { _ = unix.Close(int(lock)) }, nil
}
