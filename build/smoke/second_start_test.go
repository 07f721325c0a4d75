//go:build window

package smoke

import (
	"context"
	"image/png"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// A second start with the same data directory opens no second window: it brings the first one to the front and ends. Here the first window
// is a demo, whose yellow banner is seen on the screen, and another workspace's window was opened over it.
func TestASecondStartBringsTheFirstWindowToTheFront(t *testing.T) {
	dir := t.TempDir()
	demo := openWindow(t, "--demo", "--data-dir", dir)
	demo.until(find("banner-demo"))
	other := openWindowOn(t, demo.shown, "--data-dir", t.TempDir())
	other.until(find("welcome-link"))
	other.awaitTop(false)

	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	second := exec.CommandContext(ctx, setting(t, "WAFLOW_WINDOW_BIN"), "--demo", "--data-dir", dir)
	second.Env = append(os.Environ(), homeOf(t)...)
	require.NoError(t, second.Start())
	_ = second.Wait() // the window library ends it with a code of its own
	require.NoError(t, ctx.Err(), "the second start went on")
	demo.awaitTop(true)
	demo.until(find("banner-demo"))
}

// A workspace that can't be opened has a page of its own: the cause, what is safe and what to do.
func TestAFolderThatCannotBeUsedIsSaid(t *testing.T) {
	w := openWindow(t, "--data-dir", t.TempDir()+"/Dropbox/waflow")
	w.until(`document.body.innerText.includes("Waflow's folder is being synced")`)
	w.picture("window-8-folder")
}

// awaitTop waits until the demo's banner is, or is not, what the top of the screen shows.
func (w *window) awaitTop(banner bool) {
	w.t.Helper()
	deadline := time.Now().Add(patience)
	for w.topIsYellow() != banner {
		require.True(w.t, time.Now().Before(deadline), "the window on top is the wrong one")
	}
}

func (w *window) topIsYellow() bool {
	w.t.Helper()
	name, err := w.screen.picture(w.t.Context(), "window-9-front")
	require.NoError(w.t, err)
	file, err := os.Open(name)
	require.NoError(w.t, err)
	defer file.Close()
	shown, err := png.Decode(file)
	require.NoError(w.t, err)
	red, green, blue, _ := shown.At(w.x+800, w.y+12).RGBA() // of 65,535
	return red > 50_000 && green > 40_000 && blue < 25_000
}
