// Package history works off what phones hand over of the time before they were linked: one piece after the other for a device, each as often
// as it takes until it is on disk, and then the phone is told.
package history

import (
	"context"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"waflow/backend/domain"
	"waflow/backend/panics"
)

// again is how long after a failure a device's history is tried again, unless the device connects before.
const again = time.Minute

// Store is what is needed of the workspace.
type Store interface {
	// HistoryJobs returns the notices that a device has not worked through, oldest first.
	HistoryJobs(ctx context.Context, id domain.DeviceID) ([]domain.HistoryJob, error)
	// HistoryKept notes that everything a notice named is kept, so many messages.
	HistoryKept(ctx context.Context, job domain.HistoryJob, messages int) error
	// HistoryReceipted notes that the phone knows.
	HistoryReceipted(ctx context.Context, job domain.HistoryJob) error
	// HistoryRefused notes why what a notice names can't be kept.
	HistoryRefused(ctx context.Context, job domain.HistoryJob, why domain.Code) error
}

// Devices fetch over their connections. Errors have the code not_connected when a device has none.
type Devices interface {
	// History fetches the piece that a notice names and hands it on in parts. Errors: history_too_large and history_broken for one that can't
	// be read, now or ever; history_gone for one that the phone was asked to hand over anew.
	History(ctx context.Context, id domain.DeviceID, notice domain.InboundHistory, take func(domain.Past) error) error
	// HistoryKept tells the phone that a piece is kept.
	HistoryKept(ctx context.Context, id domain.DeviceID, notice domain.InboundHistory) error
}

// Config is what a worker is built from.
type Config struct {
	Store   Store
	Devices Devices
	// Keep puts a part of the history on disk, each message exactly once, and returns then.
	Keep   func(ctx context.Context, ref domain.DeviceRef, past domain.Past) error
	Logger zerolog.Logger
}

// Worker works off the history of all devices, one piece at a time so that memory stays bounded. Its methods may be called from any goroutine.
type Worker struct {
	c Config

	mu     sync.Mutex
	queue  []domain.DeviceID // without repetition
	wanted chan struct{}     // holds a token while the queue may hold something
}

// New makes a worker. Nothing is fetched before Run.
func New(c Config) *Worker { return &Worker{c: c, wanted: make(chan struct{}, 1)} }

// Wake says that there may be something to fetch for a device: a notice was kept, or the device has connected. It does not block.
func (w *Worker) Wake(id domain.DeviceID) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, waiting := range w.queue {
		if waiting == id {
			return
		}
	}
	w.queue = append(w.queue, id)
	select {
	case w.wanted <- struct{}{}:
	default:
	}
}

// Run works until ctx ends. A piece that was begun then is fetched again at the next start.
func (w *Worker) Run(ctx context.Context) error {
	var later sync.WaitGroup
	defer later.Wait()
	for {
		id, ok := w.next()
		if !ok {
			select {
			case <-w.wanted:
				continue
			case <-ctx.Done():
				return nil
			}
		}
		err := w.work(ctx, id)
		if ctx.Err() != nil {
			return nil
		}
		if err == nil || domain.CodeOf(err) == domain.CodeNotConnected {
			continue // it is woken when it connects
		}
		w.c.Logger.Warn().Int64("device", int64(id)).Str("code", string(domain.CodeOf(err))).Str("error", domain.Masked(err.Error())).
			Msg("a piece of history could not be kept")
		later.Go(func() { w.wakeLater(ctx, id) })
	}
}

func (w *Worker) wakeLater(ctx context.Context, id domain.DeviceID) {
	t := time.NewTimer(again)
	defer t.Stop()
	select {
	case <-t.C:
		w.Wake(id)
	case <-ctx.Done():
	}
}

func (w *Worker) next() (domain.DeviceID, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.queue) == 0 {
		return 0, false
	}
	id := w.queue[0]
	w.queue = w.queue[1:]
	return id, true
}

// work works off everything that waits for one device. What can't be read for good is noted and does not hold back the pieces after it.
func (w *Worker) work(ctx context.Context, id domain.DeviceID) (err error) {
	defer panics.Into(&err, "history could not be read")
	jobs, err := w.c.Store.HistoryJobs(ctx, id)
	if err != nil {
		return err
	}
	for _, job := range jobs {
		if err := w.piece(ctx, id, job); err != nil {
			return err
		}
	}
	return nil
}

func (w *Worker) piece(ctx context.Context, id domain.DeviceID, job domain.HistoryJob) error {
	if len(job.Notice.Raw) > 0 {
		messages := 0
		err := w.c.Devices.History(ctx, id, job.Notice, func(past domain.Past) error {
			messages += len(past.Messages)
			return w.c.Keep(ctx, job.Ref, past)
		})
		switch why := domain.CodeOf(err); why {
		case domain.CodeHistoryTooLarge, domain.CodeHistoryBroken:
			w.c.Logger.Warn().Err(err).Int64("device", int64(id)).Msg("a piece of history can't be kept")
			return w.c.Store.HistoryRefused(ctx, job, why)
		case domain.CodeHistoryGone:
			return w.c.Store.HistoryReceipted(ctx, job)
		}
		if err != nil {
			return err
		}
		if err := w.c.Store.HistoryKept(ctx, job, messages); err != nil {
			return err
		}
	}
	if err := w.c.Devices.HistoryKept(ctx, id, job.Notice); err != nil {
		return err
	}
	return w.c.Store.HistoryReceipted(ctx, job)
}
