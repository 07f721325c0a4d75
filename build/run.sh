#!/usr/bin/env bash
# Builds Waflow and opens its window. Without a display it serves the same interface to a browser.
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"

if [[ $(uname -s) == Darwin ]]; then
	build/window.sh
	exec build/bin/waflow.app/Contents/MacOS/waflow "$@"
fi

if [[ -n ${DISPLAY:-}${WAYLAND_DISPLAY:-} ]]; then
	build/window.sh
	exec build/bin/waflow "$@"
fi

say "there is no display, so Waflow is served to a browser on this machine instead of opening a window"
build/packages.sh compile
build/languages.sh
source build/env.sh
build/frontend.sh
build/headless.sh
exec build/bin/headless/waflow serve "$@"
