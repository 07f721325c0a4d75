package wasim

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"go.mau.fi/libsignal/ecc"
	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/proto/waAdv"
	"go.mau.fi/whatsmeow/proto/waCompanionReg"
	"go.mau.fi/whatsmeow/types"
	"google.golang.org/protobuf/proto"
)

// Errors of Phone.Scan.
var (
	// ErrBadQR means that the scanned text is no code of a client that wants to link.
	ErrBadQR = errors.New("not a code for linking a device")
	// ErrQRExpired means that the code's time is over, that it was used, or that its client is gone.
	ErrQRExpired = errors.New("the code has expired")
	// ErrTooManyDevices means that the phone has four linked devices already.
	ErrTooManyDevices = errors.New("the phone has four linked devices already")
	// ErrPairingInterrupted means that the connection ended before the client answered.
	ErrPairingInterrupted = errors.New("the connection ended before the link was complete")
)

// qrGrace lets a code be scanned a moment after its time, because the client's clock for it starts later.
const qrGrace = 2 * time.Second

// Pairing by QR:
//
//	server                                                          client
//	<iq type=set from=s.whatsapp.net id><pair-device>        →
//	  <ref>…</ref> ×6</pair-device></iq>
//	                                                         ←      <iq type=result to=s.whatsapp.net id/>
//	          … a phone scans one of the references …
//	<iq type=set from id t><pair-success>                    →
//	  <device-identity>HMAC container</device-identity>
//	  <biz name/> <device jid lid/> <platform name/>
//	</pair-success></iq>
//	                                                         ←      <iq type=result id><pair-device-sign>
//	                                                                  <device-identity key-index>…</…></…></iq>
//	                                                          or    <iq type=error id><error code text/></iq>
//	<stream:error code=515/>, end                            →
//
// The client then connects again and logs in.
type pairing struct {
	conn    *connection
	client  clientKeys
	expires time.Time // of the last reference

	mu    sync.Mutex
	refs  map[string]time.Time // reference → when it expires
	code  *codeRequest         // nil until the client asks to be linked by code
	scan  *scan
	ended bool
}

// clientKeys is what a client that pairs registers with.
type clientKeys struct {
	noise    [32]byte
	identity [32]byte
	regID    uint32
	signed   publicKey
	props    *waCompanionReg.DeviceProps
}

// scan is one phone's attempt to link the client, by its QR code or by the code that the person types.
type scan struct {
	phone    *Phone
	dev      *device
	iqID     string
	outcome  chan scanOutcome // buffered, gets exactly one value
	finished chan codeFinish  // buffered; nil for a QR code

	// Set under the pairing's lock when the client is told.
	demand   *passkeyDemand // nil when the account demands no passkey
	identity *waAdv.ADVSignedDeviceIdentity
	offered  bool
}

type scanOutcome struct {
	result ScanResult
	err    error
}

// startPairing offers references to a client that wants to pair.
func (s *Server) startPairing(c *connection) bool {
	client, err := readClientKeys(c.hello)
	if err != nil {
		s.log.Debug().Err(err).Msg("registration refused")
		c.end(s.failure(400, nil))
		return false
	}
	p := &pairing{conn: c, client: client, refs: make(map[string]time.Time)}
	c.pairing = p
	offer := element("pair-device", nil)
	var refs []waBinary.Node
	expiry := time.Now().Add(qrGrace)
	s.mu.Lock()
	for _, lifetime := range s.opts.QRLifetimes {
		expiry = expiry.Add(lifetime)
		ref := "2@" + base64.StdEncoding.EncodeToString(s.noise.bytes(66))
		p.refs[ref] = expiry
		s.pairings[ref] = p
		refs = append(refs, data("ref", []byte(ref)))
	}
	s.mu.Unlock()
	p.expires = expiry
	offer.Content = refs
	iq := element("iq", attrs{"from": types.ServerJID, "id": s.nextID.next(), "type": "set", "xmlns": "md"}, offer)
	c.deliver(&iq)
	s.goRun(func() {
		if c.pause(time.Until(expiry)) {
			p.expire()
		}
	})
	return true
}

// expire closes the connection when its last reference is over, unless the client is being linked just then.
func (p *pairing) expire() {
	p.mu.Lock()
	over := p.scan == nil && !p.ended && !time.Now().Before(p.expires)
	p.mu.Unlock()
	if over {
		p.conn.end(nil)
	}
}

func readClientKeys(h *hello) (clientKeys, error) {
	reg := h.payload.GetDevicePairingData()
	k := clientKeys{noise: h.noiseKey, props: &waCompanionReg.DeviceProps{}}
	if len(reg.GetERegid()) != 4 || len(reg.GetEIdent()) != 32 || len(reg.GetESkeyID()) != 3 ||
		len(reg.GetESkeyVal()) != 32 || len(reg.GetESkeySig()) != 64 {
		return k, errors.New("registration data is incomplete")
	}
	k.regID = binary.BigEndian.Uint32(reg.GetERegid())
	k.identity = [32]byte(reg.GetEIdent())
	k.signed = publicKey{id: [3]byte(reg.GetESkeyID()), key: [32]byte(reg.GetESkeyVal()), signature: reg.GetESkeySig()}
	if !k.signed.signedBy(k.identity) {
		return k, errors.New("signed prekey has a wrong signature")
	}
	if err := proto.Unmarshal(reg.GetDeviceProps(), k.props); err != nil {
		return k, fmt.Errorf("device properties: %w", err)
	}
	return k, nil
}

// abandonPairing ends the attempt of a connection that is gone.
func (s *Server) abandonPairing(p *pairing) {
	p.mu.Lock()
	scan := p.scan
	p.scan, p.ended = nil, true
	refs, code := p.refs, p.code
	p.refs, p.code = nil, nil
	p.mu.Unlock()
	s.mu.Lock()
	for ref := range refs {
		delete(s.pairings, ref)
	}
	if code != nil && s.linkCodes[code.number] == p {
		delete(s.linkCodes, code.number)
	}
	s.mu.Unlock()
	if scan != nil {
		scan.outcome <- scanOutcome{err: ErrPairingInterrupted}
	}
	s.pulse.beat()
}

// qrCode is what a QR code says.
type qrCode struct {
	ref       string
	noise     [32]byte
	identity  [32]byte
	advSecret []byte
}

// parseQR reads "https://wa.me/settings/linked_devices#ref,noise,identity,adv,client" and the older bare form.
func parseQR(text string) (qrCode, error) {
	if _, fragment, found := strings.Cut(text, "#"); found {
		text = fragment
	}
	parts := strings.Split(text, ",")
	if len(parts) < 4 {
		return qrCode{}, fmt.Errorf("%w: %d parts", ErrBadQR, len(parts))
	}
	var decoded [3][]byte
	for i, part := range parts[1:4] {
		raw, err := base64.StdEncoding.DecodeString(part)
		if err != nil || len(raw) != 32 {
			return qrCode{}, fmt.Errorf("%w: part %d", ErrBadQR, i+2)
		}
		decoded[i] = raw
	}
	return qrCode{ref: parts[0], noise: [32]byte(decoded[0]), identity: [32]byte(decoded[1]), advSecret: decoded[2]}, nil
}

// claim finds the client behind a code and reserves it for one scan.
func (s *Server) claim(code qrCode, sc *scan) (*pairing, error) {
	s.mu.Lock()
	p := s.pairings[code.ref]
	s.mu.Unlock()
	if p == nil {
		return nil, ErrQRExpired
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	expires, known := p.refs[code.ref]
	if !known || p.ended || p.scan != nil || time.Now().After(expires) {
		return nil, ErrQRExpired
	}
	if p.client.noise != code.noise || p.client.identity != code.identity {
		return nil, fmt.Errorf("%w: its keys are not the client's", ErrBadQR)
	}
	p.scan = sc
	return p, nil
}

// release gives the client back to the next scan, after the person has given up. What the client still answers is ignored.
func (p *pairing) release(sc *scan) {
	p.mu.Lock()
	if p.scan == sc {
		p.scan = nil
	}
	p.mu.Unlock()
	p.expire()
}

// offerLink tells the client that a phone wants to link it.
func (s *Server) offerLink(p *pairing, sc *scan, identity *waAdv.ADVSignedDeviceIdentity, container []byte) {
	p.mu.Lock()
	sc.identity, sc.offered = identity, true
	p.mu.Unlock()
	a := sc.dev.account
	children := []waBinary.Node{data("device-identity", container)}
	if a.business != "" {
		children = append(children, element("biz", attrs{"name": a.business}))
	}
	children = append(children,
		element("device", attrs{"jid": sc.dev.pn(), "lid": sc.dev.lid()}),
		element("platform", attrs{"name": sc.phone.platform}))
	iq := element("iq", attrs{"from": types.ServerJID, "id": sc.iqID, "type": "set", "xmlns": "md", "t": s.unixNow()},
		element("pair-success", nil, children...))
	p.conn.deliver(&iq)
}

// handlePairing handles a stanza of a connection that has not logged in.
func (c *connection) handlePairing(node *waBinary.Node) {
	if node.Tag != "iq" || c.pairing == nil {
		return
	}
	p := c.pairing
	kind := attrString(node, "type")
	if kind == "get" || kind == "set" {
		c.answerUnlinked(node)
		return
	}
	p.mu.Lock()
	sc := p.scan
	if sc == nil || !sc.offered || attrString(node, "id") != sc.iqID {
		p.mu.Unlock()
		return
	}
	p.scan, p.ended = nil, true
	p.mu.Unlock()
	sc.outcome <- c.s.concludePairing(c, sc, node)
}

// answerUnlinked serves what a client may ask before it is linked: whether the server lives, and to be linked by code.
func (c *connection) answerUnlinked(node *waBinary.Node) {
	switch attrString(node, "xmlns") {
	case "w:p", "urn:xmpp:ping":
		c.deliver(iqResult(node))
		return
	case "md":
		if request, ok := node.GetOptionalChildByTag(linkCodeTag); ok {
			c.receiveLinkCode(node, &request)
			return
		}
		if answer := c.receivePasskey(node); answer != nil {
			c.deliver(answer)
			return
		}
	}
	c.deliver(iqError(node, 401, "not-authorized"))
}

// concludePairing links the device if its client agreed and its signature is right.
func (s *Server) concludePairing(c *connection, sc *scan, node *waBinary.Node) scanOutcome {
	if attrString(node, "type") == "error" {
		child := node.GetChildByTag("error")
		c.end(nil)
		return scanOutcome{result: ScanResult{
			RefusedCode: attrString(&child, "code"),
			RefusedText: attrString(&child, "text"),
		}}
	}
	if s.faults.dropsPairing(sc.phone.account, PairingSign) {
		c.reset()
		return scanOutcome{err: ErrPairingInterrupted}
	}
	sign := node.GetChildByTag("pair-device-sign")
	identity, err := countersigned(sc.identity, c.pairing.client.identity, childContent(&sign, "device-identity"))
	if err != nil {
		c.end(streamError("", attrs{"code": "401"}))
		return scanOutcome{err: err}
	}
	sc.dev.identity = identity
	if err = s.linkDevice(sc.dev); err != nil {
		c.end(streamError("", attrs{"code": "401"}))
		return scanOutcome{err: err}
	}
	if s.faults.dropsPairing(sc.phone.account, PairingLinked) {
		c.reset()
	} else {
		c.end(streamError("", attrs{"code": "515"}))
	}
	return scanOutcome{result: ScanResult{Linked: true, Device: sc.dev.id}}
}

// publicKey is a prekey's public half as it travels: three bytes of id, the key, and for signed ones the signature.
type publicKey struct {
	id        [3]byte
	key       [32]byte
	signature []byte
}

// signedBy checks the signature of a signed prekey, which covers the key with its type byte.
func (k publicKey) signedBy(identity [32]byte) bool {
	if len(k.signature) != 64 {
		return false
	}
	return ecc.VerifySignature(ecc.NewDjbECPublicKey(identity), append([]byte{ecc.DjbType}, k.key[:]...), [64]byte(k.signature))
}

// ScanOutdated reads a QR code with a version of the application that cannot link devices. Its client is told so, and
// goes on waiting for another scan or gives up, as it likes:
//
//	← <ib from="s.whatsapp.net"><downgrade_webclient/></ib>
//
// Errors: ErrBadQR, ErrQRExpired.
func (p *Phone) ScanOutdated(qr string) error {
	code, err := parseQR(strings.TrimSpace(qr))
	if err != nil {
		return err
	}
	sc := &scan{phone: p}
	pairing, err := p.s.claim(code, sc)
	if err != nil {
		return err
	}
	pairing.release(sc)
	pairing.conn.deliver(&waBinary.Node{
		Tag: "ib", Attrs: attrs{"from": types.ServerJID}, Content: []waBinary.Node{{Tag: "downgrade_webclient"}},
	})
	return nil
}
