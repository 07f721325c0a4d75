package desktop_test

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"github.com/stretchr/testify/require"

	"waflow/backend/desktop"
	"waflow/backend/domain"
	"waflow/backend/events"
	"waflow/backend/store"
	"waflow/backend/tray"
)

const (
	patience = time.Minute
	look     = 20 * time.Millisecond
)

// screen stands for the window: it keeps what is done with it.
type screen struct {
	done chan string

	mu        sync.Mutex
	minimised bool
}

func (s *screen) Show()          { s.done <- "show" }
func (s *screen) Hide()          { s.done <- "hide" }
func (s *screen) Minimise()      { s.done <- "minimise" }
func (s *screen) ShowMinimised() { s.done <- "show minimised" }
func (s *screen) Quit()          { s.done <- "quit" }

func (s *screen) OpenDevice(ref domain.DeviceRef) {
	s.done <- "device " + strconv.FormatInt(int64(ref.Device), 10)
}
func (s *screen) Tell(title, text string) { s.done <- "tell " + title + ": " + text }

func (s *screen) Minimised() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.minimised
}

// workspace is what the desktop reads: settings and memory on a real disk, and devices.
type workspace struct {
	*store.Store
	bus *events.Bus

	mu      sync.Mutex
	devices []domain.Device
}

func (w *workspace) Look(context.Context) ([]domain.Device, []domain.Subaccount, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.devices, nil, nil
}

func (w *workspace) Get(ctx context.Context) (domain.Settings, error) { return w.Settings(ctx) }

func (w *workspace) Set(ctx context.Context, s domain.Settings) (domain.Settings, error) {
	err := w.SetSettings(ctx, s)
	w.bus.Publish(events.Settings(s))
	return s, err
}

// hold has the fleet be these devices.
func (w *workspace) hold(causes ...domain.Cause) {
	w.mu.Lock()
	w.devices = nil
	for i, cause := range causes {
		w.devices = append(w.devices, domain.Device{
			Ref: domain.DeviceRef{Subaccount: 1, Device: domain.DeviceID(i + 1)}, Label: "Desk_" + strconv.Itoa(i+1),
			State: domain.DeviceState{Status: cause.Status(), Cause: cause},
		})
	}
	devices := w.devices
	w.mu.Unlock()
	for _, d := range devices {
		w.bus.Publish(events.Device(d))
	}
}

// keys writes a message as its key and values.
type keys struct{}

func (keys) Say(key string, values ...string) string {
	parts := []string{key}
	for i := 1; i < len(values); i += 2 {
		parts = append(parts, values[i])
	}
	return strings.Join(parts, "|")
}

func (k keys) Count(key string, count int) string { return k.Say(key, "count", strconv.Itoa(count)) }

// world is a running desktop.
type world struct {
	*desktop.Desktop
	t         *testing.T
	window    *screen
	workspace *workspace
	end       func()
}

func begin(t *testing.T, causes []domain.Cause, change func(*desktop.Config)) *world {
	t.Helper()
	opened, err := store.Open(t.Context(), store.Options{Dir: t.TempDir()})
	require.NoError(t, err)
	w := &world{t: t, window: &screen{done: make(chan string, 32)}, workspace: &workspace{Store: opened, bus: events.NewBus(events.Limits{})}}
	w.workspace.hold(causes...)
	config := desktop.Config{
		Window: w.window, Fleet: w.workspace, Settings: w.workspace, Memory: opened, Bus: w.workspace.bus,
		Words: keys{}, Program: "Waflow", Now: time.Now, Logger: zerolog.Nop(), Stranded: time.Nanosecond,
	}
	if change != nil {
		change(&config)
	}
	w.Desktop = desktop.New(config)
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	ended := make(chan error, 1)
	go func() { ended <- w.Run(ctx) }()
	w.end = sync.OnceFunc(func() {
		cancel()
		require.NoError(t, await(t, ended))
	})
	t.Cleanup(func() {
		w.end()
		require.NoError(t, opened.Close())
	})
	return w
}

// did waits for what is done with the window next.
func (w *world) did(want ...string) {
	w.t.Helper()
	for _, one := range want {
		require.Equal(w.t, one, await(w.t, w.window.done))
	}
}

func (w *world) awaitRefuge(want domain.Refuge) {
	w.t.Helper()
	require.Eventually(w.t, func() bool { return w.Refuge() == want }, patience, look)
}

func (w *world) closeQuits() {
	w.t.Helper()
	settings, err := w.workspace.Get(w.t.Context())
	require.NoError(w.t, err)
	settings.CloseQuits = true
	_, err = w.workspace.Set(w.t.Context(), settings)
	require.NoError(w.t, err)
}

// shows waits until the icon shows a face.
func shows(t *testing.T, i item, face domain.Status) {
	t.Helper()
	var want []shownPixmap
	for _, content := range tray.PNG(face) {
		picture, err := png.Decode(bytes.NewReader(content))
		require.NoError(t, err)
		points := image.NewNRGBA(picture.Bounds())
		for at := range points.Rect.Dx() * points.Rect.Dy() {
			x, y := at%points.Rect.Dx(), at/points.Rect.Dx()
			points.Set(x, y, picture.At(x, y))
		}
		p := shownPixmap{Width: int32(points.Rect.Dx()), Height: int32(points.Rect.Dy())}
		for at := 0; at < len(points.Pix); at += 4 {
			p.ARGB = append(p.ARGB, points.Pix[at+3], points.Pix[at], points.Pix[at+1], points.Pix[at+2])
		}
		want = append(want, p)
	}
	require.Len(t, want, 6)
	require.Eventually(t, func() bool {
		got := i.pixmaps()
		for at := range want {
			if len(got) != len(want) || got[at].Width != want[at].Width || !bytes.Equal(got[at].ARGB, want[at].ARGB) {
				return false
			}
		}
		return true
	}, patience, look, "the icon does not show %s", face)
}

func TestTheTrayShowsTheWorstStatusAndItsMenuActs(t *testing.T) {
	startBus(t)
	panel := startWatcher(t, true)
	w := begin(t, []domain.Cause{domain.CauseOnline, domain.CauseOnline}, nil)
	icon := panel.item()
	w.awaitRefuge(domain.RefugeTray)
	shows(t, icon, domain.StatusConnected)
	require.Equal(t, "tray_tooltip|Waflow|tray_all_connected|2", icon.tooltip())
	require.Equal(t, []string{"tray__open|Waflow", "", "tray__all__connected|2", "", "tray__pause", "", "tray__quit|Waflow"}, icon.labels())
	require.False(t, icon.lines()[2].enabled, "a line to read is not clicked")

	w.workspace.hold(domain.CauseOnline, domain.CauseUnlinked, domain.CauseNetworkDown)
	shows(t, icon, domain.StatusAttention)
	require.Equal(t, "tray_tooltip|Waflow|tray_count_attention|1, tray_count_offline|1, tray_count_connected|1", icon.tooltip())
	icon.click("tray__device|Desk__2|cause__unlinked__from__phone__title")
	w.did("show", "device 2")
	icon.click("tray__open|Waflow")
	w.did("show")
	require.NoError(t, icon.bus.Object(icon.name, "/StatusNotifierItem").Call(itemName+".Activate", 0, int32(0), int32(0)).Err)
	w.did("show")

	icon.click("tray__pause")
	require.Eventually(t, func() bool {
		settings, err := w.workspace.Get(t.Context())
		return err == nil && time.Until(settings.NotifyPausedUntil) > 59*time.Minute
	}, patience, look)
	require.Eventually(t, func() bool { return strings.HasPrefix(icon.labels()[5+1], "tray__resume|") }, patience, look)
	icon.click(icon.labels()[6])
	require.Eventually(t, func() bool {
		settings, err := w.workspace.Get(t.Context())
		return err == nil && settings.NotifyPausedUntil.IsZero()
	}, patience, look)

	w.workspace.hold(domain.CausePaused)
	shows(t, icon, tray.Quiet)
	icon.click("tray__quit|Waflow")
	w.did("quit")
	require.False(t, w.Closing(t.Context()), "who quits is not kept")
	w.end()
	require.Error(t, icon.bus.Object(icon.name, "/StatusNotifierItem").Call(itemName+".Activate", 0, int32(0), int32(0)).Err, "the icon is gone")
}

func TestClosingHidesOnceSaidAndTheTrayBringsItBack(t *testing.T) {
	startBus(t)
	panel := startWatcher(t, true)
	w := begin(t, nil, nil)
	icon := panel.item()
	w.awaitRefuge(domain.RefugeTray)
	require.True(t, w.Closing(t.Context()))
	w.did("hide", "tell desktop_told_title: desktop_told_tray")
	icon.click("tray__open|Waflow")
	w.did("show")
	require.True(t, w.Closing(t.Context()))
	w.did("hide")
	w.Show()
	w.did("show") // and nothing was said in between
	w.closeQuits()
	require.False(t, w.Closing(t.Context()))
}

func TestAHiddenWindowIsNotLostWithTheTray(t *testing.T) {
	startBus(t)
	panel := startWatcher(t, true)
	w := begin(t, nil, nil)
	w.awaitRefuge(domain.RefugeTray)
	require.True(t, w.Closing(t.Context()))
	w.did("hide", "tell desktop_told_title: desktop_told_tray")
	panel.setHost(false)
	w.did("show minimised")
	require.Equal(t, domain.RefugeTaskbar, w.Refuge())
	panel.setHost(true)
	w.awaitRefuge(domain.RefugeTray)

	require.True(t, w.Closing(t.Context()))
	w.did("hide")
	panel.stop()
	w.did("show minimised")
	again := startWatcher(t, true)
	require.Equal(t, panel.item().name, again.item().name, "it is shown wherever icons are shown again")
	w.awaitRefuge(domain.RefugeTray)
}

func TestWithoutATrayClosingMinimises(t *testing.T) {
	startBus(t)
	startWatcher(t, false)
	w := begin(t, nil, nil)
	require.True(t, w.Closing(t.Context()))
	w.did("minimise", "tell desktop_told_title: desktop_told_taskbar")
	require.True(t, w.Closing(t.Context()))
	w.did("minimise")
	w.window.mu.Lock()
	w.window.minimised = true
	w.window.mu.Unlock()
	require.False(t, w.Closing(t.Context()), "closed from the task bar")
}

func TestBegunHiddenWithoutATrayItComesToTheTaskBar(t *testing.T) {
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere")
	w := begin(t, nil, func(c *desktop.Config) { c.Hidden = true })
	w.did("show minimised")
	require.Equal(t, domain.RefugeTaskbar, w.Refuge())
}

func TestAProgramThatIsToldToEndIsNotKept(t *testing.T) {
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere")
	w := begin(t, nil, nil)
	w.end()
	require.False(t, w.Closing(t.Context()))
}

func TestStartingWithTheSystemIsReadBack(t *testing.T) {
	config := t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", config)
	t.Setenv("APPIMAGE", "/opt/Waflow ä.AppImage")
	d := desktop.New(desktop.Config{Startup: &desktop.Startup{ID: "waflow", Name: "Waflow", Arguments: []string{"--hidden"}}, Now: time.Now})
	state, err := d.SetStartup(true)
	require.NoError(t, err)
	require.Equal(t, domain.StartupOn, state)
	file := filepath.Join(config, "autostart", "waflow.desktop")
	content, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Contains(t, string(content), "\nExec=\"/opt/Waflow ä.AppImage\" \"--hidden\"\n")
	t.Setenv("APPIMAGE", "/opt/Waflow 2.AppImage")
	state, err = d.Startup()
	require.NoError(t, err)
	require.Equal(t, domain.StartupOther, state)
	require.NoError(t, os.Remove(file))
	state, err = d.Startup()
	require.NoError(t, err)
	require.Equal(t, domain.StartupOff, state)

	require.NoError(t, os.Remove(filepath.Dir(file)))
	require.NoError(t, os.WriteFile(filepath.Dir(file), nil, 0o600))
	_, err = d.SetStartup(true)
	require.Equal(t, domain.CodeStartupRefused, domain.CodeOf(err))

	d = desktop.New(desktop.Config{Now: time.Now})
	state, err = d.Startup()
	require.NoError(t, err)
	require.Equal(t, domain.StartupUnoffered, state)
	_, err = d.SetStartup(true)
	require.Equal(t, domain.CodeConflict, domain.CodeOf(err))
}

func await[T any](t *testing.T, from <-chan T) T {
	t.Helper()
	select {
	case v := <-from:
		return v
	case <-time.After(patience):
		require.FailNow(t, "waited in vain")
		panic("unreachable")
	}
}
