package host

import (
	"context"
	"runtime"
	"time"
	"unsafe"

	"github.com/rs/zerolog"
	"golang.org/x/sys/windows"
)

// What Windows tells of sleep. https://learn.microsoft.com/windows/win32/power/wm-powerbroadcast
const (
	deviceNotifyCallback = 2
	goingToSleep         = 0x04 // PBT_APMSUSPEND
	wokeByPerson         = 0x07 // PBT_APMRESUMESUSPEND; comes after the other one, if somebody is there
	wokeByItself         = 0x12 // PBT_APMRESUMEAUTOMATIC
)

// subscription is DEVICE_NOTIFY_SUBSCRIBE_PARAMETERS.
type subscription struct {
	callback uintptr
	context  uintptr
}

// watchSleep tells of each waking, until ctx ends.
func watchSleep(ctx context.Context, woke func(time.Duration), log zerolog.Logger) {
	news := make(chan uintptr, 16)
	to := &subscription{callback: windows.NewCallback(func(_, kind, _ uintptr) uintptr {
		select {
		case news <- kind:
		default:
		}
		return 0
	})}
	library := windows.NewLazySystemDLL("powrprof.dll")
	var registration uintptr
	failed, _, _ := library.NewProc("PowerRegisterSuspendResumeNotification").Call(
		deviceNotifyCallback, uintptr(unsafe.Pointer(to)), uintptr(unsafe.Pointer(&registration)))
	if failed != 0 {
		log.Info().Uint64("code", uint64(failed)).Msg("Windows does not tell of sleep; it is noticed by the clocks")
		return
	}
	defer func() {
		_, _, _ = library.NewProc("PowerUnregisterSuspendResumeNotification").Call(registration)
		runtime.KeepAlive(to)
	}()
	var began time.Time
	for {
		select {
		case <-ctx.Done():
			return
		case kind := <-news:
			switch {
			case kind == goingToSleep:
				began = wallClock()
			case (kind == wokeByItself || kind == wokeByPerson) && !began.IsZero():
				woke(max(0, wallClock().Sub(began)))
				began = time.Time{}
			}
		}
	}
}
