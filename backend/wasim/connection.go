package wasim

import (
	"context"
	"errors"
	"io"
	"net"
	"sync"
	"time"

	"github.com/coder/websocket"
	waBinary "go.mau.fi/whatsmeow/binary"
)

// handshakeTimeout bounds the time from the first byte to the end of the handshake.
const handshakeTimeout = 30 * time.Second

// maxUnread is how many stanzas a client may send, with as many answers waiting for it, while it reads none of them.
const maxUnread = 10_000

// connection is one client's websocket: a reader, which handles stanzas one after the other, and a writer, which encodes
// and encrypts what the rest of the server queues. Nothing that queues for it ever waits for the network.
type connection struct {
	s      *Server
	ws     *websocket.Conn
	raw    net.Conn
	frames *frameReader
	ended  <-chan struct{}
	cancel context.CancelFunc

	// Set by the handshake, before the writer starts.
	read, write *frameCipher
	hello       *hello

	mu        sync.Mutex
	queue     []*waBinary.Node
	wake      chan struct{}
	ending    bool          // write what is queued, then end
	deaf      bool          // nothing that the client sends is read any more
	mute      bool          // nothing is written any more
	numb      bool          // what nobody asked for is dropped; see numb.go
	stalled   chan struct{} // open while what is written waits, nil otherwise
	slow      time.Duration
	unread    int // stanzas that came since the client last read one
	lastFrame time.Time
	resetOnce sync.Once

	// Used by the reader only.
	dev     *device
	pairing *pairing
}

// newConnection wraps a websocket. ended closes when cancel is called, which is how the connection ends.
func newConnection(s *Server, ws *websocket.Conn, raw net.Conn, ended <-chan struct{}, cancel context.CancelFunc) *connection {
	return &connection{s: s, ws: ws, raw: raw, frames: &frameReader{ws: ws}, ended: ended, cancel: cancel, wake: make(chan struct{}, 1)}
}

// serve runs the connection until ctx ends, which reset does.
func (c *connection) serve(ctx context.Context) {
	defer c.reset()
	shaking, cancel := context.WithTimeout(ctx, handshakeTimeout)
	hello, err := c.shakeHands(shaking)
	cancel()
	if err != nil {
		c.s.log.Debug().Err(err).Msg("handshake failed")
		return
	}
	c.hello = hello
	var writer sync.WaitGroup
	writer.Go(func() { c.writeLoop(ctx) })
	c.heard()
	writer.Go(c.watchSilence)
	defer writer.Wait()
	defer c.reset()
	defer c.detach()
	if !c.s.admit(c) {
		<-c.ended
		return
	}
	c.readLoop(ctx)
}

// detach takes the connection away from its device and its pairing attempt.
func (c *connection) detach() {
	if c.dev != nil {
		c.s.leave(c.dev, c)
		c.s.ledger.note(c.dev.address(), "connection ended", "")
	}
	if c.pairing != nil {
		c.s.abandonPairing(c.pairing)
	}
}

func (c *connection) readLoop(ctx context.Context) {
	for {
		frame, err := c.frames.next(ctx)
		if err != nil {
			if !errors.Is(err, context.Canceled) && !errors.Is(err, io.EOF) {
				c.s.log.Debug().Err(err).Msg("connection ended")
			}
			return
		}
		if c.ignores() {
			continue
		}
		c.heard()
		plaintext, err := c.read.open(frame)
		if err != nil {
			c.s.log.Debug().Err(err).Msg("frame cannot be decrypted")
			return
		}
		node, err := decodeNode(plaintext)
		if err != nil {
			c.s.log.Debug().Err(err).Msg("frame cannot be decoded")
			c.end(streamError("xml-not-well-formed", nil))
			continue
		}
		if c.isFlooded() {
			c.s.log.Debug().Msg("client sends and does not read")
			return
		}
		c.handle(node)
	}
}

// isFlooded tells whether a client goes on asking and reads none of the answers, for which there must be an end.
func (c *connection) isFlooded() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.unread++
	return c.unread > maxUnread && len(c.queue) > maxUnread
}

// hasRead notes that the client takes what is written.
func (c *connection) hasRead() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.unread = 0
}

// handle passes one stanza to the part of the server that it concerns.
func (c *connection) handle(node *waBinary.Node) {
	defer c.s.pulse.beat()
	if c.dev == nil {
		c.handlePairing(node)
		return
	}
	c.s.receive(c.dev, c, node)
}

// deliver queues a stanza for the client. It never blocks.
func (c *connection) deliver(node *waBinary.Node) {
	c.mu.Lock()
	if !c.ending && (!c.numb || !isPushed(node)) {
		c.queue = append(c.queue, node)
	}
	c.mu.Unlock()
	c.signal()
}

// end sends a last stanza (nil for none) after what is queued, waits a moment so that the client reads it before it sees
// the end, then sends <xmlstreamend/> and closes. A client that leaves by itself in that moment never sees the end, which
// spares it a frame that arrives while it closes.
func (c *connection) end(last *waBinary.Node) {
	c.mu.Lock()
	if !c.ending {
		if last != nil {
			c.queue = append(c.queue, last)
		}
		c.ending = true
	}
	c.mu.Unlock()
	c.signal()
}

// reset ends the connection at once, as a cut cable does.
func (c *connection) reset() {
	c.resetOnce.Do(func() {
		c.cancel()
		if tcp, ok := c.raw.(*net.TCPConn); ok {
			// Linger 0 turns the close into a TCP reset. It fails only when the socket is gone already.
			_ = tcp.SetLinger(0)
		}
		if c.raw != nil {
			_ = c.raw.Close()
		}
		// The socket is closed below the websocket, so there is nothing left to tell.
		_ = c.ws.CloseNow()
	})
}

// ignores tells whether what the client sends is not looked at: it is lost on the way, or the stream is ending.
func (c *connection) ignores() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.deaf || c.ending
}

// setDeaf turns the connection into a black hole: it stays open and nothing comes through.
func (c *connection) setDeaf() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.deaf, c.mute = true, true
}

// setIgnoring loses what the client sends from now on.
func (c *connection) setIgnoring() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.deaf = true
}

// setSlow delays every stanza to the client.
func (c *connection) setSlow(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.slow = d
}

func (c *connection) signal() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

func (c *connection) writeLoop(ctx context.Context) {
	for {
		select {
		case <-c.wake:
		case <-c.ended:
			return
		}
		c.mu.Lock()
		batch, ending, slow, mute := c.queue, c.ending, c.slow, c.mute
		c.queue = nil
		c.mu.Unlock()
		if mute {
			continue
		}
		for _, node := range batch {
			if !c.awaitFlow() || slow > 0 && !c.pause(slow) {
				return
			}
			if !c.writeNode(ctx, node) {
				c.reset()
				return
			}
			c.hasRead()
		}
		if ending {
			if c.pause(c.s.opts.CloseDelay) {
				c.writeNode(ctx, &waBinary.Node{Tag: "xmlstreamend"})
			}
			c.close()
			return
		}
	}
}

func (c *connection) writeNode(ctx context.Context, node *waBinary.Node) bool {
	data, err := encodeNode(node)
	if err != nil {
		c.s.log.Error().Err(err).Str("tag", node.Tag).Msg("stanza dropped")
		return true
	}
	return writeFrame(ctx, c.ws, c.write.seal(data)) == nil
}

// close ends the websocket in an orderly way and waits for nobody.
func (c *connection) close() {
	closed := make(chan struct{})
	go func() {
		defer close(closed)
		_ = c.ws.Close(websocket.StatusNormalClosure, "")
	}()
	select {
	case <-closed:
	case <-c.ended:
	case <-time.After(c.s.opts.CloseDelay):
	}
	c.reset()
	<-closed
}

// pause waits, and tells whether the connection still lives.
func (c *connection) pause(d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-c.ended:
		return false
	}
}
