package wasim

import (
	"slices"
	"sync"
	"sync/atomic"

	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/proto/waAdv"
	"go.mau.fi/whatsmeow/proto/waCompanionReg"
	"go.mau.fi/whatsmeow/types"
)

// maxCompanions is how many devices a phone can link besides itself.
const maxCompanions = 4

// account is a person and their devices, as the server knows them. Device 0 is the phone.
type account struct {
	s *Server
	// number, in digits, is the one that the account began with. The ledger and the phones keep what concerns the account
	// under it when the number has changed; on the wire stands the one in names.
	number   string
	names    atomic.Pointer[names]
	business string
	phone    *Phone

	mu          sync.Mutex
	name        string // push name
	devices     map[uint16]*device
	lastDevice  uint16
	lastIndex   uint32
	offNetwork  bool
	timeLock    *TimeLock // nil when there is none
	peers       map[*account]struct{}
	collections map[string]*collection
	watchers    map[*device]watcher // who subscribed to this account's presence

	profile *profile
}

// device is one device of an account: what the server stores about it, and its live link if there is one.
type device struct {
	account  *account
	id       uint16
	keyIndex uint32
	platform string
	props    *waCompanionReg.DeviceProps // what the client said about itself when it was linked
	noiseKey [32]byte
	identity *waAdv.ADVSignedDeviceIdentity // nil for the phone
	keys     keyStore

	mu        sync.Mutex
	link      link
	active    bool // the client asked for live traffic
	greeted   bool // the phone has sent its first messages to this device
	available bool // presence
	removed   bool
	held      []*waBinary.Node      // what a fault delivers later, out of order
	watched   map[*account]struct{} // whose presence it subscribed to
	cleaned   map[string]int64      // what its client has called clean, and up to when (notices.go)
	pending   stanzaQueue
	delivered deliveredSet
}

// link is where the stanzas for a device go while it is connected: a websocket or a phone's mailbox.
type link interface {
	// deliver queues a stanza and returns at once.
	deliver(node *waBinary.Node)
}

// names are an account's identities at the moment. They are replaced as a whole.
type names struct {
	number string // digits
	lid    string // user part
	// hidden means that the server does not tell others which number belongs to the LID.
	hidden bool
}

func (a *account) pn() types.JID { return types.NewJID(a.names.Load().number, types.DefaultUserServer) }

func (a *account) lidJID() types.JID { return types.NewJID(a.names.Load().lid, types.HiddenUserServer) }
func (a *account) isHidden() bool    { return a.names.Load().hidden }

// jidOn is the account's JID in the address space of server: its LID for "lid", its phone number otherwise.
func (a *account) jidOn(server string) types.JID {
	if server == types.HiddenUserServer {
		return a.lidJID()
	}
	return a.pn()
}

func (d *device) pn() types.JID  { return deviceJID(d.account.pn(), d.id) }
func (d *device) lid() types.JID { return deviceJID(d.account.lidJID(), d.id) }

func (d *device) jidOn(server string) types.JID {
	return deviceJID(d.account.jidOn(server), d.id)
}

func (d *device) address() Address {
	return Address{Number: "+" + d.account.number, Device: d.id}
}

func deviceJID(user types.JID, device uint16) types.JID {
	user.Device = device
	return user
}

// accountOf finds the account that a JID names, in either address space. Nil when there is none.
func (s *Server) accountOf(jid types.JID) *account {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch jid.Server {
	case types.HiddenUserServer:
		return s.lids[jid.User]
	case types.DefaultUserServer, types.LegacyUserServer:
		return s.accounts[jid.User]
	default:
		return nil
	}
}

// deviceOf finds the device that a JID names. Nil when there is none.
func (s *Server) deviceOf(jid types.JID) *device {
	a := s.accountOf(jid)
	if a == nil {
		return nil
	}
	return a.device(jid.Device)
}

func (a *account) device(id uint16) *device {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.devices[id]
}

// deviceList returns the account's devices in order of their ids.
func (a *account) deviceList() []*device {
	a.mu.Lock()
	defer a.mu.Unlock()
	list := make([]*device, 0, len(a.devices))
	for _, d := range a.devices {
		list = append(list, d)
	}
	slices.SortFunc(list, func(x, y *device) int { return int(x.id) - int(y.id) })
	return list
}

// deviceJIDs returns the JIDs of all devices in one address space.
func (a *account) deviceJIDs(server string) []types.JID {
	list := a.deviceList()
	jids := make([]types.JID, len(list))
	for i, d := range list {
		jids[i] = d.jidOn(server)
	}
	return jids
}

func (a *account) pushName() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.name
}

func (a *account) setPushName(name string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.name = name
}

// meet remembers that two accounts write to each other, so that they get news about each other's devices.
func (a *account) meet(b *account) {
	if a == b {
		return
	}
	for _, pair := range [][2]*account{{a, b}, {b, a}} {
		pair[0].mu.Lock()
		pair[0].peers[pair[1]] = struct{}{}
		pair[0].mu.Unlock()
	}
}

func (a *account) peerList() []*account {
	a.mu.Lock()
	defer a.mu.Unlock()
	list := make([]*account, 0, len(a.peers))
	for p := range a.peers {
		list = append(list, p)
	}
	slices.SortFunc(list, func(x, y *account) int { return cmpString(x.number, y.number) })
	return list
}

func cmpString(x, y string) int {
	switch {
	case x < y:
		return -1
	case x > y:
		return 1
	default:
		return 0
	}
}

// addDevice makes a linked device part of the account, if there is room for one more.
func (a *account) addDevice(d *device) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.devices) > maxCompanions {
		return false
	}
	a.devices[d.id] = d
	return true
}

// removeDevice forgets a linked device: it can no longer log in, and nothing is queued for it any more.
func (a *account) removeDevice(d *device) bool {
	a.mu.Lock()
	known := a.devices[d.id] == d
	if known {
		delete(a.devices, d.id)
	}
	a.mu.Unlock()
	if known {
		d.mu.Lock()
		d.removed = true
		d.pending.clear()
		d.mu.Unlock()
	}
	return known
}

func (d *device) isRemoved() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.removed
}
