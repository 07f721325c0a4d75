//go:build !headless

package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
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
	"waflow/backend/domain"
	"waflow/backend/engine"
)

// stopWithin is how long the engine may take to stop once the window has closed.
const stopWithin = 15 * time.Second

// window is the desktop program: one engine, shown in one window.
type window struct {
	options engine.Options
	facades *bridge.Facades
	players *bridge.Players
	words   catalogue
	hidden  bool // it begins hidden

	announcer announcer // from startup on

	ctx     context.Context // Wails' own, from startup on
	run     context.Context // of the engine; cancel ends it
	cancel  context.CancelFunc
	opening atomic.Pointer[opening] // nil while the workspace could not be opened
	closed  atomic.Bool
	desktop atomic.Pointer[desktop.Desktop] // nil until the workspace is open
}

// opening is a workspace that is open.
type opening struct {
	engine *engine.Engine
	ended  chan struct{} // closed when the engine has stopped
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
	facades := bridge.NewFacades()
	players, err := bridge.OpenPlayers(ctx, facades)
	if err != nil {
		return err
	}
	w := &window{options: flags.options(engine.Desktop), facades: facades, players: players, words: words, hidden: hidden}
	return errors.Join(wails.Run(&options.App{
		Title: "Waflow", Width: 1280, Height: 800, MinWidth: 960, MinHeight: 640,
		BackgroundColour:   options.NewRGB(0xe9, 0xe6, 0xe0),
		AssetServer:        &assetserver.Options{Assets: files, Middleware: w.secured},
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
	}), players.Close())
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
	w.run, w.cancel = context.WithCancel(ctx)
	err := w.open(ctx)
	if err == nil {
		return
	}
	var backups []domain.Backup
	if domain.CodeOf(err) == domain.CodeDatabaseDamaged {
		backups, _ = engine.Backups(w.options) // without a list there is nothing to choose from, and the problem is told in any case
	}
	w.facades.Fail(w.options.Info(), err, backups, func(_ context.Context, backup string) error {
		if _, err := engine.Restore(w.run, w.options, backup); err != nil {
			return err
		}
		return w.open(ctx)
	})
	w.Show() // even if it was to begin hidden: it says what is wrong
}

// open opens the workspace and runs it.
func (w *window) open(ctx context.Context) error {
	e, err := engine.Open(w.run, w.options)
	if err != nil {
		return err
	}
	services := e.Services()
	services.OpenURL = func(address string) error {
		runtime.BrowserOpenURL(w.ctx, address)
		return nil
	}
	services.SaveAs = func(name string) (string, error) {
		return runtime.SaveFileDialog(w.ctx, runtime.SaveDialogOptions{DefaultFilename: name})
	}
	services.Info.Players = w.players.Base()
	services.OpenDemo = openDemo
	ended := make(chan struct{})
	w.opening.Store(&opening{engine: e, ended: ended})
	w.announcer = newAnnouncer(w.ctx, w.opened, w.warn)
	around := w.newDesktop(e)
	services.Desktop = around
	w.desktop.Store(around)
	w.facades.Attach(services)
	e.OnNotice(w.notify)
	go bridge.Events(w.run, e.Bus(), e.Logger(), func(b bridge.Batch) { runtime.EventsEmit(w.ctx, "batch", b) })
	go func() {
		defer close(ended)
		var icon sync.WaitGroup
		icon.Go(func() { _ = around.Run(w.run) })
		_ = e.Run(w.run)
		icon.Wait()
		if ctx.Err() != nil && !w.closed.Load() {
			runtime.Quit(w.ctx)
		}
	}()
	return nil
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
	open := w.opening.Load()
	if open == nil {
		return
	}
	select {
	case <-open.ended:
	case <-time.After(stopWithin):
	}
	if w.announcer != nil {
		w.announcer.close()
	}
	_ = open.engine.Close()
}

// secured gives every answer of the asset server the headers that `serve` gives, too, and serves the files of messages beside the page.
func (w *window) secured(next http.Handler) http.Handler {
	media := w.facades.Media()
	return bridge.Secure(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if bridge.IsMedia(r) {
			media.ServeHTTP(rw, r)
			return
		}
		next.ServeHTTP(rw, r)
	}), w.players.Origin())
}

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
