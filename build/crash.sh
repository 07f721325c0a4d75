#!/usr/bin/env bash
# What must never lose anything, as often as it has to be shown: `make test` does a part of it.
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"

build/packages.sh compile
build/languages.sh
source build/env.sh

export WAFLOW_CRASH=1
stage "lost power, full, broken and damaged disks" go test -timeout 60m -tags "$headless_tags" -v \
	-run '^(TestNothingAcknowledgedIsLostWithThePower|TestADiskThatRefusesIsSaidAndComesBack|TestADamagedDatabaseIsLeftAsItIs)$' ./backend/store
