package wasim

import (
	"bytes"
	"crypto/hmac"
	"fmt"

	"go.mau.fi/whatsmeow/util/cbcutil"
)

// appStateMedia is the label of the keys of snapshots and of the mutations of large patches.
const appStateMedia mediaKind = "WhatsApp App State Keys"

// has tells whether a blob is still there, by its direct path.
func (b *blobStore) has(direct string) bool {
	_, ok := b.get(barePath(direct))
	return ok
}

// openBlob decrypts a blob that somebody uploaded and of which no message tells the hashes.
func (s *Server) openBlob(direct string, mediaKey []byte, kind mediaKind) ([]byte, error) {
	blob, err := s.download(direct)
	if err != nil {
		return nil, err
	}
	if len(blob) <= mediaMAC || len(mediaKey) != 32 {
		return nil, errBlobMAC
	}
	iv, cipherKey, macKey := mediaKeys(mediaKey, kind)
	ciphertext := blob[:len(blob)-mediaMAC]
	if !hmac.Equal(mediaSum(macKey, append(bytes.Clone(iv), ciphertext...)), blob[len(ciphertext):]) {
		return nil, errBlobMAC
	}
	plaintext, err := cbcutil.Decrypt(cipherKey, iv, bytes.Clone(ciphertext)) // it decrypts in place
	if err != nil {
		return nil, fmt.Errorf("decrypt blob: %w", err)
	}
	return plaintext, nil
}
