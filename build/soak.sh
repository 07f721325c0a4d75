#!/usr/bin/env bash
# The tests of hours and of hundreds of faults in their real sizes, without the race detector: `make test` runs small ones. Hours pass in a
# clock of the tests' own, so it takes minutes.
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"

build/packages.sh compile
build/languages.sh
source build/env.sh

export WAFLOW_SOAK=1
stage "storm, server away, sleeps, a day" go test -timeout 60m -tags "$headless_tags" -v \
	-run '^(TestStorm|TestServerIsAwayForHours|TestEverySleepIsNoticed|TestSoak)$' ./backend/engine
