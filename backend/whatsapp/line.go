package whatsapp

import (
	"context"
	"io"
	"net/http"
	"sync"
	"time"
)

// The library reads a connection in one goroutine and handles its frames in another, and stops the second one first. A frame
// in hand at that moment is never taken, so the first one waits for ever, and where the connection ended with its context the
// socket stays open as well. So a connection is ended from below: the line is cut, the reader hands over what it has and ends,
// and the library takes it for a connection that was lost. That is safe, because what was not acknowledged comes again, and
// quick: nobody waits for the other side to say goodbye.
const (
	cutWait   = time.Second           // for the library to notice
	cutSettle = 20 * time.Millisecond // for it to tell, after it has noticed; it tells only of ends that it does not expect
)

// line is what a websocket runs over.
type line struct {
	io.ReadWriteCloser
	once  sync.Once
	ended chan struct{} // closed when the library has let go
}

// Close is the library's.
func (l *line) Close() error {
	defer l.once.Do(func() { close(l.ended) })
	return l.ReadWriteCloser.Close()
}

// cut ends the line under the library.
func (l *line) cut() {
	_ = l.ReadWriteCloser.Close() // an end that fails is noticed by the library's next read or write
}

// lines gives every websocket's line to the dial whose context asked for it.
type lines struct{ http.RoundTripper }

type dialKey struct{}

func (l lines) RoundTrip(request *http.Request) (*http.Response, error) {
	response, err := l.RoundTripper.RoundTrip(request)
	if err != nil || response.StatusCode != http.StatusSwitchingProtocols {
		return response, err
	}
	d, asked := request.Context().Value(dialKey{}).(*dial)
	raw, ok := response.Body.(io.ReadWriteCloser)
	if asked && ok {
		own := &line{ReadWriteCloser: raw, ended: make(chan struct{})}
		d.line.Store(own)
		response.Body = own
	}
	return response, nil
}

// newDial makes a dial whose connection ends when ctx does.
func (c *Client) newDial(ctx context.Context) *dial {
	d := &dial{done: make(chan struct{}), lost: make(chan struct{}), gone: make(chan struct{})}
	d.ctx, d.cancel = context.WithCancel(context.WithValue(context.WithoutCancel(ctx), dialKey{}, d))
	stop := context.AfterFunc(ctx, func() {
		if c.begin() {
			defer c.work.Done()
			c.hangUp(d)
		}
	})
	context.AfterFunc(d.ctx, func() { stop() })
	return d
}

// hangUp ends a connection, or the dial, without an event. It does not wait for a dial.
func (c *Client) hangUp(d *dial) {
	c.mu.Lock()
	d.over = true
	live := isClosed(d.done)
	present := c.dial == d
	c.mu.Unlock()
	if !live {
		d.cancel() // endDial does the rest
		return
	}
	if present {
		c.end(d)
	}
	d.cancel()
}

// end lets go of a connection once, however often it is ended: by Disconnect, by its context, by both at the same time. The library
// can only be told to end the connection that it has, so a second time, a moment later, would take the next one, without an event. Who
// comes while it goes on waits for it.
func (c *Client) end(d *dial) {
	if d.ending.CompareAndSwap(false, true) {
		c.letGo(d)
		close(d.gone)
	}
	<-d.gone
}

// letGo cuts the line and waits until the library has noticed.
func (c *Client) letGo(d *dial) {
	if line := d.line.Load(); line != nil {
		line.cut()
		limit := time.NewTimer(cutWait)
		defer limit.Stop()
		select {
		case <-line.ended:
			limit.Reset(cutSettle)
			select {
			case <-d.lost:
			case <-limit.C:
			}
		case <-d.lost:
		case <-limit.C:
		}
	}
	c.wa.Disconnect()
}
