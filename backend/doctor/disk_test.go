package doctor

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"
)

// machine is a computer with so many bytes free.
type machine struct {
	free    uint64
	unasked error
	closed  error
}

func (m machine) FreeSpace(string) (uint64, error) { return m.free, m.unasked }
func (m machine) MayWrite(string) error            { return m.closed }
func (machine) Name() string                       { return "Test 1.0" }

func requireFinding(t *testing.T, f Finding, check Check, state State, reason string) {
	t.Helper()
	require.Equal(t, [3]string{string(check), string(state), reason}, [3]string{string(f.Check), string(f.State), f.Reason})
	requireWords(t, f)
}

// requireWords asserts that there is a sentence for a finding, that its values are all that the sentence fills in, and that there is
// something to do about what is not in order.
func requireWords(t *testing.T, f Finding) {
	t.Helper()
	raw, err := os.ReadFile("../../frontend/src/i18n/messages/en/doctor.json")
	require.NoError(t, err)
	var words map[string]string
	require.NoError(t, json.Unmarshal(raw, &words))
	key := "doctor_" + string(f.Check) + "_" + f.Reason
	require.Contains(t, words, key)
	require.Contains(t, words, "doctor_"+string(f.Check)+"_title")
	require.Contains(t, words, "doctor_state_"+string(f.State))
	if f.State == Failure || f.State == Warning {
		require.Contains(t, words, key+"_todo")
	}
	for _, name := range regexp.MustCompile(`\{(\w+)\}`).FindAllStringSubmatch(words[key]+words[key+"_todo"], -1) {
		require.Contains(t, f.Values, name[1], key)
	}
}

func TestSpaceIsJudgedAtItsEdges(t *testing.T) {
	const database = 600_000_000
	for free, want := range map[uint64]Finding{
		0:                         {State: Failure, Reason: "full"},
		spaceNeeded - 1:           {State: Failure, Reason: "full"},
		spaceNeeded:               {State: Warning, Reason: "low"},
		spaceSpare:                {State: Warning, Reason: "low"},
		spaceSpare + database - 1: {State: Warning, Reason: "low"},
		spaceSpare + database:     {State: OK, Reason: "ok"},
	} {
		requireFinding(t, checkSpace(t.TempDir(), database, machine{free: free}), CheckSpace, want.State, want.Reason)
	}
	requireFinding(t, checkSpace(t.TempDir(), 0, machine{unasked: errors.New("no")}), CheckSpace, Skipped, "unknown")
}

func TestSizesAreShort(t *testing.T) {
	for n, want := range map[uint64]string{
		0: "0 B", 999: "999 B", 1000: "1 KB", 1_550: "1.6 KB", 9_960: "10 KB", 999_499_999: "999 MB", 999_500_000: "1 GB", 45_300_000_000: "45 GB",
		^uint64(0): "18 EB",
	} {
		require.Equal(t, want, bytes(n))
	}
}

func TestTheFolder(t *testing.T) {
	private := filepath.Join(t.TempDir(), "34600000012")
	missing := checkFolder(private, machine{})
	requireFinding(t, missing, CheckFolder, Skipped, "missing")
	require.NoDirExists(t, private)
	require.NotContains(t, missing.Values["folder"], "34600000012")

	require.NoError(t, os.Mkdir(private, 0o700))
	requireFinding(t, checkFolder(private, machine{}), CheckFolder, OK, "ok")
	requireFinding(t, checkFolder(private, machine{closed: fs.ErrPermission}), CheckFolder, Failure, "read_only")
	require.NoError(t, os.Chmod(private, 0o750))
	requireFinding(t, checkFolder(private, machine{}), CheckFolder, Warning, "open")

	file := filepath.Join(private, "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	requireFinding(t, checkFolder(file, machine{}), CheckFolder, Failure, "no_folder")
	requireFinding(t, checkFolder(filepath.Join(file, "below"), machine{}), CheckFolder, Failure, "unreadable")

	synced := filepath.Join(private, "Dropbox", "waflow")
	requireFinding(t, checkFolder(synced, machine{}), CheckFolder, Failure, "synced")
	require.NoError(t, os.MkdirAll(synced, 0o700))
	requireFinding(t, checkFolder(synced, machine{}), CheckFolder, Failure, "synced")
}

func TestTheKindOfTheWorkspace(t *testing.T) {
	says := func(kind string, err error) func() (string, error) {
		return func() (string, error) { return kind, err }
	}
	requireFinding(t, checkWorkspace("real", says("real", nil)), CheckWorkspace, OK, "ok_real")
	requireFinding(t, checkWorkspace("real", says("", nil)), CheckWorkspace, Skipped, "none")
	requireFinding(t, checkWorkspace("real", says("demo", nil)), CheckWorkspace, Failure, "other_kind")
	requireFinding(t, checkWorkspace("real", says("", errors.New("no"))), CheckWorkspace, Failure, "unreadable")
}

func TestADiskThatIsTooSlowIsNoFault(t *testing.T) {
	dir := workspace(t)
	ctx, cancel := context.WithCancel(context.Background())
	inventory, read := takeInventory(ctx, dir)
	require.NoError(t, read)
	cancel()
	requireFinding(t, checkDatabase(ctx, dir, inventory, read), CheckDatabase, Skipped, "slow")
}
