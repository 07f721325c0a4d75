package wasim

import (
	"bytes"
	"context"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/proto/waCompanionReg"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/util/keys"
	"google.golang.org/protobuf/proto"
)

// An account can demand its owner's passkey before a device is linked. After the scan or the code, and before
// <pair-success>:
//
//	server                                                          client
//	<notification type="passkey_prologue_request" from id>
//	  <passkey_request_options>JSON</…></notification>       →
//	                                    ← <iq type=get xmlns=md><passkey_request_options/></iq>  when it cannot read these
//	                                    ← <iq type=get xmlns=md><ref/></iq>
//	<iq type=result><ref>…</ref></iq>                        →
//	                                    ← <iq type=set xmlns=md><passkey_prologue><credential_id/>
//	                                        <webauthn_assertion>JSON</…> <prologue_payload/>
//	                                        [<pairing_handoff_proof/>]</passkey_prologue></iq>
//	<notification type="crsc_continuation" from id>
//	  <primary_ephemeral_identity/></notification>           →
//	                                    ← <iq type=set xmlns=md><companion_nonce/></iq>
//	                                    ← <iq type=set xmlns=md><encrypted_pairing_request/></iq>
//	<pair-success>, with a new secret                        →
//
// The payload commits the client to a nonce before it knows the phone's key, so that both can show a code that nobody in
// the middle can choose. The proof, made with the secret of the QR code, spares people the comparison. All this is taken
// from one client's library; the other one knows nothing of it.

// ErrPasskeyMissing means that the client did not prove the owner's passkey in time, or broke off.
var ErrPasskeyMissing = errors.New("the client did not answer with the owner's passkey")

// passkeyPatience is how long a client may take. The library's proof is good for as long.
const passkeyPatience = 5 * time.Minute

// passkeyDemand is what the server and the phone ask of one client. Its channels are buffered for the one value of each
// step; a second one is refused.
type passkeyDemand struct {
	owner     *passkey
	challenge []byte
	ref       string
	options   []byte

	prologue chan passkeyPrologue
	nonce    chan []byte
	request  chan []byte
}

type passkeyPrologue struct{ payload, proof []byte }

// SetRequiresPasskey makes linking a device demand the owner's passkey, or stop doing so.
func (p *Phone) SetRequiresPasskey(on bool) {
	p.passkey.mu.Lock()
	defer p.passkey.mu.Unlock()
	p.passkey.required = on
}

func (p *Phone) newDemand() (*passkeyDemand, error) {
	id, _, err := p.passkey.pair()
	if err != nil {
		return nil, err
	}
	d := &passkeyDemand{
		owner: &p.passkey, challenge: p.s.random.bytes(32), ref: base64.StdEncoding.EncodeToString(p.s.random.bytes(24)),
		prologue: make(chan passkeyPrologue, 1), nonce: make(chan []byte, 1), request: make(chan []byte, 1),
	}
	d.options, err = json.Marshal(types.WebAuthnPublicKey{
		Challenge: d.challenge, Timeout: int(passkeyPatience / time.Millisecond), RelyingPartID: passkeyParty, UserVerification: "required",
		AllowCredentials: []types.AllowedCredential{{ID: id, Type: "public-key", Transports: []string{"hybrid", "internal"}}},
		Extensions:       map[string]any{},
	})
	if err != nil {
		return nil, fmt.Errorf("encode passkey options: %w", err)
	}
	return d, nil
}

// optionsNode is the demand as the client reads it, unless a fault is to spoil it.
func (s *Server) optionsNode(a *account, d *passkeyDemand) waBinary.Node {
	if s.faults.spoilsPasskey(a, PairingPasskey) {
		return data("passkey_request_options", []byte("{"))
	}
	return data("passkey_request_options", d.options)
}

// receivePasskey serves the client's side of a demand. It returns nil for what has nothing to do with it.
func (c *connection) receivePasskey(node *waBinary.Node) *waBinary.Node {
	p := c.pairing
	p.mu.Lock()
	sc := p.scan
	p.mu.Unlock()
	children := node.GetChildren()
	if len(children) != 1 || sc == nil || sc.demand == nil {
		return nil
	}
	d, child := sc.demand, children[0]
	switch child.Tag {
	case "passkey_request_options":
		return iqResult(node, c.s.optionsNode(sc.phone.account, d))
	case "ref":
		return iqResult(node, data("ref", []byte(d.ref)))
	case "passkey_prologue":
		if err := d.owner.check(d.challenge, childContent(&child, "credential_id"), childContent(&child, "webauthn_assertion")); err != nil {
			c.s.log.Debug().Err(err).Msg("passkey refused")
			return iqError(node, 401, "not-authorized")
		}
		return taken(node, d.prologue, passkeyPrologue{childContent(&child, "prologue_payload"), childContent(&child, "pairing_handoff_proof")})
	case "companion_nonce":
		return taken(node, d.nonce, content(child))
	case "encrypted_pairing_request":
		return taken(node, d.request, content(child))
	default:
		return nil
	}
}

// taken hands a step to the phone, once.
func taken[T any](node *waBinary.Node, to chan<- T, step T) *waBinary.Node {
	select {
	case to <- step:
		return iqResult(node)
	default:
		return iqError(node, 409, "conflict")
	}
}

// demandPasskey goes through the demand with a client and returns the secret that takes the place of the one from the QR
// code, and the code that phone and client show.
func (p *Phone) demandPasskey(ctx context.Context, pairing *pairing, sc *scan, secret []byte) (fresh []byte, code string, err error) {
	d, err := p.newDemand()
	if err != nil {
		return nil, "", err
	}
	pairing.mu.Lock()
	sc.demand = d
	pairing.mu.Unlock()
	ctx, cancel := context.WithTimeoutCause(ctx, passkeyPatience, ErrPasskeyMissing)
	defer cancel()
	p.tellUnlinked(pairing, "passkey_prologue_request", p.s.optionsNode(p.account, d))
	prologue, err := step(ctx, sc, d.prologue)
	if err != nil {
		return nil, "", err
	}
	companion, commitment, err := readPrologue(d, prologue, secret)
	if err != nil {
		return nil, "", err
	}
	ephemeral, nonce := keys.NewKeyPair(), make([]byte, 32)
	if _, err = rand.Read(nonce); err != nil {
		return nil, "", err
	}
	own, err := proto.Marshal(&waCompanionReg.PrimaryEphemeralIdentity{PublicKey: ephemeral.Pub[:], Nonce: nonce})
	if err != nil {
		return nil, "", fmt.Errorf("encode identity: %w", err)
	}
	if p.s.faults.spoilsPasskey(p.account, PairingContinuation) {
		own = own[:len(own)-1]
	}
	p.tellUnlinked(pairing, "crsc_continuation", data("primary_ephemeral_identity", own))
	theirs, err := step(ctx, sc, d.nonce)
	if err != nil {
		return nil, "", err
	}
	if !commitment(theirs) {
		return nil, "", fmt.Errorf("%w: it is bound to another nonce", ErrPasskeyMissing)
	}
	digest := sha256.Sum256(slices.Concat(theirs, ephemeral.Pub[:]))
	code = passkeyCode(nonce, digest[:])
	request, err := step(ctx, sc, d.request)
	if err != nil {
		return nil, "", err
	}
	fresh, err = openPairingRequest(ephemeral, companion, pairing.client, request)
	return fresh, code, err
}

// tellUnlinked sends a notification to a client that is being linked.
func (p *Phone) tellUnlinked(pairing *pairing, kind string, child waBinary.Node) {
	n := element("notification", attrs{"from": types.ServerJID, "id": p.s.nextID.next(), "type": kind, "t": p.s.unixNow()}, child)
	pairing.conn.deliver(&n)
}

// step waits for what the client does next.
func step[T any](ctx context.Context, sc *scan, next <-chan T) (T, error) {
	var none T
	select {
	case value := <-next:
		return value, nil
	case outcome := <-sc.outcome:
		return none, outcome.err
	case <-ctx.Done():
		return none, context.Cause(ctx)
	}
}

// readPrologue returns the client's ephemeral identity and what checks the nonce that it commits the client to. A proof
// that does not fit the secret of the QR code is refused; without one, people compare the codes.
func readPrologue(d *passkeyDemand, prologue passkeyPrologue, secret []byte) (*waCompanionReg.CompanionEphemeralIdentity, func([]byte) bool, error) {
	var payload waCompanionReg.ProloguePayload
	var companion waCompanionReg.CompanionEphemeralIdentity
	if err := proto.Unmarshal(prologue.payload, &payload); err != nil {
		return nil, nil, fmt.Errorf("%w: %w", ErrPasskeyMissing, err)
	}
	if err := proto.Unmarshal(payload.GetCompanionEphemeralIdentity(), &companion); err != nil {
		return nil, nil, fmt.Errorf("%w: %w", ErrPasskeyMissing, err)
	}
	if companion.GetRef() != d.ref {
		return nil, nil, fmt.Errorf("%w: for another request", ErrPasskeyMissing)
	}
	if prologue.proof != nil {
		key, err := hkdf.Key(sha256.New, secret, nil, "shortcake-passkey-handoff-v1", 32)
		if err != nil {
			return nil, nil, err
		}
		mac := hmac.New(sha256.New, key)
		mac.Write(prologue.payload)
		if !hmac.Equal(mac.Sum(nil), prologue.proof) {
			return nil, nil, fmt.Errorf("%w: it did not show this code", ErrPasskeyMissing)
		}
	}
	return &companion, func(nonce []byte) bool {
		sum := sha256.Sum256(slices.Concat(payload.GetCompanionEphemeralIdentity(), nonce))
		return bytes.Equal(sum[:], payload.GetCommitment().GetHash())
	}, nil
}

// passkeyCode is what phone and client show for comparison.
func passkeyCode(nonce, digest []byte) string {
	code := make([]byte, 5)
	for i := range code {
		code[i] = nonce[i] ^ digest[i]
	}
	shown := base32.NewEncoding("123456789ABCDEFGHJKLMNPQRSTVWXYZ").EncodeToString(code)
	return shown[:4] + "-" + shown[4:]
}

// openPairingRequest decrypts the last step and returns the client's new secret.
func openPairingRequest(own *keys.KeyPair, companion *waCompanionReg.CompanionEphemeralIdentity, client clientKeys, raw []byte) ([]byte, error) {
	var wrapped waCompanionReg.EncryptedPairingRequest
	if err := proto.Unmarshal(raw, &wrapped); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPasskeyMissing, err)
	}
	shared, err := sharedKey(own, companion.GetPublicKey())
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPasskeyMissing, err)
	}
	salt := fmt.Sprintf("Companion Pairing %d with ref %s", companion.GetDeviceType(), companion.GetRef())
	key, err := hkdf.Key(sha256.New, shared, []byte(salt), "Pairing Information Encryption Key", 32)
	if err != nil {
		return nil, err
	}
	sealed, err := newAEAD(key)
	if err != nil {
		return nil, err
	}
	if len(wrapped.GetIV()) != sealed.NonceSize() {
		return nil, fmt.Errorf("%w: malformed request", ErrPasskeyMissing)
	}
	plaintext, err := sealed.Open(nil, wrapped.GetIV(), wrapped.GetEncryptedPayload(), nil)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPasskeyMissing, err)
	}
	var request waCompanionReg.PairingRequest
	if err = proto.Unmarshal(plaintext, &request); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPasskeyMissing, err)
	}
	if !bytes.Equal(request.GetCompanionPublicKey(), client.noise[:]) || !bytes.Equal(request.GetCompanionIdentityKey(), client.identity[:]) {
		return nil, fmt.Errorf("%w: for another client", ErrPasskeyMissing)
	}
	return request.GetAdvSecret(), nil
}
