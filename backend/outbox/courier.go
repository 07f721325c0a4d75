package outbox

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"waflow/backend/domain"
	"waflow/backend/panics"
)

const (
	uploadsAtOnce = 2               // of one device, so that a large file does not hold up all others
	uploadTries   = 10              // that fail until a person has to try again
	uploadStall   = 2 * time.Minute // in which nothing may go
	slowest       = 32 << 10        // bytes a second, below which an upload is given up
)

// uploadDeadline is how long one try may take: what the slowest line needs, and some time for the answer.
func uploadDeadline(size int64) time.Duration {
	return time.Minute + time.Duration(size/slowest)*time.Second
}

// uploadPause is how long a file waits after so many tries that failed.
func uploadPause(tries int) time.Duration {
	const first, longest = 5 * time.Second, 5 * time.Minute
	if tries > 6 {
		return longest
	}
	return min(first<<max(tries-1, 0), longest)
}

// courier brings the files of what one device has to send to WhatsApp's hosts, beside the line that sends: a message waits for its own file
// and for what goes before it in its conversation, and for nothing else.
type courier struct {
	c    Config
	id   domain.DeviceID
	done func() // a message may go now

	signal chan struct{} // buffered: something may have changed
	anew   atomic.Bool   // the device connected: what was put off is tried at once

	mu   sync.Mutex
	busy map[domain.MessageID]context.CancelFunc
}

func newCourier(c Config, id domain.DeviceID, done func()) *courier {
	return &courier{c: c, id: id, done: done, signal: make(chan struct{}, 1), busy: map[domain.MessageID]context.CancelFunc{}}
}

func (u *courier) wake(connected bool) {
	if connected {
		u.anew.Store(true)
	}
	select {
	case u.signal <- struct{}{}:
	default:
	}
}

// stop ends the upload of a message that is not to go any more.
func (u *courier) stop(id domain.MessageID) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if cancel := u.busy[id]; cancel != nil {
		cancel()
	}
}

// run works until ctx ends, and returns when nothing is on its way any more.
func (u *courier) run(ctx context.Context) {
	var group sync.WaitGroup
	defer group.Wait()
	for ctx.Err() == nil {
		wait := storeAgain // after a panic
		panics.Step(u.c.Logger, "courier", func() { wait = u.begin(ctx, &group) })
		idle(ctx, u.signal, wait)
	}
}

// begin begins what can be uploaded now. It returns after how long there may be more to do, 0 if only a signal can tell.
func (u *courier) begin(ctx context.Context, group *sync.WaitGroup) time.Duration {
	if !u.c.Sender.Ready(u.id) {
		return 0
	}
	if u.anew.Swap(false) {
		if err := u.c.Store.ReadyUploads(ctx, u.id); err != nil {
			u.anew.Store(true)
			return storeAgain
		}
	}
	jobs, next, err := u.c.Store.Uploads(ctx, u.id, 2*uploadsAtOnce)
	if err != nil {
		if ctx.Err() == nil {
			u.c.Logger.Error().Err(err).Int64("device", int64(u.id)).Msg("uploading waits for the disk")
		}
		return storeAgain
	}
	for _, job := range jobs {
		if uploading, ok := u.claim(ctx, job); ok {
			group.Go(func() {
				defer u.wake(false)
				defer u.release(job.Message)
				panics.Step(u.c.Logger, "upload", func() { u.carry(ctx, uploading, job) })
			})
		}
	}
	if next.IsZero() {
		return 0
	}
	return max(next.Sub(u.c.Now()), time.Second)
}

func (u *courier) claim(ctx context.Context, job domain.UploadJob) (context.Context, bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.busy[job.Message] != nil || len(u.busy) >= uploadsAtOnce {
		return nil, false
	}
	uploading, cancel := context.WithTimeout(ctx, uploadDeadline(job.Size))
	u.busy[job.Message] = cancel
	return uploading, true
}

func (u *courier) release(id domain.MessageID) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.busy[id]()
	delete(u.busy, id)
}

// carry uploads one file and keeps what came of it. ctx is the outbox's own, uploading ends before it.
func (u *courier) carry(ctx, uploading context.Context, job domain.UploadJob) {
	defer u.c.Progress(domain.UploadProgress{Message: job.Message}, true)
	up, err := u.upload(uploading, job)
	if ctx.Err() != nil {
		return // it is begun anew at the next start
	}
	if kept := u.keep(context.WithoutCancel(ctx), job, up, err); kept != nil {
		u.c.Logger.Error().Err(kept).Int64("device", int64(u.id)).Msg("what came of an upload could not be kept")
		idle(ctx, nil, storeAgain)
	}
	if domain.CodeOf(err) == domain.CodeNotConnected {
		idle(ctx, nil, storeAgain) // the connection is gone, and not everybody has heard of it
	}
	u.done()
}

// upload uploads one file, unless nothing goes for too long.
func (u *courier) upload(ctx context.Context, job domain.UploadJob) (up domain.Uploaded, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stalled := time.AfterFunc(uploadStall, cancel)
	defer stalled.Stop()
	defer panics.Into(&err, "uploading panicked")
	var told atomic.Int64 // percent and 1, so that the beginning is told too
	return u.c.Uploader.Upload(ctx, job, func(sent int64) {
		stalled.Reset(uploadStall)
		if part := sent*100/max(job.Size, 1) + 1; told.Swap(part) != part && ctx.Err() == nil {
			u.c.Progress(domain.UploadProgress{Message: job.Message, Sent: min(sent, job.Size), Size: job.Size}, false)
		}
	})
}

// keep keeps what came of an upload.
func (u *courier) keep(ctx context.Context, job domain.UploadJob, up domain.Uploaded, cause error) error {
	if cause == nil {
		return u.c.Store.FileUploaded(ctx, job.Message, up)
	}
	code := domain.CodeOf(cause)
	u.c.Logger.Warn().Err(cause).Int64("device", int64(u.id)).Int("tries", job.Tries+1).Msg("a file was not uploaded")
	switch code {
	case domain.CodeNotConnected, domain.CodeNoDevice, domain.CodeNotFound:
		return nil // the connection wakes it
	case domain.CodeFileGone, domain.CodeFileTooLarge, domain.CodeMediaBroken, domain.CodeInvalid:
		return u.c.Store.UploadRefused(ctx, job.Message, code)
	}
	if job.Tries+1 >= uploadTries {
		return u.c.Store.UploadRefused(ctx, job.Message, domain.CodeUploadFailed)
	}
	return u.c.Store.UploadLater(ctx, job.Message, uploadPause(job.Tries+1))
}
