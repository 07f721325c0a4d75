package media

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"

	"waflow/backend/domain"
)

// Save puts a copy of the file of a message at a path, in the place of what is there, and marks it as one that came from elsewhere. Nothing is
// at the path before all of it is. Errors: not_found for one that is not here; storage_failed.
func (l *Library) Save(ctx context.Context, id domain.MessageID, path string) error {
	open, err := l.Open(ctx, id)
	if err != nil {
		return err
	}
	defer func() { _ = open.File.Close() }()
	part, err := os.CreateTemp(filepath.Dir(path), ".waflow-*"+partSuffix)
	if err != nil {
		return storageFailed("The file can't be saved there.", err)
	}
	_, err = io.Copy(part, open.File)
	if err == nil {
		err = part.Sync()
	}
	if err = errors.Join(err, part.Close()); err == nil {
		l.mark(part.Name())
		err = os.Rename(part.Name(), path)
	}
	if err != nil {
		return storageFailed("The file can't be saved there.", errors.Join(err, os.Remove(part.Name())))
	}
	return nil
}

// mark marks a file where its place can hold that: a stick may not.
func (l *Library) mark(path string) {
	if l.c.Mark == nil {
		return
	}
	if err := l.c.Mark(path); err != nil {
		l.c.Logger.Info().Msg("a saved file could not be marked as one that came from elsewhere")
	}
}
