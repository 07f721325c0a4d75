package autostart

import (
	"os"
	"path/filepath"
)

func fileOf(e Entry) (string, error) {
	dir, err := os.UserConfigDir()
	return filepath.Join(dir, "autostart", e.ID+".desktop"), err
}

func contentOf(e Entry) string { return desktopFile(e) }

func stateOf(content string, e Entry) State { return desktopState(content, e) }
