//go:build window

package smoke

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// patience is how long anything may take before a test gives up on it.
const patience = 60 * time.Second

// window is the real program in its real window, in a home of its own, looked into through the inspector.
type window struct {
	t      *testing.T
	page   *inspector
	screen screen
	shown  *desktop // gets its notifications
	x, y   int      // corner of the window on the screen
	ended  chan struct{}
}

// openWindow starts the program on a desktop of its own, see openWindowOn.
func openWindow(t *testing.T, arguments ...string) *window {
	t.Helper()
	// Before the program, or the bus would start a notification service of this machine for it.
	shown, err := startDesktop()
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, shown.close()) })
	return openWindowOn(t, shown, arguments...)
}

// openWindowOn starts the program with these arguments and waits for its page. It is stopped when the test ends, as someone who closes the
// window would, and has to end well.
func openWindowOn(t *testing.T, shown *desktop, arguments ...string) *window {
	t.Helper()
	address := freeAddress(t)
	// The test's own context ends before its clean-up, which still wants a picture of the window.
	running, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	process := exec.CommandContext(running, setting(t, "WAFLOW_WINDOW_BIN"), arguments...)
	process.Env = append(os.Environ(), "WEBKIT_INSPECTOR_HTTP_SERVER="+address)
	process.Env = append(process.Env, homeOf(t)...)
	log, err := os.Create(filepath.Join(setting(t, "WAFLOW_ARTIFACTS"), nameOf(t)+".log"))
	require.NoError(t, err)
	process.Stdout, process.Stderr = log, log
	process.Cancel = func() error { return process.Process.Signal(syscall.SIGTERM) }
	process.WaitDelay = patience
	require.NoError(t, process.Start())
	w := &window{t: t, shown: shown, screen: screen{artifacts: setting(t, "WAFLOW_ARTIFACTS")}, ended: make(chan struct{})}
	go func() {
		defer close(w.ended)
		_ = process.Wait() // it answers the context's end; how the program ended is in its state
	}()
	t.Cleanup(func() {
		w.photographFailure()
		stop()
		<-w.ended
		_ = log.Close()
		require.Zero(t, process.ProcessState.ExitCode(), "the program did not end well; its log is %s", log.Name())
	})

	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	w.page, err = dialInspector(ctx, address)
	require.NoError(t, err, "the window did not open; its log is %s", log.Name())
	w.x, w.y, err = w.screen.focus(ctx, "Waflow")
	require.NoError(t, err)
	return w
}

func (w *window) photographFailure() {
	if w.t.Failed() {
		if _, err := w.screen.picture(context.Background(), nameOf(w.t)+"-failed"); err != nil {
			w.t.Log(err)
		}
	}
	if w.page != nil {
		_ = w.page.close()
	}
}

// nameOf is a test's name as a part of a file's name.
func nameOf(t *testing.T) string { return strings.ReplaceAll(t.Name(), "/", "-") }

// homeOf answers the settings that keep a program away from the home, the data and the language of whoever runs the test.
func homeOf(t *testing.T) []string {
	t.Helper()
	home, err := os.MkdirTemp("", "waflow-home-")
	require.NoError(t, err)
	// The web view's own processes write a last time after the program has ended.
	t.Cleanup(func() {
		require.Eventually(t, func() bool { return os.RemoveAll(home) == nil }, patience, 100*time.Millisecond)
	})
	settings := []string{"HOME=" + home, "LANG=en_US.UTF-8", "GTK_USE_PORTAL=0", "NO_AT_BRIDGE=1"}
	for name, folder := range map[string]string{
		"XDG_DATA_HOME": "data", "XDG_CONFIG_HOME": "config", "XDG_CACHE_HOME": "cache", "XDG_STATE_HOME": "state", "XDG_RUNTIME_DIR": "run",
	} {
		path := filepath.Join(home, folder)
		require.NoError(t, os.Mkdir(path, 0o700))
		settings = append(settings, name+"="+path)
	}
	return settings
}

func setting(t *testing.T, name string) string {
	t.Helper()
	value := os.Getenv(name)
	require.NotEmpty(t, value, "%s is not set: run this through build/smoke.sh", name)
	return value
}

func freeAddress(t *testing.T) string {
	t.Helper()
	var config net.ListenConfig
	listener, err := config.Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer listener.Close()
	return listener.Addr().String()
}

// until waits for an expression to become true in the page.
func (w *window) until(condition string) {
	w.t.Helper()
	w.doUntil(func() {}, condition)
}

// doUntil does something again and again, about every second, until an expression becomes true in the page.
func (w *window) doUntil(act func(), condition string) {
	w.t.Helper()
	const looks = 20
	given := time.Now().Add(patience)
	ticker := time.NewTicker(time.Second / looks)
	defer ticker.Stop()
	for look := 0; ; look++ {
		if look%looks == 0 {
			act()
		}
		var holds bool
		require.NoError(w.t, w.page.evaluate(w.t.Context(), "Boolean(document.body && ("+condition+"))", &holds))
		if holds {
			return
		}
		if time.Now().After(given) {
			var text string
			_ = w.page.evaluate(w.t.Context(), "document.body.innerText", &text)
			require.FailNow(w.t, "this did not become true: "+condition, text)
		}
		<-ticker.C
	}
}

// find is the expression for the element with that data-testid.
func find(id string) string {
	return fmt.Sprintf("document.querySelector(%q)", "[data-testid="+strconv.Quote(id)+"]")
}

// place is where an element is in the page, in pixels.
type place struct{ Left, Top, Width, Height float64 }

func (w *window) placeOf(element string) place {
	w.t.Helper()
	w.until(element)
	var written string
	require.NoError(w.t, w.page.evaluate(w.t.Context(), fmt.Sprintf(
		`(() => { const e = %s; e.scrollIntoView({block: "nearest"}); const r = e.getBoundingClientRect();
		return JSON.stringify({Left: r.left, Top: r.top, Width: r.width, Height: r.height}) })()`, element), &written))
	var at place
	require.NoError(w.t, json.Unmarshal([]byte(written), &at))
	return at
}

// click clicks with the mouse in the middle of an element, once nothing covers it.
func (w *window) click(element string) {
	w.t.Helper()
	w.until(fmt.Sprintf(`(() => { const e = %s; if (!e || e.disabled) return false; const r = e.getBoundingClientRect();
		const top = document.elementFromPoint(r.left + r.width / 2, r.top + r.height / 2); return e.contains(top) })()`, element))
	at := w.placeOf(element)
	require.NoError(w.t, w.screen.click(w.t.Context(), w.x+int(at.Left+at.Width/2), w.y+int(at.Top+at.Height/2)))
}

// enter clicks into a field and types.
func (w *window) enter(element, text string) {
	w.t.Helper()
	w.click(element)
	w.until("document.activeElement === " + element)
	require.NoError(w.t, w.screen.enter(w.t.Context(), text))
	w.until(fmt.Sprintf("(%s.value ?? %s.textContent) === %q", element, element, text))
}

// picture keeps what the screen shows, once the page has painted what it holds: fonts loaded, movements ended, a few
// frames drawn.
func (w *window) picture(name string) string {
	w.t.Helper()
	w.until(`document.fonts.status === "loaded" && document.getAnimations().every((a) =>
		a.playState !== "running" || a.effect.getComputedTiming().endTime === Infinity)`)
	require.NoError(w.t, w.page.evaluate(w.t.Context(), `void (() => { window.framesDrawn = 0;
		const next = () => ++window.framesDrawn < 6 && requestAnimationFrame(next); requestAnimationFrame(next) })()`, nil))
	w.until("window.framesDrawn >= 6")
	file, err := w.screen.picture(w.t.Context(), name)
	require.NoError(w.t, err)
	return file
}
