package bridge

import (
	"context"

	"github.com/rs/zerolog"

	"waflow/backend/domain"
	"waflow/backend/events"
	"waflow/backend/fleet"
	"waflow/backend/inbox"
	"waflow/backend/proxies"
	"waflow/backend/settings"
	"waflow/backend/sleep"
	"waflow/backend/timeline"
)

// Services are the parts of an open engine that the facades speak to.
type Services struct {
	Info     AppInfo // what does not change while the engine runs; ClockWrong comes from below
	Bus      *events.Bus
	Fleet    *fleet.Fleet
	Timeline *timeline.Timeline
	Proxies  *proxies.Proxies
	Inbox    *inbox.Inbox
	Past     *inbox.Past
	Settings *settings.Settings
	Sleep    *sleep.Sleep
	Demo     Phones       // nil outside the demo
	Desktop  Surroundings // nil where a browser shows the interface
	Logger   zerolog.Logger

	// Files are the files of messages; nil stands for none.
	Files Files
	// Tray takes the files that are attached to what is written; nil stands for none.
	Tray Tray
	// Space tells what files take and removes those that may go.
	Space Space
	// Notices is what was told; nil stands for nothing.
	Notices Notices
	// Gaps checks what a device may have missed; nil stands for nothing to check.
	Gaps Gaps
	// ClockWrong tells whether this computer's clock is far from WhatsApp's; nil stands for no.
	ClockWrong func() bool
	// OpenURL opens an address that the facade found harmless; nil where a browser shows the interface and opens it itself.
	OpenURL func(url string) error
	// SaveAs asks the person where a file is to be saved, with a name for it, and returns its path, "" if it is not to be; nil where a browser
	// shows the interface and saves by itself.
	SaveAs func(name string) (path string, err error)
	// OpenDemo starts the demo as a process of its own; nil where that can't be done.
	OpenDemo func() error
}

// Notices are the notifications that were told.
type Notices interface {
	// Newest returns the newest, newest last, at most limit, and the highest id that was read.
	Newest(ctx context.Context, limit int) ([]domain.Notice, int64, error)
	// Read marks every notice up to an id as read.
	Read(ctx context.Context, upTo int64) error
}

// Gaps checks the times in which nothing could arrive.
type Gaps interface {
	// CheckAgain asks a phone anew that did not answer. Errors: not_connected, not_found.
	CheckAgain(ctx context.Context, device domain.DeviceID, gap domain.GapID) error
}

// Surroundings are the desktop around the window.
type Surroundings interface {
	// Refuge returns where the window goes when it is closed and the devices stay connected.
	Refuge() domain.Refuge
	// Startup returns whether Waflow starts with the system.
	Startup() (domain.Startup, error)
	// SetStartup changes that and returns what the system then holds.
	SetStartup(on bool) (domain.Startup, error)
	// Quit ends the program, and returns before it has ended.
	Quit()
}

// Phones are the simulated phones of the demo. Numbers are international digits without "+".
type Phones interface {
	State() []domain.SimulatedPhone
	AddPhone(ctx context.Context, name string, ours bool) (domain.SimulatedPhone, error)
	Scan(ctx context.Context, number string, device domain.DeviceID) error
	Write(ctx context.Context, from, to, text string) error
	Read(ctx context.Context, number, peer string) error
	SetNetwork(ctx context.Context, number string, on bool) error
	Unlink(ctx context.Context, number string) error
	TakeOver(ctx context.Context, number string) error
	SetAnswers(ctx context.Context, number string, on bool) error
	Crowd(ctx context.Context, count int) (int, error)
}
