package engine

import (
	"context"
	"fmt"
	"math/rand/v2"
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

// What a crash test asks of the program that it kills.
const (
	crashTries    = 20
	crashMessages = 500
	crashSeed     = 20261123
)

// The environment of the program that is killed.
const (
	victimDir      = "WAFLOW_VICTIM_DIR"
	victimEndpoint = "WAFLOW_VICTIM_ENDPOINT"
	victimRootKey  = "WAFLOW_VICTIM_ROOT_KEY"
)

// TestMain is also the program that TestKilledWhileReceiving kills: this test binary, started again to run a workspace.
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
	if err := e.Run(ctx); err != nil {
		return err
	}
	return e.Close()
}

// A program that is killed while messages arrive loses none and keeps none twice: what WhatsApp was told we have is on disk, and what it
// was not told comes again. The simulator lives in this process and its ledger is the oracle.
func TestKilledWhileReceiving(t *testing.T) {
	w := newWorld(t)
	ours, ana := w.phone("+34600000013", "Hotel Miramar"), w.phone("+34600000144", "Ana Beltrán")
	r := w.run()
	hotel := r.subaccount("Hotel Miramar")
	r.link(r.device(hotel, "Reception"), ours)
	r.stop()

	random := rand.New(rand.NewPCG(crashSeed, 0))
	for try := range crashTries {
		acked := (crashMessages*10 + random.IntN(crashMessages*80)) / 100
		t.Logf("try %d: killed after %d of %d acks", try+1, acked, crashMessages)
		w.killAfter(ours, ana, acked)
	}

	r = w.run()
	w.awaitAllAcked(ours)
	require.Equal(t, crashTries*crashMessages, w.compare(r, hotel, ana))
}

// killAfter starts the program, has the contact write, and kills it once the server has seen so many acks more.
func (w *world) killAfter(ours, contact *wasim.Phone, acks int) {
	w.t.Helper()
	waiting := linked(w.t, ours).Waiting
	victim := w.startVictim()
	_, err := contact.Burst(within(w.t), ours.Number(), "message ", crashMessages)
	require.NoError(w.t, err)
	require.NoError(w.t, w.sim.WaitFor(within(w.t), func() bool {
		return linked(w.t, ours).Waiting <= waiting+crashMessages-acks
	}))
	require.NoError(w.t, victim.Process.Kill())
	require.Error(w.t, victim.Wait(), "it was killed")
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

func (w *world) startVictim() *exec.Cmd {
	w.t.Helper()
	self, err := os.Executable()
	require.NoError(w.t, err)
	options := w.options()
	victim := exec.Command(self)
	victim.Env = append(os.Environ(), victimDir+"="+options.Dir, victimEndpoint+"="+options.Endpoint, victimRootKey+"="+options.RootKey)
	victim.Stderr = os.Stderr
	victim.WaitDelay = time.Minute
	require.NoError(w.t, victim.Start())
	return victim
}
