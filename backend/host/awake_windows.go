package host

import (
	"unsafe"

	"golang.org/x/sys/windows"
)

// powerStatus is SYSTEM_POWER_STATUS.
type powerStatus struct {
	mains     byte
	battery   byte
	percent   byte
	saver     byte
	left      uint32
	leftAtAll uint32
}

// onMains asks Windows. What it does not know is no battery.
func onMains() (bool, error) {
	const onBattery = 0
	var status powerStatus
	done, _, err := windows.NewLazySystemDLL("kernel32.dll").NewProc("GetSystemPowerStatus").Call(uintptr(unsafe.Pointer(&status)))
	if done == 0 {
		return false, err
	}
	return status.mains != onBattery, nil
}

// powerReason is REASON_CONTEXT with a simple string; the rest of its union is not used.
type powerReason struct {
	version uint32
	flags   uint32
	text    *uint16
	_       [2]uintptr
}

// stayAwake makes a power request, which "powercfg /requests" shows with its reason. Closing its handle takes it back.
func stayAwake() (func(), error) {
	const simpleString, systemRequired = 1, 1
	text, err := windows.UTF16PtrFromString(reason)
	if err != nil {
		return nil, err
	}
	kernel := windows.NewLazySystemDLL("kernel32.dll")
	request, _, err := kernel.NewProc("PowerCreateRequest").Call(uintptr(unsafe.Pointer(&powerReason{flags: simpleString, text: text})))
	if windows.Handle(request) == windows.InvalidHandle {
		return nil, err
	}
	release := func() { _ = windows.CloseHandle(windows.Handle(request)) }
	if done, _, err := kernel.NewProc("PowerSetRequest").Call(request, systemRequired); done == 0 {
		release()
		return nil, err
	}
	return release, nil
}
