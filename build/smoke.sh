#!/usr/bin/env bash
# The real window on a screen that nobody sees, with a D-Bus of its own that records notifications. Pictures of what it
# showed are kept in build/artifacts.
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"

mkdir -p build/artifacts
export WAFLOW_WINDOW_BIN=$root/build/bin/waflow
export WASIM_BIN=$root/build/bin/headless/wasim
export WAFLOW_ARTIFACTS=$root/build/artifacts
export LANG=en_US.UTF-8
xvfb-run -a -s "-screen 0 1280x800x24" dbus-run-session -- \
	go test -count=1 -timeout 10m -tags "$headless_tags,window" ./build/smoke "$@"
