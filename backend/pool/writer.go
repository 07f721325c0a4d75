package pool

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"

	"waflow/backend/domain"
	"waflow/backend/panics"
)

// Waits before a write that the disk refused is tried again.
const (
	firstRetry = time.Second
	lastRetry  = 10 * time.Second
)

// writer makes the pool's writes into the database one after the other, so that the rows of a device's history are in order, and so
// that no supervisor waits for a disk.
type writer struct {
	box     *mailbox
	log     zerolog.Logger
	failing atomic.Bool // the last try failed and is made again
}

// write is one thing to write.
type write struct {
	what   string
	do     func(ctx context.Context) error
	once   bool                          // told at once when it fails; else tried again while the disk refuses
	failed func(err error)               // after each failed try; may be nil
	done   func(err error, failures int) // at the end; may be nil
}

func newWriter(log zerolog.Logger) *writer {
	return &writer{box: newMailbox("writer of the devices", log), log: log}
}

// add queues a write. ctx bounds its retries. After the writer has ended it is not made.
func (w *writer) add(ctx context.Context, job write) {
	w.box.post(func() { w.perform(ctx, job) })
}

func (w *writer) perform(ctx context.Context, job write) {
	wait := firstRetry
	for failures := 0; ; failures++ {
		err := attempt(context.WithoutCancel(ctx), job.do)
		w.failing.Store(err != nil)
		if err != nil && job.failed != nil {
			job.failed(err)
		}
		if err == nil || job.once || !again(err) || !pause(ctx, wait) {
			if err != nil {
				w.log.Error().Err(err).Str("what", job.what).Msg("a write of the pool failed")
			}
			w.failing.Store(false)
			if job.done != nil {
				job.done(err, failures)
			}
			return
		}
		wait = min(2*wait, lastRetry)
	}
}

// attempt makes one try, within its time and without letting a panic pass.
func attempt(ctx context.Context, do func(context.Context) error) (err error) {
	ctx, cancel := context.WithTimeout(ctx, writeWithin)
	defer cancel()
	defer panics.Into(&err, "a write panicked")
	return do(ctx)
}

// again reports whether a write can succeed later: not when what it speaks of is gone or contradicts what is there.
func again(err error) bool {
	if errors.Is(err, context.DeadlineExceeded) {
		return true
	}
	switch domain.CodeOf(err) {
	case domain.CodeNotFound, domain.CodeConflict, domain.CodeInvalid, domain.CodeInternal:
		return false
	default:
		return true
	}
}

// pause waits, and reports false when ctx ended first.
func pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
