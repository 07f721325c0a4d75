# shellcheck shell=bash disable=SC2034
# Sourced by the scripts beside it: where things are, which tools they use, how they speak.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"

export LANG=${WAFLOW_LANG:-C.UTF-8}

# The tags of the program without a window, and of the one with it.
headless_tags=sqlite_fts5,headless
window_tags=webkit2_41,sqlite_fts5

# Our Go packages by name: frontend/node_modules may hold Go files of others.
go_packages=(. ./backend/... ./build/...)

# Go and Node that languages.sh had to fetch live outside the tree and outside the system.
fetched=${XDG_CACHE_HOME:-$HOME/.cache}/waflow-build
if [[ -x $fetched/go/bin/go ]]; then PATH=$fetched/go/bin:$PATH; fi
if [[ -x $fetched/node/node_modules/.bin/node ]]; then PATH=$fetched/node/node_modules/.bin:$PATH; fi
export PATH

say() { printf '==> %s\n' "$*" >&2; }

fail() {
	printf 'error: %s\n' "$*" >&2
	exit 1
}

# stage NAME COMMAND… runs the command and says how long it took.
stage() {
	local name=$1 began=$SECONDS
	shift
	say "$name"
	"$@"
	say "$name: $((SECONDS - began)) s"
}

# newer_than FILE PATH… is true when the file is missing or any of the paths holds something newer.
newer_than() {
	local made=$1 path existing=()
	shift
	[[ -e $made ]] || return 0
	for path in "$@"; do
		if [[ -e $path ]]; then existing+=("$path"); fi
	done
	((${#existing[@]})) && [[ -n $(find "${existing[@]}" -newer "$made" -not -path '*/node_modules/*' -not -path '*/paraglide/*' -print -quit) ]]
}
