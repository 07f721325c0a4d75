package wasim

import (
	"fmt"
	"time"

	"go.mau.fi/libsignal/ecc"
	"go.mau.fi/whatsmeow/proto/waCert"
	"go.mau.fi/whatsmeow/util/keys"
	"google.golang.org/protobuf/proto"
)

// certificates are the server's static Noise key and the chain that vouches for it.
//
// A chain has two links, each a signed protobuf: the root key signs the intermediate key, the intermediate key signs the
// leaf, and the leaf's key is the server's static key. The root's serial is 0. Clients check the signatures, the serials
// and the period.
type certificates struct {
	root   [32]byte
	static *keys.KeyPair
	chain  []byte
}

const (
	rootSerial         = 0
	intermediateSerial = 1
	leafSerial         = 2
)

func newCertificates() (*certificates, error) {
	root, intermediate, static := keys.NewKeyPair(), keys.NewKeyPair(), keys.NewKeyPair()
	// The period covers every clock that a test may pretend, testing/synctest's year 2000 included.
	notBefore, notAfter := time.Unix(0, 0), time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC)
	sign := func(issuer *keys.KeyPair, issuerSerial, serial uint32, key *keys.KeyPair) (*waCert.CertChain_NoiseCertificate, error) {
		details, err := proto.Marshal(&waCert.CertChain_NoiseCertificate_Details{
			Serial:       proto.Uint32(serial),
			IssuerSerial: proto.Uint32(issuerSerial),
			Key:          key.Pub[:],
			NotBefore:    proto.Uint64(uint64(notBefore.Unix())),
			NotAfter:     proto.Uint64(uint64(notAfter.Unix())),
		})
		if err != nil {
			return nil, err
		}
		signature := ecc.CalculateSignature(ecc.NewDjbECPrivateKey(*issuer.Priv), details)
		return &waCert.CertChain_NoiseCertificate{Details: details, Signature: signature[:]}, nil
	}
	intermediateCert, err := sign(root, rootSerial, intermediateSerial, intermediate)
	if err != nil {
		return nil, fmt.Errorf("intermediate: %w", err)
	}
	leafCert, err := sign(intermediate, intermediateSerial, leafSerial, static)
	if err != nil {
		return nil, fmt.Errorf("leaf: %w", err)
	}
	chain, err := proto.Marshal(&waCert.CertChain{Intermediate: intermediateCert, Leaf: leafCert})
	if err != nil {
		return nil, err
	}
	return &certificates{root: *root.Pub, static: static, chain: chain}, nil
}
