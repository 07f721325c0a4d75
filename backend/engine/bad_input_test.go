package engine

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"waflow/backend/domain"
)

// Every way in which a workspace can't be opened has a code that says what to do, and leaves what is on disk as it was.
func TestWhatCannotBeOpenedIsRefused(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, []byte("someone's"), 0o600))
	demoDir := t.TempDir()
	require.NoError(t, claimKind(demoDir, Demo))
	garbled := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(garbled, kindFile), []byte("{"), 0o600))
	for name, c := range map[string]struct {
		options Options
		code    domain.Code
	}{
		"a folder that can't be made":     {Options{Dir: filepath.Join(file, "waflow"), Kind: Real}, domain.CodeStorageReadOnly},
		"a synced folder":                 {Options{Dir: filepath.Join(t.TempDir(), "Dropbox", "waflow"), Kind: Real}, domain.CodeSyncedFolder},
		"another kind of workspace":       {Options{Dir: demoDir, Kind: Real}, domain.CodeOtherKind},
		"a kind that can't be read":       {Options{Dir: garbled, Kind: Real}, domain.CodeDatabaseDamaged},
		"an endpoint on another computer": {Options{Dir: t.TempDir(), Kind: Simulated, Endpoint: "ws://192.0.2.1:80/ws/chat"}, domain.CodeEndpointRefused},
		"a root key that is none":         {Options{Dir: t.TempDir(), Kind: Simulated, Endpoint: "ws://127.0.0.1:1/ws/chat", RootKey: "?"}, domain.CodeEndpointRefused},
	} {
		t.Run(name, func(t *testing.T) {
			before := namesIn(t, c.options.Dir)
			_, err := Open(context.Background(), c.options)
			require.Equal(t, c.code, domain.CodeOf(err))
			require.NoFileExists(t, filepath.Join(c.options.Dir, "waflow.db"))
			require.Subset(t, append(before, "waflow.lock"), namesIn(t, c.options.Dir))
		})
	}
}

func namesIn(t *testing.T, dir string) []string {
	t.Helper()
	names := []string{}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return names
	}
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	return names
}

func TestASecondStartIsRefusedWhileTheFirstRuns(t *testing.T) {
	w := newWorld(t)
	first := w.run()
	_, err := Open(context.Background(), w.options())
	require.Equal(t, domain.CodeAlreadyRunning, domain.CodeOf(err))
	first.subaccount("Hotel Miramar")
	first.stop()
	second := w.run()
	subaccounts, err := second.store.Subaccounts(within(t))
	require.NoError(t, err)
	require.Len(t, subaccounts, 1)
}

func TestADemoBeginsAnew(t *testing.T) {
	w := newWorld(t)
	options := Options{Dir: w.dir, Kind: Demo, Mode: Serve}
	for range 2 {
		e, err := Open(context.Background(), options)
		require.NoError(t, err)
		subaccounts, err := e.store.Subaccounts(within(t))
		require.NoError(t, err)
		require.Len(t, subaccounts, 3, "its own, and nothing of the last time")
		_, err = e.fleet.CreateSubaccount(within(t), "Hotel Miramar")
		require.NoError(t, err)
		require.NoError(t, e.Close())
	}
}
