#!/usr/bin/env bash
# Playwright against `waflow serve` and the simulator, in Chromium. The tests start both themselves, from these paths.
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"

build/headless.sh
export WAFLOW_BIN=$root/build/bin/headless/waflow
export WASIM_BIN=$root/build/bin/headless/wasim
if chromium=$(command -v chromium) && [[ $chromium != /snap/* ]] && ! grep -q '^ID=ubuntu' /etc/os-release; then
	export CHROMIUM_BIN=$chromium
else
	say "fetching a browser for the tests (Playwright's Chromium)"
	(cd frontend && npx playwright install --with-deps --only-shell chromium)
fi
# A language that is not installed makes Chromium take names of files for ASCII; this one is everywhere.
export LANG=C.UTF-8 LANGUAGE=en_US
npm --prefix frontend run e2e
