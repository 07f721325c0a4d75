#!/usr/bin/env bash
# Every fuzz target for ten minutes, or for FUZZ_TIME, one after the other. What one finds is kept under testdata/fuzz and is a test from then on.
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"

build/packages.sh compile
build/languages.sh
source build/env.sh

grep -rlE '^func Fuzz' --include='*_test.go' backend | xargs -n 1 dirname | sort -u | while read -r package; do
	grep -hoE '^func Fuzz\w+' "$package"/*_test.go | sed 's/^func //' | sort | while read -r target; do
		stage "$target" go test -tags "$headless_tags" -run '^$' -fuzz "^$target\$" -fuzztime "${FUZZ_TIME:-10m}" -parallel 1 "./$package" </dev/null
	done
done
