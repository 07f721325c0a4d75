#!/usr/bin/env bash
# Installs the system packages that a command needs, only those that are missing, on Debian and Ubuntu.
# usage: build/packages.sh GROUP…   with groups: compile, window, browser, screen, windows, lint, go, node
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"

names_of() {
	case $1 in
	compile) echo gcc libc6-dev pkg-config git ca-certificates ;;
	window) echo libgtk-3-dev libwebkit2gtk-4.1-dev ;;
	browser) echo chromium fonts-noto-color-emoji ;;
	screen) echo xvfb xauth dbus imagemagick xdotool fonts-noto-color-emoji ;;
	windows) echo gcc-mingw-w64-x86-64 nsis ;;
	lint) echo shellcheck ;;
	go) echo golang-go ;;
	node) echo nodejs npm ;;
	*) fail "no package group is called '$1'" ;;
	esac
}

reason_of() {
	case $1 in
	compile) echo "to compile the program" ;;
	window) echo "to build and open the window" ;;
	browser) echo "to test the interface in a browser" ;;
	screen) echo "to test the window on a screen that nobody sees" ;;
	windows) echo "to build for Windows" ;;
	lint) echo "to check the scripts" ;;
	go) echo "to fetch the Go version this project uses" ;;
	node) echo "to fetch the Node version this project uses" ;;
	esac
}

installed() { [[ $(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null) == installed ]]; }

# Ubuntu's chromium package is a snap, which neither containers nor a moved HOME can run; test.sh fetches a browser there.
wanted() { ! { [[ $1 == chromium ]] && grep -q '^ID=ubuntu' /etc/os-release; }; }

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
	say "this is neither Debian nor Ubuntu: the README lists what has to be installed by hand ($*)"
	exit 0
fi

missing=()
for group in "$@"; do
	lacking=()
	for name in $(names_of "$group"); do
		if wanted "$name" && ! installed "$name"; then lacking+=("$name"); fi
	done
	if ((${#lacking[@]})); then
		say "needed $(reason_of "$group"): ${lacking[*]}"
		missing+=("${lacking[@]}")
	fi
done
((${#missing[@]})) || exit 0

as_root=()
if ((EUID != 0)); then
	command -v sudo >/dev/null || fail "these system packages are missing and there is no sudo. As root, run: apt-get install ${missing[*]}"
	say "installing them as root through sudo"
	as_root=(sudo)
fi
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "${missing[@]}" >/dev/null
