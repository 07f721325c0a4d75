package outbox_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"
	"github.com/stretchr/testify/require"

	"waflow/backend/domain"
	"waflow/backend/outbox"
	"waflow/backend/store"
)

// attempt is one message as it was handed to the client library.
type attempt struct {
	device domain.DeviceID
	out    domain.Outgoing
}

// line stands for the connections of all devices. It answers sends as a test says.
type line struct {
	mu       sync.Mutex
	offline  map[domain.DeviceID]bool
	answer   func(ctx context.Context, n int, a attempt) error // n counts the attempts from 1; nil means sent
	attempts []attempt
	reads    []domain.ReadMark
	inFlight int
	most     int
}

func (l *line) Send(ctx context.Context, id domain.DeviceID, out domain.Outgoing) (domain.SendResult, error) {
	l.mu.Lock()
	a := attempt{id, out}
	l.attempts = append(l.attempts, a)
	n, answer := len(l.attempts), l.answer
	l.inFlight++
	l.most = max(l.most, l.inFlight)
	l.mu.Unlock()
	defer func() {
		l.mu.Lock()
		l.inFlight--
		l.mu.Unlock()
	}()
	if answer != nil {
		if err := answer(ctx, n, a); err != nil {
			return domain.SendResult{}, err
		}
	}
	return domain.SendResult{At: time.Now().UTC().Truncate(time.Second)}, nil
}

func (l *line) MarkRead(_ context.Context, mark domain.ReadMark) error {
	if !l.Ready(mark.Ref.Device) {
		return notConnected()
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.reads = append(l.reads, mark)
	return nil
}

func (l *line) Ready(id domain.DeviceID) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return !l.offline[id]
}

func (l *line) set(id domain.DeviceID, offline bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.offline[id] = offline
}

func (l *line) all() []attempt {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.attempts)
}

func (l *line) ids() []string {
	var out []string
	for _, a := range l.all() {
		out = append(out, a.out.WAID)
	}
	return out
}

func notConnected() error {
	return &domain.Error{Code: domain.CodeNotConnected, Message: "not connected"}
}

// ackLost is how a send ends whose ack never comes.
func ackLost(ctx context.Context) error {
	<-ctx.Done()
	return ctx.Err()
}

// world is a workspace with two devices and two conversations of each, and an outbox that runs.
type world struct {
	*outbox.Outbox
	t     *testing.T
	dir   string
	store *store.Store
	line  *line
	d     []domain.Device
	chats []domain.Conversation // two people, who wrote to the first device
	stop  func()
	n     int

	mu   sync.Mutex
	told domain.Changed // what the store told of its commits
}

func (w *world) committed(c domain.Changed) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.told.Merge(c)
}

// states is what was told about a message, in order.
func (w *world) states(id domain.MessageID) []domain.MessageState {
	w.mu.Lock()
	defer w.mu.Unlock()
	var out []domain.MessageState
	for _, m := range w.told.Messages {
		if m.ID == id {
			out = append(out, m.State)
		}
	}
	return out
}

// inWorld runs a test in a bubble with a clock of its own.
func inWorld(t *testing.T, test func(w *world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := &world{t: t, dir: t.TempDir(), line: &line{offline: map[domain.DeviceID]bool{}}}
		w.openStore()
		w.populate()
		w.start(w.store)
		test(w)
		w.stop()
		require.NoError(t, w.store.Close())
	})
}

func (w *world) openStore() {
	var err error
	w.store, err = store.Open(context.Background(), store.Options{Dir: w.dir, Committed: w.committed})
	require.NoError(w.t, err)
}

func (w *world) populate() {
	ctx := context.Background()
	sub, err := w.store.CreateSubaccount(ctx, domain.Subaccount{Name: "Acme", Initials: "A", Colour: "teal"})
	require.NoError(w.t, err)
	for range 2 {
		d, err := w.store.CreateDevice(ctx, domain.Device{Ref: domain.DeviceRef{Subaccount: sub.ID}, Purpose: domain.PurposeSales, Priority: domain.PriorityLow})
		require.NoError(w.t, err)
		w.d = append(w.d, d)
	}
	for i := range 2 {
		peer := domain.Peer{LID: fmt.Sprint(i + 1), Number: fmt.Sprint(34600000000 + i)}
		in := domain.InboundMessage{WAID: "IN", Chat: peer, Sender: peer, At: time.Now(), Kind: domain.KindText, Text: "hello"}
		require.NoError(w.t, w.store.Receive(ctx, w.d[0].Ref, domain.Inbound{Message: &in}))
	}
	w.chats = w.told.Conversations
}

// start runs a new outbox over the store, as after a start of the program.
func (w *world) start(s outbox.Store) {
	ctx, cancel := context.WithCancel(context.Background())
	w.Outbox = outbox.New(outbox.Config{Store: s, Sender: w.line, Now: time.Now, Logger: zerolog.Nop()})
	ended := make(chan error, 1)
	go func() { ended <- w.Run(ctx) }()
	w.stop = func() {
		cancel()
		require.NoError(w.t, <-ended)
	}
}

// queue queues a message in one of the two conversations.
func (w *world) queue(chat, device int) domain.Message {
	w.t.Helper()
	w.n++
	m, err := w.Queue(context.Background(), domain.NewMessage{
		Conversation: w.chats[chat].Ref, Device: w.d[device].Ref.Device, Operator: domain.FirstOperator,
		Text: fmt.Sprintf("text %d", w.n), WAID: fmt.Sprintf("OUT%d", w.n), Payload: []byte{byte(w.n), 1, 2},
	})
	require.NoError(w.t, err)
	return m
}

func (w *world) state(id domain.MessageID) domain.MessageState {
	w.t.Helper()
	m, err := w.store.Message(context.Background(), id)
	require.NoError(w.t, err)
	return m.State
}

// waiting returns how many rows the outbox has.
func (w *world) waiting() []domain.DeviceID {
	w.t.Helper()
	ids, err := w.store.DevicesToSend(context.Background())
	require.NoError(w.t, err)
	return ids
}

// copyOfDisk copies the database as a killed process leaves it: what was written to its files is there, nothing was closed.
func (w *world) copyOfDisk() string {
	to := filepath.Join(w.t.TempDir(), "crashed")
	require.NoError(w.t, os.Mkdir(to, 0o700))
	for _, name := range []string{"waflow.db", "waflow.db-wal", "waflow.running"} {
		raw, err := os.ReadFile(filepath.Join(w.dir, name))
		require.NoError(w.t, err)
		require.NoError(w.t, os.WriteFile(filepath.Join(to, name), raw, 0o600))
	}
	return to
}

// samePayload checks that every try of a message had the same payload.
func samePayload(w *world) {
	w.t.Helper()
	first := map[string][]byte{}
	for _, a := range w.line.all() {
		if was, there := first[a.out.WAID]; there && !bytes.Equal(was, a.out.Payload) {
			require.Fail(w.t, "another payload for the same id")
		}
		first[a.out.WAID] = a.out.Payload
	}
}

func unknown() error { return errors.New("something we have no word for") }
