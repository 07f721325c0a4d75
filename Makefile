.DEFAULT_GOAL := help
.PHONY: help run demo test test-quick test-fidelity test-crash test-soak fuzz lint format bench build build-windows icons notices clean

help: ## list these commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 16

run: ## build and open Waflow; without a display, serve it to a browser
	@build/run.sh

demo: ## the same with simulated phones; nothing reaches WhatsApp
	@build/run.sh --demo

test: ## every test: Go with race detector, interface, browser, real window
	@build/test.sh

test-quick: ## the inner loop: Go without race detector, interface
	@build/test-quick.sh

test-fidelity: ## the simulator against a second client library, all of it
	@build/fidelity.sh

test-soak: ## storms, hours without a server, sleeps and a day of traffic in their real sizes
	@build/soak.sh

fuzz: ## each fuzz target for ten minutes, or for FUZZ_TIME
	@build/fuzz.sh

test-crash: ## 2,000 kills, 100,000 messages doubled and out of order, lost power, full and damaged disks
	@build/crash.sh

lint: ## linters, types, formatting
	@build/lint.sh

format: ## rewrite Go and interface files in the project's format
	@build/format.sh

bench: ## benchmarks, all or NAMES=ingest,start; writes build/bench/results.json
	@build/bench.sh "$(NAMES)"

build: ## the desktop program for this system, in build/bin
	@build/window.sh

build-windows: ## waflow.exe and its installer, in build/bin
	@build/windows.sh

icons: ## draw the icons again from build/appicon.svg
	@build/icons.sh

notices: ## write THIRD_PARTY_NOTICES.md again from what is linked
	@build/notices.sh

clean: ## remove everything that was built
	@rm -rf build/bin build/artifacts frontend/dist frontend/wailsjs frontend/node_modules backend/wasim/fidelity/node_modules
