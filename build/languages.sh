#!/usr/bin/env bash
# Makes sure that Go and Node are there in the versions this project needs. What the system has is used when it is new
# enough. Otherwise both are fetched by the system's own older ones, Go from the Go module mirror and checked against its
# checksum database, Node from the npm registry, into a folder of ours: nothing else on the machine changes version.
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"

go_needed=$(awk '$1 == "go" {print $2}' go.mod)
go_fetched=1.26.8
node_fetched=22

# A Go from 1.21 on answers with the version that go.mod asks for, which it fetches by itself.
go_is_enough() {
	local version
	version=$(go env GOVERSION 2>/dev/null) || return 1
	printf '%s\n' "$go_needed" "${version#go}" | sort -CV
}

# What vite and its companions ask for: 20.19 and up, 22.12 and up, any later one.
node_is_enough() {
	command -v npm >/dev/null && node -e '
		const [major, minor] = process.versions.node.split(".").map(Number);
		process.exit((major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major > 22 ? 0 : 1);
	' 2>/dev/null
}

machine() {
	case $(uname -m) in
	x86_64) echo amd64 ;;
	aarch64 | arm64) echo arm64 ;;
	*) fail "Go $go_needed is needed and cannot be fetched for $(uname -m). Install it from https://go.dev/dl" ;;
	esac
}

fetch_go() {
	say "Go $go_needed or newer is needed; this machine has ${1:-none}. Fetching Go $go_fetched into $fetched/go"
	command -v go >/dev/null || build/packages.sh go
	local module
	module=golang.org/toolchain@v0.0.1-go$go_fetched.$(uname -s | tr '[:upper:]' '[:lower:]')-$(machine)
	mkdir -p "$fetched"
	# An older Go does not read our go.mod, so it runs outside the tree.
	(cd "$fetched" && GOMODCACHE=$fetched/mod GOFLAGS=-modcacherw go mod download "$module")
	chmod -R u+w "$fetched/mod/$module"
	chmod +x "$fetched/mod/$module"/bin/* "$fetched/mod/$module"/pkg/tool/*/*
	ln -sfn "$fetched/mod/$module" "$fetched/go"
}

fetch_node() {
	say "Node 20.19, 22.12 or newer is needed; this machine has ${1:-none}. Fetching Node $node_fetched into $fetched/node"
	command -v npm >/dev/null || build/packages.sh node
	mkdir -p "$fetched/node"
	npm install --prefix "$fetched/node" --no-fund --no-audit --loglevel=error "node@$node_fetched" npm@10
}

go_is_enough || fetch_go "$(go version 2>/dev/null | awk '{print $3}')"
node_is_enough || fetch_node "$(node --version 2>/dev/null)"
