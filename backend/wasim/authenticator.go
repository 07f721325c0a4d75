package wasim

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"sync"

	"go.mau.fi/whatsmeow/types"
)

// A passkey is a key pair that lives in its owner's authenticator. It signs a challenge, together with the origin that asks
// (WebAuthn). A client that runs outside a browser has no such origin and cannot ask for it by itself; Phone.UsePasskey is
// what a person's browser would do.

// passkeyOrigin and passkeyParty are for whom the passkeys of simulated accounts are made. What the real service uses is
// not known.
const (
	passkeyOrigin = "https://web.whatsapp.com"
	passkeyParty  = "whatsapp.com"
)

// Bits of the authenticator's flags: someone was there, and was verified.
const passkeyFlags = 0x01 | 0x04

// errPasskey means that an answer to a challenge is not the owner's.
var errPasskey = errors.New("the passkey does not prove the owner")

// passkey is the passkey of an account. It is made when it is first needed.
type passkey struct {
	mu       sync.Mutex
	required bool
	id       []byte
	key      *ecdsa.PrivateKey
}

func (k *passkey) isRequired() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.required
}

// pair returns the key and its id.
func (k *passkey) pair() (id []byte, key *ecdsa.PrivateKey, err error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.key != nil {
		return k.id, k.key, nil
	}
	if key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
		return nil, nil, fmt.Errorf("make passkey: %w", err)
	}
	id = make([]byte, 16)
	if _, err = rand.Read(id); err != nil {
		return nil, nil, fmt.Errorf("make passkey: %w", err)
	}
	k.id, k.key = id, key
	return id, key, nil
}

// clientData is what a browser says about who asks, as far as anyone looks at it here.
type clientData struct {
	Type      string `json:"type"`
	Challenge string `json:"challenge"`
	Origin    string `json:"origin"`
}

// UsePasskey answers the demand that a client has received with the passkey of the phone's owner.
func (p *Phone) UsePasskey(options *types.WebAuthnPublicKey) (*types.WebAuthnResponse, error) {
	id, key, err := p.passkey.pair()
	if err != nil {
		return nil, err
	}
	said, err := json.Marshal(clientData{
		Type: "webauthn.get", Challenge: base64.RawURLEncoding.EncodeToString(options.Challenge), Origin: passkeyOrigin,
	})
	if err != nil {
		return nil, fmt.Errorf("encode client data: %w", err)
	}
	party := sha256.Sum256([]byte(options.RelyingPartID))
	authenticator := append(party[:], passkeyFlags, 0, 0, 0, 1) // and how often it was used
	digest := signedByPasskey(authenticator, said)
	signature, err := ecdsa.SignASN1(rand.Reader, key, digest[:])
	if err != nil {
		return nil, fmt.Errorf("sign challenge: %w", err)
	}
	return &types.WebAuthnResponse{
		ID: base64.RawURLEncoding.EncodeToString(id), RawID: id, Type: "public-key",
		Response: types.WebAuthnResponseData{ClientDataJSON: said, AuthenticatorData: authenticator, Signature: signature},
	}, nil
}

// check tells whether an answer, as JSON, proves the owner for a challenge.
func (k *passkey) check(challenge, credential, answer []byte) error {
	id, key, err := k.pair()
	if err != nil {
		return err
	}
	var got types.WebAuthnResponse
	if err = json.Unmarshal(answer, &got); err != nil {
		return fmt.Errorf("%w: %w", errPasskey, err)
	}
	var said clientData
	if err = json.Unmarshal(got.Response.ClientDataJSON, &said); err != nil {
		return fmt.Errorf("%w: %w", errPasskey, err)
	}
	party := sha256.Sum256([]byte(passkeyParty))
	authenticator := []byte(got.Response.AuthenticatorData)
	digest := signedByPasskey(authenticator, got.Response.ClientDataJSON)
	switch {
	case !bytes.Equal(credential, id), !bytes.Equal(got.RawID, id):
		return fmt.Errorf("%w: another passkey", errPasskey)
	case said.Type != "webauthn.get", said.Origin != passkeyOrigin, said.Challenge != base64.RawURLEncoding.EncodeToString(challenge):
		return fmt.Errorf("%w: another challenge", errPasskey)
	case len(authenticator) < 37, !bytes.Equal(authenticator[:32], party[:]), authenticator[32]&passkeyFlags != passkeyFlags:
		return fmt.Errorf("%w: the owner was not there", errPasskey)
	case !ecdsa.VerifyASN1(&key.PublicKey, digest[:], got.Response.Signature):
		return fmt.Errorf("%w: wrong signature", errPasskey)
	default:
		return nil
	}
}

// signedByPasskey is what an authenticator signs.
func signedByPasskey(authenticator, said []byte) [32]byte {
	hash := sha256.Sum256(said)
	return sha256.Sum256(append(bytes.Clone(authenticator), hash[:]...))
}
