// Package desktop is what Waflow is to the desktop besides its page: the icon in the tray, what closing the window does, and the start with
// the system. It knows no window library; whoever has a window lends it.
package desktop

import (
	"context"
	"runtime"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"waflow/backend/domain"
	"waflow/backend/events"
	"waflow/backend/tray"
)

// Window is the program's window. Its methods may be called from any goroutine.
type Window interface {
	Show()                       // shows it and brings it to the front
	Hide()                       // leaves no trace of it on the screen
	Minimise()                   // leaves it in the task bar
	ShowMinimised()              // of a hidden one: shows it in the task bar
	Minimised() bool             // whether it lies in the task bar
	Quit()                       // closes it for good, after Closing was asked once more
	OpenDevice(domain.DeviceRef) // opens the page of a device in it
	Tell(title, text string)     // shows a notification
}

// Fleet tells of every device and subaccount as they are now.
type Fleet interface {
	Look(ctx context.Context) ([]domain.Device, []domain.Subaccount, error)
}

// Settings are the workspace's choices.
type Settings interface {
	Get(ctx context.Context) (domain.Settings, error)
	Set(ctx context.Context, s domain.Settings) (domain.Settings, error)
}

// Memory remembers what was said.
type Memory interface {
	// Once reports whether it is asked for the first time about a thing, by its name.
	Once(ctx context.Context, name string) (bool, error)
}

// Config is what the desktop is built from.
type Config struct {
	Window   Window
	Fleet    Fleet
	Settings Settings
	Memory   Memory
	Bus      *events.Bus
	Words    tray.Words
	Program  string        // what people call the program
	Startup  *Startup      // what starts with the system; nil if this workspace does not
	Hidden   bool          // the window begins hidden
	Stranded time.Duration // how long a hidden window waits for a tray icon before it goes to the task bar; 0 is 10 s
	Now      func() time.Time
	Logger   zerolog.Logger
}

// Desktop is the tray icon and what closing does. Its methods may be called from any goroutine.
type Desktop struct {
	c      Config
	poke   chan struct{}   // holds a token when something may look different
	chosen chan tray.Entry // lines of the menu that were clicked

	mu       sync.Mutex
	view     tray.View
	wake     time.Time // when the view changes by itself; zero if it does not
	present  bool      // people see the icon
	hidden   time.Time // since when the window is hidden, or the icon gone while it is; zero if it is shown
	quitting bool
}

// New returns a desktop without an icon; Run shows it.
func New(c Config) *Desktop {
	if c.Stranded == 0 {
		c.Stranded = 10 * time.Second // panels come up after the programs that start with the system, and restart after they crashed
	}
	d := &Desktop{c: c, poke: make(chan struct{}, 1), chosen: make(chan tray.Entry, 8)}
	if c.Hidden {
		d.hidden = c.Now()
	}
	return d
}

// Refuge answers where the window goes when it is closed and the devices stay connected.
func (d *Desktop) Refuge() domain.Refuge {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case runtime.GOOS == "darwin":
		return domain.RefugeDock
	case d.present:
		return domain.RefugeTray
	}
	return domain.RefugeTaskbar
}

// Show shows the window.
func (d *Desktop) Show() {
	d.mu.Lock()
	d.hidden = time.Time{}
	d.mu.Unlock()
	d.c.Window.Show()
}

// Quit ends the program.
func (d *Desktop) Quit() {
	d.leave()
	d.c.Window.Quit()
}

// leave has Closing let the window go from now on.
func (d *Desktop) leave() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.quitting = true
}

// Closing is asked when the window is about to close. It reports whether the window stays open, and then it has hidden or minimised it.
func (d *Desktop) Closing(ctx context.Context) (stays bool) {
	refuge := d.Refuge()
	d.mu.Lock()
	quitting := d.quitting || refuge == domain.RefugeDock // there the system hides it, and only quitting comes here
	d.mu.Unlock()
	if quitting {
		return false
	}
	settings, err := d.c.Settings.Get(ctx)
	if err != nil {
		d.c.Logger.Warn().Err(err).Msg("what closing does could not be read; it keeps the devices connected")
	}
	moment := tray.Moment{Quits: settings.CloseQuits, Tray: refuge == domain.RefugeTray, Minimised: d.c.Window.Minimised()}
	switch tray.Close(moment) {
	case tray.ClosingHides:
		d.mu.Lock()
		d.hidden = d.c.Now()
		d.mu.Unlock()
		d.c.Window.Hide()
		d.changed()
	case tray.ClosingMinimises:
		d.c.Window.Minimise()
	case tray.ClosingQuits:
		return false
	}
	d.sayOnce(ctx, refuge)
	return true
}

// sayOnce says where the window has gone, the first time that it goes there.
func (d *Desktop) sayOnce(ctx context.Context, refuge domain.Refuge) {
	first, err := d.c.Memory.Once(ctx, "closing_"+string(refuge))
	if err != nil {
		d.c.Logger.Warn().Err(err).Msg("what was said could not be kept")
	}
	if first {
		d.c.Window.Tell(d.c.Words.Say("desktop_told_title"), d.c.Words.Say("desktop_told_"+string(refuge)))
	}
}

// changed has the icon drawn anew soon.
func (d *Desktop) changed() {
	select {
	case d.poke <- struct{}{}:
	default:
	}
}
