package autostart

import (
	"os"
	"path/filepath"
)

func fileOf(e Entry) (string, error) {
	dir, err := os.UserHomeDir()
	return filepath.Join(dir, "Library", "LaunchAgents", agentLabel(e)+".plist"), err
}

func contentOf(e Entry) string { return launchAgent(e) }

func stateOf(content string, e Entry) State { return agentState(content, e) }
