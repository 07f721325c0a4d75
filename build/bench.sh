#!/usr/bin/env bash
# Runs the benchmarks, all of them or those whose names begin with one of a comma-separated list.
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"

build/packages.sh compile browser
build/languages.sh
source build/env.sh
build/frontend.sh
build/headless.sh
export WAFLOW_BIN=$root/build/bin/headless/waflow
export WASIM_BIN=$root/build/bin/headless/wasim
go run -tags "$headless_tags" ./build/bench -names "${1:-}" -out build/bench/results.json
