package media

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strconv"
	"strings"

	"waflow/backend/domain"
)

// partSuffix ends the names of files that are on their way. None outlives the process that began it by more than its successor's start.
const partSuffix = ".part"

// Files are the files of a workspace, in a folder for each subaccount. Its methods may be called from any goroutine.
type Files struct{ root *os.Root }

// Open opens the folder of files, makes it if there is none, and clears away what an earlier run began and did not finish. Errors:
// storage_failed.
func Open(dir string) (*Files, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, storageFailed("The folder of files can't be made.", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, storageFailed("The folder of files can't be opened.", err)
	}
	f := &Files{root: root}
	if err := f.each(func(name string, _ domain.SubaccountID, sum string) error {
		if sum == "" {
			return f.root.Remove(name)
		}
		return nil
	}); err != nil {
		return nil, errors.Join(storageFailed("What an earlier run left could not be cleared away.", err), root.Close())
	}
	return f, nil
}

// Close lets go of the folder.
func (f *Files) Close() error { return f.root.Close() }

// Read opens the content with a hash, in hex. Errors: not_found; storage_failed.
func (f *Files) Read(sub domain.SubaccountID, sum string) (*os.File, error) {
	name, ok := nameOf(sub, sum)
	if !ok {
		return nil, notFound(nil)
	}
	file, err := f.root.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, notFound(err)
	}
	if err != nil {
		return nil, storageFailed("A file can't be read.", err)
	}
	return file, nil
}

// Sweep removes every content that named does not hold, and returns how many those were. It must not run while one is being kept.
// Errors: storage_failed, and those of named.
func (f *Files) Sweep(ctx context.Context, named func(context.Context, domain.SubaccountID) (map[string]bool, error)) (int, error) {
	held := map[domain.SubaccountID]map[string]bool{}
	removed := 0
	err := f.each(func(name string, sub domain.SubaccountID, sum string) error {
		if held[sub] == nil {
			found, err := named(ctx, sub)
			if err != nil {
				return err
			}
			held[sub] = found
		}
		if sum == "" || held[sub][sum] {
			return nil
		}
		removed++
		return f.root.Remove(name)
	})
	if err != nil {
		return removed, storageFailed("Files that nothing names could not be removed.", err)
	}
	return removed, nil
}

// Missing returns which of the contents of a subaccount are not there. Errors: storage_failed.
func (f *Files) Missing(sub domain.SubaccountID, sums map[string]bool) ([]string, error) {
	var out []string
	for sum := range sums {
		name, ok := nameOf(sub, sum)
		if ok {
			_, err := f.root.Stat(name)
			if err == nil {
				continue
			}
			if !errors.Is(err, fs.ErrNotExist) {
				return nil, storageFailed("A file can't be looked for.", err)
			}
		}
		out = append(out, sum)
	}
	return out, nil
}

// each calls do with every file that is ours; what is on its way has no hash yet. Other files are nobody's business.
func (f *Files) each(do func(name string, sub domain.SubaccountID, sum string) error) error {
	folders, err := fs.ReadDir(f.root.FS(), ".")
	if err != nil {
		return err
	}
	for _, folder := range folders {
		id, err := strconv.ParseInt(folder.Name(), 10, 64)
		if err != nil || !folder.IsDir() {
			continue
		}
		entries, err := fs.ReadDir(f.root.FS(), folder.Name())
		if err != nil {
			return err
		}
		for _, entry := range entries {
			name := path.Join(folder.Name(), entry.Name())
			switch {
			case strings.HasSuffix(entry.Name(), partSuffix):
				err = do(name, domain.SubaccountID(id), "")
			case isSum(entry.Name()):
				err = do(name, domain.SubaccountID(id), entry.Name())
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// Begin makes a file for a content of a subaccount, which takes at most limit bytes. It ends with Keep or Discard. Errors: storage_failed.
func (f *Files) Begin(sub domain.SubaccountID, limit int64) (*Part, error) {
	folder := strconv.FormatInt(int64(sub), 10)
	if err := f.root.MkdirAll(folder, 0o700); err != nil {
		return nil, storageFailed("The folder of a subaccount can't be made.", err)
	}
	name := path.Join(folder, rand.Text()+partSuffix)
	file, err := f.root.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, storageFailed("A file can't be written.", err)
	}
	return &Part{files: f, file: file, sub: sub, name: name, limit: limit}, nil
}

// hashOf is the hash of what a file holds, in hex, with its size.
func hashOf(file io.ReadSeeker) (string, int64, error) {
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return "", 0, err
	}
	h := sha256.New()
	size, err := io.Copy(h, file)
	return hex.EncodeToString(h.Sum(nil)), size, err
}

// nameOf is where a content lies; false for a hash that is none.
func nameOf(sub domain.SubaccountID, sum string) (string, bool) {
	return path.Join(strconv.FormatInt(int64(sub), 10), sum), isSum(sum)
}

func isSum(s string) bool {
	if len(s) != hex.EncodedLen(sha256.Size) {
		return false
	}
	return strings.Trim(s, "0123456789abcdef") == ""
}

func storageFailed(sentence string, cause error) *domain.Error {
	return &domain.Error{Code: domain.CodeStorageFailed, Message: sentence, Err: cause}
}

func notFound(cause error) *domain.Error {
	return &domain.Error{Code: domain.CodeNotFound, Message: "There is no such file.", Err: cause}
}

func broken(cause error) *domain.Error {
	return &domain.Error{Code: domain.CodeMediaBroken, Message: "The file is not the one that the message names.", Err: cause}
}

func tooLarge(limit int64) *domain.Error {
	return &domain.Error{Code: domain.CodeMediaTooLarge, Message: fmt.Sprintf("The file is larger than %d MB.", limit>>20)}
}
