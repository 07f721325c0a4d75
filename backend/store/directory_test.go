package store

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"waflow/backend/domain"
)

func TestSyncedFoldersAreRefused(t *testing.T) {
	for path, by := range map[string]string{
		"/home/ana/Dropbox/waflow":                                          "Dropbox",
		"/home/ana/Dropbox (Work)/waflow":                                   "Dropbox",
		"/Users/ana/OneDrive - Acme/waflow":                                 "OneDrive",
		"/Users/ana/Library/Mobile Documents/x":                             "iCloud Drive",
		"/Users/ana/Library/CloudStorage/Box/waflow":                        "a cloud drive",
		"/Users/ana/Library/CloudStorage/GoogleDrive-a@x/My Drive":          "a cloud drive",
		"/mnt/g/My Drive/waflow":                                            "Google Drive",
		"/home/ana/iCloudDrive/waflow":                                      "iCloud Drive",
		"/home/ana/Nextcloud/waflow":                                        "Nextcloud",
		"/home/ana/Dropboxes/waflow":                                        "",
		"/home/ana/.local/share/waflow":                                     "",
		"/home/ana/Documents/One drive to rule them all, but no sync of it": "",
	} {
		require.Equal(t, by, syncedBy(path), path)
	}
	dir := filepath.Join(t.TempDir(), "Dropbox", "waflow")
	require.Equal(t, domain.CodeSyncedFolder, domain.CodeOf(CheckDir(dir)))
	require.NoDirExists(t, dir, "a refused folder is not made")
}

func TestAFolderThatASyncProgramMarkedIsRefused(t *testing.T) {
	top := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(top, ".stfolder"), 0o700))
	require.Equal(t, domain.CodeSyncedFolder, domain.CodeOf(CheckDir(filepath.Join(top, "a", "b"))))
}

func TestALinkIntoASyncedFolderIsRefused(t *testing.T) {
	top := t.TempDir()
	synced := filepath.Join(top, "OneDrive")
	require.NoError(t, os.Mkdir(synced, 0o700))
	link := filepath.Join(top, "plain")
	require.NoError(t, os.Symlink(synced, link))
	require.Equal(t, domain.CodeSyncedFolder, domain.CodeOf(CheckDir(link)))
}

func TestAFolderThatCanNotBeWrittenIsRefused(t *testing.T) {
	top := t.TempDir()
	file := filepath.Join(top, "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	require.Equal(t, domain.CodeStorageReadOnly, domain.CodeOf(CheckDir(filepath.Join(file, "waflow"))))
}

func TestAGoodFolderIsMadeAndLeftEmpty(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "waflow")
	require.NoError(t, CheckDir(dir))
	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Empty(t, left)
	if runtime.GOOS != "windows" {
		info, err := os.Stat(dir)
		require.NoError(t, err)
		require.Equal(t, os.FileMode(0o700), info.Mode().Perm())
	}
}

func TestASecondStartIsRefusedUntilTheFirstEnds(t *testing.T) {
	dir := t.TempDir()
	first, err := Lock(dir)
	require.NoError(t, err)
	_, err = Lock(dir)
	require.Equal(t, domain.CodeAlreadyRunning, domain.CodeOf(err))
	require.NoError(t, first.Close())
	second, err := Lock(dir)
	require.NoError(t, err)
	require.NoError(t, second.Close())
}
