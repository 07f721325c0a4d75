//go:build headless

package main

import (
	"context"
	"errors"
)

// runDesktop says that this build leaves the window out.
func runDesktop(context.Context, workspaceFlags, bool) error {
	return errors.New("this build has no window: run `waflow serve`")
}
