#!/usr/bin/env bash
# Draws the icons of each system from build/appicon.svg. They are kept in the tree; run it after changing the drawing.
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"

build/packages.sh browser screen
drawn=$(mktemp -d)
trap 'rm -rf "$drawn"' EXIT

# draw_svg SIZE FILE < SVG
draw_svg() {
	cat >"$drawn/drawing.svg"
	chromium --headless --no-sandbox --disable-gpu --disable-background-networking --disable-component-update \
		--disable-sync --user-data-dir="$drawn/profile" --hide-scrollbars --default-background-color=00000000 \
		--force-device-scale-factor=1 --window-size="$1,$1" --screenshot="$2" \
		"file://$drawn/drawing.svg" 2>/dev/null
}

draw_svg 1024 "$drawn/1024.png" <build/appicon.svg
convert "$drawn/1024.png" -strip -define png:compression-level=9 build/appicon.png
for size in 256 64 48 32 16; do
	convert "$drawn/1024.png" -resize "${size}x$size" "$drawn/icon-$size.png"
done
convert "$drawn"/icon-{256,64,48,32,16}.png build/windows/icon.ico

# The tray shows the program's mark with the shape of a status in its corner, which cuts itself out of the mark: it lies on light panels and
# on dark ones. Each status has a shape of its own, the one that the interface draws.
status_shape() {
	case $1 in
	connected) echo '<circle cx="6" cy="6" r="5.4" fill="#1d8653"/><path d="M3.6 6.2l1.7 1.7 3.2-3.6" stroke="#fff" stroke-width="1.5"/>' ;;
	pending) echo '<circle cx="6" cy="6" r="5.4" fill="#fff"/><circle cx="6" cy="6" r="4.5" stroke="#2f6fcf" stroke-width="1.8"/><path d="M6 1.5a4.5 4.5 0 0 1 0 9z" fill="#2f6fcf"/>' ;;
	offline) echo '<circle cx="6" cy="6" r="5.4" fill="#fff"/><circle cx="6" cy="6" r="4.1" stroke="#b06a00" stroke-width="2.6"/>' ;;
	attention) echo '<path d="M6 .9 11.5 10.9H.5z" fill="#cc352b" stroke="#cc352b" stroke-width="1.2" stroke-linejoin="round"/><path d="M6 4.4v2.9M6 9.2v.1" stroke="#fff" stroke-width="1.6"/>' ;;
	quiet) echo '<circle cx="6" cy="6" r="5.4" fill="#85807a"/><path d="M3.6 6h4.8" stroke="#fff" stroke-width="1.7"/>' ;;
	esac
}
status_cut() {
	case $1 in
	attention) echo '<path d="M6 .9 11.5 10.9H.5z" fill="#000" stroke="#000" stroke-width="3.4" stroke-linejoin="round"/>' ;;
	*) echo '<circle cx="6" cy="6" r="6.5" fill="#000"/>' ;;
	esac
}
in_corner='transform="translate(386 386) scale(53)"'
for status in connected pending offline attention quiet; do
	draw_svg 1024 "$drawn/tray.png" <<-SVG
		<svg xmlns="http://www.w3.org/2000/svg" viewBox="40 40 984 984" width="1024" height="1024" fill="none" stroke-linecap="round">
		<mask id="cut" maskUnits="userSpaceOnUse" x="0" y="0" width="1024" height="1024"><path d="M0 0h1024v1024H0z" fill="#fff"/><g $in_corner>$(status_cut $status)</g></mask>
		<g mask="url(#cut)">$(sed '1d;$d' build/appicon.svg)</g><g $in_corner>$(status_shape $status)</g></svg>
	SVG
	for size in 64 48 32 24 22 20 16; do
		convert "$drawn/tray.png" -resize "${size}x$size" -strip -define png:compression-level=9 "$drawn/tray-$size.png"
	done
	for size in 64 48 32 24 22 16; do
		cp "$drawn/tray-$size.png" "backend/tray/icons/$status-$size.png"
	done
	convert "$drawn"/tray-{48,32,24,20,16}.png "backend/tray/icons/$status.ico"
done
