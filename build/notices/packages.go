package main

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
)

type lockFile struct {
	Packages map[string]struct {
		Version  string
		Dev      bool
		Optional bool
		Peer     bool
	}
}

// interfacePackages answers the npm packages that the interface is built from: what package-lock.json does not mark as
// needed for development, for one system only, or by another package's choice.
func interfacePackages(folder string) ([]part, error) {
	content, err := os.ReadFile(filepath.Join(folder, "package-lock.json"))
	if err != nil {
		return nil, err
	}
	var lock lockFile
	if err := json.Unmarshal(content, &lock); err != nil {
		return nil, err
	}
	var parts []part
	for path, p := range lock.Packages {
		_, name, nested := cutLast(path, "node_modules/")
		if !nested || p.Dev || p.Optional || p.Peer {
			continue
		}
		found, err := withLicence(part{name: name, version: p.Version}, filepath.Join(folder, path))
		if errors.Is(err, errNoLicenceFile) {
			found, err = withDeclaredLicence(found, filepath.Join(folder, path))
		}
		if err != nil {
			return nil, err
		}
		parts = append(parts, found)
	}
	return parts, nil
}

// withDeclaredLicence serves packages that name a licence and do not bring its text.
func withDeclaredLicence(p part, folder string) (part, error) {
	content, err := os.ReadFile(filepath.Join(folder, "package.json"))
	if err != nil {
		return p, err
	}
	var declared struct{ License string }
	if err := json.Unmarshal(content, &declared); err != nil {
		return p, err
	}
	if declared.License == "" {
		return p, errNoLicenceFile
	}
	p.spdx, p.text = declared.License, "Declared as "+declared.License+" by its package.json, which brings no text."
	return p, nil
}

func cutLast(s, separator string) (before, after string, found bool) {
	at := strings.LastIndex(s, separator)
	if at < 0 {
		return s, "", false
	}
	return s[:at], s[at+len(separator):], true
}
