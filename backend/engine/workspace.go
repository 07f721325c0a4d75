package engine

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"waflow/backend/domain"
)

// kindFile keeps a workspace's kind, so that real numbers are never dialled at a simulator and simulated ones never at WhatsApp.
const kindFile = "workspace.json"

type kindRecord struct {
	Kind Kind `json:"kind"`
}

// claimKind checks that dir holds a workspace of this kind, or makes it one.
func claimKind(dir string, kind Kind) error {
	held, err := kindOf(dir)
	if err != nil {
		return err
	}
	if held == "" {
		return writeKind(filepath.Join(dir, kindFile), kind)
	}
	if held != kind {
		return &domain.Error{
			Code: domain.CodeOtherKind, Action: domain.ActionOtherFolder,
			Message: fmt.Sprintf("this folder holds a workspace with %s numbers, not with %s ones; nothing in it was changed", held, kind),
			Detail:  map[string]string{"holds": string(held), "wanted": string(kind)},
		}
	}
	return nil
}

// kindOf reads what kind of workspace dir says it holds, "" if it says none.
func kindOf(dir string) (Kind, error) {
	raw, err := os.ReadFile(filepath.Join(dir, kindFile))
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", readOnly(err)
	}
	var record kindRecord
	if err := json.Unmarshal(raw, &record); err != nil || record.Kind == "" {
		return "", &domain.Error{
			Code: domain.CodeDatabaseDamaged, Action: domain.ActionOtherFolder, Err: err,
			Message: "the file that says what this folder holds can't be read; nothing in it was changed",
			Detail:  map[string]string{"file": kindFile},
		}
	}
	return record.Kind, nil
}

func writeKind(path string, kind Kind) error {
	raw, err := json.Marshal(kindRecord{Kind: kind})
	if err != nil {
		return err
	}
	if err := os.WriteFile(path, append(raw, '\n'), 0o600); err != nil {
		return readOnly(err)
	}
	return nil
}

func readOnly(err error) error {
	return &domain.Error{
		Code: domain.CodeStorageReadOnly, Action: domain.ActionOtherFolder, Err: err,
		Message: "the data folder can't be written; nothing was changed",
	}
}

// beginAnew empties a demo's directory: the simulator remembers nothing from one start to the next, so neither may the workspace.
// Only what Waflow itself makes is removed.
func beginAnew(dir string) error {
	for _, pattern := range []string{"waflow.db*", "sessions", "backups", "media"} {
		found, err := filepath.Glob(filepath.Join(dir, pattern))
		if err != nil {
			return err
		}
		for _, path := range found {
			if err := os.RemoveAll(path); err != nil {
				return readOnly(err)
			}
		}
	}
	return nil
}
