package whatsapp

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/util/cbcutil"
	"go.mau.fi/whatsmeow/util/hkdfutil"
	"google.golang.org/protobuf/proto"

	"waflow/backend/domain"
)

// Upload encrypts the file of a message into scratch and puts it on WhatsApp's hosts. It returns the message as it goes. The library's own
// upload draws another key each time; this one keeps the message's, so that the same file is the same blob however often it is tried. sent is
// called with how many bytes have gone. It takes as long as ctx lets it.
//
// Errors are *domain.Error: CodeNotConnected; CodeMediaBroken for a file that is not the one that the message names; CodeFileTooLarge for one
// that WhatsApp's hosts call too large; CodeInvalid for a message without a file; CodeUploadFailed for anything that may go better another
// time; and what writing into scratch failed with.
func (c *Client) Upload(ctx context.Context, job domain.UploadJob, plain io.Reader, scratch domain.MediaFile, sent func(int64)) (domain.Uploaded, error) {
	if !c.begin() {
		return domain.Uploaded{}, notConnected(errClosed)
	}
	defer c.work.Done()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(c.ctx, cancel)()

	message := &waE2E.Message{}
	if err := proto.Unmarshal(job.Payload, message); err != nil {
		return domain.Uploaded{}, invalid("The message can't be read.", err)
	}
	part := fileIn(message)
	if part == nil || len(part.GetMediaKey()) != mediaKeySize {
		return domain.Uploaded{}, invalid("The message has no file.", nil)
	}
	if !c.wa.IsLoggedIn() {
		return domain.Uploaded{}, notConnected(whatsmeow.ErrNotConnected)
	}
	blob, err := seal(part.GetMediaKey(), mediaType(job.Kind), plain, scratch)
	if err != nil {
		return domain.Uploaded{}, err
	}
	if !bytes.Equal(blob.plain, part.GetFileSHA256()) || blob.length != part.GetFileLength() {
		return domain.Uploaded{}, &domain.Error{Code: domain.CodeMediaBroken, Message: "The file is not the one that the message names."}
	}
	where, err := c.putBlob(ctx, blob, mediaType(job.Kind), scratch, sent)
	if err != nil {
		return domain.Uploaded{}, c.notUploaded(err)
	}
	lay(part, where, blob.sealed)
	payload, err := proto.Marshal(message)
	if err != nil {
		return domain.Uploaded{}, &domain.Error{Code: domain.CodeInternal, Message: "The message could not be encoded.", Err: err}
	}
	return domain.Uploaded{Payload: payload, Key: domain.FileKey{
		DirectPath: where.DirectPath, MediaKey: part.GetMediaKey(), SHA256: blob.plain, EncSHA256: blob.sealed,
	}}, nil
}

// filePart is the part of a message that names a file.
type filePart interface {
	proto.Message
	GetMediaKey() []byte
	GetFileSHA256() []byte
	GetFileLength() uint64
}

func fileIn(m *waE2E.Message) filePart {
	if inner := m.GetDocumentWithCaptionMessage().GetMessage(); inner != nil {
		m = inner
	}
	switch {
	case m.ImageMessage != nil:
		return m.ImageMessage
	case m.VideoMessage != nil:
		return m.VideoMessage
	case m.AudioMessage != nil:
		return m.AudioMessage
	case m.DocumentMessage != nil:
		return m.DocumentMessage
	}
	return nil
}

// lay writes into a message where its file lies.
func lay(part filePart, where whatsmeow.UploadResponse, sealed []byte) {
	switch m := part.(type) {
	case *waE2E.ImageMessage:
		m.URL, m.DirectPath, m.FileEncSHA256 = &where.URL, &where.DirectPath, sealed
	case *waE2E.VideoMessage:
		m.URL, m.DirectPath, m.FileEncSHA256 = &where.URL, &where.DirectPath, sealed
	case *waE2E.AudioMessage:
		m.URL, m.DirectPath, m.FileEncSHA256 = &where.URL, &where.DirectPath, sealed
	case *waE2E.DocumentMessage:
		m.URL, m.DirectPath, m.FileEncSHA256 = &where.URL, &where.DirectPath, sealed
	}
}

// blob is an encrypted file.
type blob struct {
	plain, sealed []byte // hashes of the file and of the blob
	length        uint64 // of the file, bytes
	size          uint64 // of the blob
}

// seal encrypts a file as the library's upload does: the keys of a kind of file are derived from the message's by HKDF.
func seal(key []byte, kind whatsmeow.MediaType, plain io.Reader, scratch domain.MediaFile) (blob, error) {
	expanded := hkdfutil.SHA256(key, nil, []byte(kind), 112)
	var out blob
	var err error
	if out.plain, out.sealed, out.length, out.size, err = cbcutil.EncryptStream(expanded[16:48], expanded[:16], expanded[48:80], plain, scratch); err != nil {
		return blob{}, storageFailed("The file could not be encrypted.", err)
	}
	return out, nil
}

// putBlob uploads. The library keeps what it was told about the hosts for some minutes; when they refuse, it asks anew, once.
func (c *Client) putBlob(ctx context.Context, b blob, kind whatsmeow.MediaType, scratch domain.MediaFile, sent func(int64)) (whatsmeow.UploadResponse, error) {
	inside := c.wa.DangerousInternals()
	for again := false; ; again = true {
		var where whatsmeow.UploadResponse
		body := &counted{from: io.NewSectionReader(scratch, 0, int64(b.size)), tell: sent} // of its own: an early answer leaves the last one being read
		err := inside.RawUpload(ctx, body, b.size, b.sealed, kind, false, &where)
		if err == nil && where.DirectPath == "" {
			err = errors.New("the host names no path")
		}
		if code := statusIn(err); again || code != http.StatusUnauthorized && code != http.StatusForbidden {
			return where, err
		}
		if _, err := inside.RefreshMediaConn(ctx, true); err != nil {
			return where, err
		}
	}
}

// notUploaded says what it means that a file could not be uploaded.
func (c *Client) notUploaded(err error) error {
	var coded *domain.Error
	switch {
	case errors.As(err, &coded):
		return coded
	case c.ctx.Err() != nil || !c.wa.IsLoggedIn():
		return notConnected(err)
	case statusIn(err) == http.StatusRequestEntityTooLarge:
		return &domain.Error{Code: domain.CodeFileTooLarge, Message: "WhatsApp calls the file too large.", Err: maskedError(err)}
	}
	return &domain.Error{Code: domain.CodeUploadFailed, Message: "The file could not be uploaded.", Err: maskedError(err)}
}

// statusIn is the HTTP status at the end of the library's error, 0 if there is none.
func statusIn(err error) int {
	if err == nil {
		return 0
	}
	_, number, found := strings.Cut(err.Error(), "upload failed with status code ")
	code, notNumber := strconv.Atoi(number)
	if !found || notNumber != nil {
		return 0
	}
	return code
}

// counted tells how much was read of something.
type counted struct {
	from io.Reader
	n    int64
	tell func(int64)
}

// Read reads, and tells.
func (c *counted) Read(b []byte) (int, error) {
	n, err := c.from.Read(b)
	c.n += int64(n)
	c.tell(c.n)
	return n, err
}
