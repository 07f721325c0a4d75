package wasim

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"

	"github.com/coder/websocket"
	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/proto/waWa6"
	"go.mau.fi/whatsmeow/types"
	"google.golang.org/protobuf/proto"
)

// A sink is a linked device that takes everything and reads nothing: it does the handshake, pairing and login of a real
// client, and then answers every message with a delivery receipt, every receipt and notification with an ack, without
// looking at what is encrypted:
//
//	← <message id="3EB0…" from="1234@lid" …><enc>…</enc></message>
//	→ <receipt id="3EB0…" to="1234@lid"/>
//	← <receipt id="3EB0…" from="1234@lid" type="read"/>
//	→ <ack class="receipt" id="3EB0…" to="1234@lid" type="read"/>
//
// It costs a few kilobytes and microseconds where a real client costs megabytes and disk writes, so that the load on the
// server can be measured and not that of its clients. It shares the server's code for frames and nodes and proves nothing
// about them.

// sinkEndpoint is where every client connects; the HTTP client decides where that really is.
const sinkEndpoint = "wss://web.whatsapp.com" + websocketPath

// activeID is the id of the iq with which a sink asks for live traffic.
const activeID = "active"

// errSinkRefused means that the server ended the sink's connection with a reason.
var errSinkRefused = errors.New("the server refused the sink")

// Sink is a linked device for load tests. Make it with LinkSink and end it with Close.
type Sink struct {
	http *http.Client
	keys sinkKeys
	jid  types.JID // set by pairing

	messages atomic.Int64
	cancel   context.CancelFunc
	loop     sync.WaitGroup

	mu   sync.Mutex
	line *sinkLine // the last connection
	err  error     // why it ended
}

// sinkLine is one connection of a sink.
type sinkLine struct {
	ws     *websocket.Conn
	frames *frameReader
	read   *frameCipher

	writing sync.Mutex
	write   *frameCipher
}

// LinkSink links a new sink. client reaches the server, as Server.HTTPClient does; scan is called once with the QR code
// and must have a phone scan it. The sink is logged in and active when LinkSink returns, and stays so until ctx ends, it is
// closed or the server ends its connection.
func LinkSink(ctx context.Context, client *http.Client, scan func(ctx context.Context, qr string) error) (*Sink, error) {
	keys, err := newSinkKeys()
	if err != nil {
		return nil, err
	}
	k := &Sink{http: client, keys: keys}
	if err := k.pair(ctx, scan); err != nil {
		return nil, fmt.Errorf("pair: %w", err)
	}
	if err := k.Connect(ctx); err != nil {
		return nil, err
	}
	return k, nil
}

// JID is the sink's phone-number JID, with its device.
func (k *Sink) JID() string { return k.jid.String() }

// Messages is how many messages the sink has received, over all its connections.
func (k *Sink) Messages() int64 { return k.messages.Load() }

// Err is why the last connection ended, nil while it lives.
func (k *Sink) Err() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.err
}

// Connect logs a sink in that is not connected. ctx bounds the connection, not only the login.
func (k *Sink) Connect(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	line, err := k.dial(ctx, k.keys.loginPayload(k.jid))
	if err == nil {
		err = k.logIn(ctx, line)
	}
	if err != nil {
		cancel()
		return fmt.Errorf("log in: %w", err)
	}
	k.mu.Lock()
	k.line, k.err, k.cancel = line, nil, cancel
	k.mu.Unlock()
	k.loop.Go(func() {
		err := k.serve(ctx, line)
		cancel()
		_ = line.ws.CloseNow() // ended already, or nobody is left to tell
		k.mu.Lock()
		k.err = err
		k.mu.Unlock()
	})
	return nil
}

// Close ends the connection as a cut cable does and waits until nothing of the sink runs.
func (k *Sink) Close() {
	k.mu.Lock()
	cancel := k.cancel
	k.mu.Unlock()
	if cancel != nil {
		cancel()
	}
	k.loop.Wait()
}

// Send sends any stanza over the connection that was made last.
func (k *Sink) Send(ctx context.Context, node *waBinary.Node) error {
	k.mu.Lock()
	line := k.line
	k.mu.Unlock()
	return line.send(ctx, node)
}

func (l *sinkLine) send(ctx context.Context, node *waBinary.Node) error {
	raw, err := encodeNode(node)
	if err != nil {
		return err
	}
	// The nonce of a frame is its place in the stream, so one is sealed and written after the other.
	l.writing.Lock()
	defer l.writing.Unlock()
	return writeFrame(ctx, l.ws, l.write.seal(raw))
}

func (l *sinkLine) next(ctx context.Context) (*waBinary.Node, error) {
	frame, err := l.frames.next(ctx)
	if err != nil {
		return nil, err
	}
	raw, err := l.read.open(frame)
	if err != nil {
		return nil, err
	}
	return decodeNode(raw)
}

// dial opens a connection and does the client's side of the handshake, see handshake.go.
func (k *Sink) dial(ctx context.Context, payload *waWa6.ClientPayload) (*sinkLine, error) {
	ws, _, err := websocket.Dial(ctx, sinkEndpoint, &websocket.DialOptions{HTTPClient: k.http})
	if err != nil {
		return nil, fmt.Errorf("dial: %w", err)
	}
	ws.SetReadLimit(-1) // the server is ours
	line := &sinkLine{ws: ws, frames: &frameReader{ws: ws}}
	if err := line.shakeHands(ctx, k.keys.noise, payload); err != nil {
		_ = ws.CloseNow()
		return nil, fmt.Errorf("handshake: %w", err)
	}
	return line, nil
}

// logIn waits for the success, then uploads keys and asks for live traffic, as clients do.
func (k *Sink) logIn(ctx context.Context, line *sinkLine) error {
	for {
		node, err := line.next(ctx)
		if err != nil {
			return err
		}
		switch node.Tag {
		case "success":
			upload := k.keys.upload()
			if err := line.send(ctx, &upload); err != nil {
				return err
			}
			active := element("iq", attrs{"id": activeID, "to": types.ServerJID, "type": "set", "xmlns": "passive"}, element("active", nil))
			if err := line.send(ctx, &active); err != nil {
				return err
			}
		case "iq":
			if attrString(node, "id") == activeID {
				return nil
			}
		case "failure":
			return fmt.Errorf("%w: %s", errSinkRefused, attrString(node, "reason"))
		}
	}
}

func (k *Sink) serve(ctx context.Context, line *sinkLine) error {
	for {
		node, err := line.next(ctx)
		if err != nil {
			return err
		}
		if node.Tag == "message" {
			k.messages.Add(1)
		}
		answer := k.answer(node)
		if answer == nil {
			continue
		}
		if err := line.send(ctx, answer); err != nil {
			return err
		}
	}
}

// answer is what a client sends back for a stanza, nil for nothing.
func (k *Sink) answer(node *waBinary.Node) *waBinary.Node {
	a := attrs{"id": attrString(node, "id"), "to": node.Attrs["from"]}
	for _, key := range []string{"participant", "recipient"} {
		if v, ok := node.Attrs[key]; ok {
			a[key] = v
		}
	}
	switch node.Tag {
	case "message":
		from, _ := attrJID(node, "from")
		switch {
		case attrString(node, "category") == "peer":
			a["type"] = "peer_msg"
		case from.User == k.jid.User:
			a["type"] = "sender"
		}
		return &waBinary.Node{Tag: "receipt", Attrs: a}
	case "receipt", "notification":
		a["class"] = node.Tag
		if kind := attrString(node, "type"); kind != "" {
			a["type"] = kind
		}
		return &waBinary.Node{Tag: "ack", Attrs: a}
	case "iq":
		if attrString(node, "type") == "get" {
			return iqResult(node)
		}
	}
	return nil
}

// loginPayload is what a linked client says in the handshake.
func (k sinkKeys) loginPayload(jid types.JID) *waWa6.ClientPayload {
	payload := clientPayload()
	number, _ := strconv.ParseUint(jid.User, 10, 64)
	payload.Username = proto.Uint64(number)
	payload.Device = proto.Uint32(uint32(jid.Device))
	payload.Passive = proto.Bool(true)
	return payload
}
