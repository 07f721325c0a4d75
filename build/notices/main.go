// Command notices writes THIRD_PARTY_NOTICES.md: every module that is linked into the program on any system, and every
// package that is part of the interface, with its licence. It fails on a licence it does not know, so that a new
// dependency is looked at by a person.
package main

import (
	"bytes"
	"cmp"
	"context"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
)

// part is one piece of other people's work inside the program.
type part struct {
	name    string
	version string
	spdx    string
	text    string // of its licence file
}

const preface = `# Third-party notices

Waflow contains the work of others, under these licences. Waflow itself is GPL-3.0-or-later: see LICENSE. This file is
written by ` + "`make notices`" + ` from what is really linked; the texts follow the table.

| part | version | licence |
| --- | --- | --- |
`

func main() {
	check := flag.Bool("check", false, "only say whether the file is up to date")
	out := flag.String("out", "THIRD_PARTY_NOTICES.md", "the file to write")
	flag.Parse()
	if err := run(context.Background(), *out, *check); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out string, check bool) error {
	parts, err := linkedModules(ctx)
	if err != nil {
		return err
	}
	packages, err := interfacePackages("frontend")
	if err != nil {
		return err
	}
	written := render(append(parts, packages...))
	if !check {
		return os.WriteFile(out, written, 0o644)
	}
	present, err := os.ReadFile(out)
	if err != nil {
		return err
	}
	if !bytes.Equal(present, written) {
		return fmt.Errorf("%s is not what is linked; make notices writes it again", out)
	}
	return nil
}

// render puts the table first and then each text once, with the parts it belongs to.
func render(parts []part) []byte {
	slices.SortFunc(parts, func(a, b part) int {
		return cmp.Or(strings.Compare(a.name, b.name), strings.Compare(a.version, b.version))
	})
	var page bytes.Buffer
	page.WriteString(preface)
	var texts []string
	holders := map[string][]string{}
	for _, p := range parts {
		fmt.Fprintf(&page, "| %s | %s | %s |\n", p.name, p.version, p.spdx)
		if _, seen := holders[p.text]; !seen {
			texts = append(texts, p.text)
		}
		holders[p.text] = append(holders[p.text], p.name)
	}
	for _, text := range texts {
		fmt.Fprintf(&page, "\n## %s\n\n```text\n%s\n```\n", strings.Join(holders[text], ", "), text)
	}
	return page.Bytes()
}
