//go:build !linux && !windows

package trayicon

// Icon is the icon; on this system people never see it.
type Icon struct{}

// Open returns an icon that nobody sees.
func Open(Options) (*Icon, error) { return &Icon{}, nil }

// Show changes what the icon shows.
func (*Icon) Show(Look) {}

// Close takes the icon away.
func (*Icon) Close() {}
