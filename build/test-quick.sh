#!/usr/bin/env bash
# The inner loop: what changed in Go, without the race detector, and the interface's own tests.
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"

build/packages.sh compile
build/languages.sh
source build/env.sh

build/frontend.sh --without-pages
# Those that wait for the clock, or kill a program twenty times, are for `make test`.
slow='^(TestLoginsThatAreRefused|TestConnectionThatIsCutWhileLinking|TestManyDevicesComeBackTogether|TestCutConnectionIsBackAndNothingIsMissing|TestFailedReceiveComesAgain|TestKilledWhileReceiving|TestStorm|TestServerIsAwayForHours|TestSoak|TestEveryCauseComesFromARealEventAndIsShown|TestEverySleepIsNoticed)$'
# The packages mostly wait for the clock as well, so more of them go at once than there are processors, beside the interface's tests.
stage "interface tests" npm --prefix frontend run test &
interface=$!
stage "Go tests" go test -short -p 3 -tags "$headless_tags" -skip "$slow" "${go_packages[@]}"
wait "$interface"
