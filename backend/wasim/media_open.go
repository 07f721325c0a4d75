package wasim

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"

	"go.mau.fi/whatsmeow/util/cbcutil"
)

// appStateMedia is the label of the keys of snapshots and of the mutations of large patches.
const appStateMedia mediaKind = "WhatsApp App State Keys"

var errNoBlob = errors.New("the media host does not have this blob, or its key is wrong")

// has tells whether a blob is still there, by its direct path.
func (b *blobStore) has(directPath string) bool {
	_, ok := b.get(blobName(directPath))
	return ok
}

// blobName strips the query from a direct path.
func blobName(directPath string) string {
	path, _, _ := strings.Cut(directPath, "?")
	return path
}

// openBlob decrypts a blob that somebody uploaded, as its recipient does.
func (s *Server) openBlob(directPath string, mediaKey []byte, kind mediaKind) ([]byte, error) {
	blob, ok := s.blobs.get(blobName(directPath))
	if !ok || len(blob) < mediaMAC || len(mediaKey) != 32 {
		return nil, errNoBlob
	}
	iv, cipherKey, macKey := mediaKeys(mediaKey, kind)
	ciphertext, sum := blob[:len(blob)-mediaMAC], blob[len(blob)-mediaMAC:]
	mac := hmac.New(sha256.New, macKey)
	mac.Write(iv)
	mac.Write(ciphertext)
	if !hmac.Equal(mac.Sum(nil)[:mediaMAC], sum) {
		return nil, errNoBlob
	}
	plaintext, err := cbcutil.Decrypt(cipherKey, iv, bytes.Clone(ciphertext))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errNoBlob, err)
	}
	return plaintext, nil
}
