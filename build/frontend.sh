#!/usr/bin/env bash
# Prepares the interface: its packages, the bindings generated from the Go facades, the built pages. Does again only what
# is out of date.
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"

install_packages() {
	local stamp=frontend/node_modules/.installed-from
	if [[ -f $stamp ]] && cmp -s "$stamp" frontend/package-lock.json; then return; fi
	say "installing the interface's packages (npm ci)"
	npm --prefix frontend ci --no-fund --no-audit --loglevel=error
	cp frontend/package-lock.json "$stamp"
}

generate_bindings() {
	local stamp=frontend/wailsjs/.generated
	newer_than "$stamp" backend/bridge backend/domain app.go main.go wails.json go.mod || return 0
	say "generating the bindings"
	# The program embeds this folder; it has to exist before there is anything in it.
	mkdir -p frontend/dist
	touch frontend/dist/.gitkeep
	go tool wails generate module -tags "$window_tags"
	touch "$stamp"
}

build_pages() {
	newer_than frontend/dist/index.html frontend/src frontend/public frontend/messages frontend/project.inlang \
		frontend/index.html frontend/package-lock.json frontend/vite.config.ts frontend/wailsjs/go || return 0
	say "building the interface"
	npm --prefix frontend run build
}

install_packages
generate_bindings
if [[ ${1:-} != --without-pages ]]; then build_pages; fi
