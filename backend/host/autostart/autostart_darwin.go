package autostart

import (
	"os"
	"path/filepath"
)

// Read returns what the system holds of an entry.
func Read(e Entry) (State, error) {
	file, err := fileOf(e)
	if err != nil {
		return Off, err
	}
	content, err := read(file)
	return agentState(content, e), err
}

// Set makes or removes an entry.
func Set(e Entry, on bool) error {
	file, err := fileOf(e)
	if err != nil {
		return err
	}
	if !on {
		return remove(file)
	}
	if err := e.check(); err != nil {
		return err
	}
	return write(file, launchAgent(e))
}

func fileOf(e Entry) (string, error) {
	dir, err := os.UserHomeDir()
	return filepath.Join(dir, "Library", "LaunchAgents", agentLabel(e)+".plist"), err
}
