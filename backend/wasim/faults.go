package wasim

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"sync"
	"time"

	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/types"
)

// FaultKind names a way in which the server misbehaves.
type FaultKind string

// The kinds of faults. Each acts on the linked devices of one account, or of all accounts, until its count is used up.
const (
	// FaultLoseAck accepts and forwards messages and never acknowledges them to their sender.
	FaultLoseAck FaultKind = "lose_ack"
	// FaultDelayAck acknowledges messages after Delay.
	FaultDelayAck FaultKind = "delay_ack"
	// FaultDoubleAck acknowledges messages twice.
	FaultDoubleAck FaultKind = "double_ack"
	// FaultRejectSend answers messages with error Code, such as 463, and forwards nothing.
	FaultRejectSend FaultKind = "reject_send"
	// FaultDoubleMessage delivers messages twice.
	FaultDoubleMessage FaultKind = "double_message"
	// FaultReorderMessages holds messages back until the next stanza of the device's queue has gone out, or for Delay
	// (default one second) when nothing follows. Several that are held come in reverse order.
	FaultReorderMessages FaultKind = "reorder_messages"
	// FaultCorruptMessage alters the ciphertext of messages on their way to a device, which makes it ask for a retry. A
	// redelivery at the next login is intact.
	FaultCorruptMessage FaultKind = "corrupt_message"
	// FaultLoginFailure refuses logins with Code; 402 takes BanCode and Expire.
	FaultLoginFailure FaultKind = "login_failure"
	// FaultNumb makes connections numb that log in: everything that the client asks for is answered, and nothing is pushed to it.
	FaultNumb FaultKind = "numb"
	// FaultDropPairing cuts the connection at Stage of a pairing.
	FaultDropPairing FaultKind = "drop_pairing"
	// FaultSpoilPasskey makes what the client is told at Stage of the demand for a passkey unreadable.
	FaultSpoilPasskey FaultKind = "spoil_passkey"
	// FaultRefuseCode refuses to give out codes for linking with Code, such as 429 for a number that asked too often.
	FaultRefuseCode FaultKind = "refuse_code"
)

// PairingStage is a moment of a pairing.
type PairingStage string

// The stages at which FaultDropPairing can cut the connection.
const (
	// PairingScan is after the scan, or after the person typed the code, and before the client hears of it.
	PairingScan PairingStage = "scan"
	// PairingFinish is when a client that is linked by code has answered and the phone did not get its answer.
	PairingFinish PairingStage = "finish"
	// PairingPasskey is when the client is told that a passkey is demanded, and when it asks for that again.
	PairingPasskey PairingStage = "passkey"
	// PairingContinuation is when the client's passkey was accepted and the phone answers.
	PairingContinuation PairingStage = "continuation"
	// PairingSign is when the client has agreed and the server did not take note of it: the client believes that it is
	// linked, its login is refused with 401.
	PairingSign PairingStage = "sign"
	// PairingLinked is when the device is linked and the client did not get its 515.
	PairingLinked PairingStage = "linked"
)

// Fault is one rule. Fields that a kind does not name are ignored.
type Fault struct {
	Kind FaultKind `json:"kind"`
	// Number limits the fault to one account, empty for all.
	Number string `json:"number,omitempty"`
	// Phone makes the delivery faults act on the account's phone instead of its linked devices.
	Phone bool `json:"phone,omitempty"`
	// Count is how often the fault acts; 0 means until ClearFaults.
	Count int `json:"count,omitempty"`
	// Chance is the probability with which the fault acts when it could; 0 means always. Drawn from the seed.
	Chance float64 `json:"chance,omitempty"`
	// Code is the error of FaultRejectSend and FaultRefuseCode, and the reason of FaultLoginFailure.
	Code int `json:"code,omitempty"`
	// BanCode says why, for a login failure 402 (101 to 106).
	BanCode int `json:"banCode,omitempty"`
	// Expire is how long a ban lasts, for a login failure 402. In JSON nanoseconds.
	Expire time.Duration `json:"expire,omitempty"`
	// Text is what the service says with a login failure; empty is nothing.
	Text string `json:"text,omitempty"`
	// Delay is for FaultDelayAck and FaultReorderMessages. In JSON nanoseconds.
	Delay time.Duration `json:"delay,omitempty"`
	// Media limits the faults of the media hosts to one file, by its direct path.
	Media string `json:"media,omitempty"`
	// Stage is for FaultDropPairing and FaultSpoilPasskey.
	Stage PairingStage `json:"stage,omitempty"`
}

// ErrBadFault means that a fault names no known kind or lacks what its kind needs.
var ErrBadFault = errors.New("not a fault that can be injected")

func (f Fault) validate() error {
	switch f.Kind {
	case FaultLoseAck, FaultDoubleAck, FaultDoubleMessage, FaultReorderMessages, FaultCorruptMessage, FaultNumb:
		return nil
	case FaultDelayAck:
		if f.Delay > 0 {
			return nil
		}
	case FaultRejectSend, FaultLoginFailure, FaultRefuseCode:
		if f.Code > 0 {
			return nil
		}
	case FaultSpoilPasskey:
		if f.Stage == PairingPasskey || f.Stage == PairingContinuation {
			return nil
		}
	case FaultDropPairing:
		if slices.Contains([]PairingStage{PairingScan, PairingFinish, PairingSign, PairingLinked}, f.Stage) {
			return nil
		}
	default:
		if f.validMedia() {
			return nil
		}
	}
	return fmt.Errorf("%w: %q", ErrBadFault, f.Kind)
}

// Inject adds a fault.
func (s *Server) Inject(f Fault) error {
	if err := f.validate(); err != nil {
		return err
	}
	if f.Number != "" {
		digits, err := digitsOf(f.Number)
		if err != nil {
			return err
		}
		f.Number = digits
		if a := s.accountOf(types.NewJID(digits, types.DefaultUserServer)); a != nil {
			f.Number = a.number
		}
	}
	s.faults.add(f)
	s.ledger.note(numberAddress(f.Number), "is to meet the fault "+string(f.Kind), "")
	return nil
}

// ClearFaults removes all faults. Messages whose ack was lost stay without one.
func (s *Server) ClearFaults() { s.faults.clear() }

// SetMinClientVersion makes clients older than this version outdated (failure 405) from their next login on.
func (s *Server) SetMinClientVersion(version [3]uint32) { s.faults.setMinVersion(version) }

// DropAll resets every connection, as a failing data centre does, and returns how many there were.
func (s *Server) DropAll() int { return s.dropConnections(nil) }

// EndStreams ends the connections of an account's linked devices with a stream error of the given code, for example 503.
// Code 0 sends only the end of the stream.
func (p *Phone) EndStreams(code int) {
	for _, c := range p.account.connections() {
		var last *waBinary.Node
		if code > 0 {
			last = streamError("", attrs{"code": strconv.Itoa(code)})
		}
		c.end(last)
	}
}

// BlackHole leaves the connections of the account's linked devices open and lets nothing through in either direction, as
// a half-open connection does. It ends with the connection.
func (p *Phone) BlackHole() {
	p.s.ledger.note(p.dev.address(), "connections of its devices become black holes", "")
	for _, c := range p.account.connections() {
		c.setDeaf()
	}
}

// HalfOpen leaves the connections of the account's linked devices open, and nothing that the clients send arrives any
// more; what the server sends does. It ends with the connection.
func (p *Phone) HalfOpen() {
	for _, c := range p.account.connections() {
		c.setIgnoring()
	}
}

// LosePreKeys makes the server forget the one-time keys of the account's linked devices. They are asked to upload new
// ones when the next session with them begins, and find out by themselves at their next login.
func (p *Phone) LosePreKeys() {
	for _, d := range p.account.deviceList() {
		if d.id != 0 {
			d.keys.lose()
		}
	}
}

// SetSlow delays each stanza to the account's linked devices, for connections that exist now. 0 ends it.
func (p *Phone) SetSlow(perStanza time.Duration) {
	for _, c := range p.account.connections() {
		c.setSlow(perStanza)
	}
}

// DropConnections resets the connections of the account's linked devices. They may come back at once.
func (p *Phone) DropConnections() int {
	connections := p.account.connections()
	for _, c := range connections {
		c.reset()
	}
	return len(connections)
}

// connections lists the websockets of the account's linked devices.
func (a *account) connections() []*connection {
	var list []*connection
	for _, d := range a.deviceList() {
		if c, ok := d.currentLink().(*connection); ok {
			list = append(list, c)
		}
	}
	return list
}

// faultBook holds the active rules.
type faultBook struct {
	mu      sync.Mutex
	rules   []*faultRule
	rng     *rand.Rand
	version *[3]uint32
}

type faultRule struct {
	Fault
	left int // -1: until cleared
}

func newFaultBook(seed int64) *faultBook {
	return &faultBook{rng: rand.New(rand.NewPCG(uint64(seed), 0x6661756c))}
}

func (b *faultBook) add(f Fault) {
	b.mu.Lock()
	defer b.mu.Unlock()
	r := &faultRule{Fault: f, left: f.Count}
	if f.Count == 0 {
		r.left = -1
	}
	b.rules = append(b.rules, r)
}

func (b *faultBook) clear() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.rules = nil
}

func (b *faultBook) setMinVersion(v [3]uint32) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.version = &v
}

func (b *faultBook) minVersion(fallback [3]uint32) [3]uint32 {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.version != nil {
		return *b.version
	}
	return fallback
}

// take uses up one action of the first rule that fits.
func (b *faultBook) take(fits func(Fault) bool) (Fault, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for i, r := range b.rules {
		if !fits(r.Fault) || r.Chance > 0 && b.rng.Float64() >= r.Chance {
			continue
		}
		if r.left > 0 {
			r.left--
			if r.left == 0 {
				b.rules = append(b.rules[:i:i], b.rules[i+1:]...)
			}
		}
		return r.Fault, true
	}
	return Fault{}, false
}

func (b *faultBook) takeFor(kind FaultKind, number string) (Fault, bool) {
	return b.take(func(f Fault) bool {
		return f.Kind == kind && (f.Number == "" || f.Number == number)
	})
}

// onLogin tells whether a login is to be refused, and how.
func (b *faultBook) onLogin(d *device) (Fault, bool) {
	return b.takeFor(FaultLoginFailure, d.account.number)
}

func (b *faultBook) spoilsPasskey(a *account, stage PairingStage) bool {
	_, spoil := b.take(func(f Fault) bool {
		return f.Kind == FaultSpoilPasskey && f.Stage == stage && (f.Number == "" || f.Number == a.number)
	})
	return spoil
}

func (b *faultBook) dropsPairing(a *account, stage PairingStage) bool {
	_, drop := b.take(func(f Fault) bool {
		return f.Kind == FaultDropPairing && f.Stage == stage && (f.Number == "" || f.Number == a.number)
	})
	return drop
}

// dropPairing cuts a client's connection if a fault is to.
func (s *Server) dropPairing(p *pairing, a *account, stage PairingStage) {
	if s.faults.dropsPairing(a, stage) {
		p.conn.reset()
	}
}

func (b *faultBook) takeForDelivery(kind FaultKind, d *device) (Fault, bool) {
	return b.take(func(f Fault) bool {
		return f.Kind == kind && f.Phone == (d.id == 0) && (f.Number == "" || f.Number == d.account.number)
	})
}

// holds tells whether a message is to be overtaken by what follows it.
func (b *faultBook) holds(d *device, node *waBinary.Node) (Fault, bool) {
	if attrString(node, "category") == "peer" {
		return Fault{}, false
	}
	f, hold := b.takeForDelivery(FaultReorderMessages, d)
	if f.Delay == 0 {
		f.Delay = time.Second
	}
	return f, hold
}

// onDelivery returns what really goes out to a device in place of a message, and how often. What a phone and its linked
// devices say to each other is left alone.
func (b *faultBook) onDelivery(d *device, node *waBinary.Node) (*waBinary.Node, int) {
	if attrString(node, "category") == "peer" {
		return node, 1
	}
	acts := func(kind FaultKind) bool {
		_, found := b.takeForDelivery(kind, d)
		return found
	}
	if acts(FaultCorruptMessage) {
		node = corrupted(node)
	}
	if acts(FaultDoubleMessage) {
		return node, 2
	}
	return node, 1
}

// corruptFromEnd is how far from the end a ciphertext is altered: past the registration id and the signed prekey id.
const corruptFromEnd = 20

// corrupted returns a copy of a message with one byte of each ciphertext altered.
func corrupted(node *waBinary.Node) *waBinary.Node {
	out := *node
	children := append([]waBinary.Node(nil), node.GetChildren()...)
	for i, child := range children {
		ciphertext, ok := child.Content.([]byte)
		if child.Tag != "enc" || !ok || len(ciphertext) == 0 {
			continue
		}
		ciphertext = bytes.Clone(ciphertext)
		// The first message of a session ends in key ids, which nobody checks: alter what is before them.
		ciphertext[max(0, len(ciphertext)-corruptFromEnd)] ^= 0x55
		children[i].Content = ciphertext
	}
	out.Content = children
	return &out
}

func loginFailureAttrs(f Fault) attrs {
	a := attrs{}
	if f.BanCode > 0 {
		a["code"] = strconv.Itoa(f.BanCode)
	}
	if f.Text != "" {
		a["message"] = f.Text
	}
	if f.Expire > 0 {
		a["expire"] = strconv.FormatInt(int64(f.Expire/time.Second), 10)
	}
	return a
}
