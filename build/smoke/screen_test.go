//go:build window

package smoke

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// screen is the X display of the test: real clicks, real keys, pictures of what is shown.
type screen struct {
	artifacts string // folder that pictures are kept in
}

// picture photographs the whole screen and answers the file's path.
func (s screen) picture(ctx context.Context, name string) (string, error) {
	file := filepath.Join(s.artifacts, name+".png")
	return file, run(ctx, "import", "-window", "root", file)
}

// click presses the left button at a place in pixels.
func (s screen) click(ctx context.Context, x, y int) error {
	return run(ctx, "xdotool", "mousemove", "--sync", strconv.Itoa(x), strconv.Itoa(y), "click", "1")
}

// enter types text key by key into whatever has the focus.
func (s screen) enter(ctx context.Context, text string) error {
	return run(ctx, "xdotool", "type", "--delay", "8", text)
}

// press presses one key by its X name.
func (s screen) press(ctx context.Context, key string) error {
	return run(ctx, "xdotool", "key", key)
}

// focus gives the keyboard to the window with that title, which a window manager would do, and answers its corner.
func (s screen) focus(ctx context.Context, title string) (x, y int, err error) {
	id, err := exec.CommandContext(ctx, "xdotool", "search", "--sync", "--onlyvisible", "--name", title).Output()
	if err != nil {
		return 0, 0, fmt.Errorf("no window is called %q: %w", title, err)
	}
	window := strings.Fields(string(id))[0]
	if err := run(ctx, "xdotool", "windowfocus", "--sync", window); err != nil {
		return 0, 0, err
	}
	geometry, err := exec.CommandContext(ctx, "xdotool", "getwindowgeometry", "--shell", window).Output()
	if err != nil {
		return 0, 0, err
	}
	for line := range strings.Lines(string(geometry)) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		switch key {
		case "X":
			x, err = strconv.Atoi(value)
		case "Y":
			y, err = strconv.Atoi(value)
		}
		if err != nil {
			return 0, 0, err
		}
	}
	return x, y, nil
}

// sees tells whether a window with that title is on the screen.
func (s screen) sees(ctx context.Context, title string) bool {
	return exec.CommandContext(ctx, "xdotool", "search", "--onlyvisible", "--name", title).Run() == nil
}

func run(ctx context.Context, name string, arguments ...string) error {
	if out, err := exec.CommandContext(ctx, name, arguments...).CombinedOutput(); err != nil {
		return fmt.Errorf("%s %s: %w: %s", name, strings.Join(arguments, " "), err, out)
	}
	return nil
}
