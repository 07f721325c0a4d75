//go:build window

package smoke

import (
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
	"github.com/stretchr/testify/require"
)

const (
	trayWatcher = "org.kde.StatusNotifierWatcher"
	trayItem    = "org.kde.StatusNotifierItem"
	trayMenu    = "com.canonical.dbusmenu"
)

// trayHost stands for a desktop that shows tray icons.
type trayHost struct {
	t     *testing.T
	bus   *dbus.Conn
	items chan string
}

func startTrayHost(t *testing.T) *trayHost {
	t.Helper()
	bus, err := dbus.ConnectSessionBus()
	require.NoError(t, err)
	t.Cleanup(func() { _ = bus.Close() })
	h := &trayHost{t: t, bus: bus, items: make(chan string, 8)}
	register := func(name string) *dbus.Error {
		h.items <- name
		return nil
	}
	hosted := func(string, string) (dbus.Variant, *dbus.Error) { return dbus.MakeVariant(true), nil }
	const path = "/StatusNotifierWatcher"
	require.NoError(t, bus.ExportMethodTable(map[string]any{"RegisterStatusNotifierItem": register}, path, trayWatcher))
	require.NoError(t, bus.ExportMethodTable(map[string]any{"Get": hosted}, path, "org.freedesktop.DBus.Properties"))
	owned, err := bus.RequestName(trayWatcher, dbus.NameFlagDoNotQueue)
	require.NoError(t, err)
	require.Equal(t, dbus.RequestNameReplyPrimaryOwner, owned)
	return h
}

// trayIcon is an icon that the host shows.
type trayIcon struct {
	host *trayHost
	name string
}

// icon waits for an icon.
func (h *trayHost) icon() trayIcon {
	h.t.Helper()
	select {
	case name := <-h.items:
		return trayIcon{host: h, name: name}
	case <-time.After(patience):
		require.FailNow(h.t, "no icon came")
		panic("unreachable")
	}
}

// click does what a left click does.
func (i trayIcon) click() {
	i.host.t.Helper()
	require.NoError(i.host.t, i.host.bus.Object(i.name, "/StatusNotifierItem").Call(trayItem+".Activate", 0, int32(0), int32(0)).Err)
}

// tooltip reads what pointing at the icon shows.
func (i trayIcon) tooltip() string {
	i.host.t.Helper()
	value, err := i.host.bus.Object(i.name, "/StatusNotifierItem").GetProperty(trayItem + ".ToolTip")
	require.NoError(i.host.t, err)
	parts, ok := value.Value().([]any)
	require.True(i.host.t, ok)
	text, _ := parts[3].(string)
	return text
}

// choose clicks the line of the menu with that label.
func (i trayIcon) choose(label string) {
	i.host.t.Helper()
	menu := i.host.bus.Object(i.name, "/StatusNotifierItem/Menu")
	var lines []struct {
		ID         int32
		Properties map[string]dbus.Variant
	}
	require.NoError(i.host.t, menu.Call(trayMenu+".GetGroupProperties", 0, []int32{}, []string{"label"}).Store(&lines))
	for _, line := range lines {
		if line.Properties["label"].Value() == label {
			require.NoError(i.host.t, menu.Call(trayMenu+".Event", 0, line.ID, "clicked", dbus.MakeVariant(int32(0)), uint32(0)).Err)
			return
		}
	}
	require.FailNow(i.host.t, "the menu has no such line", "%s: %v", label, lines)
}
