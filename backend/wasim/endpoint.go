package wasim

import (
	"fmt"
	"sync"
	"sync/atomic"

	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"google.golang.org/protobuf/proto"
)

// endpoint is a device that the simulator runs itself, a phone or a computer linked to one: a client of the same server
// without a socket, with its Signal state, its mailbox, and its copy of the chats. What only a phone does is in Phone,
// what only a computer does in Computer.
type endpoint struct {
	s       *Server
	account *account
	dev     *device
	mailbox *mailbox
	signal  *signalStore
	random  *randomSource // ids and secrets of its messages
	outbox  outbox
	skew    atomic.Int64 // of its clock, nanoseconds ahead of the server's

	// crypto guards the Signal sessions. It is held from encryption until the message is handed in, so that the
	// order of the ratchet is the order on the wire.
	crypto sync.Mutex
	// keyHolders are the devices that have the endpoint's current key for a group. Guarded by crypto.
	keyHolders map[*group]map[*device]bool

	mu       sync.Mutex
	chats    map[string]*chat // by the label of who they are with
	messages map[messageKey]*storedMessage
	peerTalk map[string]*waE2E.Message // what it told the account's other devices, by id, for retries
	retries  map[messageKey]int
	waiting  map[messageKey][]change // for messages that have not arrived
	timers   map[string]timer        // by the label of who the chat is with
}

// setUp connects the endpoint to its device, which becomes live. The device's keys are the endpoint's.
func (p *endpoint) setUp(s *Server, d *device, signal *signalStore) {
	p.s, p.account, p.dev, p.signal = s, d.account, d, signal
	p.random = newRandomSource(s.opts.Seed, d.address().String())
	p.keyHolders = make(map[*group]map[*device]bool)
	p.chats = make(map[string]*chat)
	p.messages = make(map[messageKey]*storedMessage)
	p.peerTalk = make(map[string]*waE2E.Message)
	p.retries = make(map[messageKey]int)
	p.waiting = make(map[messageKey][]change)
	p.timers = make(map[string]timer)
	p.mailbox = newMailbox(s, p.handle)
	d.greeted = true
	d.keys.regID, d.keys.identity = signal.registered().id, *signal.registered().pair.Pub
	d.keys.signed = signal.publicSigned()
	d.keys.refill = func() []publicKey { return signal.newPreKeys(preKeyBatch) }
	p.setOnline(true)
}

// setOnline gives the device its network, or takes it: what is for it is queued meanwhile, and so is what it sends.
func (p *endpoint) setOnline(on bool) {
	if !on {
		p.outbox.set(true)
		p.s.leave(p.dev, p.mailbox)
		return
	}
	p.dev.attach(p.mailbox)
	p.dev.activate(p.mailbox, false)
	if p.outbox.set(false) {
		p.mailbox.post(p.outbox.send)
	}
}

// isPhone tells the account's primary device from the computers that are linked to it.
func (p *endpoint) isPhone() bool { return p.dev.id == 0 }

// vouched adds the signed identity of a computer to a message that starts a session. A phone needs none.
func (p *endpoint) vouched(children []waBinary.Node) ([]waBinary.Node, error) {
	if p.dev.identity == nil {
		return children, nil
	}
	raw, err := proto.Marshal(p.dev.identity)
	if err != nil {
		return nil, fmt.Errorf("encode device identity: %w", err)
	}
	return append(children, data("device-identity", raw)), nil
}

// peer finds another phone's account by its number.
func (p *endpoint) peer(number string) (*account, error) {
	digits, err := digitsOf(number)
	if err != nil {
		return nil, err
	}
	a := p.s.accountNumbered(digits)
	if a == nil {
		return nil, fmt.Errorf("%w: %s", ErrUnknownNumber, mask(digits))
	}
	return a, nil
}
