#!/usr/bin/env bash
# Linters, types and formatting. The Go linter is built from the module in build/tools, apart from the program's own.
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"

build/packages.sh compile lint
build/languages.sh
source build/env.sh

build/frontend.sh --without-pages
build/fidelity.sh --install
linter=$(go tool -modfile=build/tools/go.mod -n golangci-lint)

stage "scripts" shellcheck -x -P build build/*.sh .ci/run
stage "Go" "$linter" run "${go_packages[@]}"
stage "Go formatting" "$linter" fmt --diff
stage "notices" go run ./build/notices --check
stage "interface rules" npm --prefix frontend run lint
stage "interface types" npm --prefix frontend run check
stage "fidelity rules" npm --prefix backend/wasim/fidelity run lint
stage "fidelity types" npm --prefix backend/wasim/fidelity run check
