package whatsapp

import (
	"context"
	"errors"
	"sync"
	"time"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/proto/waMmsRetry"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"

	"waflow/backend/domain"
)

// retryWait is how long a phone may take to hand over a file once more, with the upload.
const retryWait = time.Minute

// Fetch fetches the file of a message, decrypts it and checks it. What WhatsApp has no more, the account's phone is asked for once. It takes
// as long as ctx lets it.
//
// Errors are *domain.Error: CodeNotConnected; CodeMediaGone if the phone does not have it either; CodeMediaSilent if the phone does not
// answer; CodeMediaBroken for what is not the file that the message names; CodeMediaFailed for anything that may go better another time; and
// what writing into the file failed with.
func (c *Client) Fetch(ctx context.Context, job domain.MediaJob, into domain.MediaFile) error {
	if !c.begin() {
		return notConnected(errClosed)
	}
	defer c.work.Done()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(c.ctx, cancel)()

	err := c.download(ctx, job, job.File.Key.DirectPath, into)
	if !isGone(err) {
		return c.notFetched(err)
	}
	path, err := c.askForFile(ctx, job)
	if err != nil {
		return err
	}
	err = c.download(ctx, job, path, into)
	if isGone(err) {
		return mediaGone(err)
	}
	return c.notFetched(err)
}

func (c *Client) download(ctx context.Context, job domain.MediaJob, path string, into domain.MediaFile) error {
	if !c.wa.IsLoggedIn() {
		return notConnected(whatsmeow.ErrNotConnected)
	}
	if err := into.Truncate(0); err != nil {
		return storageFailed("The file can't be written.", err)
	}
	if _, err := into.Seek(0, 0); err != nil {
		return storageFailed("The file can't be written.", err)
	}
	key := job.File.Key
	return c.wa.DownloadMediaWithPathToFile(ctx, path, key.EncSHA256, key.SHA256, key.MediaKey, mediaType(job.Kind), "", false, into)
}

// mediaType is what the keys of a kind of file are made for.
func mediaType(kind domain.MessageKind) whatsmeow.MediaType {
	switch kind {
	case domain.KindVideo, domain.KindGIF:
		return whatsmeow.MediaVideo
	case domain.KindVoice, domain.KindAudio:
		return whatsmeow.MediaAudio
	case domain.KindDocument:
		return whatsmeow.MediaDocument
	default:
		return whatsmeow.MediaImage
	}
}

func isGone(err error) bool {
	return errors.Is(err, whatsmeow.ErrMediaDownloadFailedWith403) || errors.Is(err, whatsmeow.ErrMediaDownloadFailedWith404) ||
		errors.Is(err, whatsmeow.ErrMediaDownloadFailedWith410)
}

// notFetched says what it means that a file could not be fetched.
func (c *Client) notFetched(err error) error {
	var coded *domain.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &coded):
		return coded
	case errors.Is(err, whatsmeow.ErrInvalidMediaHMAC), errors.Is(err, whatsmeow.ErrInvalidMediaEncSHA256),
		errors.Is(err, whatsmeow.ErrInvalidMediaSHA256), errors.Is(err, whatsmeow.ErrTooShortFile):
		return &domain.Error{Code: domain.CodeMediaBroken, Message: "The file is not the one that the message names.", Err: err}
	case c.ctx.Err() != nil || !c.wa.IsLoggedIn():
		return notConnected(err)
	}
	return &domain.Error{Code: domain.CodeMediaFailed, Message: "The file could not be fetched.", Err: maskedError(err)}
}

func mediaGone(cause error) *domain.Error {
	return &domain.Error{Code: domain.CodeMediaGone, Message: "Neither WhatsApp nor the phone has the file any more.", Err: maskedError(cause)}
}

// askForFile asks the account's phone to hand over a file once more, and returns where it lies then.
func (c *Client) askForFile(ctx context.Context, job domain.MediaJob) (string, error) {
	chat := receiptJID(job.Chat)
	if chat.IsEmpty() {
		return "", mediaGone(nil)
	}
	answered, done := c.retries.expect(job.WAID)
	defer done()
	info := &types.MessageInfo{ID: job.WAID, MessageSource: types.MessageSource{
		Chat: chat, Sender: receiptJID(job.Sender), IsFromMe: job.FromMe, IsGroup: job.Chat.Group != "",
	}}
	if job.FromMe {
		info.Sender = c.wa.Store.GetLID().ToNonAD()
	}
	if err := c.wa.SendMediaRetryReceipt(ctx, info, job.File.Key.MediaKey); err != nil {
		return "", notConnected(err)
	}
	limit := time.NewTimer(retryWait)
	defer limit.Stop()
	select {
	case answer := <-answered:
		return pathIn(answer, job)
	case <-limit.C:
		return "", &domain.Error{Code: domain.CodeMediaSilent, Message: "WhatsApp has the file no more, and the phone does not answer."}
	case <-ctx.Done():
		return "", notConnected(ctx.Err())
	}
}

// pathIn reads the phone's answer. An answer that can't be read proves nothing about the file.
func pathIn(answer *events.MediaRetry, job domain.MediaJob) (string, error) {
	note, err := whatsmeow.DecryptMediaRetryNotification(answer, job.File.Key.MediaKey)
	if errors.Is(err, whatsmeow.ErrMediaNotAvailableOnPhone) {
		return "", mediaGone(err)
	}
	switch {
	case err != nil:
		return "", &domain.Error{Code: domain.CodeMediaFailed, Message: "The phone's answer can't be read.", Err: maskedError(err)}
	case note.GetResult() == waMmsRetry.MediaRetryNotification_NOT_FOUND:
		return "", mediaGone(nil)
	case note.GetResult() != waMmsRetry.MediaRetryNotification_SUCCESS || note.GetDirectPath() == "":
		return "", &domain.Error{Code: domain.CodeMediaFailed, Message: "The phone could not hand over the file."}
	}
	return note.GetDirectPath(), nil
}

// retries hands the phone's answers to who asked, by the ids of messages.
type retries struct {
	mu      sync.Mutex
	waiting map[string]chan *events.MediaRetry
}

// expect returns where the answer about a message comes, until the function that it returns is called.
func (r *retries) expect(waid string) (<-chan *events.MediaRetry, func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.waiting == nil {
		r.waiting = map[string]chan *events.MediaRetry{}
	}
	answer := make(chan *events.MediaRetry, 1)
	r.waiting[waid] = answer
	return answer, func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		if r.waiting[waid] == answer {
			delete(r.waiting, waid)
		}
	}
}

// answered hands an answer on; one that nobody waits for is for nobody.
func (r *retries) answered(raw any) {
	answer, ok := raw.(*events.MediaRetry)
	if !ok {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	select {
	case r.waiting[answer.MessageID] <- answer:
	default:
	}
}
