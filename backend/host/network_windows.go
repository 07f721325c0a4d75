package host

import (
	"context"
	"runtime"

	"golang.org/x/sys/windows"
)

// readNetwork calls changed whenever an address of the computer changes, until ctx ends.
func readNetwork(ctx context.Context, changed func()) error {
	callback := windows.NewCallback(func(_, _, _ uintptr) uintptr {
		changed()
		return 0
	})
	var registration windows.Handle
	if err := windows.NotifyUnicastIpAddressChange(windows.AF_UNSPEC, callback, nil, false, &registration); err != nil {
		return err
	}
	<-ctx.Done()
	err := windows.CancelMibChangeNotify2(registration)
	runtime.KeepAlive(changed)
	return err
}
