#!/usr/bin/env bash
# Rewrites Go and interface files in the project's format.
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"

build/languages.sh
source build/env.sh
build/frontend.sh --without-pages
go tool -modfile=build/tools/go.mod golangci-lint fmt
npm --prefix frontend run format
npm --prefix backend/wasim/fidelity run format
