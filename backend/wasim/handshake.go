package wasim

import (
	"context"
	"errors"
	"fmt"

	"go.mau.fi/whatsmeow/proto/waWa6"
	"google.golang.org/protobuf/proto"
)

// hello is what a client proves and says in the handshake.
type hello struct {
	noiseKey [32]byte
	payload  *waWa6.ClientPayload
}

var errBadHandshake = errors.New("handshake message is incomplete")

// shakeHands answers the client's Noise XX handshake:
//
//	client                                   server
//	"WA" 6 3, ClientHello{e}            →
//	                                    ←    ServerHello{e, static: enc(s), payload: enc(certificate chain)}
//	ClientFinish{static: enc(s),        →
//	             payload: enc(ClientPayload)}
//
// The payload says whether the client wants to pair (it carries its registration data) or to log in (it carries its
// number and device). Afterwards both sides encrypt whole frames.
func (c *connection) shakeHands(ctx context.Context) (*hello, error) {
	if err := c.frames.readPrologue(ctx); err != nil {
		return nil, err
	}
	noise, err := newNoiseState(prologue())
	if err != nil {
		return nil, err
	}
	first, err := c.readHandshake(ctx)
	if err != nil {
		return nil, err
	}
	clientEphemeral := first.GetClientHello().GetEphemeral()
	if len(clientEphemeral) != 32 {
		return nil, fmt.Errorf("%w: client ephemeral", errBadHandshake)
	}
	noise.mixHash(clientEphemeral)

	ephemeral, err := newEphemeralKey()
	if err != nil {
		return nil, err
	}
	static, err := ecdhKey(c.s.certs.static)
	if err != nil {
		return nil, err
	}
	noise.mixHash(ephemeral.PublicKey().Bytes())
	if err = noise.mixDH(ephemeral, clientEphemeral); err != nil {
		return nil, err
	}
	sealedStatic := noise.encrypt(static.PublicKey().Bytes())
	if err = noise.mixDH(static, clientEphemeral); err != nil {
		return nil, err
	}
	chain, err := c.s.certs.at(c.s.now())
	if err != nil {
		return nil, err
	}
	answer, err := proto.Marshal(&waWa6.HandshakeMessage{ServerHello: &waWa6.HandshakeMessage_ServerHello{
		Ephemeral: ephemeral.PublicKey().Bytes(),
		Static:    sealedStatic,
		Payload:   noise.encrypt(chain),
	}})
	if err != nil {
		return nil, err
	}
	if err = writeFrame(ctx, c.ws, answer); err != nil {
		return nil, err
	}

	last, err := c.readHandshake(ctx)
	if err != nil {
		return nil, err
	}
	clientStatic, err := noise.decrypt(last.GetClientFinish().GetStatic())
	if err != nil || len(clientStatic) != 32 {
		return nil, fmt.Errorf("%w: client static", errBadHandshake)
	}
	if err = noise.mixDH(ephemeral, clientStatic); err != nil {
		return nil, err
	}
	rawPayload, err := noise.decrypt(last.GetClientFinish().GetPayload())
	if err != nil {
		return nil, fmt.Errorf("%w: client payload", errBadHandshake)
	}
	var payload waWa6.ClientPayload
	if err = proto.Unmarshal(rawPayload, &payload); err != nil {
		return nil, fmt.Errorf("client payload: %w", err)
	}
	if c.read, c.write, err = noise.split(); err != nil {
		return nil, err
	}
	return &hello{noiseKey: [32]byte(clientStatic), payload: &payload}, nil
}

func (c *connection) readHandshake(ctx context.Context) (*waWa6.HandshakeMessage, error) {
	frame, err := c.frames.next(ctx)
	if err != nil {
		return nil, err
	}
	var message waWa6.HandshakeMessage
	if err = proto.Unmarshal(frame, &message); err != nil {
		return nil, fmt.Errorf("handshake message: %w", err)
	}
	return &message, nil
}
