//go:build !headless

package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	goruntime "runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/wailsapp/wails/v2"
	"github.com/wailsapp/wails/v2/pkg/logger"
	"github.com/wailsapp/wails/v2/pkg/options"
	"github.com/wailsapp/wails/v2/pkg/options/assetserver"
	"github.com/wailsapp/wails/v2/pkg/options/linux"
	"github.com/wailsapp/wails/v2/pkg/runtime"

	"waflow/backend/bridge"
	"waflow/backend/desktop"
	"waflow/backend/engine"
)

// stopWithin is how long the engine may take to stop once the window has closed.
const stopWithin = 15 * time.Second

// window is the desktop program: one engine, shown in one window.
type window struct {
	options engine.Options
	facades *bridge.Facades
	words   catalogue
	hidden  bool // it begins hidden

	announcer announcer // from startup on

	ctx     context.Context // Wails' own, from startup on
	engine  *engine.Engine  // nil when the workspace could not be opened
	cancel  context.CancelFunc
	ended   chan struct{}
	closed  atomic.Bool
	desktop atomic.Pointer[desktop.Desktop] // nil until the workspace is open
}

// runDesktop opens the window, or begins with it hidden, and returns when the program is to end.
func runDesktop(ctx context.Context, flags workspaceFlags, hidden bool) error {
	files, err := assets()
	if err != nil {
		return err
	}
	words, err := readWords("en")
	if err != nil {
		return err
	}
	w := &window{options: flags.options(engine.Desktop), facades: bridge.NewFacades(), words: words, hidden: hidden, ended: make(chan struct{})}
	return wails.Run(&options.App{
		Title: "Waflow", Width: 1280, Height: 800, MinWidth: 960, MinHeight: 640,
		BackgroundColour:   options.NewRGB(0xe9, 0xe6, 0xe0),
		AssetServer:        &assetserver.Options{Assets: files, Middleware: secured},
		Logger:             silent{},
		LogLevelProduction: logger.ERROR,
		OnStartup:          func(wctx context.Context) { w.start(ctx, wctx) },
		OnBeforeClose:      func(context.Context) bool { return w.staysOpen(ctx) },
		OnShutdown:         func(context.Context) { w.stop() },
		StartHidden:        hidden,
		HideWindowOnClose:  goruntime.GOOS == "darwin", // there the Dock brings it back, and quitting is another thing than closing
		SingleInstanceLock: &options.SingleInstanceLock{
			UniqueId:               instance(w.options.Dir),
			OnSecondInstanceLaunch: w.startedAgain,
		},
		Bind:  w.facades.All(),
		Linux: &linux.Options{ProgramName: "waflow", WebviewGpuPolicy: linux.WebviewGpuPolicyOnDemand},
	})
}

// instance names the workspace for the single-instance check: one window for each data directory.
func instance(dir string) string {
	if whole, err := filepath.Abs(dir); err == nil {
		dir = whole
	}
	sum := sha256.Sum256([]byte(dir))
	return "waflow-" + hex.EncodeToString(sum[:8])
}

// start opens the workspace beside the page's loading; the facades' methods wait for it.
func (w *window) start(ctx, wctx context.Context) {
	w.ctx = wctx
	run, cancel := context.WithCancel(ctx)
	w.cancel = cancel
	e, err := engine.Open(run, w.options)
	if err != nil {
		w.facades.Fail(w.options.Info(), err)
		close(w.ended)
		w.Show() // even if it was to begin hidden: it says what is wrong
		return
	}
	w.engine = e
	services := e.Services()
	services.OpenURL = func(address string) error {
		runtime.BrowserOpenURL(wctx, address)
		return nil
	}
	services.OpenDemo = openDemo
	w.announcer = newAnnouncer(wctx, w.opened, w.warn)
	around := w.newDesktop()
	services.Desktop = around
	w.desktop.Store(around)
	w.facades.Attach(services)
	e.OnNotice(w.notify)
	go bridge.Events(run, e.Bus(), func(b bridge.Batch) { runtime.EventsEmit(wctx, "batch", b) })
	go func() {
		defer close(w.ended)
		var icon sync.WaitGroup
		icon.Go(func() { _ = around.Run(run) })
		_ = e.Run(run)
		icon.Wait()
		if ctx.Err() != nil && !w.closed.Load() {
			runtime.Quit(wctx)
		}
	}()
}

// openDemo starts the demo as a process of its own: the client library keeps the service it talks to in package variables, so one process
// talks to one. It lives on when this window is closed.
func openDemo() error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	program := exec.Command(self, "--demo")
	if err := program.Start(); err != nil {
		return err
	}
	return program.Process.Release()
}

// stop ends what start began: the interface is gone already, then the engine from the outside in.
func (w *window) stop() {
	w.closed.Store(true)
	if w.cancel == nil {
		return
	}
	w.cancel()
	select {
	case <-w.ended:
	case <-time.After(stopWithin):
	}
	if w.announcer != nil {
		w.announcer.close()
	}
	if w.engine != nil {
		_ = w.engine.Close()
	}
}

// secured gives every answer of the asset server the headers that `serve` gives, too.
func secured(next http.Handler) http.Handler { return bridge.Secure(next) }

// silent drops what the window library would print: it would name calls with their arguments.
type silent struct{}

// Print drops the message.
func (silent) Print(string) {}

// Trace drops the message.
func (silent) Trace(string) {}

// Debug drops the message.
func (silent) Debug(string) {}

// Info drops the message.
func (silent) Info(string) {}

// Warning drops the message.
func (silent) Warning(string) {}

// Error drops the message.
func (silent) Error(string) {}

// Fatal drops the message.
func (silent) Fatal(string) {}
