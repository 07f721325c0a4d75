package wasim_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// What the README's tables name exists: tests and files of tests in the last column, and everything that can be called in the
// column before it.
func TestTheReadmeNamesWhatExists(t *testing.T) {
	text, err := os.ReadFile("README.md")
	require.NoError(t, err)
	declared := declarations(t)
	quoted := regexp.MustCompile("`([^`]+)`")
	rows, names, features := 0, 0, false
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(line, "## ") {
			features = strings.Contains(line, "simulated")
		}
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		if !strings.HasPrefix(line, "|") || len(cells) < 3 || strings.HasPrefix(cells[0], "--") || strings.Contains(line, "shown by") {
			continue
		}
		rows++
		state := strings.TrimSpace(cells[1])
		if features {
			require.Regexp(t, "^(simulated|partly|not)($|[,:;])", state, line)
		}
		require.True(t, features && strings.HasPrefix(state, "not") || strings.TrimSpace(cells[len(cells)-1]) != "", "no test is named: %s", line)
		for _, name := range quoted.FindAllStringSubmatch(cells[len(cells)-1], -1) {
			names++
			switch {
			case strings.HasSuffix(name[1], "_test.go"), strings.HasSuffix(name[1], ".js"):
				require.FileExists(t, name[1])
			default:
				require.True(t, declared[name[1]], "%s is no test: %s", name[1], line)
			}
		}
		for _, name := range quoted.FindAllStringSubmatch(cells[1], -1) {
			last := name[1][strings.LastIndexByte(name[1], '.')+1:]
			if ast.IsExported(last) && token.IsIdentifier(last) {
				require.True(t, declared[last], "%s is not declared: %s", name[1], line)
			}
		}
	}
	require.Greater(t, rows, 40)
	require.Greater(t, names, 60)
}

// declarations are the names of the functions, methods, constants and fields of the package, its tests and its command.
func declarations(t *testing.T) map[string]bool {
	t.Helper()
	names := make(map[string]bool)
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	more, err := filepath.Glob("cmd/*/*.go")
	require.NoError(t, err)
	for _, file := range append(files, more...) {
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		require.NoError(t, err)
		ast.Inspect(parsed, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncDecl:
				names[n.Name.Name] = true
			case *ast.ValueSpec:
				for _, name := range n.Names {
					names[name.Name] = true
				}
			case *ast.Field:
				for _, name := range n.Names {
					names[name.Name] = true
				}
			case *ast.TypeSpec:
				names[n.Name.Name] = true
			}
			return true
		})
	}
	return names
}
