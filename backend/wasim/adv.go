package wasim

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"

	"go.mau.fi/libsignal/ecc"
	"go.mau.fi/whatsmeow/proto/waAdv"
	"go.mau.fi/whatsmeow/util/keys"
	"google.golang.org/protobuf/proto"
)

// A phone vouches for its linked devices (ADV, account device verification): it signs the device's identity key, the
// device countersigns, and the pair travels with the first message that the device encrypts for anyone. The phone proves
// to the device that it really scanned its code with an HMAC under the secret in the QR code.
var (
	errDeviceIdentity  = errors.New("device identity is malformed")
	errDeviceSignature = errors.New("device signature does not match the device's identity key")
)

func advAccountPrefix() []byte { return []byte{6, 0} }
func advDevicePrefix() []byte  { return []byte{6, 1} }
func advListPrefix() []byte    { return []byte{6, 2} }

// signIdentity makes the signed identity of a new device and the container that proves it to the device.
func signIdentity(account *keys.KeyPair, deviceKey [32]byte, advSecret []byte, keyIndex, rawID uint32, unix int64) (*waAdv.ADVSignedDeviceIdentity, []byte, error) {
	details, err := proto.Marshal(&waAdv.ADVDeviceIdentity{
		RawID:       proto.Uint32(rawID),
		Timestamp:   proto.Uint64(uint64(unix)),
		KeyIndex:    proto.Uint32(keyIndex),
		AccountType: waAdv.ADVEncryptionType_E2EE.Enum(),
		DeviceType:  waAdv.ADVEncryptionType_E2EE.Enum(),
	})
	if err != nil {
		return nil, nil, err
	}
	signature := ecc.CalculateSignature(ecc.NewDjbECPrivateKey(*account.Priv), slices.Concat(advAccountPrefix(), details, deviceKey[:]))
	identity := &waAdv.ADVSignedDeviceIdentity{
		Details:             details,
		AccountSignatureKey: account.Pub[:],
		AccountSignature:    signature[:],
	}
	signed, err := proto.Marshal(identity)
	if err != nil {
		return nil, nil, err
	}
	mac := hmac.New(sha256.New, advSecret)
	mac.Write(signed)
	container, err := proto.Marshal(&waAdv.ADVSignedDeviceIdentityHMAC{Details: signed, HMAC: mac.Sum(nil)})
	if err != nil {
		return nil, nil, err
	}
	return identity, container, nil
}

// countersigned checks what a device sends back: the same identity with the device's own signature added.
func countersigned(sent *waAdv.ADVSignedDeviceIdentity, deviceKey [32]byte, answer []byte) (*waAdv.ADVSignedDeviceIdentity, error) {
	var got waAdv.ADVSignedDeviceIdentity
	if err := proto.Unmarshal(answer, &got); err != nil {
		return nil, fmt.Errorf("%w: %w", errDeviceIdentity, err)
	}
	if !bytes.Equal(got.GetDetails(), sent.GetDetails()) || !bytes.Equal(got.GetAccountSignature(), sent.GetAccountSignature()) {
		return nil, fmt.Errorf("%w: not the identity that was sent", errDeviceIdentity)
	}
	if len(got.GetDeviceSignature()) != 64 {
		return nil, fmt.Errorf("%w: no device signature", errDeviceIdentity)
	}
	message := slices.Concat(advDevicePrefix(), sent.GetDetails(), deviceKey[:], sent.GetAccountSignatureKey())
	if !ecc.VerifySignature(ecc.NewDjbECPublicKey(deviceKey), message, [64]byte(got.GetDeviceSignature())) {
		return nil, errDeviceSignature
	}
	return &waAdv.ADVSignedDeviceIdentity{
		Details:             sent.GetDetails(),
		AccountSignatureKey: sent.GetAccountSignatureKey(),
		AccountSignature:    sent.GetAccountSignature(),
		DeviceSignature:     got.GetDeviceSignature(),
	}, nil
}

// signKeyIndexes makes the signed list of the key indexes that are valid, which goes with a device list.
func signKeyIndexes(account *keys.KeyPair, devices []*device, rawID uint32, unix int64) ([]byte, error) {
	list := &waAdv.ADVKeyIndexList{
		RawID:       proto.Uint32(rawID),
		Timestamp:   proto.Uint64(uint64(unix)),
		AccountType: waAdv.ADVEncryptionType_E2EE.Enum(),
	}
	for _, d := range devices {
		list.ValidIndexes = append(list.ValidIndexes, d.keyIndex)
		list.CurrentIndex = proto.Uint32(max(list.GetCurrentIndex(), d.keyIndex))
	}
	details, err := proto.Marshal(list)
	if err != nil {
		return nil, err
	}
	signature := ecc.CalculateSignature(ecc.NewDjbECPrivateKey(*account.Priv), slices.Concat(advListPrefix(), details))
	return proto.Marshal(&waAdv.ADVSignedKeyIndexList{Details: details, AccountSignature: signature[:]})
}
