package wasim

import (
	"errors"
	"sync"
	"time"

	waBinary "go.mau.fi/whatsmeow/binary"
)

// ErrPhoneOffline means that a phone without network was to link a device.
var ErrPhoneOffline = errors.New("the phone has no network")

// outbox keeps what the owner of a device does while the device has no network, in order, until it has one again. Messages
// are kept before they are encrypted, so that they go to the devices that exist when they go out.
type outbox struct {
	mu      sync.Mutex
	away    bool
	sending bool // what was kept is going out
	kept    []func()
}

// keep puts work aside when there is no network, or when older work has not gone out yet.
func (o *outbox) keep(work func()) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.away || o.sending {
		o.kept = append(o.kept, work)
		return true
	}
	return false
}

// keepAway puts work aside when there is no network.
func (o *outbox) keepAway(work func()) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.away {
		o.kept = append(o.kept, work)
	}
	return o.away
}

func (o *outbox) isAway() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.away
}

// set notes whether there is a network, and tells whether what was kept must be sent now.
func (o *outbox) set(away bool) (send bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.away = away
	send = !away && len(o.kept) > 0 && !o.sending
	o.sending = o.sending || send
	return send
}

// send lets out what was kept, until it is all gone or the network is.
func (o *outbox) send() {
	for {
		o.mu.Lock()
		if o.away || len(o.kept) == 0 {
			o.sending = false
			o.mu.Unlock()
			return
		}
		work := o.kept[0]
		o.kept = o.kept[1:]
		o.mu.Unlock()
		work()
	}
}

// submit hands a stanza to the server as the endpoint's device, when it has a network. Typing and presence are of the
// moment and are never kept.
func (p *endpoint) submit(node *waBinary.Node) {
	if node.Tag == "presence" || node.Tag == "chatstate" {
		if p.outbox.isAway() {
			return
		}
	} else if p.outbox.keepAway(func() { p.submit(node) }) {
		return
	}
	p.s.receive(p.dev, p.mailbox, node)
}

// now is the time by the device's own clock.
func (p *endpoint) now() time.Time { return p.s.now().Add(time.Duration(p.skew.Load())) }

// SetClock sets the phone's own clock ahead of the server's, or behind it with a negative value. It shows in what the
// phone says about time itself: in history, reactions, polls, app state and the signatures of links. The times of messages on
// the wire are the server's.
func (p *Phone) SetClock(ahead time.Duration) { p.skew.Store(int64(ahead)) }
