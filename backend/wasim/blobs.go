package wasim

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"net/url"
	"strconv"
	"sync"
	"time"
)

const (
	blobPath = "/v/"
	// maxBlob bounds one upload, in bytes.
	maxBlob = 256 << 20
	// maxBlobs bounds all that lies on the media hosts, in bytes.
	maxBlobs = 1 << 30
	// maxUploads bounds how many paths lead to it.
	maxUploads = 1 << 20
)

// ErrMediaFull means that the media hosts have no room for another file.
var ErrMediaFull = errors.New("the media hosts are full")

// blobStore keeps the encrypted files that clients and phones upload. Their content is opaque to it. Equal blobs are
// kept once, however often they are uploaded.
type blobStore struct {
	secret   [32]byte // signs paths
	lifetime time.Duration
	now      func() time.Time

	mu      sync.Mutex
	blobs   map[[sha256.Size]byte]*blob
	uploads map[string]*upload // by path, without its query
	bytes   int
	count   uint64
}

type blob struct {
	hash [sha256.Size]byte
	data []byte // never changed
	uses int
	path string // of the newest upload
}

// upload is one path to a blob.
type upload struct {
	*blob
	owner   *account // who uploaded it
	expires time.Time
}

func newBlobStore(lifetime time.Duration, now func() time.Time) (*blobStore, error) {
	b := &blobStore{lifetime: lifetime, now: now, blobs: make(map[[sha256.Size]byte]*blob), uploads: make(map[string]*upload)}
	_, err := rand.Read(b.secret[:])
	return b, err
}

// put stores a blob under a new path until its time is over, and returns the direct path, which ends in a query because
// clients append to it with "&": oe is when it expires, oh the signature. The owner is nil for what is the server's own.
//
// What its owner has uploaded before keeps its path while more than half of its time is left.
func (b *blobStore) put(owner *account, data []byte) (string, error) {
	hash := sha256.Sum256(data)
	b.mu.Lock()
	defer b.mu.Unlock()
	if stored := b.blobs[hash]; stored != nil {
		if u := b.uploads[stored.path]; u != nil && u.owner == owner && u.expires.Sub(b.now()) > b.lifetime/2 {
			return b.direct(stored.path, u), nil
		}
	}
	return b.store(owner, data, hash)
}

// putAgain is put with a path that is new in any case, because the old one did not work for somebody.
func (b *blobStore) putAgain(owner *account, data []byte) (string, error) {
	hash := sha256.Sum256(data)
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.store(owner, data, hash)
}

// store adds an upload. The caller holds b.mu.
func (b *blobStore) store(owner *account, data []byte, hash [sha256.Size]byte) (string, error) {
	now := b.now()
	full := func() bool { return b.bytes+len(data) > maxBlobs || len(b.uploads) >= maxUploads }
	if full() {
		b.sweep(now)
	}
	if full() {
		return "", ErrMediaFull
	}
	stored := b.blobs[hash]
	if stored == nil {
		stored = &blob{hash: hash, data: data}
		b.blobs[hash] = stored
		b.bytes += len(data)
	}
	stored.uses++
	b.count++
	name := sha256.Sum256(binary.BigEndian.AppendUint64(append([]byte(nil), hash[:]...), b.count))
	path := blobPath + "t62.7118-24/" + hex.EncodeToString(name[:12]) + "_n.enc"
	u := &upload{blob: stored, owner: owner, expires: now.Add(b.lifetime)}
	stored.path, b.uploads[path] = path, u
	return b.direct(path, u), nil
}

// direct is the direct path of an upload.
func (b *blobStore) direct(path string, u *upload) string {
	oe := strconv.FormatInt(u.expires.Unix(), 16)
	return path + "?ccb=11-4&oh=" + b.sign(path, oe) + "&oe=" + oe + "&_nc_sid=5e03e0"
}

// sign is the signature of a path and its expiry.
func (b *blobStore) sign(path, oe string) string {
	mac := hmac.New(sha256.New, b.secret[:])
	mac.Write([]byte(path + " " + oe))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil)[:24])
}

// find looks an upload up and says with which HTTP status a media host would answer: 200, 403 when the signature is
// wrong, 410 when the time is over, 404 when there is nothing.
func (b *blobStore) find(path string, query url.Values) (*upload, int) {
	now := b.now()
	oe := query.Get("oe")
	if !hmac.Equal([]byte(b.sign(path, oe)), []byte(query.Get("oh"))) {
		return nil, 403
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	u := b.uploads[path]
	seconds, err := strconv.ParseInt(oe, 16, 64)
	switch {
	case err == nil && now.Unix() >= seconds, u != nil && !now.Before(u.expires):
		return nil, 410
	case u == nil:
		return nil, 404
	}
	return u, 200
}

// get returns a blob whose time is not over, by its direct path without the query.
func (b *blobStore) get(path string) ([]byte, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if u := b.uploads[path]; u != nil && b.now().Before(u.expires) {
		return u.data, true
	}
	return nil, false
}

// once returns a blob even when its time is over, as long as it has not been swept away. Nil when there is none.
func (b *blobStore) once(path string) []byte {
	b.mu.Lock()
	defer b.mu.Unlock()
	if u := b.uploads[path]; u != nil {
		return u.data
	}
	return nil
}

// expire ends the time of everything that an account uploaded, or of everything when it is nil.
func (b *blobStore) expire(owner *account) int {
	now := b.now()
	b.mu.Lock()
	defer b.mu.Unlock()
	count := 0
	for _, u := range b.uploads {
		if (owner == nil || u.owner == owner) && now.Before(u.expires) {
			u.expires = now
			count++
		}
	}
	return count
}

// remove takes an upload away before its time.
func (b *blobStore) remove(path string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.drop(path)
}

// sweep takes away what has expired. The caller holds b.mu.
func (b *blobStore) sweep(now time.Time) {
	for path, u := range b.uploads {
		if !now.Before(u.expires) {
			b.drop(path)
		}
	}
}

func (b *blobStore) drop(path string) {
	u := b.uploads[path]
	if u == nil {
		return
	}
	delete(b.uploads, path)
	u.uses--
	if u.uses == 0 {
		delete(b.blobs, u.hash)
		b.bytes -= len(u.data)
	}
}
