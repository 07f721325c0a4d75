//go:build !windows

package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"waflow/backend/domain"
	"waflow/backend/engine"
	"waflow/backend/wasim"
)

// asProgram has the test's binary run the program itself, so that a test can start it as people do.
const asProgram = "WAFLOW_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// patience is how long anything may take before a test gives up on it.
const patience = 60 * time.Second

func within(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	t.Cleanup(cancel)
	return ctx
}

// program is the program about to be started with these arguments.
func program(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	command := exec.CommandContext(within(t), os.Args[0], args...)
	command.Env = append(os.Environ(), asProgram+"=1")
	return command
}

// ended runs the program and returns what it printed and its exit code.
func ended(t *testing.T, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	var out, errs bytes.Buffer
	command := program(t, args...)
	command.Stdout, command.Stderr = &out, &errs
	err := command.Run()
	var exited *exec.ExitError
	if err != nil {
		require.ErrorAs(t, err, &exited)
	}
	return out.String(), errs.String(), command.ProcessState.ExitCode()
}

const number = "34600000013"

// linked is a simulated WhatsApp and a closed workspace with a device that is linked to it: its label holds its number, and its proxy's
// name another, with a user and a password.
func linked(t *testing.T) (sim *wasim.Server, phone *wasim.Phone, flags []string, dir string) {
	t.Helper()
	sim, err := wasim.New(wasim.Options{Seed: 1})
	require.NoError(t, err)
	require.NoError(t, sim.Listen("127.0.0.1:0"))
	t.Cleanup(func() { require.NoError(t, sim.Close()) })
	phone, err = sim.NewPhone(wasim.PhoneOptions{Number: "+" + number, Name: "Hotel Miramar"})
	require.NoError(t, err)
	dir = filepath.Join(t.TempDir(), "workspace")
	require.NoError(t, os.Mkdir(dir, 0o700))
	key := sim.RootKey()
	root := base64.StdEncoding.EncodeToString(key[:])
	flags = []string{"--data-dir", dir, "--whatsapp-endpoint", sim.Endpoint(), "--whatsapp-root-key", root}

	ctx, stop := context.WithCancel(within(t))
	e, err := engine.Open(ctx, workspaceFlags{DataDir: dir, WhatsappEndpoint: sim.Endpoint(), WhatsappRootKey: root}.options(engine.Serve))
	require.NoError(t, err)
	ran := make(chan error, 1)
	go func() { ran <- e.Run(ctx) }()
	link(ctx, t, e, phone)
	stop()
	require.NoError(t, <-ran)
	require.NoError(t, e.Close())
	return sim, phone, flags, dir
}

// link makes a device and links it to a phone.
func link(ctx context.Context, t *testing.T, e *engine.Engine, phone *wasim.Phone) {
	t.Helper()
	fleet := e.Services().Fleet
	hotel, err := fleet.CreateSubaccount(ctx, "Hotel Miramar")
	require.NoError(t, err)
	device, err := fleet.CreateDevice(ctx, hotel.ID, "Desk +34 600-000-013", domain.PurposeSupport)
	require.NoError(t, err)
	changes := e.Bus().Subscribe(ctx)
	step, err := fleet.StartPairing(ctx, device.Ref.Device)
	require.NoError(t, err)
	for step.Kind != domain.PairingShowing {
		_, err := changes.Next(ctx)
		require.NoError(t, err)
		step, err = fleet.Pairing(ctx, device.Ref.Device)
		require.NoError(t, err)
	}
	result, err := phone.Scan(ctx, step.Code)
	require.NoError(t, err)
	require.True(t, result.Linked)
	for device.State.Cause != domain.CauseOnline {
		_, err := changes.Next(ctx)
		require.NoError(t, err)
		devices, _, err := e.Names(ctx)
		require.NoError(t, err)
		device = devices[0]
	}
}

// requireNoSecret asserts that a report holds no number in any way of writing, no key and no password.
func requireNoSecret(t *testing.T, report string, flags []string) {
	t.Helper()
	digits := strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' {
			return -1
		}
		return r
	}, report)
	require.NotContains(t, digits, number[2:])
	require.NotContains(t, report, flags[len(flags)-1])
	require.NotContains(t, report, "canary")
	require.NotRegexp(t, `[0-9a-fA-F]{40,}|[0-9A-Za-z+/]{43}=`, report, "a key in hex or base64")
}

// files returns everything below a folder: names, sizes, times, contents.
func files(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	require.NoError(t, filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		out[path] = info.Mode().String() + info.ModTime().String()
		if entry.IsDir() {
			return nil
		}
		raw, err := os.ReadFile(path)
		out[path] += string(raw)
		return err
	}))
	return out
}

func requireSameFiles(t *testing.T, before, after map[string]string) {
	t.Helper()
	var touched []string
	for path, is := range after {
		if was, there := before[path]; !there || was != is {
			touched = append(touched, path)
		}
	}
	require.Empty(t, touched, "made or changed")
	require.Len(t, after, len(before), "removed")
}

func TestDoctorTellsNoSecretAndChangesNothing(t *testing.T) {
	_, phone, flags, dir := linked(t)
	before := files(t, dir)
	text, errs, code := ended(t, append(flags, "doctor")...)
	require.Zero(t, code, text+errs)
	require.Contains(t, text, "ok       Database ")
	requireNoSecret(t, text, flags)
	require.Len(t, phone.LinkedDevices(), 1)

	out, _, code := ended(t, append(flags, "doctor", "--json")...)
	require.Zero(t, code)
	requireNoSecret(t, out, flags)
	report := decode(t, out)
	require.Equal(t, "ok", report.Result)
	require.Equal(t, "simulated", report.Kind)
	requireSameFiles(t, before, files(t, dir))

	require.NoError(t, os.RemoveAll(filepath.Join(dir, "sessions")))
	text, _, code = ended(t, append(flags, "doctor")...)
	require.Equal(t, 1, code)
	require.Contains(t, text, "Hotel Miramar · Desk +…13 ·1: There are none. The device can not connect.\n")
	require.Contains(t, text, "→ Link the device again. Its conversations stay.\n")
	requireNoSecret(t, text, flags)

	_, errs, code = ended(t, "doctor", "--whatsapp-endpoint", "wss://example.com/ws/chat", "--data-dir", dir)
	require.Equal(t, 2, code)
	require.NotEmpty(t, errs)
}

// halt has a process of ours stand still, and returns when all of it does.
func halt(t *testing.T, process *os.Process) {
	t.Helper()
	require.NoError(t, process.Signal(syscall.SIGSTOP))
	var status syscall.WaitStatus
	_, err := syscall.Wait4(process.Pid, &status, syscall.WUNTRACED, nil)
	require.NoError(t, err)
	require.True(t, status.Stopped())
}

// A Waflow that runs is stopped in the middle of whatever it does, so that every change would be the doctor's, and goes on afterwards.
func TestDoctorBesideAWaflowThatRuns(t *testing.T) {
	sim, phone, flags, dir := linked(t)
	waflow := program(t, append(flags, "serve", "--json")...)
	stdout, err := waflow.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, waflow.Start())
	t.Cleanup(func() {
		require.NoError(t, waflow.Process.Kill())
		require.Error(t, waflow.Wait(), "killed: how it ends is the affair of other tests")
	})
	_, err = bufio.NewReader(stdout).ReadString('\n')
	require.NoError(t, err)
	online := func() bool { return phone.LinkedDevices()[0].Connected }
	require.NoError(t, sim.WaitFor(within(t), online))

	halt(t, waflow.Process)
	before := files(t, dir)
	out, _, _ := ended(t, append(flags, "doctor", "--json")...)
	requireSameFiles(t, before, files(t, dir))
	require.NoError(t, waflow.Process.Signal(syscall.SIGCONT))
	requireNoSecret(t, out, flags)
	reasons := map[string]string{}
	for _, check := range decode(t, out).Checks {
		reasons[check.Check] = check.Reason
	}
	require.Equal(t, "running", reasons["running"])
	require.Contains(t, []string{"ok", "in_use"}, reasons["database"])
	require.True(t, online(), "nobody was pushed out")
}

func TestDoctorOnAWorkspaceThatIsNotThereYet(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "34600000012")
	out, _, code := ended(t, "doctor", "--demo", "--json", "--data-dir", dir)
	require.Zero(t, code)
	require.NoDirExists(t, dir)
	report := decode(t, out)
	require.Equal(t, "ok", report.Result)
	require.NotContains(t, out, "34600000012")
	require.NotEmpty(t, report.Versions.Library)
	require.Equal(t, 1, report.Report)
}

// decode reads a report, which has a sentence for each check and something to do for whatever is not in order.
func decode(t *testing.T, out string) reportData {
	t.Helper()
	var report reportData
	decoder := json.NewDecoder(strings.NewReader(out))
	decoder.DisallowUnknownFields()
	require.NoError(t, decoder.Decode(&report))
	require.NotEmpty(t, report.Checks)
	for _, check := range report.Checks {
		require.NotEmpty(t, check.Sentence, check.Check+" "+check.Reason)
		require.NotContains(t, check.Sentence, "{")
		if check.State == "failure" || check.State == "warning" {
			require.NotEmpty(t, check.Todo, check.Check+" "+check.Reason)
		}
	}
	return report
}

func TestAnExitTellsWhatItFailedWith(t *testing.T) {
	require.EqualError(t, &exit{code: 2, err: errors.New("no")}, "no")
	require.EqualError(t, &exit{code: 1}, "exit code 1")
}
