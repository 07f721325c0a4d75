#!/usr/bin/env bash
# Every test. Each stage needs what the ones before it built.
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"

build/packages.sh compile window browser screen
build/languages.sh
source build/env.sh

stage "interface" build/frontend.sh
export GORACE="suppressions=$root/build/race.suppressions"
stage "Go tests" go test -race -timeout 15m -tags "$headless_tags" "${go_packages[@]}"
stage "interface tests" npm --prefix frontend run test
stage "a second client" build/fidelity.sh --short
stage "browser tests" build/e2e.sh
stage "window" build/window.sh
stage "window test" build/smoke.sh
say "all tests passed in $SECONDS s"
