package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
)

// build is one way in which the program is linked.
type build struct{ system, tags string }

func builds() []build {
	return []build{
		{"linux", "webkit2_41,sqlite_fts5,desktop,production"},
		{"windows", "sqlite_fts5,desktop,production"},
		{"darwin", "sqlite_fts5,desktop,production"},
		{"linux", "sqlite_fts5,headless"},
	}
}

type listed struct {
	Standard bool
	Module   *struct {
		Path, Version, Dir string
		Main               bool
	}
}

// linkedModules answers the Go modules that any build of the program contains, the standard library among them.
func linkedModules(ctx context.Context) ([]part, error) {
	root, err := exec.CommandContext(ctx, "go", "env", "GOROOT").Output()
	if err != nil {
		return nil, err
	}
	standard, err := withLicence(part{name: "Go standard library"}, strings.TrimSpace(string(root)))
	if err != nil {
		return nil, err
	}
	parts, seen := []part{standard}, map[string]bool{}
	for _, b := range builds() {
		found, err := packagesOf(ctx, b)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", b.system, err)
		}
		for _, p := range found {
			if p.Standard || p.Module == nil || p.Module.Main || seen[p.Module.Path] {
				continue
			}
			seen[p.Module.Path] = true
			linked, err := withLicence(part{name: p.Module.Path, version: p.Module.Version}, p.Module.Dir)
			if err != nil {
				return nil, err
			}
			parts = append(parts, linked)
		}
	}
	return parts, nil
}

func packagesOf(ctx context.Context, b build) ([]listed, error) {
	command := exec.CommandContext(ctx, "go", "list", "-deps", "-json=Standard,Module", "-tags", b.tags, ".")
	command.Env = append(os.Environ(), "GOOS="+b.system, "GOARCH=amd64", "CGO_ENABLED=1")
	command.Stderr = os.Stderr
	out, err := command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := command.Start(); err != nil {
		return nil, err
	}
	var found []listed
	decoder := json.NewDecoder(out)
	for {
		var p listed
		err := decoder.Decode(&p)
		if errors.Is(err, io.EOF) {
			return found, command.Wait()
		}
		if err != nil {
			return nil, errors.Join(err, command.Wait())
		}
		found = append(found, p)
	}
}
