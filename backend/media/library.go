package media

import (
	"bytes"
	"context"
	"encoding/hex"
	"io"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"waflow/backend/domain"
)

// Store is what is needed of the workspace.
type Store interface {
	// DueMedia returns files that a device is to fetch now, the most wanted first.
	DueMedia(ctx context.Context, id domain.DeviceID, limit int) ([]domain.MediaJob, error)
	// MediaDue returns when the next of the files that wait for another try is due, zero if none waits.
	MediaDue(ctx context.Context) (time.Time, error)
	// MediaWaiting returns the devices that have files to fetch now.
	MediaWaiting(ctx context.Context) ([]domain.DeviceID, error)
	// AskForMedia has the file of a message fetched, and returns the devices that can.
	AskForMedia(ctx context.Context, id domain.MessageID) ([]domain.DeviceID, error)
	// MediaHere notes that the file of a message is here.
	MediaHere(ctx context.Context, id domain.MessageID, m domain.Media) error
	// MediaFailed notes that the file of a message can't be had.
	MediaFailed(ctx context.Context, id domain.MessageID, state domain.MediaState, why domain.Code) error
	// MediaLater notes that the file of a message is tried again after some time.
	MediaLater(ctx context.Context, id domain.MessageID, wait time.Duration) error
	// MediaNamed returns which contents of a subaccount some message names.
	MediaNamed(ctx context.Context, sub domain.SubaccountID) (map[string]bool, error)
	// MediaOwners returns the subaccounts that have contents here.
	MediaOwners(ctx context.Context) ([]domain.SubaccountID, error)
	// MediaMissing notes that a content that messages of a subaccount name is not there.
	MediaMissing(ctx context.Context, sub domain.SubaccountID, sum string) error
	// Message returns one message.
	Message(ctx context.Context, id domain.MessageID) (domain.Message, error)
	// Thumbnail returns the small picture of a message.
	Thumbnail(ctx context.Context, id domain.MessageID) ([]byte, error)
}

// Devices fetch over their connections.
type Devices interface {
	// Fetch fetches the file of a message. Errors: not_connected; media_gone; media_broken; what writing into the file failed with; any other
	// is worth another try.
	Fetch(ctx context.Context, job domain.MediaJob, into domain.MediaFile) error
	// Upload puts the file of a message on WhatsApp's hosts, encrypted into scratch, and tells how many bytes have gone.
	Upload(ctx context.Context, job domain.UploadJob, plain io.Reader, scratch domain.MediaFile, sent func(int64)) (domain.Uploaded, error)
}

// Config is what a library is built from.
type Config struct {
	Store   Store
	Devices Devices
	Files   *Files
	Now     func() time.Time
	// Mark marks a file on disk as one that came from elsewhere, so that the system warns before it runs. It may be impossible where it lies.
	Mark   func(path string) error
	Logger zerolog.Logger
}

// Library has the files of all messages: it fetches them while it runs, and hands out what is here. Its methods may be called from any
// goroutine.
type Library struct {
	c Config

	mu      sync.Mutex
	queue   []domain.DeviceID // without repetition
	busy    map[domain.MessageID]bool
	wanted  chan struct{} // holds a token while the queue may hold something
	delayed chan struct{} // holds a token when a file was put off
	swept   chan struct{} // holds a token when files may have lost their last name

	// keeping is held for reading from the moment when a file gets its name until a message names it, so that it is not swept meanwhile.
	keeping sync.RWMutex
	tray    tray
}

// New makes a library. Nothing is fetched before Run.
func New(c Config) *Library {
	return &Library{
		c: c, busy: map[domain.MessageID]bool{},
		wanted: make(chan struct{}, 1), delayed: make(chan struct{}, 1), swept: make(chan struct{}, 1),
	}
}

// Wake says that there may be something to fetch for a device: a message came, or the device has connected. It does not block.
func (l *Library) Wake(id domain.DeviceID) { l.enqueue(id, false) }

// Forgotten says that messages are gone, and that their files may be named by none any more. It does not block.
func (l *Library) Forgotten() { signal(l.swept) }

// Ask has the file of a message fetched before all others. Errors: not_found for a message without one.
func (l *Library) Ask(ctx context.Context, id domain.MessageID) error {
	carriers, err := l.c.Store.AskForMedia(ctx, id)
	for _, device := range carriers {
		l.enqueue(device, true)
	}
	return err
}

// Open opens the file of a message. Errors: not_found for one that is not here. One that should be and is not, is fetched anew.
func (l *Library) Open(ctx context.Context, id domain.MessageID) (domain.OpenMedia, error) {
	m, err := l.c.Store.Message(ctx, id)
	if err != nil {
		return domain.OpenMedia{}, err
	}
	if m.Media == nil || m.Media.State != domain.MediaHere || m.Content == nil || m.Content.File == nil {
		return domain.OpenMedia{}, notFound(nil)
	}
	file, err := l.c.Files.Read(m.Conversation.Subaccount, m.Media.SHA256)
	if err != nil {
		if domain.CodeOf(err) == domain.CodeNotFound {
			l.lost(ctx, id)
		}
		return domain.OpenMedia{}, err
	}
	return domain.OpenMedia{Media: *m.Media, Name: m.Content.File.Name, At: m.At, File: file}, nil
}

// lost has a file fetched anew that somebody took out of the folder.
func (l *Library) lost(ctx context.Context, id domain.MessageID) {
	l.c.Logger.Warn().Int64("message", int64(id)).Msg("the file of a message is missing; it is fetched again")
	err := l.c.Store.MediaFailed(ctx, id, domain.MediaGone, domain.CodeNotFound)
	if err == nil {
		err = l.Ask(ctx, id)
	}
	if err != nil {
		l.c.Logger.Warn().Str("code", string(domain.CodeOf(err))).Msg("a missing file could not be asked for")
	}
}

// Thumbnail returns the small picture that a message brought, and its type. Errors: not_found, also for one that is no picture.
func (l *Library) Thumbnail(ctx context.Context, id domain.MessageID) ([]byte, string, error) {
	picture, err := l.c.Store.Thumbnail(ctx, id)
	if err != nil {
		return nil, "", err
	}
	kind, err := typeOf(bytes.NewReader(picture))
	if err != nil || !isPicture(kind) {
		return nil, "", notFound(err)
	}
	return picture, kind, nil
}

// have tells of a file whose content is here already, by another message of the same subaccount, and reports whether it is.
func (l *Library) have(ctx context.Context, job domain.MediaJob) (bool, error) {
	l.keeping.RLock()
	defer l.keeping.RUnlock()
	sum := hex.EncodeToString(job.File.Key.SHA256)
	file, err := l.c.Files.Read(job.Ref.Subaccount, sum)
	if err != nil {
		if domain.CodeOf(err) == domain.CodeNotFound {
			return false, nil
		}
		return false, err
	}
	defer func() { _ = file.Close() }()
	kind, err := typeOf(file)
	if err != nil {
		return false, storageFailed("A file can't be read.", err)
	}
	info, err := file.Stat()
	if err != nil {
		return false, storageFailed("A file can't be read.", err)
	}
	return true, l.c.Store.MediaHere(ctx, job.Message, domain.Media{SHA256: sum, Size: info.Size(), Type: kind})
}

// keep gives a file that was fetched its name and notes that it is here.
func (l *Library) keep(ctx context.Context, job domain.MediaJob, part *Part) error {
	l.keeping.RLock()
	defer l.keeping.RUnlock()
	kept, err := part.Keep(job.File.Key.SHA256)
	if err != nil {
		return err
	}
	return l.c.Store.MediaHere(ctx, job.Message, kept)
}

// named returns which contents of a subaccount some message names, or wait to be sent.
func (l *Library) named(ctx context.Context, sub domain.SubaccountID) (map[string]bool, error) {
	named, err := l.c.Store.MediaNamed(ctx, sub)
	if err == nil {
		l.tray.holds(sub, named)
	}
	return named, err
}

// sweep removes the files that no message names.
func (l *Library) sweep(ctx context.Context) {
	l.keeping.Lock()
	defer l.keeping.Unlock()
	removed, err := l.c.Files.Sweep(ctx, l.named)
	if err != nil && ctx.Err() == nil {
		l.c.Logger.Warn().Err(err).Msg("files that no message names could not be removed")
	}
	if removed > 0 {
		l.c.Logger.Info().Int("files", removed).Msg("files that no message names were removed")
	}
}

// findMissing notes which contents are not there that messages name: somebody took them out of the folder while Waflow did not run. They can be asked
// for again.
func (l *Library) findMissing(ctx context.Context) {
	missing, err := l.lookForMissing(ctx)
	if err != nil && ctx.Err() == nil {
		l.c.Logger.Warn().Str("code", string(domain.CodeOf(err))).Msg("it could not be seen whether files are missing")
	}
	if missing > 0 {
		l.c.Logger.Warn().Int("files", missing).Msg("files that messages name are missing")
	}
}

func (l *Library) lookForMissing(ctx context.Context) (int, error) {
	l.keeping.Lock()
	defer l.keeping.Unlock()
	owners, err := l.c.Store.MediaOwners(ctx)
	if err != nil {
		return 0, err
	}
	missing := 0
	for _, sub := range owners {
		named, err := l.c.Store.MediaNamed(ctx, sub)
		if err != nil {
			return missing, err
		}
		sums, err := l.c.Files.Missing(sub, named)
		if err != nil {
			return missing, err
		}
		for _, sum := range sums {
			if err := l.c.Store.MediaMissing(ctx, sub, sum); err != nil {
				return missing, err
			}
			missing++
		}
	}
	return missing, nil
}
