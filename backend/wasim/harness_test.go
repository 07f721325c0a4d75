package wasim_test

import (
	"context"
	"database/sql"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	_ "github.com/mattn/go-sqlite3"
	"github.com/stretchr/testify/require"
	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/store"
	"go.mau.fi/whatsmeow/store/sqlstore"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"
	waLog "go.mau.fi/whatsmeow/util/log"
	"google.golang.org/protobuf/proto"

	"waflow/backend/wasim"
)

// patience is how long a test waits for something that must happen.
const patience = 20 * time.Second

// newServer makes a simulator, over TCP unless a test wants it in memory, and lets the client library trust it.
func newServer(t testing.TB, opts wasim.Options) *wasim.Server {
	t.Helper()
	s := newMemoryServer(t, opts)
	require.NoError(t, s.Listen("127.0.0.1:0"))
	return s
}

// newMemoryServer is newServer without a TCP listener, for tests inside a synctest bubble.
func newMemoryServer(t testing.TB, opts wasim.Options) *wasim.Server {
	t.Helper()
	s, err := wasim.New(opts)
	require.NoError(t, err)
	t.Cleanup(func() {
		if t.Failed() {
			t.Log(s.Transcript())
		}
		require.NoError(t, s.Close())
		requireNoGoroutines(t)
	})
	whatsmeow.WACertPubKey = s.RootKey()
	return s
}

// requireNoGoroutines waits until no goroutine runs this package's code.
func requireNoGoroutines(t testing.TB) {
	t.Helper()
	requireNotRunning(t, func(stack string) bool { return strings.Contains(stack, "waflow/backend/wasim.") })
}

// requireNotRunning waits until no goroutine's stack is one of those that running describes.
func requireNotRunning(t testing.TB, running func(stack string) bool) {
	t.Helper()
	var left string
	require.Eventually(t, func() bool {
		buf := make([]byte, 4<<20)
		left = ""
		for stack := range strings.SplitSeq(string(buf[:runtime.Stack(buf, true)]), "\n\n") {
			if running(stack) {
				left = stack
				return false
			}
		}
		return true
	}, patience, 10*time.Millisecond, "a goroutine is left: %s", left)
}

// awaitLoss waits until the only client of a test has noticed that its connection was cut. The client library has a data
// race when Disconnect or Connect is called while it is still noticing.
func awaitLoss(t testing.TB) {
	t.Helper()
	requireNotRunning(t, func(stack string) bool {
		// In frameComplete hang for ever the readers of clients that disconnected while a frame arrived.
		reading := strings.Contains(stack, "whatsmeow/socket.(*FrameSocket)") && !strings.Contains(stack, "frameComplete")
		return reading || strings.Contains(stack, "whatsmeow.(*Client).onDisconnect")
	})
}

func newPhone(t testing.TB, s *wasim.Server, number, name string) *wasim.Phone {
	t.Helper()
	p, err := s.NewPhone(wasim.PhoneOptions{Number: number, Name: name})
	require.NoError(t, err)
	return p
}

// client is the unmodified client library with the settings that the product uses, and a record of its events.
type client struct {
	*whatsmeow.Client
	t      testing.TB
	server *wasim.Server
	db     *sql.DB
	refuse func(any) bool // events that the handler does not accept
	// manyKeys leaves the number of one-time keys to the client, see uploadFewKeys.
	manyKeys bool

	background sync.WaitGroup
	mu         sync.Mutex
	events     []any
	changed    chan struct{}
	closed     bool
}

// newClient opens a client on a session file, which it makes when it does not exist.
func newClient(t testing.TB, s *wasim.Server, path string) *client {
	t.Helper()
	c := &client{t: t, server: s, changed: make(chan struct{})}
	c.open(path)
	t.Cleanup(c.close)
	return c
}

func (c *client) open(path string) {
	c.t.Helper()
	db, err := sql.Open("sqlite3", "file:"+path+"?_foreign_keys=on&_journal_mode=WAL&_synchronous=NORMAL&_txlock=immediate&_busy_timeout=10000")
	require.NoError(c.t, err)
	db.SetMaxOpenConns(1)
	c.db = db
	container := sqlstore.NewWithDB(db, "sqlite3", waLog.Noop)
	ctx := c.t.Context()
	require.NoError(c.t, container.Upgrade(ctx))
	device, err := container.GetFirstDevice(ctx)
	require.NoError(c.t, err)
	c.Client = c.dress(device)
}

// dress applies the product's settings and points the client at the simulator.
func (c *client) dress(device *store.Device) *whatsmeow.Client {
	cli := whatsmeow.NewClient(device, waLog.Noop)
	cli.SynchronousAck = true
	cli.EnableDecryptedEventBuffer = true
	cli.UseRetryMessageStore = true
	cli.AutomaticMessageRerequestFromPhone = true
	cli.ManualHistorySyncDownload = true
	cli.DisableManualHistorySyncReceipt = true
	cli.EnableAutoReconnect = false
	cli.DisableLoginAutoReconnect = true
	cli.SetMaxParallelRetryReceiptHandling(1)
	http := c.server.TCPClient()
	if c.server.Endpoint() == "" {
		http = c.server.HTTPClient()
	}
	cli.SetWebsocketHTTPClient(http)
	cli.SetPreLoginHTTPClient(http)
	cli.SetMediaHTTPClient(http)
	cli.AddEventHandlerWithSuccessStatus(c.handle)
	return cli
}

func (c *client) handle(evt any) bool {
	if _, again := evt.(*events.ManualLoginReconnect); again {
		c.logInAgain()
	}
	c.note(evt)
	c.mu.Lock()
	refuse := c.refuse
	c.mu.Unlock()
	return refuse == nil || !refuse(evt)
}

// logInAgain does what the pool does after the 515 that follows a link.
func (c *client) logInAgain() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return
	}
	c.background.Go(func() {
		c.Disconnect()
		if !c.manyKeys {
			c.uploadFewKeys()
		}
		if err := c.Connect(); err != nil {
			c.note(err)
		}
	})
}

// uploadFewKeys makes a new client upload 50 one-time keys at its first login instead of 812: it does so when it has uploaded
// one before. To make all of them takes more time, with the race detector, than everything else in most tests.
func (c *client) uploadFewKeys() {
	_, err := c.db.Exec("INSERT INTO whatsmeow_pre_keys (jid, key_id, key, uploaded) SELECT jid, 1, randomblob(32), true FROM whatsmeow_device")
	if err != nil {
		c.note(err)
	}
}

func (c *client) note(evt any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.events = append(c.events, evt)
	close(c.changed)
	c.changed = make(chan struct{})
}

func (c *client) close() {
	c.mu.Lock()
	done := c.closed
	c.closed = true
	c.mu.Unlock()
	if done {
		return
	}
	c.background.Wait()
	c.Disconnect()
	require.NoError(c.t, c.db.Close())
}

// forget empties the record of events.
func (c *client) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.events = nil
}

func (c *client) recorded() ([]any, <-chan struct{}) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]any(nil), c.events...), c.changed
}

// all returns the recorded events of a type.
func all[T any](c *client) []T {
	recorded, _ := c.recorded()
	var out []T
	for _, evt := range recorded {
		if typed, ok := evt.(T); ok {
			out = append(out, typed)
		}
	}
	return out
}

// await waits for an event of a type that fits.
func await[T any](c *client, fits func(T) bool) T {
	c.t.Helper()
	timeout := time.After(patience)
	for {
		recorded, changed := c.recorded()
		for _, evt := range recorded {
			if typed, ok := evt.(T); ok && (fits == nil || fits(typed)) {
				return typed
			}
		}
		select {
		case <-changed:
		case <-timeout:
			var zero T
			require.FailNowf(c.t, "event did not come", "%T; there were: %v", zero, kinds(recorded))
		}
	}
}

func kinds(recorded []any) []string {
	out := make([]string, len(recorded))
	for i, evt := range recorded {
		out[i] = strings.TrimPrefix(strings.TrimPrefix(typeName(evt), "*"), "events.")
	}
	return out
}

// awaitText waits until a text message has arrived.
func (c *client) awaitText(text string) *events.Message {
	c.t.Helper()
	return await(c, func(m *events.Message) bool { return textOf(m) == text })
}

func textOf(m *events.Message) string {
	if m.Message.GetConversation() != "" {
		return m.Message.GetConversation()
	}
	return m.Message.GetExtendedTextMessage().GetText()
}

func (c *client) texts() []string {
	var out []string
	for _, m := range all[*events.Message](c) {
		if text := textOf(m); text != "" {
			out = append(out, text)
		}
	}
	return out
}

// link pairs the client with a phone by QR and waits until it is logged in and the phone has told it everything.
func (c *client) link(p *wasim.Phone) wasim.ScanResult {
	c.t.Helper()
	require.NoError(c.t, c.Connect())
	qr := await[*events.QR](c, nil)
	result, err := p.Scan(within(c.t), qr.Codes[0])
	require.NoError(c.t, err)
	if result.Linked {
		await[*events.PairSuccess](c, nil)
		await[*events.Connected](c, nil)
		await(c, func(m *events.AppStateSyncComplete) bool { return m.Name == "regular_low" })
		waitFor(c.t, c.server, "the device has what its phone told it", func() bool { return settled(c.server, p, result.Device) })
	}
	return result
}

// settled tells whether a new device has receipted the four messages with which its phone greets it.
func settled(s *wasim.Server, p *wasim.Phone, device uint16) bool {
	got := s.Ledger().Deliveries(wasim.Filter{From: p.Number(), To: p.Number(), ToDevice: &device})
	if len(got) < greetings {
		return false
	}
	for _, d := range got {
		if d.Acked == 0 || d.Receipts["peer_msg"] == 0 {
			return false
		}
	}
	return true
}

// rest lets what the client library still does for the last messages, in goroutines that nobody can wait for, come before what
// the test does next. They read the stores that an unlinked client drops, and share a lock and a database with this query.
func (c *client) rest() {
	c.t.Helper()
	_, err := c.Store.Contacts.GetContact(c.t.Context(), types.NewJID("0", types.DefaultUserServer))
	require.NoError(c.t, err)
}

// relogin connects a linked client again and waits until it is logged in.
func (c *client) relogin() {
	c.t.Helper()
	c.Disconnect()
	c.forget()
	require.NoError(c.t, c.Connect())
	await[*events.Connected](c, nil)
}

// sendText sends a text with the product's deadline.
func (c *client) sendText(to types.JID, text string) (whatsmeow.SendResponse, error) {
	return c.SendMessage(within(c.t), to, &waE2E.Message{Conversation: proto.String(text)})
}

func within(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	return ctx
}

func jid(t testing.TB, text string) types.JID {
	t.Helper()
	parsed, err := types.ParseJID(text)
	require.NoError(t, err)
	return parsed
}

// linked makes a server, a phone and a client that is linked to it.
func linked(t testing.TB) (*wasim.Server, *wasim.Phone, *client) {
	t.Helper()
	s := newServer(t, wasim.Options{Seed: 1})
	p := newPhone(t, s, "+34600000013", "Clinic")
	c := newClient(t, s, filepath.Join(t.TempDir(), "session.db"))
	require.True(t, c.link(p).Linked)
	return s, p, c
}

// waitFor fails the test when something does not come true.
func waitFor(t testing.TB, s *wasim.Server, what string, cond func() bool) {
	t.Helper()
	require.NoError(t, s.WaitFor(within(t), cond), what)
}
