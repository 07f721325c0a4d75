#!/usr/bin/env bash
# The program killed a thousand times while it receives and a thousand times while it sends, 100,000 messages doubled and out of order, and
# disks that lose the power, are full, broken or damaged, without the race detector: `make test` does less of it. It takes about half an hour.
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"

build/packages.sh compile
build/languages.sh
source build/env.sh

export WAFLOW_CRASH=${WAFLOW_CRASH:-1000} WAFLOW_DOUBLED=${WAFLOW_DOUBLED:-100000}
stage "killed, doubled" go test -timeout 120m -tags "$headless_tags" -v \
	-run '^(TestKilledWhileReceivingAndSending|TestMessagesThatComeTwiceAndOutOfOrder)$' ./backend/engine ./backend/store
stage "disks" go test -timeout 60m -tags "$headless_tags" -v \
	-run '^(TestNothingAcknowledgedIsLostWithThePower|TestADiskThatRefusesIsSaidAndComesBack|TestADamagedDatabaseIsLeftAsItIs)$' ./backend/store
