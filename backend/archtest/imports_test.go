package archtest

import (
	"fmt"
	"go/build/constraint"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
)

const module = "waflow"

// goFile is what the rules are judged by.
type goFile struct {
	path     string // slash-separated, from the top of the tree
	imports  []string
	test     bool
	external bool // a test in a package of its own, which sees only what is exported
	headless bool // part of the build without a window
}

// goFiles reads the import clauses of every Go file of the module in the tree.
func goFiles(tree fs.FS) ([]goFile, error) {
	var files []goFile
	err := fs.WalkDir(tree, ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && skipped(tree, name, entry.Name()):
			return fs.SkipDir
		case entry.IsDir() || path.Ext(name) != ".go":
			return nil
		}
		file, err := read(tree, name)
		files = append(files, file)
		return err
	})
	return files, err
}

// skipped folders hold no code of this module: hidden ones, test data, the interface, and modules of their own.
func skipped(tree fs.FS, name, base string) bool {
	if name == "." {
		return false
	}
	if strings.HasPrefix(base, ".") || base == "testdata" || base == "node_modules" || name == "frontend" {
		return true
	}
	_, err := fs.Stat(tree, path.Join(name, "go.mod"))
	return err == nil
}

func read(tree fs.FS, name string) (goFile, error) {
	source, err := fs.ReadFile(tree, name)
	if err != nil {
		return goFile{}, err
	}
	parsed, err := parser.ParseFile(token.NewFileSet(), name, source, parser.ImportsOnly|parser.ParseComments)
	if err != nil {
		return goFile{}, err
	}
	file := goFile{path: name, headless: true, test: strings.HasSuffix(name, "_test.go")}
	file.external = file.test && strings.HasSuffix(parsed.Name.Name, "_test")
	for _, group := range parsed.Comments {
		for _, comment := range group.List {
			if expression, err := constraint.Parse(comment.Text); err == nil {
				file.headless = expression.Eval(func(tag string) bool { return tag == "headless" || tag == "linux" })
			}
		}
	}
	for _, spec := range parsed.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return goFile{}, err
		}
		file.imports = append(file.imports, imported)
	}
	return file, nil
}

// violations judges the whole tree; each answer names the file, what it imports and why that is refused.
func violations(tree fs.FS) ([]string, error) {
	files, err := goFiles(tree)
	if err != nil {
		return nil, err
	}
	var found []string
	for _, file := range files {
		held, own, known := ruleOf(file)
		if !known {
			found = append(found, file.path+": this package is not in the table of archtest")
			continue
		}
		for _, imported := range file.imports {
			if why := refusal(file, held, own, imported); why != "" {
				found = append(found, fmt.Sprintf("%s imports %s: %s", file.path, imported, why))
			}
		}
	}
	return found, nil
}

// ruleOf answers the rule of a file's package and the import path of the folder that the rule covers.
func ruleOf(file goFile) (held rule, own string, known bool) {
	parts := strings.Split(file.path, "/")
	switch {
	case len(parts) == 1:
		return ruleOfRoot(), module, true
	case parts[0] == "backend" && len(parts) > 2:
		held, known = rules()[parts[1]]
	case parts[0] == "build" && len(parts) > 2:
		held, known = rulesOfBuild()[parts[1]]
	}
	return held, path.Join(module, parts[0], parts[1]), known
}

// refusal answers why the file may not import that, or nothing if it may.
func refusal(file goFile, held rule, own, imported string) string {
	if within(imported, module) {
		return refusalOfOurs(file, held, own, imported)
	}
	if isStandard(imported) {
		return refusalOfStandard(file, held, imported)
	}
	for _, restricted := range restrictedModules {
		if within(imported, restricted) {
			return refusalOfRestricted(file, held, restricted)
		}
	}
	if (held.pure || held.standardOnly) && !file.test {
		return "only the standard library is allowed here"
	}
	return ""
}

func refusalOfStandard(file goFile, held rule, imported string) string {
	reaches := slices.ContainsFunc(reachesOutside, func(p string) bool { return within(imported, p) })
	if !held.pure || file.test || !reaches || slices.Contains(held.typesOnly[file.path], imported) {
		return ""
	}
	return "a pure package decides from its arguments alone"
}

func refusalOfOurs(file goFile, held rule, own, imported string) string {
	if within(imported, own) && own != module {
		return ""
	}
	name, inBackend := strings.CutPrefix(imported, module+"/backend/")
	if !inBackend {
		return "nothing imports this"
	}
	name, _, _ = strings.Cut(name, "/")
	switch {
	case slices.Contains(held.ours, name), slices.Contains(held.ours, everyOurs):
		return ""
	case file.test && name == "wasim", file.external && slices.Contains(realParts, name):
		return ""
	}
	return "the table of archtest does not allow it"
}

func refusalOfRestricted(file goFile, held rule, restricted string) string {
	switch {
	case !slices.Contains(held.restricted, restricted):
		return "that module is kept to the packages the table names"
	case restricted == wails && !mayImportWails(file.path):
		return "the window alone knows Wails"
	case restricted == wails && file.headless:
		return "a file that knows Wails stays out of the headless build: //go:build !headless"
	}
	return ""
}

// within reports whether an import path is that path or below it.
func within(imported, parent string) bool {
	return imported == parent || strings.HasPrefix(imported, parent+"/")
}

// isStandard: paths of other modules begin with a host name.
func isStandard(imported string) bool {
	first, _, _ := strings.Cut(imported, "/")
	return !strings.Contains(first, ".")
}
