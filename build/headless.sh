#!/usr/bin/env bash
# Builds the program without a window and the simulator into build/bin/headless.
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"

mkdir -p build/bin/headless
go build -tags "$headless_tags" -o build/bin/headless/ . ./backend/wasim/cmd/wasim
