// Package archtest holds the import rules of the program: who may know whom.
package archtest

import (
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
)

const top = "../.."

func TestTheTreeKeepsTheImportRules(t *testing.T) {
	found, err := violations(os.DirFS(top))
	require.NoError(t, err)
	require.Empty(t, found, strings.Join(found, "\n"))
}

func TestTheTreeIsReallyRead(t *testing.T) {
	files, err := goFiles(os.DirFS(top))
	require.NoError(t, err)
	var paths []string
	for _, file := range files {
		paths = append(paths, file.path)
	}
	require.Contains(t, paths, "backend/archtest/archtest_test.go")
	require.Contains(t, paths, "backend/domain/doc.go")
}

func TestRulesRefuse(t *testing.T) {
	cases := map[string]struct{ path, clause, imported string }{
		"domain knows a package of ours":        {"backend/domain/a.go", "package domain", "waflow/backend/store"},
		"domain knows a module of others":       {"backend/domain/a.go", "package domain", "github.com/rs/zerolog"},
		"a pure package reads files":            {"backend/device/a.go", "package device", "os"},
		"a pure package talks to the network":   {"backend/routing/a.go", "package routing", "net/http"},
		"a pure package draws by itself":        {"backend/safety/a.go", "package safety", "math/rand/v2"},
		"a pure package knows another":          {"backend/device/a.go", "package device", "waflow/backend/routing"},
		"the simulator knows ours":              {"backend/wasim/a.go", "package wasim", "waflow/backend/domain"},
		"the simulator's command knows ours":    {"backend/wasim/cmd/wasim/main.go", "package main", "waflow/backend/domain"},
		"the store knows whatsmeow":             {"backend/store/a.go", "package store", "go.mau.fi/whatsmeow/types"},
		"the store's test knows whatsmeow":      {"backend/store/a_test.go", "package store", "go.mau.fi/whatsmeow"},
		"the pool knows the store":              {"backend/pool/a.go", "package pool", "waflow/backend/store"},
		"a use case knows another":              {"backend/inbox/a.go", "package inbox", "waflow/backend/fleet"},
		"a use case's test knows another":       {"backend/inbox/a_test.go", "package inbox_test", "waflow/backend/fleet"},
		"a use case knows the store":            {"backend/inbox/a.go", "package inbox", "waflow/backend/store"},
		"the bridge knows the store":            {"backend/bridge/a.go", "package bridge", "waflow/backend/store"},
		"the engine knows a window":             {"backend/engine/a.go", "package engine", "github.com/wailsapp/wails/v2/pkg/runtime"},
		"the command line knows a window":       {"main.go", "package main", "github.com/wailsapp/wails/v2"},
		"the window is in the headless build":   {"app.go", "package main", "github.com/wailsapp/wails/v2"},
		"the command line goes past the engine": {"serve.go", "package main", "waflow/backend/store"},
		"something imports the program":         {"backend/engine/a.go", "package engine", "waflow"},
		"something imports the build":           {"backend/engine/a.go", "package engine", "waflow/build/bench"},
		"a package that nobody named":           {"backend/utils/a.go", "package utils", "fmt"},
	}
	for name, given := range cases {
		t.Run(name, func(t *testing.T) {
			require.Len(t, judge(t, given.path, given.clause, given.imported), 1)
		})
	}
}

func TestRulesAllow(t *testing.T) {
	const windowOnly = "//go:build !headless\n\npackage main"
	cases := map[string]struct{ path, clause, imported string }{
		"everyone knows the domain":            {"backend/store/a.go", "package store", "waflow/backend/domain"},
		"a pure package knows types of errors": {"backend/device/failure.go", "package device", "net"},
		"the bridge knows a pure answer":       {"backend/bridge/a.go", "package bridge", "waflow/backend/routing"},
		"a pure package computes":              {"backend/device/a.go", "package device", "slices"},
		"the client's home knows whatsmeow":    {"backend/whatsapp/convert/a.go", "package convert", "go.mau.fi/whatsmeow/types"},
		"a package knows its own parts":        {"backend/whatsapp/a.go", "package whatsapp", "waflow/backend/whatsapp/convert"},
		"a test uses the simulator":            {"backend/pool/a_test.go", "package pool", "waflow/backend/wasim"},
		"a test from outside uses real parts":  {"backend/ingest/a_test.go", "package ingest_test", "waflow/backend/store"},
		"the engine knows everything":          {"backend/engine/a.go", "package engine", "waflow/backend/outbox"},
		"the window knows Wails":               {"app.go", windowOnly, "github.com/wailsapp/wails/v2"},
		"the command line knows the engine":    {"main.go", "package main", "waflow/backend/engine"},
	}
	for name, given := range cases {
		t.Run(name, func(t *testing.T) {
			require.Empty(t, judge(t, given.path, given.clause, given.imported))
		})
	}
}

func TestModulesOfTheirOwnAreLeftAlone(t *testing.T) {
	found, err := violations(fstest.MapFS{
		"build/tools/go.mod":              {Data: []byte("module other\n")},
		"build/tools/a.go":                {Data: []byte("package a\nimport _ \"waflow/backend/store\"\n")},
		"frontend/node_modules/flat/a.go": {Data: []byte("package a\n")},
	})
	require.NoError(t, err)
	require.Empty(t, found)
}

func judge(t *testing.T, path, clause, imported string) []string {
	t.Helper()
	source := clause + "\n\nimport _ \"" + imported + "\"\n"
	found, err := violations(fstest.MapFS{path: {Data: []byte(source)}})
	require.NoError(t, err)
	return found
}
