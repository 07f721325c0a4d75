#!/usr/bin/env bash
# Builds waflow.exe and its installer into build/bin, from Linux.
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"

build/packages.sh compile windows
build/languages.sh
source build/env.sh
build/frontend.sh
# The build tool itself runs here, so it is built before the compiler becomes the one for Windows.
wails=$(go tool -n wails)
say "building for Windows"
CC=x86_64-w64-mingw32-gcc CXX=x86_64-w64-mingw32-g++ CGO_ENABLED=1 \
	"$wails" build -m -s -skipbindings -nosyncgomod -platform windows/amd64 -nsis
ls -l build/bin/*.exe
