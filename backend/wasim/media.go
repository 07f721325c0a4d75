package wasim

import (
	"bytes"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"sync"
	"time"

	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/util/cbcutil"
	"go.mau.fi/whatsmeow/util/hkdfutil"
)

const (
	blobPath  = "/v/"
	mediaHost = "mmg.whatsapp.net"
	// maxBlob bounds one upload.
	maxBlob = 256 << 20
	// mediaMAC is how many bytes of the HMAC stand after the ciphertext.
	mediaMAC = 10
)

// blobStore keeps the encrypted media that clients and phones upload. Its content is opaque to the server.
type blobStore struct {
	mu    sync.Mutex
	blobs map[string][]byte // by path
}

func newBlobStore() *blobStore { return &blobStore{blobs: make(map[string][]byte)} }

// put stores a blob and returns its direct path, which ends in a query because clients append to it with "&".
func (b *blobStore) put(blob []byte) string {
	sum := sha256.Sum256(blob)
	path := blobPath + hex.EncodeToString(sum[:]) + ".enc"
	b.mu.Lock()
	defer b.mu.Unlock()
	b.blobs[path] = blob
	return path + "?ccb=11-4&oh=wasim&oe=7fffffff"
}

func (b *blobStore) get(path string) ([]byte, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	blob, ok := b.blobs[path]
	return blob, ok
}

func (b *blobStore) remove(path string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.blobs, path)
}

// iqMediaConn tells a client where to upload and download: <media_conn auth ttl …><host hostname/></media_conn>.
func (s *Server) iqMediaConn(_ *device, node *waBinary.Node) *waBinary.Node {
	return iqResult(node, element("media_conn",
		attrs{"auth": "wasim", "ttl": "300", "auth_ttl": "21600", "max_buckets": "12", "max_manual_retry": "3", "is_new": "true"},
		element("host", attrs{"hostname": mediaHost, "type": "primary"})))
}

// serveUpload stores what is posted to /mms/TYPE/TOKEN and deletes what a client no longer needs.
func (s *Server) serveUpload(w http.ResponseWriter, r *http.Request) {
	switch r.Method {
	case http.MethodPost:
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBlob))
		if err != nil {
			http.Error(w, "upload is too large or broken", http.StatusBadRequest)
			return
		}
		path := s.blobs.put(body)
		w.Header().Set("Content-Type", "application/json")
		answer := map[string]string{"url": "https://" + mediaHost + path, "direct_path": path, "handle": "wasim"}
		if err := json.NewEncoder(w).Encode(answer); err != nil {
			s.log.Debug().Err(err).Msg("upload answer")
		}
	case http.MethodDelete:
		if path, err := base64.RawURLEncoding.DecodeString(r.URL.Query().Get("d_md")); err == nil {
			s.blobs.remove(string(path))
		}
		w.WriteHeader(http.StatusOK)
	default:
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
	}
}

// serveBlob answers downloads, ranges included.
func (s *Server) serveBlob(w http.ResponseWriter, r *http.Request) {
	blob, ok := s.blobs.get(r.URL.Path)
	if !ok {
		http.Error(w, "not found", http.StatusNotFound)
		return
	}
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(blob))
}

// mediaKind is the label from which the keys of an encrypted blob are derived.
type mediaKind string

const historyMedia mediaKind = "WhatsApp History Keys"

// encryptedMedia is a blob on the server and what a recipient needs to read it.
type encryptedMedia struct {
	directPath             string
	key, sha256, encSHA256 []byte
	length                 uint64
}

// uploadMedia encrypts and stores a blob as the sender of a media message does: AES-CBC under keys derived from a random
// media key, followed by ten bytes of HMAC over the IV and the ciphertext.
func (s *Server) uploadMedia(plaintext []byte, kind mediaKind) (*encryptedMedia, error) {
	mediaKey := make([]byte, 32)
	if _, err := rand.Read(mediaKey); err != nil {
		return nil, err
	}
	iv, cipherKey, macKey := mediaKeys(mediaKey, kind)
	plainSum := sha256.Sum256(plaintext)
	ciphertext, err := cbcutil.Encrypt(cipherKey, iv, bytes.Clone(plaintext))
	if err != nil {
		return nil, err
	}
	mac := hmac.New(sha256.New, macKey)
	mac.Write(iv)
	mac.Write(ciphertext)
	blob := append(ciphertext, mac.Sum(nil)[:mediaMAC]...)
	blobSum := sha256.Sum256(blob)
	return &encryptedMedia{
		directPath: s.blobs.put(blob),
		key:        mediaKey,
		sha256:     plainSum[:],
		encSHA256:  blobSum[:],
		length:     uint64(len(plaintext)),
	}, nil
}

func mediaKeys(mediaKey []byte, kind mediaKind) (iv, cipherKey, macKey []byte) {
	expanded := hkdfutil.SHA256(mediaKey, nil, []byte(kind), 112)
	return expanded[:16], expanded[16:48], expanded[48:80]
}
