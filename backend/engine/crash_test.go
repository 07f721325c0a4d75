package engine

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"waflow/backend/domain"
	"waflow/backend/wasim"
)

// The environment of the program that is killed.
const (
	victimDir      = "WAFLOW_VICTIM_DIR"
	victimEndpoint = "WAFLOW_VICTIM_ENDPOINT"
	victimRootKey  = "WAFLOW_VICTIM_ROOT_KEY"
	victimWrites   = "WAFLOW_VICTIM_WRITES" // what its messages begin with; nothing is written without
)

// TestMain is also the program that the crash tests kill: this test binary, started again to run a workspace.
func TestMain(m *testing.M) {
	dir := os.Getenv(victimDir)
	if dir == "" {
		os.Exit(m.Run())
	}
	if err := runVictim(dir); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func runVictim(dir string) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	e, err := Open(ctx, Options{
		Dir: dir, Kind: Simulated, Mode: Serve, Version: "test",
		Endpoint: os.Getenv(victimEndpoint), RootKey: os.Getenv(victimRootKey),
	})
	if err != nil {
		return err
	}
	if begin := os.Getenv(victimWrites); begin != "" {
		go e.writeToEverybody(ctx, begin)
	}
	if err := e.Run(ctx); err != nil {
		return err
	}
	return e.Close()
}

func (w *world) awaitAllAcked(ours *wasim.Phone) {
	w.t.Helper()
	require.NoError(w.t, w.sim.WaitFor(within(w.t), func() bool { return linked(w.t, ours).Waiting == 0 }))
}

// compare checks the database against the ledger: each message that a contact sent is one row, and there is no other. It returns how many
// there are.
func (w *world) compare(r *running, subaccount domain.SubaccountID, contact *wasim.Phone) int {
	w.t.Helper()
	rows := map[string]int{}
	cursor := domain.Cursor("")
	chat := r.conversation(subaccount)
	for {
		thread, err := r.inbox.Thread(within(w.t), chat.Ref.Conversation, cursor, 200)
		require.NoError(w.t, err)
		for _, m := range thread.Messages {
			rows[m.WAID]++
			require.False(w.t, m.Text == "" || m.Kind != domain.KindText, "a row without its text")
		}
		if cursor = thread.Before; cursor == "" {
			break
		}
	}
	sent := w.sim.Ledger().Submissions(contact.Number())
	for _, s := range sent {
		require.Equal(w.t, 1, rows[s.ID], "rows of one message")
	}
	require.Len(w.t, rows, len(sent))
	return len(sent)
}

// startVictim starts the program that is to be killed. What it accepted to send it says line by line.
func (w *world) startVictim(writes string, says io.Writer) *exec.Cmd {
	w.t.Helper()
	self, err := os.Executable()
	require.NoError(w.t, err)
	options := w.options()
	victim := exec.Command(self)
	victim.Env = append(os.Environ(), victimDir+"="+options.Dir, victimEndpoint+"="+options.Endpoint, victimRootKey+"="+options.RootKey,
		victimWrites+"="+writes)
	victim.Stdout = says
	victim.Stderr = os.Stderr
	victim.WaitDelay = time.Minute
	require.NoError(w.t, victim.Start())
	return victim
}
