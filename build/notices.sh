#!/usr/bin/env bash
# Writes THIRD_PARTY_NOTICES.md from what is linked; with --check it only says whether the file is up to date.
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"

build/languages.sh
source build/env.sh
build/frontend.sh --without-pages
go run ./build/notices "$@"
