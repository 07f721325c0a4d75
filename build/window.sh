#!/usr/bin/env bash
# Builds the desktop program with its window into build/bin.
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"

build/packages.sh compile window
build/languages.sh
source build/env.sh
build/frontend.sh
say "building the window"
go tool wails build -m -s -skipbindings -nosyncgomod
