//go:build !headless

package main

import (
	"context"
	"path/filepath"
	"slices"
	"time"

	"github.com/wailsapp/wails/v2/pkg/options"
	"github.com/wailsapp/wails/v2/pkg/runtime"

	"waflow/backend/desktop"
	"waflow/backend/domain"
	"waflow/backend/engine"
)

// newDesktop ties the window to the desktop around it.
func (w *window) newDesktop(e *engine.Engine) *desktop.Desktop {
	config := desktop.Config{
		Window: w, Fleet: e, Settings: e.Services().Settings, Memory: e, Bus: e.Bus(), Words: w.words,
		Program: w.words.Say("tray_program"), Hidden: w.hidden, Now: time.Now, Logger: e.Logger(),
	}
	switch w.options.Kind {
	case engine.Demo:
		config.Program = w.words.Say("tray_program_demo")
	case engine.Real:
		config.Startup = w.startup()
	case engine.Simulated: // its simulator would have to start as well
	}
	return desktop.New(config)
}

// startup is what starts with the system: this program, hidden, with this workspace.
func (w *window) startup() *desktop.Startup {
	start := &desktop.Startup{ID: "waflow", Name: "Waflow", Arguments: []string{hiddenFlag}}
	usual := workspaceFlags{}.options(engine.Desktop).Dir
	if w.options.Dir == usual {
		return start
	}
	start.ID = instance(w.options.Dir)
	if whole, err := filepath.Abs(w.options.Dir); err == nil {
		start.Arguments = append(start.Arguments, "--data-dir", whole)
	}
	return start
}

// hiddenFlag begins without the window, see desktopCommand.
const hiddenFlag = "--hidden"

// staysOpen is asked before the window closes. A program that was told to end ends.
func (w *window) staysOpen(ctx context.Context) bool {
	around := w.desktop.Load()
	if around == nil {
		return false
	}
	select {
	case <-ctx.Done():
		return false
	case <-time.After(endSign):
		return around.Closing(w.ctx)
	}
}

// endSign is how long a signal to end may come after the window library, which gets it as well and closes the window then.
const endSign = 50 * time.Millisecond

// startedAgain shows the window when the program is started once more, unless the system did that.
func (w *window) startedAgain(second options.SecondInstanceData) {
	if slices.Contains(second.Args, hiddenFlag) {
		return
	}
	if around := w.desktop.Load(); around != nil {
		around.Show()
		return
	}
	w.Show()
}

// Show shows the window and brings it to the front.
func (w *window) Show() {
	if w.ctx == nil {
		return
	}
	runtime.WindowUnminimise(w.ctx)
	runtime.WindowShow(w.ctx)
}

// Hide takes the window off the screen.
func (w *window) Hide() { runtime.WindowHide(w.ctx) }

// Minimise leaves the window in the task bar.
func (w *window) Minimise() { runtime.WindowMinimise(w.ctx) }

// ShowMinimised shows a hidden window in the task bar.
func (w *window) ShowMinimised() {
	runtime.WindowMinimise(w.ctx)
	runtime.WindowShow(w.ctx)
}

// Minimised reports whether the window lies in the task bar.
func (w *window) Minimised() bool { return runtime.WindowIsMinimised(w.ctx) }

// Quit closes the window for good.
func (w *window) Quit() { runtime.Quit(w.ctx) }

// OpenDevice opens the page of a device.
func (w *window) OpenDevice(ref domain.DeviceRef) {
	runtime.EventsEmit(w.ctx, "open-device", map[string]any{"subaccount": int64(ref.Subaccount), "device": int64(ref.Device)})
}

// Tell shows a notification that is about no device.
func (w *window) Tell(title, text string) {
	if err := w.announcer.show(announcement{title: title, body: text}); err != nil {
		w.warn(err, "the system did not take a notification")
	}
}
