package wasim

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
)

// noisePattern is the protocol name, padded to 32 bytes, which makes it its own hash.
const noisePattern = "Noise_XX_25519_AESGCM_SHA256\x00\x00\x00\x00"

// noiseState is the symmetric state of a Noise XX handshake as its responder, after section 5.2 of the Noise protocol
// framework, revision 34. The key of the first message is the hash itself because both sides start without a key there
// and WhatsApp encrypts nothing before the first mix.
type noiseState struct {
	hash, chain []byte
	aead        cipher.AEAD
	counter     uint32
}

func newNoiseState(prologue []byte) (*noiseState, error) {
	aead, err := newAEAD([]byte(noisePattern))
	if err != nil {
		return nil, err
	}
	n := &noiseState{hash: []byte(noisePattern), chain: []byte(noisePattern), aead: aead}
	n.mixHash(prologue)
	return n, nil
}

func (n *noiseState) mixHash(data []byte) {
	h := sha256.New()
	h.Write(n.hash)
	h.Write(data)
	n.hash = h.Sum(nil)
}

// mixDH mixes the Diffie-Hellman product of a private and a public key into the chain and starts a new cipher key.
func (n *noiseState) mixDH(private *ecdh.PrivateKey, public []byte) error {
	remote, err := ecdh.X25519().NewPublicKey(public)
	if err != nil {
		return fmt.Errorf("public key: %w", err)
	}
	secret, err := private.ECDH(remote)
	if err != nil {
		return fmt.Errorf("key agreement: %w", err)
	}
	chain, key, err := expandTwo(secret, n.chain)
	if err != nil {
		return err
	}
	n.chain, n.counter = chain, 0
	n.aead, err = newAEAD(key)
	return err
}

func (n *noiseState) encrypt(plaintext []byte) []byte {
	sealed := n.aead.Seal(nil, nonce(n.counter), plaintext, n.hash)
	n.counter++
	n.mixHash(sealed)
	return sealed
}

func (n *noiseState) decrypt(sealed []byte) ([]byte, error) {
	plaintext, err := n.aead.Open(nil, nonce(n.counter), sealed, n.hash)
	if err != nil {
		return nil, err
	}
	n.counter++
	n.mixHash(sealed)
	return plaintext, nil
}

// split derives the transport ciphers: what the client writes, and what the server writes.
func (n *noiseState) split() (read, write *frameCipher, err error) {
	readKey, writeKey, err := expandTwo(nil, n.chain)
	if err != nil {
		return nil, nil, err
	}
	readAEAD, err := newAEAD(readKey)
	if err != nil {
		return nil, nil, err
	}
	writeAEAD, err := newAEAD(writeKey)
	if err != nil {
		return nil, nil, err
	}
	return &frameCipher{aead: readAEAD}, &frameCipher{aead: writeAEAD}, nil
}

// frameCipher encrypts or decrypts the frames of one direction; each frame has the next nonce.
type frameCipher struct {
	aead    cipher.AEAD
	counter uint32
}

func (c *frameCipher) seal(plaintext []byte) []byte {
	sealed := c.aead.Seal(nil, nonce(c.counter), plaintext, nil)
	c.counter++
	return sealed
}

func (c *frameCipher) open(sealed []byte) ([]byte, error) {
	plaintext, err := c.aead.Open(sealed[:0], nonce(c.counter), sealed, nil)
	c.counter++
	return plaintext, err
}

func newAEAD(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

func expandTwo(secret, salt []byte) (first, second []byte, err error) {
	out, err := hkdf.Key(sha256.New, secret, salt, "", 64)
	if err != nil {
		return nil, nil, fmt.Errorf("derive keys: %w", err)
	}
	return out[:32], out[32:], nil
}

func nonce(counter uint32) []byte {
	iv := make([]byte, 12)
	binary.BigEndian.PutUint32(iv[8:], counter)
	return iv
}

func newEphemeralKey() (*ecdh.PrivateKey, error) {
	return ecdh.X25519().GenerateKey(rand.Reader)
}
