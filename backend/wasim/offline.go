package wasim

import (
	"slices"
	"strconv"

	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/types"
)

// Everything that must not get lost on its way to a device waits in the device's queue until the device acknowledges it.
// While the device is connected and active, a stanza goes out as it is queued. When it comes back after an absence, it
// gets all that is still unacknowledged:
//
//	← <ib><offline_preview count="3" appdata="0" message="2" notification="0" receipt="1"/></ib>
//	← <message … offline="0">…   ← <receipt … offline="1"/>   …
//	← <ib><offline count="3"/></ib>
//
// A stanza that was sent and not acknowledged is sent again at the next login, never within a connection.

// pendingStanza is one stanza in a device's queue.
type pendingStanza struct {
	node    *waBinary.Node
	from    types.JID
	id      string
	message *messageKey // set for messages
	sent    int
}

// messageKey names a message within the queue of one recipient device.
type messageKey struct {
	from Address
	id   string
}

// deliveredCap bounds how many delivered messages a device's duplicate filter remembers, unless Options.Keep says less.
const deliveredCap = 50_000

// deliveredSet remembers the last messages that a device confirmed to have decrypted.
type deliveredSet struct {
	keys  map[messageKey]struct{}
	order []messageKey
	next  int
}

func (s *deliveredSet) add(k messageKey, limit int) {
	if s.keys == nil {
		s.keys = make(map[messageKey]struct{})
	}
	if _, known := s.keys[k]; known {
		return
	}
	if len(s.order) < limit {
		s.order = append(s.order, k)
	} else {
		delete(s.keys, s.order[s.next])
		s.order[s.next] = k
		s.next = (s.next + 1) % limit
	}
	s.keys[k] = struct{}{}
}

func (s *deliveredSet) has(k messageKey) bool {
	_, known := s.keys[k]
	return known
}

// attach gives a device its live link and returns the one that it replaces.
func (d *device) attach(l link) (previous link) {
	d.mu.Lock()
	defer d.mu.Unlock()
	previous, d.link = d.link, l
	d.active, d.available, d.held = false, false, nil
	return previous
}

// detach takes the link away if it is still the device's.
func (d *device) detach(l link) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.link == l {
		d.link, d.active, d.available, d.held = nil, false, false, nil
	}
}

func (d *device) currentLink() link {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.link
}

// setAvailable notes the client's presence.
func (d *device) setAvailable(on bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.available = on
}

// enqueue queues a stanza and sends it if the device is there.
func (d *device) enqueue(p *pendingStanza) {
	s := d.account.s
	if p.message != nil {
		s.ledger.queued(*p.message, d.address())
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.removed {
		return
	}
	d.pending.push(p)
	if d.active && d.link != nil {
		d.transmit(p, p.node)
	}
}

// transmit hands a stanza to the link. The caller holds d.mu, which keeps the order of the queue on the wire.
func (d *device) transmit(p *pendingStanza, node *waBinary.Node) {
	s := d.account.s
	p.sent++
	copies := 1
	if p.message != nil {
		s.ledger.sent(*p.message, d.address())
		if f, hold := s.faults.holds(d, node); hold {
			d.held = append(d.held, node)
			l := d.link
			s.after(f.Delay, func() { d.releaseAfter(l) })
			return
		}
		node, copies = s.faults.onDelivery(d, node)
	}
	for range copies {
		d.link.deliver(node)
	}
	if p.message != nil {
		d.release()
	}
}

// release delivers what was held back, the last first. The caller holds d.mu.
func (d *device) release() {
	for _, node := range slices.Backward(d.held) {
		d.link.deliver(node)
	}
	d.held = nil
}

// releaseAfter delivers what is still held back on a link when nothing has followed it for long enough.
func (d *device) releaseAfter(l link) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.link == l {
		d.release()
	}
}

// activate starts live traffic on a link: first what was missed, then everything new.
func (d *device) activate(l link, announce bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.link != l || d.active {
		return
	}
	d.active = true
	if announce {
		l.deliver(d.offlinePreview())
	}
	d.pending.each(func(i int, p *pendingStanza) {
		d.transmit(p, withAttrs(p.node, attrs{"offline": strconv.Itoa(i)}))
	})
	if announce {
		end := element("ib", attrs{"from": types.ServerJID}, element("offline", attrs{"count": strconv.Itoa(d.pending.len())}))
		l.deliver(&end)
	}
}

func (d *device) offlinePreview() *waBinary.Node {
	counts := map[string]int{}
	d.pending.each(func(_ int, p *pendingStanza) { counts[p.node.Tag]++ })
	n := element("ib", attrs{"from": types.ServerJID}, element("offline_preview", attrs{
		"count":        strconv.Itoa(d.pending.len()),
		"message":      strconv.Itoa(counts["message"]),
		"receipt":      strconv.Itoa(counts["receipt"]),
		"notification": strconv.Itoa(counts["notification"]),
		"appdata":      "0",
		"call":         strconv.Itoa(counts["call"]),
	}))
	return &n
}

// acknowledge takes the oldest matching stanza with an id out of the queue, after an <ack>. Only one, because a second
// copy of a message may be under way: the answer to the retry receipt that the client sent before this ack.
func (d *device) acknowledge(id string, matches func(*pendingStanza) bool) []messageKey {
	return d.remove(id, 1, func(p *pendingStanza) bool { return p.sent > 0 && matches(p) })
}

// settle takes every copy of a message out of the queue, after a receipt that says that the device has it.
func (d *device) settle(id, author string) []messageKey {
	return d.remove(id, 0, func(p *pendingStanza) bool { return p.message != nil && p.message.from.Number == author })
}

func (d *device) remove(id string, limit int, matches func(*pendingStanza) bool) []messageKey {
	d.mu.Lock()
	defer d.mu.Unlock()
	var messages []messageKey
	for _, p := range d.pending.remove(id, limit, matches) {
		if p.message != nil {
			messages = append(messages, *p.message)
		}
	}
	return messages
}

// confirm remembers that the device decrypted a message.
func (d *device) confirm(k messageKey) {
	limit := deliveredCap
	if keep := d.account.s.opts.Keep; keep > 0 {
		limit = min(limit, keep)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.delivered.add(k, limit)
}

// settled tells whether a message need not be queued for this device: it was decrypted already, or it still waits in the
// queue and was never sent. A message that was sent and not yet confirmed is queued again, because a second copy may be
// the answer to a failed decryption.
func (d *device) settled(k messageKey) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.delivered.has(k) {
		return true
	}
	for _, p := range d.pending.withID(k.id) {
		if p.message != nil && *p.message == k && p.sent == 0 {
			return true
		}
	}
	return false
}

// hasConfirmed tells whether the device has confirmed that it decrypted a message.
func (d *device) hasConfirmed(k messageKey) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.delivered.has(k)
}

func (d *device) forgetDelivered() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.delivered = deliveredSet{}
}

// awaits tells whether a stanza with an id is queued for the device or not acknowledged by it.
func (d *device) awaits(id string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.pending.withID(id)) > 0
}

// backlog is the number of stanzas that wait for the device.
func (d *device) backlog() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.pending.len()
}
