package pool

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAFileThatCannotBeDeletedLeavesNoOtherBehind(t *testing.T) {
	p := newWorld(t).pool()
	stuck := filepath.Join(p.cfg.Sessions, "1-1.db")
	require.NoError(t, os.MkdirAll(filepath.Join(stuck, "full"), 0o700))
	require.NoError(t, os.WriteFile(stuck+"-wal", []byte("keys"), 0o600))
	require.Error(t, p.remove("1-1.db"))
	require.NoFileExists(t, stuck+"-wal")
}
