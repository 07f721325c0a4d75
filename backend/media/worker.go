package media

import (
	"context"
	"fmt"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"waflow/backend/domain"
)

const (
	atOnce   = 2                // files that are fetched at the same time
	stall    = 2 * time.Minute  // how long nothing may come of a file
	lookWait = 10 * time.Minute // how long until it is looked again for what is due, at most
	mostSelf = 10               // tries of a file until only a person has it tried again
)

// wait is how long a file waits after so many tries that failed.
func wait(tries int) time.Duration {
	waits := [...]time.Duration{time.Minute, 5 * time.Minute, 30 * time.Minute, 6 * time.Hour}
	return waits[min(tries, len(waits))-1]
}

// Run fetches until ctx ends. A file that was begun then is fetched again at the next start.
func (l *Library) Run(ctx context.Context) error {
	l.sweep(ctx)
	l.findMissing(ctx)
	var all sync.WaitGroup
	defer all.Wait()
	for range atOnce {
		all.Go(func() { l.work(ctx) })
	}
	l.watch(ctx)
	return nil
}

// watch wakes the devices whose files are due, and has swept what nobody names.
func (l *Library) watch(ctx context.Context) {
	for ctx.Err() == nil {
		due := time.NewTimer(l.untilDue(ctx))
		select {
		case <-due.C:
			l.wakeAll(ctx)
		case <-l.delayed:
		case <-l.swept:
			l.sweep(ctx)
		case <-ctx.Done():
		}
		due.Stop()
	}
}

func (l *Library) untilDue(ctx context.Context) time.Duration {
	at, err := l.c.Store.MediaDue(ctx)
	if err != nil || at.IsZero() {
		return lookWait
	}
	return min(max(at.Sub(l.c.Now()), time.Second), lookWait)
}

func (l *Library) wakeAll(ctx context.Context) {
	devices, err := l.c.Store.MediaWaiting(ctx)
	if err != nil {
		return // it is looked again
	}
	for _, id := range devices {
		l.Wake(id)
	}
}

// work fetches one file after the other, of one device after the other so that none waits for all of another's.
func (l *Library) work(ctx context.Context) {
	for {
		id, ok := l.next()
		if !ok {
			select {
			case <-l.wanted:
				continue
			case <-ctx.Done():
				return
			}
		}
		more, err := l.one(ctx, id)
		if ctx.Err() != nil {
			return
		}
		if err != nil {
			l.c.Logger.Warn().Int64("device", int64(id)).Str("code", string(domain.CodeOf(err))).Msg("a file could not be fetched")
		}
		if more {
			l.Wake(id)
		}
	}
}

// one fetches one file by a device, and reports whether there may be more.
func (l *Library) one(ctx context.Context, id domain.DeviceID) (more bool, err error) {
	defer func() {
		if p := recover(); p != nil {
			more, err = false, &domain.Error{Code: domain.CodeInternal, Message: "a file could not be fetched", Err: fmt.Errorf("panic: %v\n%s", p, debug.Stack())}
		}
	}()
	jobs, err := l.c.Store.DueMedia(ctx, id, atOnce)
	if err != nil {
		return false, err
	}
	i := slices.IndexFunc(jobs, func(j domain.MediaJob) bool { return l.claim(j.Message) })
	if i < 0 {
		return false, nil // what is left is being fetched: who does so looks again
	}
	defer l.release(jobs[i].Message)
	return l.settle(ctx, jobs[i], l.fetch(ctx, jobs[i]))
}

// fetch fetches a file and keeps it, unless its content is here already.
func (l *Library) fetch(ctx context.Context, job domain.MediaJob) error {
	if key := job.File.Key; len(key.SHA256) == 0 || len(key.EncSHA256) == 0 || len(key.MediaKey) == 0 || key.DirectPath == "" {
		return broken(nil)
	}
	if job.File.Size > job.Limit() {
		return tooLarge(job.Limit())
	}
	if here, err := l.have(ctx, job); here || err != nil {
		return err
	}
	part, err := l.c.Files.Begin(job.Ref.Subaccount, job.Limit())
	if err != nil {
		return err
	}
	limited, cancel := context.WithCancel(ctx)
	defer cancel()
	defer part.watch(stall, cancel)()
	if err := l.c.Devices.Fetch(limited, job, part); err != nil {
		part.Discard()
		return err
	}
	return l.keep(ctx, job, part)
}

// settle notes what came of fetching a file, and reports whether the device may have more to fetch.
func (l *Library) settle(ctx context.Context, job domain.MediaJob, err error) (bool, error) {
	if err == nil || ctx.Err() != nil {
		return err == nil, nil
	}
	switch why := domain.CodeOf(err); why {
	case domain.CodeNotConnected:
		return false, nil // it is woken when it connects
	case domain.CodeMediaGone:
		return true, l.c.Store.MediaFailed(ctx, job.Message, domain.MediaGone, why)
	case domain.CodeMediaBroken, domain.CodeMediaTooLarge:
		return true, l.c.Store.MediaFailed(ctx, job.Message, domain.MediaRefused, why)
	default:
		if job.Attempts+1 >= mostSelf {
			return true, l.c.Store.MediaFailed(ctx, job.Message, domain.MediaGone, why)
		}
		l.c.Logger.Info().Str("code", string(why)).Int64("message", int64(job.Message)).Msg("the file of a message is tried again later")
		if err := l.c.Store.MediaLater(ctx, job.Message, wait(job.Attempts+1)); err != nil {
			return false, err
		}
		signal(l.delayed)
		return true, nil
	}
}

func (l *Library) claim(id domain.MessageID) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.busy[id] {
		return false
	}
	l.busy[id] = true
	return true
}

func (l *Library) release(id domain.MessageID) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.busy, id)
}

func (l *Library) enqueue(id domain.DeviceID, first bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	i := slices.Index(l.queue, id)
	switch {
	case first && i >= 0:
		l.queue = slices.Insert(slices.Delete(l.queue, i, i+1), 0, id)
	case first:
		l.queue = slices.Insert(l.queue, 0, id)
	case i < 0:
		l.queue = append(l.queue, id)
	}
	signal(l.wanted)
}

func (l *Library) next() (domain.DeviceID, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.queue) == 0 {
		return 0, false
	}
	id := l.queue[0]
	l.queue = l.queue[1:]
	if len(l.queue) > 0 {
		signal(l.wanted) // for the other worker
	}
	return id, true
}

// signal puts a token into a channel that holds one.
func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
