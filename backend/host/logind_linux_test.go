package host

import (
	"bufio"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"github.com/godbus/dbus/v5"
	"github.com/stretchr/testify/require"
)

const patience = time.Minute

// logind stands for the one of the system, on a bus of its own.
type logind struct {
	bus    *dbus.Conn
	refuse atomic.Bool
	asked  chan []string
	locks  chan lock
}

// lock is a pipe: who is given one end holds the lock, and the other end tells when nobody does any more.
type lock struct{ told, given *os.File }

// Inhibit is the method of org.freedesktop.login1.Manager.
func (l *logind) Inhibit(what, who, why, mode string) (dbus.UnixFD, *dbus.Error) {
	if l.refuse.Load() {
		return 0, dbus.MakeFailedError(os.ErrPermission)
	}
	ours, theirs, err := os.Pipe()
	if err != nil {
		return 0, dbus.MakeFailedError(err)
	}
	copied := dbus.UnixFD(theirs.Fd()) // read before anybody else has the file
	l.asked <- []string{what, who, why, mode}
	l.locks <- lock{told: ours, given: theirs}
	return copied, nil
}

func (l *logind) prepare(t *testing.T, going any) {
	t.Helper()
	require.NoError(t, l.bus.Emit(logindPath, logindManager+".PrepareForSleep", going))
}

// startBus starts a bus of the test's own and returns its address.
func startBus(t *testing.T) string {
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
	return address
}

// startLogind starts a logind of the test's own.
func startLogind(t *testing.T) *logind {
	t.Helper()
	t.Setenv("DBUS_SYSTEM_BUS_ADDRESS", startBus(t))
	bus, err := dbus.ConnectSystemBus()
	require.NoError(t, err)
	t.Cleanup(func() { _ = bus.Close() })
	l := &logind{bus: bus, asked: make(chan []string, 1), locks: make(chan lock, 1)}
	require.NoError(t, bus.Export(l, logindPath, logindManager))
	owned, err := bus.RequestName(logindName, dbus.NameFlagDoNotQueue)
	require.NoError(t, err)
	require.Equal(t, dbus.RequestNameReplyPrimaryOwner, owned)
	return l
}

func TestLogindTellsOfWakings(t *testing.T) {
	l := startLogind(t)
	ctx, cancel := context.WithCancel(t.Context())
	woke := make(chan time.Duration, 1000)
	ended := make(chan error, 1)
	go func() { ended <- followLogind(ctx, func(lasted time.Duration) { woke <- lasted }) }()

	// A waking whose sleep was not told is one as well. It is told until somebody listens.
	require.Eventually(t, func() bool {
		l.prepare(t, false)
		return len(woke) > 0
	}, patience, 50*time.Millisecond)
	require.Zero(t, <-woke)

	l.prepare(t, "nonsense")
	began := time.Now()
	l.prepare(t, true)
	l.prepare(t, false)
	lasted := await(t, woke)
	for lasted == 0 { // the rest of those that were told before somebody listened
		lasted = await(t, woke)
	}
	require.Positive(t, lasted)
	require.LessOrEqual(t, lasted, time.Since(began))
	cancel()
	require.NoError(t, await(t, ended))
}

func TestABusThatGoesEndsTheWatch(t *testing.T) {
	t.Setenv("DBUS_SYSTEM_BUS_ADDRESS", startBus(t))
	bus, err := dbus.ConnectSystemBus()
	require.NoError(t, err)
	require.NoError(t, bus.Close())
	t.Setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nowhere")
	require.Error(t, followLogind(t.Context(), func(time.Duration) {}))
}

func TestTheComputerIsKeptAwakeUntilItIsReleased(t *testing.T) {
	l := startLogind(t)
	release, err := stayAwake()
	require.NoError(t, err)
	require.Equal(t, []string{"sleep:idle", "Waflow", reason, "block"}, <-l.asked)
	taken := <-l.locks
	require.NoError(t, taken.given.Close(), "the bus has handed on a copy")
	released := make(chan struct{})
	go func() {
		defer close(released)
		_, _ = taken.told.Read(make([]byte, 1)) // its end
	}()
	release()
	await(t, released)

	l.refuse.Store(true)
	_, err = stayAwake()
	require.Error(t, err)
}

func TestWithoutASystemBusTheComputerIsNotKeptAwake(t *testing.T) {
	t.Setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nowhere")
	_, err := stayAwake()
	require.Error(t, err)
}

func TestPluggedIn(t *testing.T) {
	mains := func(online string) map[string]string { return map[string]string{"type": "Mains", "online": online} }
	battery := func(status string) map[string]string { return map[string]string{"type": "Battery", "status": status} }
	mouse := map[string]string{"type": "Battery", "scope": "Device", "status": "Discharging"}
	for name, tc := range map[string]struct {
		supplies map[string]map[string]string
		plugged  bool
	}{
		"a computer without a battery":        {nil, true},
		"a wireless mouse is no battery":      {map[string]map[string]string{"hid": mouse}, true},
		"plugged in":                          {map[string]map[string]string{"AC": mains("1"), "BAT0": battery("Charging")}, true},
		"plugged in, drawing more than comes": {map[string]map[string]string{"AC": mains("1"), "BAT0": battery("Discharging")}, true},
		"on battery":                          {map[string]map[string]string{"AC": mains("0"), "BAT0": battery("Discharging")}, false},
		"one battery of two is used":          {map[string]map[string]string{"AC": mains("0"), "BAT0": battery("Unknown"), "BAT1": battery("Discharging")}, false},
		"nothing tells but the battery":       {map[string]map[string]string{"BAT0": battery("Full")}, true},
	} {
		t.Run(name, func(t *testing.T) {
			supplies := fstest.MapFS{}
			for supply, values := range tc.supplies {
				for file, value := range values {
					supplies[supply+"/"+file] = &fstest.MapFile{Data: []byte(value + "\n")}
				}
			}
			got, err := plugged(supplies)
			require.NoError(t, err)
			require.Equal(t, tc.plugged, got)
		})
	}
	got, err := plugged(os.DirFS(filepath.Join(t.TempDir(), "missing")))
	require.NoError(t, err)
	require.True(t, got, "a system without such a folder has no battery")
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
