package host

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAFolderIsAskedWithoutBeingChanged(t *testing.T) {
	dir := t.TempDir()
	free, err := System{}.FreeSpace(dir)
	require.NoError(t, err)
	require.Positive(t, free)
	require.NoError(t, System{}.MayWrite(dir))
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Empty(t, entries)
	gone := filepath.Join(dir, "gone")
	require.Error(t, System{}.MayWrite(gone))
	_, err = System{}.FreeSpace(gone)
	require.Error(t, err)
	require.NotEmpty(t, System{}.Name())
}
