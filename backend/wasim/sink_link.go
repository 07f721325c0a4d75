package wasim

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/coder/websocket"
	"go.mau.fi/libsignal/ecc"
	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/proto/waAdv"
	"go.mau.fi/whatsmeow/proto/waCompanionReg"
	"go.mau.fi/whatsmeow/proto/waWa6"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/util/keys"
	"google.golang.org/protobuf/proto"
)

// sinkPreKeys is how many one-time keys a sink uploads: as many as a real client at its first login, because the server
// keeps them.
const sinkPreKeys = 812

// sinkKeys are a sink's own keys. Its one-time keys are random bytes: any 32 bytes are a public key, and a sink decrypts
// nothing.
type sinkKeys struct {
	noise, identity *keys.KeyPair
	signed          *keys.PreKey
	advSecret       [32]byte
	regID           uint32
}

func newSinkKeys() (sinkKeys, error) {
	k := sinkKeys{noise: keys.NewKeyPair(), identity: keys.NewKeyPair(), regID: 1}
	k.signed = k.identity.CreateSignedPreKey(1)
	_, err := rand.Read(k.advSecret[:])
	return k, err
}

// upload is the iq that gives the server the keys.
func (k sinkKeys) upload() waBinary.Node {
	oneTime := make([]waBinary.Node, sinkPreKeys)
	for i := range oneTime {
		key := publicKey{id: keyNumber(uint32(i + 1))}
		_, _ = rand.Read(key.key[:]) // never fails
		oneTime[i] = key.node("key")
	}
	signed := publicKey{id: keyNumber(k.signed.KeyID), key: *k.signed.Pub, signature: k.signed.Signature[:]}
	return element("iq", attrs{"id": "keys", "to": types.ServerJID, "type": "set", "xmlns": "encrypt"},
		data("registration", binary.BigEndian.AppendUint32(nil, k.regID)),
		data("type", []byte{ecc.DjbType}),
		data("identity", k.identity.Pub[:]),
		element("list", nil, oneTime...),
		signed.node("skey"))
}

func clientPayload() *waWa6.ClientPayload {
	return &waWa6.ClientPayload{UserAgent: &waWa6.ClientPayload_UserAgent{
		Platform: waWa6.ClientPayload_UserAgent_WEB.Enum(),
		AppVersion: &waWa6.ClientPayload_UserAgent_AppVersion{
			Primary: proto.Uint32(2), Secondary: proto.Uint32(3000), Tertiary: proto.Uint32(newestRevision),
		},
	}}
}

// pairingPayload is what a client that wants to be linked says in the handshake.
func (k sinkKeys) pairingPayload() (*waWa6.ClientPayload, error) {
	props, err := proto.Marshal(&waCompanionReg.DeviceProps{Os: proto.String("Sink")})
	if err != nil {
		return nil, err
	}
	id := keyNumber(k.signed.KeyID)
	payload := clientPayload()
	payload.DevicePairingData = &waWa6.ClientPayload_DevicePairingRegistrationData{
		ERegid:      binary.BigEndian.AppendUint32(nil, k.regID),
		EKeytype:    []byte{ecc.DjbType},
		EIdent:      k.identity.Pub[:],
		ESkeyID:     id[:],
		ESkeyVal:    k.signed.Pub[:],
		ESkeySig:    k.signed.Signature[:],
		DeviceProps: props,
	}
	return payload, nil
}

// pair links the sink, see pairing.go for the stanzas.
func (k *Sink) pair(ctx context.Context, scan func(context.Context, string) error) error {
	ctx, fail := context.WithCancelCause(ctx)
	var scanning sync.WaitGroup
	defer scanning.Wait()
	defer fail(nil)
	payload, err := k.keys.pairingPayload()
	if err != nil {
		return err
	}
	line, err := k.dial(ctx, payload)
	if err != nil {
		return err
	}
	defer func() { _ = line.ws.CloseNow() }()
	for {
		node, err := line.next(ctx)
		if err != nil {
			return cmp.Or(context.Cause(ctx), err)
		}
		offer, offered := node.GetOptionalChildByTag("pair-device")
		success, linked := node.GetOptionalChildByTag("pair-success")
		switch {
		case offered:
			code := k.keys.code(childContent(&offer, "ref"))
			scanning.Go(func() {
				if err := scan(ctx, code); err != nil {
					fail(err) // which ends the wait for the server
				}
			})
			err = line.send(ctx, iqResult(node))
		case linked:
			err = k.sign(ctx, line, node, success)
		case node.Tag == "stream:error" && attrString(node, "code") == "515":
			scanning.Wait()
			return context.Cause(ctx)
		case node.Tag == "stream:error", node.Tag == "failure":
			return fmt.Errorf("%w: %s%s", errSinkRefused, attrString(node, "code"), attrString(node, "reason"))
		}
		if err != nil {
			return cmp.Or(context.Cause(ctx), err)
		}
	}
}

// code is what the sink's QR code says.
func (k sinkKeys) code(ref []byte) string {
	parts := []string{string(ref)}
	for _, raw := range [][]byte{k.noise.Pub[:], k.identity.Pub[:], k.advSecret[:]} {
		parts = append(parts, base64.StdEncoding.EncodeToString(raw))
	}
	return "https://wa.me/settings/linked_devices#" + strings.Join(append(parts, "1"), ",")
}

// sign accepts the link: it countersigns the identity that the phone has signed. It does not check the phone's signatures.
func (k *Sink) sign(ctx context.Context, line *sinkLine, node *waBinary.Node, success waBinary.Node) error {
	var container waAdv.ADVSignedDeviceIdentityHMAC
	if err := proto.Unmarshal(childContent(&success, "device-identity"), &container); err != nil {
		return err
	}
	var identity waAdv.ADVSignedDeviceIdentity
	if err := proto.Unmarshal(container.GetDetails(), &identity); err != nil {
		return err
	}
	message := slices.Concat(advDevicePrefix(), identity.GetDetails(), k.keys.identity.Pub[:], identity.GetAccountSignatureKey())
	signature := ecc.CalculateSignature(ecc.NewDjbECPrivateKey(*k.keys.identity.Priv), message)
	identity.DeviceSignature = signature[:]
	raw, err := proto.Marshal(&identity)
	if err != nil {
		return err
	}
	device := success.GetChildByTag("device")
	k.jid, _ = attrJID(&device, "jid")
	return line.send(ctx, iqResult(node, element("pair-device-sign", nil, data("device-identity", raw))))
}

// shakeHands does the client's side of the handshake. It does not check the server's certificate.
func (l *sinkLine) shakeHands(ctx context.Context, static *keys.KeyPair, payload *waWa6.ClientPayload) error {
	ephemeral, err := newEphemeralKey()
	if err != nil {
		return err
	}
	staticKey, err := ecdhKey(static)
	if err != nil {
		return err
	}
	noise, err := newNoiseState(prologue())
	if err != nil {
		return err
	}
	noise.mixHash(ephemeral.PublicKey().Bytes())
	if err = l.ws.Write(ctx, websocket.MessageBinary, prologue()); err != nil {
		return err
	}
	err = l.sendHandshake(ctx, &waWa6.HandshakeMessage{ClientHello: &waWa6.HandshakeMessage_ClientHello{Ephemeral: ephemeral.PublicKey().Bytes()}})
	if err != nil {
		return err
	}
	frame, err := l.frames.next(ctx)
	if err != nil {
		return err
	}
	var answer waWa6.HandshakeMessage
	if err = proto.Unmarshal(frame, &answer); err != nil {
		return err
	}
	server := answer.GetServerHello()
	noise.mixHash(server.GetEphemeral())
	if err = noise.mixDH(ephemeral, server.GetEphemeral()); err != nil {
		return err
	}
	serverStatic, err := noise.decrypt(server.GetStatic())
	if err != nil {
		return err
	}
	if err = noise.mixDH(ephemeral, serverStatic); err != nil {
		return err
	}
	if _, err = noise.decrypt(server.GetPayload()); err != nil {
		return err
	}
	sealedStatic := noise.encrypt(static.Pub[:])
	if err = noise.mixDH(staticKey, server.GetEphemeral()); err != nil {
		return err
	}
	rawPayload, err := proto.Marshal(payload)
	if err != nil {
		return err
	}
	err = l.sendHandshake(ctx, &waWa6.HandshakeMessage{ClientFinish: &waWa6.HandshakeMessage_ClientFinish{
		Static: sealedStatic, Payload: noise.encrypt(rawPayload),
	}})
	if err != nil {
		return err
	}
	// The server's reading cipher is the client's writing one.
	l.write, l.read, err = noise.split()
	return err
}

func (l *sinkLine) sendHandshake(ctx context.Context, message *waWa6.HandshakeMessage) error {
	raw, err := proto.Marshal(message)
	if err != nil {
		return err
	}
	return writeFrame(ctx, l.ws, raw)
}
