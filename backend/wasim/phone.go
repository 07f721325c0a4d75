package wasim

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"go.mau.fi/whatsmeow/proto/waWeb"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/util/keys"
)

// Addressing says by which identity a phone addresses the people it writes to.
type Addressing string

// The two address spaces. LID is what current phones use.
const (
	AddressLID   Addressing = "lid"
	AddressPhone Addressing = "pn"
)

// PhoneOptions describe a new account and its phone. Only Number is required.
type PhoneOptions struct {
	// Number in international form, with the plus.
	Number string `json:"number"`
	// Name is the push name, which others see. Empty means the number.
	Name string `json:"name,omitempty"`
	// LID is the user part of the account's LID; made from the seed when empty.
	LID string `json:"lid,omitempty"`
	// Platform is what the phone calls itself when it links a device: "android" (default), "iphone", "smba", …
	Platform string `json:"platform,omitempty"`
	// BusinessName makes the account a business account with this verified name.
	BusinessName string `json:"businessName,omitempty"`
	// About is the text about the account.
	About string `json:"about,omitempty"`
	// Avatar is a name from which a picture is drawn, see SetAvatar. Empty means no picture.
	Avatar string `json:"avatar,omitempty"`
	// Business is what a business account shows in its profile; BusinessName makes one too, without details.
	Business *BusinessProfile `json:"business,omitempty"`
	// Addressing of what the phone writes. Default AddressLID.
	Addressing Addressing `json:"addressing,omitempty"`
	// ReadsAtOnce makes the phone send a read receipt for everything it gets.
	ReadsAtOnce bool `json:"readsAtOnce,omitempty"`
	// RequiresPasskey makes linking a device demand the owner's passkey.
	RequiresPasskey bool `json:"requiresPasskey,omitempty"`
}

// Phone is an account's primary device, and what its owner does with it. A contact is a phone too. All methods are safe
// for concurrent use.
type Phone struct {
	endpoint
	platform string
	rawID    uint32
	state    *phoneAppState
	passkey  passkey

	// These are guarded by endpoint.mu.
	learned sharedView        // what the app state says
	past    *pastBook         // what was before the simulation, nil for nothing
	offers  map[string]*offer // history that linked devices have not confirmed, by message id
	// lingering are the blobs of the last history that each linked device has confirmed.
	lingering map[*device]string
	cleared   map[string]bool                    // chats whose past was deleted, by label
	lines     map[string][]*waWeb.WebMessageInfo // what nobody wrote, by label, the oldest first

	script script // what it does by itself

	habits      sync.Mutex // guards what follows
	addressing  Addressing
	readsAtOnce bool
	computers   map[uint16]*Computer
	typing      map[*account]Typing // what others were last seen doing
	indexes     keyIndexes
}

// NewPhone makes an account with its phone.
func (s *Server) NewPhone(o PhoneOptions) (*Phone, error) {
	digits, err := digitsOf(o.Number)
	if err != nil {
		return nil, err
	}
	signal, err := newSignalStore()
	if err != nil {
		return nil, err
	}
	if o.LID == "" {
		o.LID = "1" + s.random.digits(14)
	}
	if o.Name == "" {
		o.Name = "+" + digits
	}
	if o.Platform == "" {
		o.Platform = "android"
	}
	if o.Addressing == "" {
		o.Addressing = AddressLID
	}
	a := &account{
		s: s, number: digits, business: o.BusinessName, name: o.Name,
		devices:     make(map[uint16]*device),
		peers:       make(map[*account]struct{}),
		collections: make(map[string]*collection),
		watchers:    make(map[*device]watcher),
		profile:     newProfile(o, s.now()),
	}
	a.names.Store(&names{number: digits, lid: o.LID})
	p := &Phone{
		platform:   o.Platform,
		rawID:      uint32(s.random.intN(1 << 30)),
		addressing: o.Addressing, readsAtOnce: o.ReadsAtOnce,
		computers: make(map[uint16]*Computer),
		typing:    make(map[*account]Typing),
	}
	p.state, p.learned, p.cleared = newPhoneAppState(p), newSharedView(), make(map[string]bool)
	p.offers = make(map[string]*offer)
	p.lingering = make(map[*device]string)
	p.passkey.required = o.RequiresPasskey
	a.phone = p
	p.setUp(s, &device{account: a, platform: o.Platform}, signal)
	a.devices[0] = p.dev

	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, ErrClosed
	}
	if s.accounts[digits] != nil || s.former[digits] != nil || s.lids[o.LID] != nil {
		return nil, fmt.Errorf("%w: %s", ErrNumberTaken, mask(digits))
	}
	s.accounts[digits], s.lids[o.LID] = a, a
	s.order = append(s.order, a)
	return p, nil
}

// Number is the phone's number with the plus.
func (p *Phone) Number() string { return "+" + p.account.pn().User }

// Name is the push name.
func (p *Phone) Name() string { return p.account.pushName() }

// LID is the account's LID, for example "123456789012345@lid".
func (p *Phone) LID() string { return p.account.lidJID().String() }

// JID is the account's phone-number JID, for example "34600000013@s.whatsapp.net".
func (p *Phone) JID() string { return p.account.pn().String() }

// SetAddressing changes by which identity the phone addresses people from now on.
func (p *Phone) SetAddressing(a Addressing) {
	p.habits.Lock()
	defer p.habits.Unlock()
	p.addressing = a
}

// addressSpace is the server part of the JIDs by which the account's own devices address people.
func (p *Phone) addressSpace() string {
	p.habits.Lock()
	defer p.habits.Unlock()
	if p.addressing == AddressPhone {
		return types.DefaultUserServer
	}
	return types.HiddenUserServer
}

// SetReadsAtOnce makes the phone read everything that arrives from now on, or stop doing so.
func (p *Phone) SetReadsAtOnce(on bool) {
	p.habits.Lock()
	defer p.habits.Unlock()
	p.readsAtOnce = on
}

func (p *Phone) reads() bool {
	p.habits.Lock()
	defer p.habits.Unlock()
	return p.readsAtOnce
}

// SetNetwork is the network of the account's linked devices. Off drops their connections and resets new ones when they
// try to log in, until it is on again; what is for them is queued meanwhile.
func (p *Phone) SetNetwork(on bool) {
	p.s.ledger.note(p.dev.address(), "network of its devices is "+onOff(on), "")
	p.account.mu.Lock()
	p.account.offNetwork = !on
	p.account.mu.Unlock()
	for _, c := range p.Computers() {
		c.setOnline(on)
	}
	if !on {
		p.DropConnections()
	}
}

// SetOwnNetwork is the network of the phone itself. Off means that it receives nothing and answers nothing; what is for
// it is queued. What the person does meanwhile is kept in the phone and goes out when the network is back.
func (p *Phone) SetOwnNetwork(on bool) {
	p.s.ledger.note(p.dev.address(), "network is "+onOff(on), "")
	p.setOnline(on)
}

func onOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}

// LinkedDevice is a device that is linked to a phone.
type LinkedDevice struct {
	// ID is the device part of its JID, from 1.
	ID uint16 `json:"id"`
	// JID is its phone-number JID.
	JID string `json:"jid"`
	// Name is how it called itself when it was linked, for example "Waflow".
	Name string `json:"name"`
	// Connected tells whether it is logged in right now.
	Connected bool `json:"connected"`
	// Waiting is how many stanzas are queued for it or not acknowledged by it.
	Waiting int `json:"waiting"`
	// Simulated is true for a Computer, which the simulator runs itself.
	Simulated bool `json:"simulated,omitempty"`
	// PreKeys is how many one-time keys the server has for it.
	PreKeys int `json:"preKeys"`
}

// LinkedDevices lists the phone's linked devices.
func (p *Phone) LinkedDevices() []LinkedDevice {
	list := make([]LinkedDevice, 0)
	for _, d := range p.account.deviceList() {
		if d.id != 0 {
			list = append(list, LinkedDevice{
				ID: d.id, JID: d.pn().String(), Name: d.platform,
				Connected: d.currentLink() != nil, Waiting: d.backlog(), PreKeys: d.keys.count(),
				Simulated: p.Computer(d.id) != nil,
			})
		}
	}
	return list
}

// Unlink removes a linked device: it is told 401 device_removed, now if it is connected and otherwise at its next login.
func (p *Phone) Unlink(device uint16) error {
	d := p.account.device(device)
	if d == nil || d.id == 0 || !p.s.unlinkDevice(d) {
		return fmt.Errorf("%w: %d", ErrUnknownDevice, device)
	}
	return nil
}

// UnlinkAll removes all linked devices and returns how many there were.
func (p *Phone) UnlinkAll() int {
	removed := 0
	for _, d := range p.account.deviceList() {
		if d.id != 0 && p.s.unlinkDevice(d) {
			removed++
		}
	}
	return removed
}

// Replace lets another client take over the session of a linked device: its connection ends with the stream conflict
// "replaced". It returns ErrUnknownDevice when the device is not linked, and nil without any effect when it is not
// connected.
func (p *Phone) Replace(device uint16) error {
	d := p.account.device(device)
	if d == nil || d.id == 0 {
		return fmt.Errorf("%w: %d", ErrUnknownDevice, device)
	}
	if c, ok := d.currentLink().(*connection); ok {
		p.s.ledger.note(d.address(), "is replaced", "")
		d.detach(c)
		c.end(conflictError("replaced"))
	}
	return nil
}

// ScanResult says how a scan ended.
type ScanResult struct {
	// Linked is true when the client accepted the link.
	Linked bool `json:"linked"`
	// Device is the id of the new linked device.
	Device uint16 `json:"device,omitempty"`
	// RefusedCode and RefusedText are what the client answered when it refused.
	RefusedCode string `json:"refusedCode,omitempty"`
	RefusedText string `json:"refusedText,omitempty"`
	// PasskeyCode is what the phone showed for comparison with the client, when the account demands a passkey.
	PasskeyCode string `json:"passkeyCode,omitempty"`
}

// Scan reads a QR code and links the client that shows it. It returns when the link has succeeded or the client has
// refused it, which is a result and not an error.
//
// Errors: ErrBadQR, ErrQRExpired, ErrTooManyDevices, ErrPhoneOffline, ErrPasskeyMissing, ErrPairingInterrupted, and ctx's.
func (p *Phone) Scan(ctx context.Context, qr string) (ScanResult, error) {
	code, err := parseQR(strings.TrimSpace(qr))
	if err != nil {
		return ScanResult{}, err
	}
	sc, err := p.newScan(ctx)
	if err != nil {
		return ScanResult{}, err
	}
	pairing, err := p.s.claim(code, sc)
	if err != nil {
		return ScanResult{}, err
	}
	p.s.dropPairing(pairing, p.account, PairingScan)
	return p.completeLink(ctx, pairing, sc, code.advSecret)
}

// newScan prepares an attempt to link a client.
func (p *Phone) newScan(ctx context.Context) (*scan, error) {
	if p.outbox.isAway() {
		return nil, ErrPhoneOffline
	}
	dev, err := p.newCompanion()
	if err != nil {
		return nil, err
	}
	// The new device finds the push name when it gets the key, and needs no news about it.
	if err = p.state.introduce(ctx); err != nil {
		return nil, err
	}
	return &scan{phone: p, dev: dev, iqID: p.s.nextID.next(), outcome: make(chan scanOutcome, 1)}, nil
}

// completeLink signs the identity of a client that was claimed, offers it to the client and waits for what it answers.
// The secret is what proves to the client that this is the phone it showed its code to.
func (p *Phone) completeLink(ctx context.Context, pairing *pairing, sc *scan, secret []byte) (ScanResult, error) {
	code := ""
	if p.passkey.isRequired() {
		var err error
		if secret, code, err = p.demandPasskey(ctx, pairing, sc, secret); err != nil {
			pairing.release(sc)
			return ScanResult{}, err
		}
	}
	client, dev := pairing.client, sc.dev
	dev.noiseKey = client.noise
	dev.platform, dev.props = client.props.GetOs(), client.props
	dev.keys.regID, dev.keys.identity, dev.keys.signed = client.regID, client.identity, client.signed
	identity, container, err := signIdentity(p.signal.registered().pair, client.identity, secret, dev.keyIndex, p.rawID, p.now().Unix())
	if err != nil {
		pairing.release(sc)
		return ScanResult{}, fmt.Errorf("sign device identity: %w", err)
	}
	p.s.offerLink(pairing, sc, identity, container)
	select {
	case outcome := <-sc.outcome:
		outcome.result.PasskeyCode = code
		return outcome.result, outcome.err
	case <-ctx.Done():
		pairing.release(sc)
		return ScanResult{}, ctx.Err()
	}
}

// newCompanion reserves a device id and key index.
func (p *Phone) newCompanion() (*device, error) {
	a := p.account
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.devices) > maxCompanions {
		return nil, ErrTooManyDevices
	}
	if a.lastDevice == 255 {
		return nil, errors.New("the account has used up its device ids")
	}
	a.lastDevice++
	a.lastIndex++
	return &device{account: a, id: a.lastDevice, keyIndex: a.lastIndex}, nil
}

// keyIndexes is a phone's signed list of the key indexes of its linked devices.
type keyIndexes struct {
	of     []uint32
	by     *keys.KeyPair
	at     time.Time
	signed []byte
}

// signedKeyIndexes returns the list of the devices that are linked now. It is signed once for each change.
func (p *Phone) signedKeyIndexes() (keyIndexes, error) {
	companions := p.account.deviceList()[1:]
	list := keyIndexes{of: make([]uint32, len(companions)), by: p.signal.registered().pair, at: p.now()}
	for i, d := range companions {
		list.of[i] = d.keyIndex
	}
	p.habits.Lock()
	defer p.habits.Unlock()
	if p.indexes.by == list.by && slices.Equal(p.indexes.of, list.of) {
		return p.indexes, nil
	}
	signed, err := signKeyIndexes(list.by, companions, p.rawID, list.at.Unix())
	if err != nil {
		return keyIndexes{}, err
	}
	list.signed = signed
	p.indexes = list
	return list, nil
}
