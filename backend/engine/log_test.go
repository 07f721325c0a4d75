package engine

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestALogThatIsClosedStaysClosed(t *testing.T) {
	dir := t.TempDir()
	log, file := newLog(dir, time.Now)
	log.Info().Msg("open")
	require.NoError(t, file.Close())
	require.NoError(t, os.RemoveAll(filepath.Join(dir, "logs")))
	log.Info().Msg("too late")
	require.NoDirExists(t, filepath.Join(dir, "logs"))
}
