#!/usr/bin/env bash
# Draws the icons of each system from build/appicon.svg. They are kept in the tree; run it after changing the drawing.
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"

build/packages.sh browser screen
drawn=$(mktemp -d)
trap 'rm -rf "$drawn"' EXIT

draw() {
	chromium --headless --no-sandbox --disable-gpu --disable-background-networking --disable-component-update \
		--disable-sync --user-data-dir="$drawn/profile" --hide-scrollbars --default-background-color=00000000 \
		--force-device-scale-factor=1 --window-size="$1,$1" --screenshot="$drawn/$1.png" \
		"data:image/svg+xml;base64,$(base64 -w0 build/appicon.svg)" 2>/dev/null
}

draw 1024
convert "$drawn/1024.png" -strip -define png:compression-level=9 build/appicon.png
for size in 256 64 48 32 16; do
	convert "$drawn/1024.png" -resize "${size}x$size" "$drawn/icon-$size.png"
done
convert "$drawn"/icon-{256,64,48,32,16}.png build/windows/icon.ico
