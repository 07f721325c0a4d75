package engine

import (
	"context"
	"runtime"

	"waflow/backend/bridge"
	"waflow/backend/domain"
	"waflow/backend/whatsapp"
)

// Info is what the interface shows about this installation.
func (o Options) Info() bridge.AppInfo {
	return bridge.AppInfo{
		Version: o.Version, Mode: string(o.Mode), Demo: o.Kind == Demo, Simulated: o.Kind != Real,
		DataDir: o.Dir, Platform: runtime.GOOS,
	}
}

// Services are what the facades speak to.
func (e *Engine) Services() bridge.Services {
	s := bridge.Services{
		Info: e.options.Info(), Bus: e.bus, Fleet: e.fleet, Timeline: e.timeline, Proxies: e.proxies, Inbox: e.inbox, Past: e.past, Settings: e.settings, Sleep: e.sleep,
		Files: e.media, Tray: e.media, Space: e.cleaner, Notices: e.notices, Gaps: e.gaps, ClockWrong: e.clockWrong, Logger: e.log,
	}
	if e.demo != nil {
		s.Demo = e.demo
	}
	return s
}

// clockWrong tells whether this computer's clock is far from WhatsApp's.
func (e *Engine) clockWrong() bool {
	offset, known := e.service.ClockOffset()
	return known && offset.Abs() > whatsapp.ClockTolerance
}

// OnNotice has every new notification handed to show, which must not block.
func (e *Engine) OnNotice(show func(domain.Notice)) { e.notices.onNew(show) }

// Look returns every device as it is now, and every subaccount.
func (e *Engine) Look(ctx context.Context) ([]domain.Device, []domain.Subaccount, error) {
	now, err := e.fleet.Snapshot(ctx)
	return now.Devices, now.Subaccounts, err
}

// Once reports whether it is asked for the first time in this workspace about a thing, by its name.
func (e *Engine) Once(ctx context.Context, name string) (bool, error) { return e.store.Once(ctx, name) }

// Names returns what a notification names things by: every device and every subaccount.
func (e *Engine) Names(ctx context.Context) ([]domain.Device, []domain.Subaccount, error) {
	devices, err := e.store.Devices(ctx)
	if err != nil {
		return nil, nil, err
	}
	subaccounts, err := e.store.Subaccounts(ctx)
	return devices, subaccounts, err
}
