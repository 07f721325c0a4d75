package engine

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/mattn/go-sqlite3"
	"github.com/stretchr/testify/require"

	"waflow/backend/doctor"
	"waflow/backend/domain"
	"waflow/backend/proxies"
	"waflow/backend/store"
	"waflow/backend/wasim/proxy"
)

// sick is a workspace with two linked devices that a test breaks.
type sick struct {
	*world
	reception, bar string // their session files
}

// newSick links two devices, the second behind a proxy whose password is a canary, and stops the engine.
func newSick(t *testing.T) sick {
	t.Helper()
	w := newWorld(t)
	require.NoError(t, os.Chmod(w.dir, 0o700))
	r := w.run()
	hotel := r.subaccount("Hotel Miramar")
	reception, bar := r.device(hotel, "Reception +34 600 000 013"), r.device(hotel, "Bar")
	way, err := proxy.New(proxy.Options{Scheme: "socks5", User: "canary-user", Password: "canary-password"})
	require.NoError(t, err)
	t.Cleanup(func() { _ = way.Close() })
	trouble, err := r.proxies.Set(within(t), bar, proxies.Wish{Proxy: domain.Proxy{
		Scheme: domain.ProxySOCKS5, Host: "127.0.0.1", Port: way.Port(), User: "canary-user", Password: "canary-password",
	}})
	require.NoError(t, err)
	require.Empty(t, trouble)
	r.link(reception, w.phone("+34600000013", "Hotel Miramar"))
	r.link(bar, w.phone("+34600000014", "Hotel Miramar"))
	require.Equal(t, map[doctor.Check]string{
		doctor.CheckFolder: "ok", doctor.CheckWorkspace: "ok_simulated", doctor.CheckRunning: "running", doctor.CheckSpace: "ok", doctor.CheckDatabase: "ok",
		doctor.CheckSessions: "ok", doctor.CheckKeys: "ok", doctor.CheckName: "simulator", doctor.CheckReach: "ok", doctor.CheckClock: "ok",
		doctor.CheckProxy: "ok",
	}, w.reasons(), "while it runs")

	links, err := r.store.ActiveLinks(within(t))
	require.NoError(t, err)
	require.Len(t, links, 2)
	r.stop()
	path := func(i int) string { return filepath.Join(w.dir, "sessions", links[i].File) }
	return sick{world: w, reception: path(0), bar: path(1)}
}

// roomy is this computer with room on its disk.
type roomy struct{ doctor.Computer }

func (roomy) FreeSpace(string) (uint64, error) { return 1 << 40, nil }

func (w *world) diagnose() Diagnosis {
	w.t.Helper()
	found, err := Diagnose(within(w.t), w.options(), roomy{ThisComputer()}, "")
	require.NoError(w.t, err)
	return found
}

// reasons answers what was found by check. Where a check found more than one thing the last counts.
func (w *world) reasons() map[doctor.Check]string {
	w.t.Helper()
	out := map[doctor.Check]string{}
	for _, f := range w.diagnose().Findings {
		out[f.Check] = f.Reason
	}
	return out
}

// failures answers the findings that are failures, as check and reason.
func (w *world) failures() [][2]string {
	w.t.Helper()
	var out [][2]string
	for _, f := range w.diagnose().Findings {
		if f.State == doctor.Failure {
			require.Contains(w.t, []string{"", "Hotel Miramar · Reception +…13 ·1", "Hotel Miramar · Bar ·2"}, f.Subject)
			out = append(out, [2]string{string(f.Check), f.Reason})
		}
	}
	return out
}

// change runs a statement on a database that nobody has open.
func (w *world) change(path, statement string) {
	w.t.Helper()
	conn, err := (&sqlite3.SQLiteDriver{}).Open(path)
	require.NoError(w.t, err)
	sqlite, ok := conn.(*sqlite3.SQLiteConn)
	require.True(w.t, ok)
	_, err = sqlite.Exec(statement, nil)
	require.NoError(w.t, err)
	require.NoError(w.t, conn.Close())
}

// Each thing that may be wrong with a workspace that holds linked devices is found, one after the other, and the file is put back.
func TestDoctorFindsWhatIsWrongWithAWorkspace(t *testing.T) {
	w := newSick(t)
	require.Empty(t, w.failures())
	require.Equal(t, "not_running", w.reasons()[doctor.CheckRunning])

	whole, err := os.ReadFile(w.reception)
	require.NoError(t, err)
	putBack := func() { require.NoError(t, os.WriteFile(w.reception, whole, 0o600)) }

	require.NoError(t, os.Remove(w.reception))
	require.Equal(t, [][2]string{{"sessions", "missing"}, {"keys", "missing"}}, w.failures())
	require.NoFileExists(t, w.reception, "a missing key is not made anew")
	require.NoError(t, os.WriteFile(w.reception, nil, 0o600))
	require.Equal(t, [][2]string{{"keys", "missing"}}, w.failures(), "an empty file holds no keys")

	broken := append([]byte(nil), whole...)
	for at := 4096; at < len(broken); at += 4096 {
		broken[at] ^= 0x40
	}
	require.NoError(t, os.WriteFile(w.reception, broken, 0o600))
	require.Equal(t, [][2]string{{"sessions", "damaged"}, {"keys", "damaged"}}, w.failures())

	putBack()
	w.change(w.reception, "UPDATE whatsmeow_device SET identity_key = randomblob(32)")
	require.Equal(t, [][2]string{{"keys", "damaged"}}, w.failures(), "a key that does not fit the others")
	putBack()
	w.change(w.reception, "UPDATE whatsmeow_version SET version = 999")
	require.Equal(t, [][2]string{{"keys", "newer"}}, w.failures())
	putBack()
	w.change(w.reception, "UPDATE whatsmeow_version SET version = 1")
	require.Empty(t, w.failures())
	require.Equal(t, "older", w.reasons()[doctor.CheckKeys])

	other, err := os.ReadFile(w.bar)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(w.reception, other, 0o600))
	require.Equal(t, [][2]string{{"keys", "other_number"}}, w.failures())
	putBack()
	for path, mode := range map[string]os.FileMode{w.dir: 0o755, filepath.Dir(w.reception): 0o755, w.reception: 0o644} {
		require.NoError(t, os.Chmod(path, mode))
	}
	require.Equal(t, [][2]string{{"keys", "open"}}, w.failures())
	require.NoError(t, os.Chmod(w.dir, 0o700))
	require.Empty(t, w.failures())

	w.change(store.DatabasePath(w.dir), "UPDATE version SET version = 999")
	require.Equal(t, [][2]string{{"database", "newer"}}, w.failures())
	require.NoError(t, os.WriteFile(filepath.Join(w.dir, kindFile), []byte(`{"kind":"real"}`), 0o600))
	require.Equal(t, [][2]string{{"workspace", "other_kind"}, {"database", "newer"}}, w.failures())
	require.NoError(t, os.WriteFile(filepath.Join(w.dir, kindFile), []byte(`{}`), 0o600))
	require.Equal(t, [][2]string{{"workspace", "unreadable"}, {"database", "newer"}}, w.failures())
	require.NoError(t, w.sim.Stop())
	require.Equal(t, [][2]string{{"workspace", "unreadable"}, {"database", "newer"}, {"reach", "refused"}}, w.failures())

	all, err := json.Marshal(w.diagnose())
	require.NoError(t, err)
	for _, secret := range []string{"34600000013", "600000013", "600 000 013", "34600000014", "canary"} {
		require.NotContains(t, string(all), secret)
	}
}

func TestDoctorRefusesAnAddressThatIsNoSimulator(t *testing.T) {
	_, err := Diagnose(within(t), Options{Dir: t.TempDir(), Kind: Simulated, Endpoint: "wss://example.com/ws/chat"}, ThisComputer(), "")
	require.Equal(t, domain.CodeEndpointRefused, domain.CodeOf(err))
}

func TestDoctorAsksNobodyForTheDemo(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "demo")
	found, err := Diagnose(within(t), Options{Dir: dir, Kind: Demo}, ThisComputer(), "")
	require.NoError(t, err)
	require.NoDirExists(t, dir)
	for _, f := range found.Findings {
		require.NotEqual(t, doctor.Failure, f.State)
		if f.Check == doctor.CheckReach {
			require.Equal(t, "demo", f.Reason)
		}
	}
}
