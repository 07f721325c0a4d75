package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

var (
	errNoLicenceFile  = errors.New("no licence file")
	errUnknownLicence = errors.New("licence not recognised")
)

// withLicence reads the licence file in a folder and recognises it.
func withLicence(p part, folder string) (part, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return p, err
	}
	at := slices.IndexFunc(entries, func(e os.DirEntry) bool {
		name := strings.ToUpper(e.Name())
		return !e.IsDir() && (strings.HasPrefix(name, "LICENSE") || strings.HasPrefix(name, "LICENCE") || strings.HasPrefix(name, "COPYING"))
	})
	if at < 0 {
		return p, fmt.Errorf("%s: %w", p.name, errNoLicenceFile)
	}
	content, err := os.ReadFile(filepath.Join(folder, entries[at].Name()))
	if err != nil {
		return p, err
	}
	p.text = strings.TrimSpace(strings.ReplaceAll(string(content), "\r\n", "\n"))
	if p.spdx = recognise(p.text); p.spdx == "" {
		return p, fmt.Errorf("%s: %w: %s", p.name, errUnknownLicence, entries[at].Name())
	}
	return p, nil
}

// recognise answers the SPDX identifier of a licence text by sentences that only this licence has, or nothing.
func recognise(text string) string {
	flat := strings.Join(strings.Fields(strings.ToLower(text)), " ")
	has := func(sentence string) bool { return strings.Contains(flat, sentence) }
	switch {
	case has("gnu general public license version 3"):
		return "GPL-3.0-only"
	case has("mozilla public license version 2.0"), has("mozilla public license, version 2.0"):
		return "MPL-2.0"
	case has("apache license version 2.0"):
		return "Apache-2.0"
	case has("sil open font license version 1.1"):
		return "OFL-1.1"
	case has("redistribution and use in source and binary forms") && (has("endorse or promote") || has("used to endorse")):
		return "BSD-3-Clause"
	case has("redistribution and use in source and binary forms"):
		return "BSD-2-Clause"
	case has("permission to use, copy, modify, and/or distribute this software"),
		has("permission to use, copy, modify, and distribute this software"):
		return "ISC"
	case has("permission is hereby granted, free of charge, to any person obtaining a copy"):
		return "MIT"
	}
	return ""
}
