package bridge

import (
	"context"
	"encoding/json"
	"errors"
	"maps"

	"waflow/backend/domain"
)

// callError is an error on its way to the interface: its text is the JSON of a Problem.
type callError struct{ problem Problem }

// Error returns the JSON of the problem.
func (e *callError) Error() string {
	text, err := json.Marshal(e.problem)
	if err != nil {
		return `{"code":"internal","message":"","detail":{},"action":""}`
	}
	return string(text)
}

func asCallError(err error) error {
	var already *callError
	if errors.As(err, &already) {
		return already
	}
	return &callError{problemOf(err)}
}

// problemOf translates an error for the interface. What is not meant for people becomes "internal" without its text, which may hold
// paths and statements; the log has it.
func problemOf(err error) Problem {
	var coded *domain.Error
	var already *callError
	switch {
	case errors.As(err, &already):
		return already.problem
	case errors.As(err, &coded):
		detail := maps.Clone(coded.Detail)
		if detail == nil {
			detail = map[string]string{}
		}
		return Problem{Code: string(coded.Code), Message: coded.Message, Detail: detail, Action: string(coded.Action)}
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return internal("This took too long and was given up. Nothing is lost.", domain.ActionRetry)
	}
	return internal("Something in Waflow failed. What was saved before is safe; the log has the details.", domain.ActionNone)
}

func internal(message string, action domain.Action) Problem {
	return Problem{Code: string(domain.CodeInternal), Message: message, Detail: map[string]string{}, Action: string(action)}
}
