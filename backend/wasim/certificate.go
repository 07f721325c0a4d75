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
// and the period, by their own clock.
type certificates struct {
	root   [32]byte
	static *keys.KeyPair

	issuer, intermediate *keys.KeyPair
	lasts                time.Duration // 0: any clock fits
	chain                []byte        // when any clock fits
}

const (
	rootSerial         = 0
	intermediateSerial = 1
	leafSerial         = 2
)

func newCertificates(lasts time.Duration) (*certificates, error) {
	root := keys.NewKeyPair()
	c := &certificates{root: *root.Pub, static: keys.NewKeyPair(), issuer: root, intermediate: keys.NewKeyPair(), lasts: lasts}
	// The period covers every clock that a test may pretend, testing/synctest's year 2000 included.
	chain, err := c.sign(time.Unix(0, 0), time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC))
	c.chain = chain
	return c, err
}

// at is the chain that the server shows at a moment of its own clock: in the middle of its period, if it has one.
func (c *certificates) at(now time.Time) ([]byte, error) {
	if c.lasts <= 0 {
		return c.chain, nil
	}
	return c.sign(now.Add(-c.lasts/2), now.Add(c.lasts/2))
}

// sign makes a chain for a period.
func (c *certificates) sign(notBefore, notAfter time.Time) ([]byte, error) {
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
	intermediateCert, err := sign(c.issuer, rootSerial, intermediateSerial, c.intermediate)
	if err != nil {
		return nil, fmt.Errorf("intermediate: %w", err)
	}
	leafCert, err := sign(c.intermediate, intermediateSerial, leafSerial, c.static)
	if err != nil {
		return nil, fmt.Errorf("leaf: %w", err)
	}
	return proto.Marshal(&waCert.CertChain{Intermediate: intermediateCert, Leaf: leafCert})
}
