package whatsapp

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"
	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/store"
	"go.mau.fi/whatsmeow/types"

	"waflow/backend/domain"
	"waflow/backend/panics"
	"waflow/backend/whatsapp/convert"
)

// errClosed is the cause of what is asked of a client after Close.
var errClosed = errors.New("the session is closed")

// Client is one session: a linked device, or one that is about to be linked. All methods are safe for concurrent use.
type Client struct {
	service  *Service
	log      zerolog.Logger
	handlers domain.SessionHandlers
	file     *sessionFile
	wa       *whatsmeow.Client
	turns    *turns
	patience patience
	calls    calls
	linked   atomic.Bool
	leaving  atomic.Bool // Logout goes on, or has succeeded
	deleted  atomic.Bool // the session is gone from its file; see container
	own      atomic.Pointer[convert.Own]
	route    *route // of all its connections
	retries  retries

	ctx    context.Context // ends with Close; what handlers work under
	cancel context.CancelFunc

	work   sync.WaitGroup // handlers, timers and dials that are going on
	mu     sync.Mutex
	closed bool
	dial   *dial // the last one; its connection may still live
	link   linking
	redo   redelivery
}

// dial is one call of the library's ConnectContext and the connection that came of it.
type dial struct {
	ctx    context.Context
	cancel context.CancelFunc
	done   chan struct{} // closed when ConnectContext has returned
	err    error         // after done
	lost   chan struct{} // closed when the library has told of the end
	once   sync.Once     // closes lost
	line   atomic.Pointer[line]
	ending atomic.Bool   // see Client.end
	gone   chan struct{} // closed when we have let go of the connection

	// Guarded by Client.mu.
	over   bool // we have ended it, or reported that it ended
	failed bool // something that came over it could not be stored
}

// Open opens or makes a session file and returns its client, not connected. ctx bounds the opening only.
// Errors are *domain.Error with CodeStorageFailed.
func (s *Service) Open(ctx context.Context, file string, handlers domain.SessionHandlers) (*Client, error) {
	session, err := openSessionFile(ctx, file, libraryLog{out: s.log.With().Str("part", "session").Logger()})
	if err != nil {
		return nil, err
	}
	c := &Client{
		service:  s,
		log:      s.log,
		handlers: handlers,
		file:     session,
		turns:    newTurns(),
	}
	c.ctx, c.cancel = context.WithCancel(context.Background())
	c.linked.Store(session.device.ID != nil)
	c.learnOwn(session.device)
	c.takeTurns(session.device)
	c.wa = whatsmeow.NewClient(session.device, libraryLog{out: s.log.With().Str("part", "client").Logger()})
	settle(c.wa)
	c.take(s.newRoute(handlers.Proxy))
	c.wa.BackgroundEventCtx = c.ctx
	c.wa.PrePairCallback = c.guardNumber
	c.wa.AddEventHandlerWithSuccessStatus(c.handle)
	return c, nil
}

// take makes every connection of the library go one way: the websocket before and after login, and media, which may take as long as
// it takes. The websocket library takes the time limit for the time until the websocket is open and not for its life.
func (c *Client) take(way *route) {
	c.route = way
	websocket := &http.Client{Timeout: dialTimeout, Transport: lines{RoundTripper: c.service.clock.watch(way)}}
	c.wa.SetWebsocketHTTPClient(websocket)
	c.wa.SetPreLoginHTTPClient(websocket)
	c.wa.SetMediaHTTPClient(&http.Client{Transport: way})
}

// settle makes the library's settings ours, the same for every client. The package documentation says what each is for.
func settle(wa *whatsmeow.Client) {
	wa.SynchronousAck = true
	wa.EnableDecryptedEventBuffer = true
	wa.UseRetryMessageStore = true
	wa.AutomaticMessageRerequestFromPhone = true
	wa.ManualHistorySyncDownload = true
	wa.DisableManualHistorySyncReceipt = true
	wa.EnableAutoReconnect = false
	wa.DisableLoginAutoReconnect = true
	wa.SetMaxParallelRetryReceiptHandling(1)
}

// takeTurns puts the stores that give turns before the device's own. The library replaces a device's stores when it is saved
// for the first time, at the end of a pairing, so that has to be followed.
func (c *Client) takeTurns(device *store.Device) {
	device.Container = container{DeviceContainer: c.file.container, saved: c.takeTurns, deleted: func() { c.deleted.Store(true) }}
	if !device.Initialized {
		return
	}
	device.Sessions = &turnedSessions{SessionStore: device.Sessions, buffer: device.EventBuffer, turns: c.turns}
	device.MsgSecrets = turnedSecrets{device.MsgSecrets}
	device.EventBuffer = &turnedBuffer{EventBuffer: device.EventBuffer, turns: c.turns, failed: c.patience.undecrypted, refused: c.sessionRefused, read: c.readEarly}
	device.LIDs = &patientLIDs{LIDStore: device.LIDs, patience: &c.patience, phone: c.phone}
}

// learnOwn keeps who the session belongs to. The library's own copy may change while it handles something else.
func (c *Client) learnOwn(device *store.Device) {
	c.own.Store(&convert.Own{Number: device.GetJID().User, LID: device.GetLID().User})
}

// phone is the account's phone, by number.
func (c *Client) phone() types.JID {
	own := c.own.Load()
	if own == nil {
		return types.JID{}
	}
	return types.NewJID(own.Number, types.DefaultUserServer)
}

// Linked tells whether the session file holds an account.
func (c *Client) Linked() bool { return c.linked.Load() }

// Connect dials and returns when the handshake is done or has failed; what comes after is told by events. ctx lives as long
// as the connection: cancelling it ends it. A dial that is cancelled goes on in the background for at most the library's 20 s
// (it does not listen while it waits for the server's first word); the next Connect waits for that.
// Errors: a *domain.Error with CodeConflict after Close, after the session was unlinked, or while connected, else what dialling failed with, with the
// net.Error in its chain; CodeClockWrong when this computer's clock makes WhatsApp's certificates invalid.
func (c *Client) Connect(ctx context.Context) error {
	d, err := c.beginDial(ctx)
	if err != nil {
		return err
	}
	go func() {
		defer c.work.Done()
		c.endDial(d, c.dialWith(d.ctx))
	}()
	select {
	case <-d.done:
		return c.service.dialFailed(d.err)
	case <-ctx.Done():
		c.Disconnect()
		return ctx.Err()
	}
}

// dialWith dials with the version of now.
func (c *Client) dialWith(ctx context.Context) (err error) {
	defer panics.Into(&err, "dialing panicked")
	c.service.version.RLock()
	defer c.service.version.RUnlock()
	return c.wa.ConnectContext(ctx)
}

// beginDial waits until no other dial is going on, and until we have let go of a connection that we are ending, and makes the context of
// the new connection.
func (c *Client) beginDial(ctx context.Context) (*dial, error) {
	for {
		c.mu.Lock()
		if c.closed {
			c.mu.Unlock()
			return nil, conflict("The session is closed.", errClosed)
		}
		if c.deleted.Load() {
			c.mu.Unlock()
			return nil, conflict("The session was unlinked; it needs a new link.", store.ErrDeviceDeleted)
		}
		last := c.dial
		if last != nil && last.over && isClosed(last.done) && !isClosed(last.gone) {
			c.mu.Unlock()
			c.end(last)
			continue
		}
		if last == nil || isClosed(last.done) {
			d := c.newDial(ctx)
			if last != nil && !last.failed {
				c.redo.failures = 0
			}
			c.dial = d
			c.link.stop()
			c.link = linking{paired: c.linked.Load()}
			c.work.Add(1)
			c.mu.Unlock()
			return d, nil
		}
		c.mu.Unlock()
		select {
		case <-last.done:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// endDial makes the result of a dial known. One that nobody wants any more is hung up before the next may begin.
func (c *Client) endDial(d *dial, err error) {
	c.mu.Lock()
	unwanted := d.over
	if !unwanted {
		d.err = err
		close(d.done)
	}
	c.mu.Unlock()
	if unwanted {
		c.end(d)
		d.err = context.Canceled
		close(d.done)
	}
	if err != nil || unwanted {
		d.cancel()
	}
}

// Disconnect ends the connection, or the dial, without an event. It does not wait for a dial.
func (c *Client) Disconnect() {
	c.mu.Lock()
	d := c.dial
	closed := c.closed
	c.mu.Unlock()
	if d != nil && !closed {
		c.hangUp(d)
	}
}

// Close disconnects, waits for what is being handled and sent, and closes the session file. Only the first call does
// anything. It may wait for a dial (20 s at most).
func (c *Client) Close() error {
	c.Disconnect()
	c.mu.Lock()
	if c.closed {
		c.mu.Unlock()
		return nil
	}
	c.closed = true
	c.redo.stop()
	c.link.stop()
	c.mu.Unlock()
	c.patience.close()
	c.cancel()
	c.work.Wait()
	c.route.retire()
	// A decryption that the library has begun ends before its database goes away.
	if last, err := c.turns.take(context.Background(), 0); err == nil {
		defer last.give()
	}
	if err := c.file.container.Close(); err != nil {
		return storageFailed("The session file could not be closed.", err)
	}
	return nil
}

// begin counts work that Close waits for. It returns false once the client is closed.
func (c *Client) begin() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return false
	}
	c.work.Add(1)
	return true
}

// emit tells the owner what happened. A panic there is no reason to end the connection.
func (c *Client) emit(event domain.SessionEvent) {
	if event.At.IsZero() {
		event.At = c.service.now()
	}
	defer c.recovered("event")
	c.handlers.Event(event)
}

func (c *Client) recovered(where string) {
	if reason := recover(); reason != nil {
		c.log.Error().Str("where", where).Type("reason", reason).Msg("a handler panicked")
	}
}

func isClosed(done <-chan struct{}) bool {
	select {
	case <-done:
		return true
	default:
		return false
	}
}

func conflict(sentence string, cause error) *domain.Error {
	return &domain.Error{Code: domain.CodeConflict, Message: sentence, Err: cause}
}

// deadline is how long one request to WhatsApp may take in all.
const deadline = 20 * time.Second

// within bounds one request: by the deadline, by its caller, and by Close.
func (c *Client) within(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithTimeout(ctx, deadline)
	stop := context.AfterFunc(c.ctx, cancel)
	return ctx, func() {
		stop()
		cancel()
	}
}
