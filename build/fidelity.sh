#!/usr/bin/env bash
# The simulator against a second client library, unmodified, on loopback: all scenarios, or with --short only
# the first of them. With --install it only fetches that library.
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"

suite=backend/wasim/fidelity

install_packages() {
	local stamp=$suite/node_modules/.installed-from
	if [[ -f $stamp ]] && cmp -s "$stamp" "$suite/package-lock.json"; then return; fi
	say "installing the second client library (npm ci)"
	npm --prefix "$suite" ci --no-fund --no-audit --loglevel=error
	cp "$suite/package-lock.json" "$stamp"
}

build/languages.sh
source build/env.sh
install_packages
if [[ ${1:-} == --install ]]; then exit; fi

mkdir -p build/bin/headless
go build -tags "$headless_tags" -o build/bin/headless/ ./backend/wasim/cmd/wasim ./backend/wasim/fidelity/firstclient
export WASIM_BIN=$root/build/bin/headless/wasim
export FIRSTCLIENT_BIN=$root/build/bin/headless/firstclient

shopt -s globstar
scenarios=("$suite"/scenarios/*.test.js)
if [[ ${1:-} != --short ]]; then scenarios=("$suite"/scenarios/**/*.test.js); fi
# The library leaves timers of up to half a minute behind when a connection ends; the run does not wait for them.
node --test --test-concurrency=2 --test-force-exit --test-reporter=spec "${scenarios[@]}"
