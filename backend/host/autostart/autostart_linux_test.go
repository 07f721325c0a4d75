package autostart

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestStartingIsSetReadAndTakenBack(t *testing.T) {
	config := filepath.Join(t.TempDir(), "config ä")
	t.Setenv("XDG_CONFIG_HOME", config)
	entry := starts("/opt/My Programs/waflow", "--hidden")
	state := func() State {
		s, err := Read(entry)
		require.NoError(t, err)
		return s
	}
	require.Equal(t, Off, state())
	require.NoError(t, Set(entry, false))
	require.NoError(t, Set(entry, true))
	require.Equal(t, On, state())
	file := filepath.Join(config, "autostart", "waflow.desktop")
	content, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, desktopFile(entry), string(content))

	moved := starts("/opt/elsewhere/waflow", "--hidden")
	require.NoError(t, Set(moved, true))
	require.Equal(t, Other, state())
	require.NoError(t, os.Remove(file), "somebody removes it")
	require.Equal(t, Off, state())
	require.NoError(t, Set(entry, true))
	require.NoError(t, Set(entry, false))
	require.Equal(t, Off, state())

	require.Error(t, Set(starts("/opt/a\nb"), true))
	require.NoError(t, os.Remove(filepath.Dir(file)))
	require.NoError(t, os.WriteFile(filepath.Dir(file), nil, 0o600), "a file stands where the folder should")
	require.Error(t, Set(entry, true))
	_, err = Read(entry)
	require.Error(t, err)
}
