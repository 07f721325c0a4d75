//go:build !windows

package autostart

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAFileIsReplacedAsAWhole(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a", "b")
	content, err := read(file)
	require.NoError(t, err)
	require.Empty(t, content)
	require.NoError(t, write(file, "one"))
	require.NoError(t, write(file, "two"))
	content, err = read(file)
	require.NoError(t, err)
	require.Equal(t, "two", content)
	left, err := os.ReadDir(filepath.Dir(file))
	require.NoError(t, err)
	require.Len(t, left, 1)
	require.NoError(t, remove(file))
	require.NoError(t, remove(file))
	require.Error(t, write(filepath.Join(string(os.PathSeparator), "dev", "null", "a"), "one"))
}
