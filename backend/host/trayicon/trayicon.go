// Package trayicon is one icon in the system's notification area, with a tooltip and a menu. On Linux it speaks StatusNotifierItem and
// dbusmenu on the session bus, on Windows it goes through a library; on macOS there is none, see docs/decisions.
package trayicon

import "github.com/rs/zerolog"

// Look is what the icon shows.
type Look struct {
	PNG     [][]byte  // the picture in several sizes, as PNG
	ICO     []byte    // the same as ICO
	Tooltip string    // one line
	Menu    [][]Entry // groups with a line between them; none is empty, none is longer than MostInGroup
}

// MostInGroup is how many entries a group of the menu holds at most; more are not shown.
const MostInGroup = 8

// Entry is a line of the menu.
type Entry struct {
	ID      int32 // from 1 to 1,000,000; the same line has the same id in each menu, so that a click meets what was read
	Label   string
	Enabled bool
}

// Options are what an icon is made from. The functions are called from goroutines of the icon and must not block.
type Options struct {
	ID    string // of the program, such as "waflow"
	Title string // of the program, as people read it
	Look  Look   // what it shows at first

	Opened  func()             // the icon was clicked
	Chosen  func(id int32)     // a line of the menu was clicked
	Present func(present bool) // people can see the icon now, or no longer
	Logger  zerolog.Logger
}
