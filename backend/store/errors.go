package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/mattn/go-sqlite3"

	"waflow/backend/domain"
)

// errClosed is what a write gets that comes after Close.
var errClosed = errors.New("store is closed")

// coded gives an error of the database the code that people's words go by; an error that has one already keeps it.
func coded(what string, err error) error {
	if err == nil {
		return nil
	}
	var known *domain.Error
	if errors.As(err, &known) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("%s: %w", what, err)
	}
	out := &domain.Error{Code: domain.CodeInternal, Message: "the database answered in an unexpected way", Err: fmt.Errorf("%s: %w", what, err)}
	var fault sqlite3.Error
	switch {
	case errors.Is(err, errClosed), errors.Is(err, sql.ErrConnDone):
		out.Code, out.Message = domain.CodeStorageFailed, "the workspace is being closed"
	case errors.As(err, &fault):
		describe(out, fault)
	}
	return out
}

func describe(out *domain.Error, fault sqlite3.Error) {
	switch fault.Code {
	case sqlite3.ErrFull:
		out.Code, out.Message = domain.CodeStorageFailed, "the disk is full; what WhatsApp sends is kept there until there is space"
		out.Detail = map[string]string{"reason": "full"}
	case sqlite3.ErrIoErr, sqlite3.ErrCantOpen, sqlite3.ErrNomem, sqlite3.ErrBusy, sqlite3.ErrLocked, sqlite3.ErrProtocol:
		out.Code, out.Message = domain.CodeStorageFailed, "the disk did not take the change; what WhatsApp sends is kept there until it does"
		out.Detail = map[string]string{"reason": "io"}
	case sqlite3.ErrReadonly, sqlite3.ErrPerm, sqlite3.ErrAuth:
		out.Code, out.Message = domain.CodeStorageReadOnly, "the data folder can't be written"
		out.Action = domain.ActionOtherFolder
	case sqlite3.ErrCorrupt, sqlite3.ErrNotADB:
		out.Code, out.Message = domain.CodeDatabaseDamaged, "the database is damaged; it was left as it is"
	}
}

// notFound is the answer about a row that is not there.
func notFound(what string) error {
	return &domain.Error{Code: domain.CodeNotFound, Message: "there is no such " + what}
}

// isUnique reports whether the database refused a row because another one has the same key.
func isUnique(err error) bool {
	var fault sqlite3.Error
	return errors.As(err, &fault) && fault.Code == sqlite3.ErrConstraint &&
		(fault.ExtendedCode == sqlite3.ErrConstraintUnique || fault.ExtendedCode == sqlite3.ErrConstraintPrimaryKey)
}
