package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestRecognise(t *testing.T) {
	cases := map[string]string{
		"MIT":          "Permission is hereby granted, free of charge, to any\nperson obtaining a copy of this software",
		"ISC":          "Permission to use, copy, modify, and/or distribute this software for any purpose",
		"BSD-2-Clause": "Redistribution and use in source and binary forms, with or without modification",
		"BSD-3-Clause": "Redistribution and use in source and binary forms ... may be used to\n endorse or promote products",
		"Apache-2.0":   "Apache License\n    Version 2.0, January 2004",
		"MPL-2.0":      "Mozilla Public License Version 2.0",
		"OFL-1.1":      "This Font Software is licensed under the SIL Open Font License, Version 1.1.\nSIL OPEN FONT LICENSE Version 1.1",
		"":             "All rights reserved.",
	}
	for spdx, text := range cases {
		require.Equal(t, spdx, recognise(text))
	}
	own, err := os.ReadFile("../../LICENSE")
	require.NoError(t, err)
	require.Equal(t, "GPL-3.0-only", recognise(string(own)))
}

func TestAnUnknownLicenceIsAnError(t *testing.T) {
	folder := t.TempDir()
	_, err := withLicence(part{name: "other"}, folder)
	require.ErrorIs(t, err, errNoLicenceFile)

	require.NoError(t, os.WriteFile(filepath.Join(folder, "LICENSE.md"), []byte("All rights reserved."), 0o600))
	_, err = withLicence(part{name: "other"}, folder)
	require.ErrorIs(t, err, errUnknownLicence)
}

func TestInterfacePackagesLeaveOutDevelopment(t *testing.T) {
	folder := t.TempDir()
	write := func(path, content string) {
		require.NoError(t, os.MkdirAll(filepath.Join(folder, filepath.Dir(path)), 0o700))
		require.NoError(t, os.WriteFile(filepath.Join(folder, path), []byte(content), 0o600))
	}
	write("package-lock.json", `{"packages": {"": {"version": "1"}, "node_modules/@a/shown": {"version": "2.0.0"},
		"node_modules/declared": {"version": "3.0.0"}, "node_modules/linter": {"version": "4.0.0", "dev": true}}}`)
	write("node_modules/@a/shown/LICENSE", "Permission is hereby granted, free of charge, to any person obtaining a copy")
	write("node_modules/declared/package.json", `{"license": "MIT"}`)

	parts, err := interfacePackages(folder)
	require.NoError(t, err)
	page := string(render(parts))
	require.Contains(t, page, "| @a/shown | 2.0.0 | MIT |\n| declared | 3.0.0 | MIT |\n")
	require.NotContains(t, page, "linter")
}
