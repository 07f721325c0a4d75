package wasim

import (
	"bytes"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"

	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/util/cbcutil"
	"go.mau.fi/whatsmeow/util/hkdfutil"
	"google.golang.org/protobuf/proto"
)

// A file is encrypted by its sender and lies on a media host as an opaque blob; the message carries its path, its key and
// two hashes:
//
//	IV, cipher key, MAC key = HKDF-SHA256(media key, info = the label of the kind)      16, 32, 32 bytes
//	blob                    = AES-256-CBC(cipher key, IV, file) + HMAC-SHA256(MAC key, IV + ciphertext), first 10 bytes
//	fileSHA256, fileEncSHA256 = SHA-256 of the file, of the blob
//	streamingSidecar        = for each 64 KiB of IV + blob, with the 16 bytes that follow: HMAC-SHA256(MAC key), first 10 bytes
//
// From whatsmeow's download.go and upload.go and Baileys' messages-media.js, which agree; the sidecar, which lets a
// player check a video while it loads, is looked at by neither of them.

// mediaKind is the label from which the keys of a blob are derived.
type mediaKind string

// The labels.
const (
	imageMedia    mediaKind = "WhatsApp Image Keys" // stickers too
	videoMedia    mediaKind = "WhatsApp Video Keys"
	audioMedia    mediaKind = "WhatsApp Audio Keys"
	documentMedia mediaKind = "WhatsApp Document Keys"
	historyMedia  mediaKind = "WhatsApp History Keys"
)

// mediaMAC is how many bytes of the HMAC stand after the ciphertext.
const mediaMAC = 10

// Why a blob is not the file that a message promises.
var (
	errBlobHash = errors.New("the hash of the encrypted file is wrong")
	errBlobMAC  = errors.New("the MAC is wrong")
	errFileHash = errors.New("the hash of the file is wrong")
)

// mediaBody is the part of a message that has a file.
type mediaBody interface {
	proto.Message
	GetDirectPath() string
	GetMediaKey() []byte
	GetFileSHA256() []byte
	GetFileEncSHA256() []byte
	GetFileLength() uint64
	GetMimetype() string
}

// mediaOf finds the file in a message, and the label of its keys. Nil when it has none.
func mediaOf(message *waE2E.Message) (mediaBody, mediaKind) {
	inner, _ := unwrap(message)
	_, content := body(inner)
	switch m := content.(type) {
	case *waE2E.ImageMessage:
		return m, imageMedia
	case *waE2E.StickerMessage:
		return m, imageMedia
	case *waE2E.VideoMessage:
		return m, videoMedia
	case *waE2E.AudioMessage:
		return m, audioMedia
	case *waE2E.DocumentMessage:
		return m, documentMedia
	default:
		return nil, ""
	}
}

// describeMedia reads what a message says about its file.
func describeMedia(content mediaBody) *Media {
	shown := &Media{Mime: content.GetMimetype(), Size: content.GetFileLength()}
	if m, ok := content.(interface{ GetSeconds() uint32 }); ok {
		shown.Seconds = m.GetSeconds()
	}
	if m, ok := content.(interface {
		GetWidth() uint32
		GetHeight() uint32
	}); ok {
		shown.Width, shown.Height = m.GetWidth(), m.GetHeight()
	}
	if m, ok := content.(interface{ GetJPEGThumbnail() []byte }); ok {
		shown.Thumbnail = m.GetJPEGThumbnail()
	}
	switch m := content.(type) {
	case *waE2E.StickerMessage:
		shown.Thumbnail = m.GetPngThumbnail()
	case *waE2E.AudioMessage:
		shown.Waveform = m.GetWaveform()
	case *waE2E.DocumentMessage:
		shown.FileName, shown.Pages = m.GetFileName(), m.GetPageCount()
	}
	return shown
}

// encryptedMedia is a blob on a media host and what a recipient needs to read it.
type encryptedMedia struct {
	directPath             string
	key, sha256, encSHA256 []byte
	sidecar                []byte
	length                 uint64
	blob                   []byte
}

// uploadMedia encrypts and stores what is not any account's file.
func (s *Server) uploadMedia(plaintext []byte, kind mediaKind) (*encryptedMedia, error) {
	return s.uploadFile(nil, plaintext, kind)
}

// uploadFile encrypts and stores a file of an account, as the sender of a media message does.
func (s *Server) uploadFile(owner *account, plaintext []byte, kind mediaKind) (*encryptedMedia, error) {
	mediaKey := make([]byte, 32)
	if _, err := rand.Read(mediaKey); err != nil {
		return nil, err
	}
	blob, sidecar, err := sealMedia(plaintext, mediaKey, kind)
	if err != nil {
		return nil, fmt.Errorf("encrypt media: %w", err)
	}
	path, err := s.blobs.put(owner, blob)
	if err != nil {
		return nil, err
	}
	plainSum, blobSum := sha256.Sum256(plaintext), sha256.Sum256(blob)
	return &encryptedMedia{
		directPath: path, key: mediaKey, sha256: plainSum[:], encSHA256: blobSum[:], sidecar: sidecar,
		length: uint64(len(plaintext)), blob: blob,
	}, nil
}

// sealMedia encrypts a file.
func sealMedia(plaintext, mediaKey []byte, kind mediaKind) (blob, sidecar []byte, err error) {
	iv, cipherKey, macKey := mediaKeys(mediaKey, kind)
	ciphertext, err := cbcutil.Encrypt(cipherKey, iv, bytes.Clone(plaintext))
	if err != nil {
		return nil, nil, err
	}
	signed := append(bytes.Clone(iv), ciphertext...)
	signed = append(signed, mediaSum(macKey, signed)...)
	return signed[len(iv):], mediaSidecar(macKey, signed), nil
}

// openMedia checks a blob against what a message says about it and decrypts it.
func openMedia(blob []byte, m mediaBody, kind mediaKind) ([]byte, error) {
	sum := sha256.Sum256(blob)
	if !hmac.Equal(sum[:], m.GetFileEncSHA256()) || len(blob) <= mediaMAC {
		return nil, errBlobHash
	}
	iv, cipherKey, macKey := mediaKeys(m.GetMediaKey(), kind)
	ciphertext := blob[:len(blob)-mediaMAC]
	if !hmac.Equal(mediaSum(macKey, append(bytes.Clone(iv), ciphertext...)), blob[len(ciphertext):]) {
		return nil, errBlobMAC
	}
	// The library decrypts in place.
	plaintext, err := cbcutil.Decrypt(cipherKey, iv, bytes.Clone(ciphertext))
	if err != nil {
		return nil, fmt.Errorf("decrypt media: %w", err)
	}
	if sum = sha256.Sum256(plaintext); !hmac.Equal(sum[:], m.GetFileSHA256()) {
		return nil, errFileHash
	}
	return plaintext, nil
}

func mediaSum(macKey, signed []byte) []byte {
	mac := hmac.New(sha256.New, macKey)
	mac.Write(signed)
	return mac.Sum(nil)[:mediaMAC]
}

// sidecarChunk is how much of a file each part of a sidecar covers, besides the block that follows.
const sidecarChunk, sidecarOverlap = 64 << 10, 16

func mediaSidecar(macKey, signed []byte) []byte {
	var sidecar []byte
	for from := 0; from < len(signed); from += sidecarChunk {
		sidecar = append(sidecar, mediaSum(macKey, signed[from:min(len(signed), from+sidecarChunk+sidecarOverlap)])...)
	}
	return sidecar
}

func mediaKeys(mediaKey []byte, kind mediaKind) (iv, cipherKey, macKey []byte) {
	expanded := hkdfutil.SHA256(mediaKey, nil, []byte(kind), 112)
	return expanded[:16], expanded[16:48], expanded[48:80]
}
