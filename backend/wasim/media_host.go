package wasim

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"
	"time"

	waBinary "go.mau.fi/whatsmeow/binary"
)

// Files go over HTTP, to hosts that the server names, with a token that it gives:
//
//	→ <iq xmlns="w:m" type="set"><media_conn/></iq>
//	← <iq type="result"><media_conn auth ttl="300" auth_ttl="21600" max_buckets><host hostname type/>…</media_conn></iq>
//
//	POST   https://HOST/mms/image/TOKEN?auth=AUTH&token=TOKEN      TOKEN is the SHA-256 of the body, base64url
//	       {"url": "https://HOST/v/…", "direct_path": "/v/…?ccb=…&oh=…&oe=…", "handle": "…"}
//	GET    https://HOST/v/…?ccb=…&oh=…&oe=…&hash=…&mms-type=image&__wa-mms=      ranges and HEAD too
//	DELETE https://HOST/mms/md-msg-hist/TOKEN?auth&token&d_md=…    d_md is the direct path, base64url
//
// Uploads are refused with 401 (unknown or expired auth), 400 (wrong hash, unknown kind), 413 and 507; downloads with 403
// (signature), 404 and 410 (over). Neither client asks whether a file is there already, so that is not served.

// mediaAuthLife is how long the token of a media_conn is good for; clients ask for a new one every 300 s.
const mediaAuthLife = 6 * time.Hour

// iqMediaConn tells a client where to upload and download.
func (s *Server) iqMediaConn(d *device, node *waBinary.Node) *waBinary.Node {
	hosts := make([]waBinary.Node, len(s.opts.MediaHosts))
	for i, host := range s.opts.MediaHosts {
		kind := "primary"
		if i > 0 {
			kind = "fallback"
		}
		hosts[i] = element("host", attrs{"hostname": host, "type": kind})
	}
	return iqResult(node, element("media_conn", attrs{
		"auth": s.mediaAuth(d), "ttl": "300", "auth_ttl": strconv.Itoa(int(mediaAuthLife / time.Second)),
		"max_buckets": "12", "max_manual_retry": "3", "is_new": "true",
	}, hosts...))
}

// mediaAuth makes the token with which a device uploads: its number, the end of its time, and a signature.
func (s *Server) mediaAuth(d *device) string {
	raw := binary.BigEndian.AppendUint64([]byte(d.account.number+" "), uint64(s.now().Add(mediaAuthLife).Unix()))
	return base64.RawURLEncoding.EncodeToString(append(raw, s.blobs.mac(raw)...))
}

// mac signs an upload token.
func (b *blobStore) mac(raw []byte) []byte {
	mac := hmac.New(sha256.New, b.secret[:])
	mac.Write(raw)
	return mac.Sum(nil)[:16]
}

// uploader finds the account to which an upload token was given. Nil when the token is wrong or over.
func (s *Server) uploader(token string) *account {
	raw, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil || len(raw) < 16 {
		return nil
	}
	signed := raw[:len(raw)-16]
	number, end, ok := bytes.Cut(signed, []byte(" "))
	if !ok || len(end) != 8 || !hmac.Equal(s.blobs.mac(signed), raw[len(signed):]) {
		return nil
	}
	if s.now().Unix() >= int64(binary.BigEndian.Uint64(end)) {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.accounts[string(number)]
}

// serveUpload takes files, and deletes what a client no longer needs.
func (s *Server) serveUpload(w http.ResponseWriter, r *http.Request) {
	owner := s.uploader(r.URL.Query().Get("auth"))
	switch {
	case owner == nil:
		http.Error(w, "auth is unknown or has expired", http.StatusUnauthorized)
	case r.Method == http.MethodPost:
		s.takeUpload(w, r, owner)
	case r.Method == http.MethodDelete:
		if path, err := base64.RawURLEncoding.DecodeString(r.URL.Query().Get("d_md")); err == nil {
			s.blobs.remove(string(path))
		}
		w.WriteHeader(http.StatusOK)
	default:
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
	}
}

func (s *Server) takeUpload(w http.ResponseWriter, r *http.Request, owner *account) {
	if f, refused := s.faults.takeFor(FaultRefuseUpload, owner.number); refused {
		s.noteMedia(owner, "upload is refused with", f.Code)
		http.Error(w, "refused on purpose", f.Code)
		return
	}
	body, err := readUpload(w, r)
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		http.Error(w, "file is too large", http.StatusRequestEntityTooLarge)
		return
	case err != nil:
		http.Error(w, "upload broke off", http.StatusBadRequest)
		return
	case !validUpload(r.URL, body):
		http.Error(w, "kind or token is wrong", http.StatusBadRequest)
		return
	}
	direct, err := s.blobs.put(owner, body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInsufficientStorage)
		return
	}
	s.noteMedia(owner, "upload, bytes", len(body))
	w.Header().Set("Content-Type", "application/json")
	answer := map[string]string{"url": s.mediaURL(direct), "direct_path": direct, "handle": path.Base(r.URL.Path)}
	if err := json.NewEncoder(w).Encode(answer); err != nil {
		s.log.Debug().Err(err).Msg("upload answer")
	}
}

// noteMedia writes into the transcript what happens to an account's files. What is the server's own is left out.
func (s *Server) noteMedia(owner *account, what string, number int) {
	if owner != nil {
		s.ledger.note(owner.phone.dev.address(), what+" "+strconv.Itoa(number), "")
	}
}

// mediaURL is the whole address of a direct path.
func (s *Server) mediaURL(direct string) string { return "https://" + s.opts.MediaHosts[0] + direct }

// trustedLength is how many bytes are set aside for an upload because its sender says that they will come.
const trustedLength = 4 << 20

func readUpload(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	if r.ContentLength > maxBlob {
		return nil, &http.MaxBytesError{Limit: maxBlob}
	}
	var body bytes.Buffer
	if r.ContentLength > 0 && r.ContentLength <= trustedLength {
		body.Grow(int(r.ContentLength))
	}
	_, err := io.Copy(&body, http.MaxBytesReader(w, r.Body, maxBlob))
	return body.Bytes(), err
}

// validUpload checks the address of an upload, /mms/KIND/TOKEN, against what was uploaded.
func validUpload(u *url.URL, body []byte) bool {
	kind, token := path.Split(u.Path)
	switch strings.Trim(kind, "/") {
	case "mms/image", "mms/video", "mms/audio", "mms/document", "mms/ptt", "mms/sticker-pack", "mms/thumbnail-link",
		"mms/md-msg-hist", "mms/md-app-state", "product/image":
	default:
		return false
	}
	sum := sha256.Sum256(body)
	want := base64.RawURLEncoding.EncodeToString(sum[:])
	return strings.TrimRight(token, "=") == want && strings.TrimRight(u.Query().Get("token"), "=") == want
}

// serveBlob answers downloads, ranges included.
func (s *Server) serveBlob(w http.ResponseWriter, r *http.Request) {
	u, status := s.blobs.find(r.URL.Path, r.URL.Query())
	if status != http.StatusOK {
		http.Error(w, http.StatusText(status), status)
		return
	}
	f := s.faults.onDownload(u.owner, r.URL.Path)
	if f.gone != 0 {
		s.noteMedia(u.owner, "file is answered with", f.gone)
		http.Error(w, http.StatusText(f.gone), f.gone)
		return
	}
	content := u.data
	if f.corrupt {
		content = bytes.Clone(content)
		content[len(content)/2] ^= 0x55
	}
	if f.pause > 0 || f.cut {
		w = &troubledWriter{ResponseWriter: w, s: s, r: r, pause: f.pause, cut: f.cut, left: len(content) / 2}
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("ETag", `"`+hex.EncodeToString(u.hash[:8])+`"`)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(content))
}

// troubledWriter lets some time pass before each piece of an answer, or breaks it off. The HTTP server closes the
// connection of an answer that is shorter than it said.
type troubledWriter struct {
	http.ResponseWriter
	s     *Server
	r     *http.Request
	pause time.Duration
	cut   bool
	left  int // bytes before the cut
}

// Write waits, unless the client goes away or the server ends.
func (w *troubledWriter) Write(piece []byte) (int, error) {
	if w.pause > 0 {
		timer := time.NewTimer(w.pause)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-w.r.Context().Done():
			return 0, w.r.Context().Err()
		case <-w.s.ctx.Done():
			return 0, ErrClosed
		}
	}
	if w.cut {
		piece = piece[:min(len(piece), w.left)]
		w.left -= len(piece)
	}
	n, err := w.ResponseWriter.Write(piece)
	if flusher, ok := w.ResponseWriter.(http.Flusher); ok {
		flusher.Flush()
	}
	if w.cut && w.left == 0 && err == nil {
		err = io.ErrShortWrite
	}
	return n, err
}
