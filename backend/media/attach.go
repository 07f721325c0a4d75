package media

import (
	"context"
	"crypto/rand"
	"io"
	"sync"

	"waflow/backend/domain"
)

// mostAttached bounds how many files are attached and not sent, over all conversations.
const mostAttached = 200

// tray holds what people attached and did not send yet. It ends with the process; what lies in the folder of it is cleared away at the next start.
type tray struct {
	mu    sync.Mutex
	items map[string]*attached

	looking sync.Mutex // one picture is unpacked at a time: a large one takes hundreds of megabytes
}

// attached is one file: its bytes while they come, then what it is.
type attached struct {
	sub  domain.SubaccountID
	name string
	size int64

	mu   sync.Mutex
	part *Part // nil once it is looked at, or given up
	at   int64 // how many bytes are there
	is   *domain.Attachment
	sums map[string]bool // contents that it has in the folder

	poster []byte // a picture from a video, nil for none
}

// Attach begins to take a file for a subaccount, under a name that is only shown, and returns the id to send its bytes to. Errors: file_empty,
// file_too_large, too_many_files, storage_failed.
func (l *Library) Attach(_ context.Context, sub domain.SubaccountID, name string, size int64) (string, error) {
	switch {
	case size <= 0:
		return "", &domain.Error{Code: domain.CodeFileEmpty, Message: "The file is empty."}
	case size > domain.MaxSentDocumentBytes:
		return "", fileTooLarge()
	}
	l.tray.mu.Lock()
	full := len(l.tray.items) >= mostAttached
	l.tray.mu.Unlock()
	if full {
		return "", &domain.Error{Code: domain.CodeTooManyFiles, Message: "Too many files are attached and not sent."}
	}
	part, err := l.c.Files.Begin(sub, size)
	if err != nil {
		return "", err
	}
	id := rand.Text()
	l.tray.mu.Lock()
	defer l.tray.mu.Unlock()
	if l.tray.items == nil {
		l.tray.items = map[string]*attached{}
	}
	l.tray.items[id] = &attached{sub: sub, name: fileName(name), size: size, part: part, sums: map[string]bool{}}
	return id, nil
}

// TakeBytes takes a piece of an attached file. Pieces come in order, each from where the one before ended. Errors: not_found; conflict for a piece
// from elsewhere; file_unreadable for more than was said; storage_failed.
func (l *Library) TakeBytes(_ context.Context, id string, at int64, from io.Reader) error {
	a, err := l.tray.find(id)
	if err != nil {
		return err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.part == nil || at != a.at {
		return &domain.Error{Code: domain.CodeConflict, Message: "This piece of the file does not follow."}
	}
	n, err := io.Copy(&writerAt{part: a.part, at: at}, io.LimitReader(from, a.size-at+1))
	switch {
	case err != nil:
		return storageFailed("A file can't be written.", err)
	case at+n > a.size:
		return unreadable(nil)
	}
	a.at += n
	return nil
}

// TakePoster takes a picture from an attached video, before Attached. Errors: not_found.
func (l *Library) TakePoster(_ context.Context, id string, picture []byte) error {
	a, err := l.tray.find(id)
	if err != nil {
		return err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.poster = picture
	return nil
}

// Attached says what a file is once all its bytes are here, and keeps it until it is sent or removed. Errors: not_found; file_unreadable when
// bytes are missing; file_too_large; storage_failed.
func (l *Library) Attached(ctx context.Context, id string, hints domain.AttachmentHints) (domain.Attachment, error) {
	a, err := l.tray.find(id)
	if err != nil {
		return domain.Attachment{}, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	switch {
	case a.is != nil:
		return *a.is, nil
	case a.part == nil:
		return domain.Attachment{}, notFound(nil)
	case a.at != a.size:
		return domain.Attachment{}, unreadable(nil)
	}
	l.keeping.RLock()
	defer l.keeping.RUnlock()
	l.tray.looking.Lock()
	defer l.tray.looking.Unlock()
	is, err := l.look(ctx, a, hints)
	if err != nil {
		return domain.Attachment{}, err
	}
	is.ID, is.Subaccount = id, a.sub
	a.is = &is
	return is, nil
}

// Attachment returns a file that is attached. Errors: not_found for one that is not, or not wholly.
func (l *Library) Attachment(_ context.Context, id string) (domain.Attachment, error) {
	a, err := l.tray.find(id)
	if err != nil {
		return domain.Attachment{}, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.is == nil {
		return domain.Attachment{}, notFound(nil)
	}
	return *a.is, nil
}

// Detach lets go of a file that is not to be sent, or was sent. One that is not attached is no error.
func (l *Library) Detach(id string) {
	l.tray.mu.Lock()
	a := l.tray.items[id]
	delete(l.tray.items, id)
	l.tray.mu.Unlock()
	if a == nil {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.part != nil {
		a.part.Discard()
		a.part = nil
	}
	l.Forgotten()
}

func (t *tray) find(id string) (*attached, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if a := t.items[id]; a != nil {
		return a, nil
	}
	return nil, notFound(nil)
}

// holds adds to what messages of a subaccount name the contents that are attached in it.
func (t *tray) holds(sub domain.SubaccountID, named map[string]bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, a := range t.items {
		if a.sub != sub {
			continue
		}
		for sum := range a.sums {
			named[sum] = true
		}
	}
}

// writerAt writes into a part from a place on.
type writerAt struct {
	part *Part
	at   int64
}

func (w *writerAt) Write(b []byte) (int, error) {
	n, err := w.part.WriteAt(b, w.at)
	w.at += int64(n)
	return n, err
}

func unreadable(cause error) *domain.Error {
	return &domain.Error{Code: domain.CodeFileUnreadable, Message: "The file can't be read.", Err: cause}
}
