package wasim

import (
	"bytes"
	"compress/zlib"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/coder/websocket"
	waBinary "go.mau.fi/whatsmeow/binary"
)

const (
	// maxClientFrame bounds what a client may send at once. Longer frames end the connection.
	maxClientFrame = 2 << 20
	frameHeader    = 3
	// compressedFlag in the first byte of a decrypted frame says that the rest is a zlib stream.
	compressedFlag = 2
	// keptBuffer is how much memory a connection that waits for its next frame may hold: a few large frames after linking
	// must not cost as much for every idle connection.
	keptBuffer = 4 << 10
)

var (
	errFrameTooLarge = errors.New("frame is too large")
	errNotWhatsApp   = errors.New("connection does not start with the protocol header")
)

// prologue is what a client sends before its first frame: "WA", the protocol version and the dictionary version.
func prologue() []byte { return []byte{'W', 'A', 6, 3} }

// routingPrefix announces routing information before the prologue: "ED", 0, 1 and three bytes of length. Clients that
// were told their edge routing send it when they come back.
func routingPrefix() []byte { return []byte{'E', 'D', 0, 1} }

// frameReader cuts the messages of a websocket into frames. A frame is three bytes of length, big-endian, and the data;
// one message may hold several frames and one frame may span messages.
type frameReader struct {
	ws  *websocket.Conn
	buf bytes.Buffer
}

// fill reads messages until n bytes are there.
func (r *frameReader) fill(ctx context.Context, n int) error {
	for r.buf.Len() < n {
		kind, data, err := r.ws.Read(ctx)
		if err != nil {
			return err
		}
		if kind == websocket.MessageBinary {
			r.buf.Write(data)
		}
	}
	return nil
}

// readPrologue consumes the header of the connection.
func (r *frameReader) readPrologue(ctx context.Context) error {
	want := prologue()
	if err := r.fill(ctx, len(want)); err != nil {
		return err
	}
	if bytes.HasPrefix(r.buf.Bytes(), routingPrefix()) {
		r.buf.Next(len(routingPrefix()))
		if _, err := r.next(ctx); err != nil {
			return err
		}
		if err := r.fill(ctx, len(want)); err != nil {
			return err
		}
	}
	if !bytes.Equal(r.buf.Next(len(want)), want) {
		return errNotWhatsApp
	}
	return nil
}

// next returns the next frame's data.
func (r *frameReader) next(ctx context.Context) ([]byte, error) {
	if err := r.fill(ctx, frameHeader); err != nil {
		return nil, err
	}
	head := r.buf.Next(frameHeader)
	length := int(head[0])<<16 | int(head[1])<<8 | int(head[2])
	if length > maxClientFrame {
		return nil, fmt.Errorf("%w: %d bytes", errFrameTooLarge, length)
	}
	if err := r.fill(ctx, length); err != nil {
		return nil, err
	}
	frame := bytes.Clone(r.buf.Next(length))
	if r.buf.Len() == 0 && r.buf.Cap() > keptBuffer {
		r.buf = bytes.Buffer{}
	}
	return frame, nil
}

// writeFrame sends one frame in one websocket message, as the real server does and one client requires.
func writeFrame(ctx context.Context, ws *websocket.Conn, data []byte) error {
	frame := make([]byte, frameHeader, frameHeader+len(data))
	frame[0], frame[1], frame[2] = byte(len(data)>>16), byte(len(data)>>8), byte(len(data))
	return ws.Write(ctx, websocket.MessageBinary, append(frame, data...))
}

// decodeNode turns a decrypted frame into a node. Whatever the bytes are, it returns a node or an error.
func decodeNode(data []byte) (node *waBinary.Node, err error) {
	defer func() {
		if r := recover(); r != nil {
			node, err = nil, fmt.Errorf("malformed node: %v", r)
		}
	}()
	if len(data) == 0 {
		return nil, errors.New("empty frame")
	}
	body := data[1:]
	if data[0]&compressedFlag != 0 {
		inflate, err := zlib.NewReader(bytes.NewReader(body))
		if err != nil {
			return nil, fmt.Errorf("inflate: %w", err)
		}
		body, err = io.ReadAll(io.LimitReader(inflate, maxClientFrame+1))
		if err != nil {
			return nil, fmt.Errorf("inflate: %w", err)
		}
		if len(body) > maxClientFrame {
			return nil, errFrameTooLarge
		}
	}
	return waBinary.Unmarshal(body)
}

// encodeNode is the opposite of decodeNode.
func encodeNode(node *waBinary.Node) (data []byte, err error) {
	defer func() {
		if r := recover(); r != nil {
			data, err = nil, fmt.Errorf("node cannot be encoded: %v", r)
		}
	}()
	return waBinary.Marshal(*node)
}
