//go:build !windows

package autostart

import (
	"errors"
	"io/fs"
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
	return stateOf(content, e), err
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
	return write(file, contentOf(e))
}

// read returns a file's content, "" if it is not there.
func read(file string) (string, error) {
	content, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	return string(content), err
}

// write replaces a file as a whole: a crash leaves the old one or the new one.
func write(file, content string) (err error) {
	dir := filepath.Dir(file)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	draft, err := os.CreateTemp(dir, ".waflow-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(draft.Name())
		}
	}()
	_, err = draft.WriteString(content)
	if err = errors.Join(err, draft.Sync(), draft.Close()); err != nil {
		return err
	}
	return os.Rename(draft.Name(), file)
}

// remove deletes a file, which may be gone already.
func remove(file string) error {
	if err := os.Remove(file); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
