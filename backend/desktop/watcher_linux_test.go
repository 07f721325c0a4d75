package desktop_test

import (
	"bufio"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/godbus/dbus/v5"
	"github.com/stretchr/testify/require"
)

const (
	watcherName = "org.kde.StatusNotifierWatcher"
	watcherPath = dbus.ObjectPath("/StatusNotifierWatcher")
	itemName    = "org.kde.StatusNotifierItem"
	menuName    = "com.canonical.dbusmenu"
)

// startBus starts a session bus of the test's own.
func startBus(t *testing.T) {
	t.Helper()
	address := "unix:path=" + filepath.Join(t.TempDir(), "bus")
	daemon := exec.Command("dbus-daemon", "--session", "--address="+address, "--nofork", "--nopidfile", "--print-address")
	out, err := daemon.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, daemon.Start())
	t.Cleanup(func() {
		_ = daemon.Process.Kill()
		_ = daemon.Wait()
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	require.True(t, strings.HasPrefix(line, address), line)
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", address)
}

// watcher stands for the desktop that shows tray icons.
type watcher struct {
	t     *testing.T
	bus   *dbus.Conn
	host  atomic.Bool
	items chan string
}

// startWatcher starts a desktop that knows tray icons, and shows them if it is a host.
func startWatcher(t *testing.T, host bool) *watcher {
	t.Helper()
	bus, err := dbus.ConnectSessionBus()
	require.NoError(t, err)
	w := &watcher{t: t, bus: bus, items: make(chan string, 16)}
	w.host.Store(host)
	t.Cleanup(w.stop)
	register := func(name string) *dbus.Error {
		w.items <- name
		return nil
	}
	require.NoError(t, bus.ExportMethodTable(map[string]any{"RegisterStatusNotifierItem": register}, watcherPath, watcherName))
	hosted := func(string, string) (dbus.Variant, *dbus.Error) { return dbus.MakeVariant(w.host.Load()), nil }
	require.NoError(t, bus.ExportMethodTable(map[string]any{"Get": hosted}, watcherPath, "org.freedesktop.DBus.Properties"))
	owned, err := bus.RequestName(watcherName, dbus.NameFlagDoNotQueue)
	require.NoError(t, err)
	require.Equal(t, dbus.RequestNameReplyPrimaryOwner, owned)
	return w
}

func (w *watcher) stop() { _ = w.bus.Close() }

// setHost begins or ends to show tray icons.
func (w *watcher) setHost(on bool) {
	w.t.Helper()
	w.host.Store(on)
	signal := "StatusNotifierHostUnregistered"
	if on {
		signal = "StatusNotifierHostRegistered"
	}
	require.NoError(w.t, w.bus.Emit(watcherPath, watcherName+"."+signal))
}

// item is a tray icon as a desktop sees it.
type item struct {
	t    *testing.T
	bus  *dbus.Conn
	name string
}

func (w *watcher) item() item {
	w.t.Helper()
	return item{t: w.t, bus: w.bus, name: await(w.t, w.items)}
}

type shownPixmap struct {
	Width, Height int32
	ARGB          []byte
}

func (i item) property(name string, into any) {
	i.t.Helper()
	value, err := i.bus.Object(i.name, "/StatusNotifierItem").GetProperty(itemName + "." + name)
	require.NoError(i.t, err)
	require.NoError(i.t, dbus.Store([]any{value.Value()}, into))
}

func (i item) pixmaps() []shownPixmap {
	i.t.Helper()
	var out []shownPixmap
	i.property("IconPixmap", &out)
	return out
}

func (i item) tooltip() string {
	i.t.Helper()
	var out struct {
		Icon    string
		Pixmaps []shownPixmap
		Title   string
		Text    string
	}
	i.property("ToolTip", &out)
	return out.Text
}

// line is one of the menu.
type line struct {
	id      int32
	label   string
	enabled bool
}

func (i item) menu() dbus.BusObject {
	i.t.Helper()
	var path dbus.ObjectPath
	i.property("Menu", &path)
	return i.bus.Object(i.name, path)
}

// node is a line of the menu as it comes over the bus.
type node struct {
	ID         int32
	Properties map[string]dbus.Variant
	Children   []dbus.Variant
}

// lines reads the menu; one that separates has no label.
func (i item) lines() []line {
	i.t.Helper()
	var revision uint32
	var root node
	require.NoError(i.t, i.menu().Call(menuName+".GetLayout", 0, int32(0), int32(-1), []string{}).Store(&revision, &root))
	var out []line
	for _, child := range root.Children {
		var one node
		require.NoError(i.t, dbus.Store([]any{child.Value()}, &one))
		l := line{id: one.ID}
		l.label, _ = one.Properties["label"].Value().(string)
		l.enabled, _ = one.Properties["enabled"].Value().(bool)
		out = append(out, l)
	}
	return out
}

func (i item) labels() []string {
	i.t.Helper()
	var out []string
	for _, l := range i.lines() {
		out = append(out, l.label)
	}
	return out
}

// click clicks the line with that label, once it is there.
func (i item) click(label string) {
	i.t.Helper()
	require.Eventually(i.t, func() bool {
		for _, l := range i.lines() {
			if l.label == label {
				return i.menu().Call(menuName+".Event", 0, l.id, "clicked", dbus.MakeVariant(int32(0)), uint32(0)).Err == nil
			}
		}
		return false
	}, patience, look, label)
}
