package wasim

import (
	"fmt"
	"slices"

	"go.mau.fi/libsignal/ecc"
	"go.mau.fi/whatsmeow/proto/waAdv"
	"go.mau.fi/whatsmeow/util/keys"
)

// A computer is linked without a QR code, because the simulator runs both sides. Everything that others see of the link
// is the same: the next device id and key index, an identity that the phone signed and the computer countersigned, prekeys
// of its own, and the news about the list of devices (devices.go). From then on every sender has one more device to
// encrypt for, and its receipts are those of a device of its own.

// Computer is a linked device that the simulator runs itself, like WhatsApp Web of a contact. It counts among the four
// devices that a phone can link. It receives, decrypts, receipts, answers retry receipts and writes; it has no history
// from before it was linked, and no app state. All methods are safe for concurrent use.
type Computer struct {
	endpoint
}

// AddComputer links a computer that the simulator runs. name is what the phone calls it, for example "Chrome (Linux)".
//
// Errors: ErrTooManyDevices, ErrClosed.
func (p *Phone) AddComputer(name string) (*Computer, error) {
	if p.s.ctx.Err() != nil {
		return nil, ErrClosed
	}
	signal, err := newSignalStore()
	if err != nil {
		return nil, err
	}
	d, err := p.newCompanion()
	if err != nil {
		return nil, err
	}
	d.platform = name
	d.noiseKey = *keys.NewKeyPair().Pub // nobody can log in as this device
	// The secret of a QR code proves to a stranger that it was scanned; here nobody asks.
	identity, _, err := signIdentity(p.signal.registered().pair, *signal.registered().pair.Pub, nil, d.keyIndex, p.rawID, p.now().Unix())
	if err != nil {
		return nil, fmt.Errorf("sign device identity: %w", err)
	}
	countersign(identity, signal.registered().pair)
	d.identity = identity
	c := &Computer{}
	c.setUp(p.s, d, signal)
	p.habits.Lock()
	p.computers[d.id] = c
	p.habits.Unlock()
	if err = p.s.linkDevice(d); err != nil {
		p.forgetComputer(d.id)
		return nil, err
	}
	return c, nil
}

// countersign adds the device's own signature to the identity that its phone signed.
func countersign(identity *waAdv.ADVSignedDeviceIdentity, device *keys.KeyPair) {
	message := slices.Concat(advDevicePrefix(), identity.GetDetails(), device.Pub[:], identity.GetAccountSignatureKey())
	signature := ecc.CalculateSignature(ecc.NewDjbECPrivateKey(*device.Priv), message)
	identity.DeviceSignature = signature[:]
}

// Computer finds a computer of this phone by its device id. Nil when there is none, or when a client that the simulator
// does not run is linked under this id.
func (p *Phone) Computer(device uint16) *Computer {
	p.habits.Lock()
	defer p.habits.Unlock()
	return p.computers[device]
}

// Computers lists the phone's computers in order of their device ids.
func (p *Phone) Computers() []*Computer {
	p.habits.Lock()
	defer p.habits.Unlock()
	list := make([]*Computer, 0, len(p.computers))
	for _, c := range p.computers {
		list = append(list, c)
	}
	slices.SortFunc(list, func(x, y *Computer) int { return int(x.dev.id) - int(y.dev.id) })
	return list
}

// RemoveComputer unlinks a computer, as the phone's owner does in the list of linked devices.
func (p *Phone) RemoveComputer(device uint16) error {
	if p.Computer(device) == nil {
		return fmt.Errorf("%w: %d", ErrUnknownDevice, device)
	}
	return p.Unlink(device)
}

// forgetComputer ends the computer behind a device that was unlinked, if the simulator runs it.
func (p *Phone) forgetComputer(device uint16) {
	p.habits.Lock()
	c := p.computers[device]
	delete(p.computers, device)
	p.habits.Unlock()
	if c != nil {
		c.setOnline(false)
		c.mailbox.close()
	}
}

// ID is the device id, from 1.
func (c *Computer) ID() uint16 { return c.dev.id }

// Name is what the phone calls the computer.
func (c *Computer) Name() string { return c.dev.platform }

// SetNetwork is the network of this computer. Off means that it receives nothing; what is for it is queued.
func (c *Computer) SetNetwork(on bool) { c.setOnline(on) }
