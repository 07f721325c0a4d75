package wasim

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/util/keys"
)

// Pairing by code: the client shows eight characters, and the person types them into the phone whose number the client
// named. On the same connection as the offer of QR codes (pairing.go):
//
//	client                                                                server
//	<iq type=set xmlns=md id><link_code_companion_reg jid="34…@s.whatsapp.net"
//	   stage="companion_hello" should_show_push_notification="true">
//	  <link_code_pairing_wrapped_companion_ephemeral_pub>80</…>
//	  <companion_server_auth_key_pub>32</…> <companion_platform_id>1</…>
//	  <companion_platform_display>Chrome (Linux)</…> <link_code_pairing_nonce/>  →
//	                                       ←  <iq type=result id><link_code_companion_reg stage="companion_hello">
//	                                            <link_code_pairing_ref/></…></iq>
//	          … the person types the code …
//	                                       ←  <notification type="link_code_companion_reg" from=s.whatsapp.net id>
//	                                            <link_code_companion_reg stage="primary_hello"><link_code_pairing_ref/>
//	                                            <link_code_pairing_wrapped_primary_ephemeral_pub>80</…>
//	                                            <primary_identity_pub>32</…></…></notification>
//	<iq type=set xmlns=md id><link_code_companion_reg jid stage="companion_finish">
//	  <link_code_pairing_wrapped_key_bundle/> <companion_identity_public/>
//	  <link_code_pairing_ref/></…></iq>    →
//	                                       ←  <iq type=result id/>, then <pair-success> as after a scan
//
// Both sides wrap an ephemeral key as salt (32), IV (16) and AES-CTR of the key (32), under PBKDF2 of the code. Any code
// unwraps to some key, so only the key bundle, which is sealed under what both agreed on, tells a wrong code from a right
// one: a client learns nothing from a wrong code and can be asked again until its time is over.

// Errors of Phone.EnterCode.
var (
	// ErrBadCode means that what was typed cannot be a code: codes have eight letters and digits.
	ErrBadCode = errors.New("a code for linking has eight letters and digits")
	// ErrCodeExpired means that no client waits for a code with this phone's number: its time is over, it is gone, or it
	// asked for another number.
	ErrCodeExpired = errors.New("no client waits for a code with this number any more")
	// ErrWrongCode means that a client waits and shows another code.
	ErrWrongCode = errors.New("the code is not the one that the client shows")
)

// codeIterations is how often PBKDF2 stretches a code.
const codeIterations = 2 << 16

// Lengths of a wrapped key: salt, IV, key.
const (
	codeSalt    = 32
	codeIV      = 16
	codeWrapped = codeSalt + codeIV + 32
)

// linkCodeTag names all stanzas of this file.
const linkCodeTag = "link_code_companion_reg"

// codeRequest is a client's wish to be linked by code. It is guarded by the pairing's lock and never changed.
type codeRequest struct {
	number  string // digits
	ref     string
	wrapped []byte
	shown   LinkRequest
}

// LinkRequest is a client that waits for its code to be typed into a phone.
type LinkRequest struct {
	// Display is how the client calls itself, "Chrome (Linux)" for example.
	Display string `json:"display"`
	// Platform is the client's kind: "1" is Chrome.
	Platform string `json:"platform"`
	// Prompt is true when the client asked the phone to show its owner a notification.
	Prompt bool `json:"prompt"`
	// Expires is when the code stops working.
	Expires time.Time `json:"expires"`
}

// receiveLinkCode serves the two stages that come from the client.
func (c *connection) receiveLinkCode(node, request *waBinary.Node) {
	switch attrString(request, "stage") {
	case "companion_hello":
		c.deliver(c.s.registerCode(c, node, request))
	case "companion_finish":
		c.deliver(c.finishCode(node, request))
	default:
		c.deliver(iqError(node, 400, "bad-request"))
	}
}

// companionDisplay is what the server accepts as a client's name: a browser, and in parentheses where it runs.
func companionDisplay() *regexp.Regexp {
	return regexp.MustCompile(`^(Chrome|Edge|Firefox|IE|Internet Explorer|Opera|Safari|Desktop|Electron|Android|Brave) \([\pL\d][\pL\d ._-]{0,40}\)$`)
}

// registerCode remembers a client that shows a code. A later wish for the same number takes the place of an earlier one.
func (s *Server) registerCode(c *connection, node, request *waBinary.Node) *waBinary.Node {
	jid, ok := attrJID(request, "jid")
	wrapped := childContent(request, "link_code_pairing_wrapped_companion_ephemeral_pub")
	display := string(childContent(request, "companion_platform_display"))
	if !ok || jid.Server != types.DefaultUserServer || len(wrapped) != codeWrapped ||
		!slices.Equal(childContent(request, "companion_server_auth_key_pub"), c.hello.noiseKey[:]) ||
		!companionDisplay().MatchString(display) {
		return iqError(node, 400, "bad-request")
	}
	if f, refused := s.faults.takeFor(FaultRefuseCode, jid.User); refused {
		return iqError(node, f.Code, "rate-overlimit")
	}
	r := &codeRequest{
		number: jid.User, wrapped: wrapped,
		ref: "2@" + base64.StdEncoding.EncodeToString(s.noise.bytes(66)),
		shown: LinkRequest{
			Display: display, Platform: string(childContent(request, "companion_platform_id")),
			Prompt:  attrString(request, "should_show_push_notification") == "true",
			Expires: time.Now().Add(s.opts.CodeLifetime),
		},
	}
	p := c.pairing
	p.mu.Lock()
	before := p.code
	p.code = r
	p.mu.Unlock()
	s.mu.Lock()
	if before != nil && s.linkCodes[before.number] == p {
		delete(s.linkCodes, before.number)
	}
	s.linkCodes[r.number] = p
	s.mu.Unlock()
	s.ledger.note(Address{Number: "+" + r.number}, "is asked for a code", "")
	return iqResult(node, element(linkCodeTag, attrs{"jid": jid, "stage": "companion_hello"}, data("link_code_pairing_ref", []byte(r.ref))))
}

// finishCode hands the client's key bundle to the phone into which its code was typed.
func (c *connection) finishCode(node, request *waBinary.Node) *waBinary.Node {
	p := c.pairing
	p.mu.Lock()
	sc, r := p.scan, p.code
	p.mu.Unlock()
	if sc == nil || sc.finished == nil || r == nil || string(childContent(request, "link_code_pairing_ref")) != r.ref {
		return iqError(node, 404, "item-not-found")
	}
	if c.s.faults.dropsPairing(sc.phone.account, PairingFinish) {
		c.reset()
		return iqResult(node)
	}
	select {
	case sc.finished <- codeFinish{
		bundle:   childContent(request, "link_code_pairing_wrapped_key_bundle"),
		identity: childContent(request, "companion_identity_public"),
	}:
		return iqResult(node)
	default: // it was sent before
		return iqError(node, 409, "conflict")
	}
}

// codeFinish is what the client sends to finish the agreement.
type codeFinish struct{ bundle, identity []byte }

// LinkRequests lists the clients that wait for a code to be typed into this phone; there is one at most.
func (p *Phone) LinkRequests() []LinkRequest {
	list := make([]LinkRequest, 0, 1)
	if _, r := p.s.codeFor(p.account); r != nil {
		list = append(list, r.shown)
	}
	return list
}

// codeFor finds the client that waits for a code with an account's number.
func (s *Server) codeFor(a *account) (*pairing, *codeRequest) {
	number := a.pn().User
	s.mu.Lock()
	p := s.linkCodes[number]
	s.mu.Unlock()
	if p == nil {
		return nil, nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ended || p.code == nil || p.code.number != number || time.Now().After(p.code.shown.Expires) {
		return nil, nil
	}
	return p, p.code
}

// EnterCode types the code that a client shows, with or without its dash, in capitals or not, and links the client. It
// returns when the link has succeeded or the client has refused it, which is a result and not an error. After a wrong
// code the same client can be tried again.
//
// Errors: ErrBadCode, ErrCodeExpired, ErrWrongCode, ErrTooManyDevices, ErrPhoneOffline, ErrPasskeyMissing,
// ErrPairingInterrupted, and ctx's.
func (p *Phone) EnterCode(ctx context.Context, code string) (ScanResult, error) {
	typed, err := typedCode(code)
	if err != nil {
		return ScanResult{}, err
	}
	sc, err := p.newScan(ctx)
	if err != nil {
		return ScanResult{}, err
	}
	sc.finished = make(chan codeFinish, 1)
	pairing, request, err := p.s.claimCode(p.account, sc)
	if err != nil {
		return ScanResult{}, err
	}
	secret, err := p.agree(ctx, typed, pairing, request, sc)
	if err != nil {
		pairing.release(sc)
		return ScanResult{}, err
	}
	return p.completeLink(ctx, pairing, sc, secret)
}

// typedCode brings a code into the form in which it is a key. Clients of the newer kind let people choose their own, so
// all letters and digits count.
func typedCode(code string) (string, error) {
	code = strings.ToUpper(strings.NewReplacer("-", "", "–", "", " ", "").Replace(strings.TrimSpace(code)))
	if len(code) != 8 {
		return "", ErrBadCode
	}
	for _, c := range code {
		if (c < 'A' || c > 'Z') && (c < '0' || c > '9') {
			return "", ErrBadCode
		}
	}
	return code, nil
}

// claimCode reserves the client that waits for a phone's code.
func (s *Server) claimCode(a *account, sc *scan) (*pairing, *codeRequest, error) {
	p, r := s.codeFor(a)
	if p == nil {
		return nil, nil, ErrCodeExpired
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ended || p.scan != nil || p.code != r {
		return nil, nil, ErrCodeExpired
	}
	p.scan = sc
	return p, r, nil
}

// agree does the phone's half of the agreement and returns the secret with which it signs the device's identity.
func (p *Phone) agree(ctx context.Context, code string, pairing *pairing, r *codeRequest, sc *scan) ([]byte, error) {
	ephemeral := keys.NewKeyPair()
	wrapped, err := wrapKey(code, ephemeral.Pub[:])
	if err != nil {
		return nil, err
	}
	companion, err := unwrapKey(code, r.wrapped)
	if err != nil {
		return nil, err
	}
	p.s.dropPairing(pairing, p.account, PairingScan)
	hello := element("notification", attrs{
		"from": types.ServerJID, "id": p.s.nextID.next(), "type": linkCodeTag, "t": p.s.unixNow(),
	}, element(linkCodeTag, attrs{"stage": "primary_hello"},
		data("link_code_pairing_ref", []byte(r.ref)),
		data("link_code_pairing_wrapped_primary_ephemeral_pub", wrapped),
		data("primary_identity_pub", p.signal.registered().pair.Pub[:])))
	pairing.conn.deliver(&hello)
	select {
	case finish := <-sc.finished:
		return p.openBundle(ephemeral, companion, pairing.client.identity, finish)
	case outcome := <-sc.outcome:
		return nil, outcome.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// openBundle checks what the client sent under the agreed key and derives the secret that both sides know now. Whatever is
// wrong with it, the person sees that the code was wrong.
func (p *Phone) openBundle(ephemeral *keys.KeyPair, companion []byte, identity [32]byte, finish codeFinish) ([]byte, error) {
	shared, err := sharedKey(ephemeral, companion)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrWrongCode, err)
	}
	const nonce = 12
	if len(finish.bundle) < codeSalt+nonce || !slices.Equal(finish.identity, identity[:]) {
		return nil, ErrWrongCode
	}
	key, err := hkdf.Key(sha256.New, shared, finish.bundle[:codeSalt], "link_code_pairing_key_bundle_encryption_key", 32)
	if err != nil {
		return nil, err
	}
	sealed, err := newAEAD(key)
	if err != nil {
		return nil, err
	}
	bundle, err := sealed.Open(nil, finish.bundle[codeSalt:codeSalt+nonce], finish.bundle[codeSalt+nonce:], nil)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrWrongCode, err)
	}
	if len(bundle) != 96 || !slices.Equal(bundle[:32], identity[:]) || !slices.Equal(bundle[32:64], p.signal.registered().pair.Pub[:]) {
		return nil, fmt.Errorf("%w: the client means another phone", ErrWrongCode)
	}
	own, err := sharedKey(p.signal.registered().pair, identity[:])
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrWrongCode, err)
	}
	return hkdf.Key(sha256.New, slices.Concat(shared, own, bundle[64:]), nil, "adv_secret", 32)
}

// wrapKey encrypts a public key under a code.
func wrapKey(code string, public []byte) ([]byte, error) {
	out := make([]byte, codeWrapped)
	if _, err := rand.Read(out[:codeSalt+codeIV]); err != nil {
		return nil, err
	}
	copy(out[codeSalt+codeIV:], public)
	return out, codeStream(code, out)
}

// unwrapKey decrypts a public key under a code; with a wrong code it is a wrong key.
func unwrapKey(code string, wrapped []byte) ([]byte, error) {
	out := slices.Clone(wrapped)
	if err := codeStream(code, out); err != nil {
		return nil, err
	}
	return out[codeSalt+codeIV:], nil
}

// codeStream encrypts or decrypts the key in a wrapped key in place.
func codeStream(code string, wrapped []byte) error {
	key, err := pbkdf2.Key(sha256.New, code, wrapped[:codeSalt], codeIterations, 32)
	if err != nil {
		return err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return err
	}
	secret := wrapped[codeSalt+codeIV:]
	cipher.NewCTR(block, wrapped[codeSalt:codeSalt+codeIV]).XORKeyStream(secret, secret)
	return nil
}
