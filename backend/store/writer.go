package store

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/rs/zerolog"
	"go.mau.fi/util/dbutil"

	"waflow/backend/panics"
)

// largestGroup is how many writes share one commit at most.
const largestGroup = 50

// A write is waiting until the writer or the caller takes it: the writer to run it, the caller to leave because its context ended.
const (
	writeWaiting int32 = iota
	writeRunning
	writeAbandoned
)

// write is one queued change.
type write struct {
	taken atomic.Int32
	run   func(*tx) error
	tx    *tx
	done  chan error // buffered, gets exactly one value if the writer took the write
}

// writer runs queued writes one after the other on the only writing connection. It commits what is queued as one group and never waits for
// more: with one caller every write is its own commit, with many the groups grow by themselves.
type writer struct {
	db     *dbutil.Database
	log    zerolog.Logger
	queue  chan *write
	ended  chan struct{}
	groups atomic.Int64 // commits so far; tests and benchmarks read it

	gate   sync.RWMutex // held for reading while a caller puts a write in the queue
	closed bool

	// committed and lost are called on the writer's goroutine, before any caller hears of the outcome.
	committed func([]*tx)
	lost      func()
}

func newWriter(db *dbutil.Database, log zerolog.Logger, committed func([]*tx), lost func()) *writer {
	w := &writer{db: db, log: log, queue: make(chan *write, 4*largestGroup), ended: make(chan struct{}), committed: committed, lost: lost}
	go w.serve()
	return w
}

// do runs fn in a transaction and returns after the commit. A context that ends before fn begins means fn never runs; afterwards do waits for
// the outcome, because by then the change may be on disk.
func (w *writer) do(ctx context.Context, fn func(*tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	job := &write{run: fn, done: make(chan error, 1)}
	if err := w.put(ctx, job); err != nil {
		return err
	}
	select {
	case err := <-job.done:
		return err
	case <-ctx.Done():
		if job.taken.CompareAndSwap(writeWaiting, writeAbandoned) {
			return ctx.Err()
		}
		return <-job.done
	}
}

func (w *writer) put(ctx context.Context, job *write) error {
	w.gate.RLock()
	defer w.gate.RUnlock()
	if w.closed {
		return errClosed
	}
	select {
	case w.queue <- job:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// close lets everything that is queued finish and ends the writer.
func (w *writer) close() {
	w.gate.Lock()
	first := !w.closed
	w.closed = true
	w.gate.Unlock()
	if first {
		close(w.queue)
	}
	<-w.ended
}

func (w *writer) serve() {
	defer close(w.ended)
	group := make([]*write, 0, largestGroup)
	for job := range w.queue {
		group = w.collect(append(group[:0], job))
		w.commit(group)
		clear(group)
	}
}

// collect adds what is queued already, without waiting.
func (w *writer) collect(group []*write) []*write {
	for len(group) < largestGroup {
		select {
		case job, open := <-w.queue:
			if !open {
				return group
			}
			group = append(group, job)
		default:
			return group
		}
	}
	return group
}

// commit runs a group in one transaction and answers its callers.
func (w *writer) commit(group []*write) {
	group = takeAll(group)
	if len(group) == 0 {
		return
	}
	good, err := w.attempt(group)
	if err != nil {
		w.lost()
		w.log.Error().Err(err).Int("writes", len(good)).Msg("a group of writes was not committed")
		for _, job := range good {
			job.done <- err
		}
		return
	}
	if len(good) == 0 {
		return
	}
	w.groups.Add(1)
	txs := make([]*tx, len(good))
	for i, job := range good {
		txs[i] = job.tx
	}
	panics.Step(w.log, "who is told of a write", func() { w.committed(txs) })
	for _, job := range good {
		job.done <- nil
	}
}

func takeAll(group []*write) []*write {
	taken := group[:0]
	for _, job := range group {
		if job.taken.CompareAndSwap(writeWaiting, writeRunning) {
			taken = append(taken, job)
		}
	}
	return taken
}

// attempt runs the group and commits. Writes that failed by themselves have been answered; the rest is returned, with the error that
// all of them share if there was no commit.
func (w *writer) attempt(group []*write) ([]*write, error) {
	ctx := context.Background()
	db, err := w.db.BeginTx(ctx, nil)
	if err != nil {
		return group, fmt.Errorf("begin: %w", err)
	}
	good := make([]*write, 0, len(group))
	for i, job := range group {
		job.tx = &tx{db: db}
		failed, err := w.runOne(db, job, len(group) > 1)
		if err != nil {
			return append(good, group[i:]...), errors.Join(err, db.Rollback())
		}
		if failed != nil {
			w.lost()
			if len(group) == 1 {
				failed = errors.Join(failed, db.Rollback())
				job.done <- failed
				return nil, nil
			}
			job.done <- failed
			continue
		}
		good = append(good, job)
	}
	if err := db.Commit(); err != nil {
		return good, fmt.Errorf("commit: %w", err) // the driver has rolled it back
	}
	return good, nil
}

// runOne runs a write in a savepoint of its own. The first error is the write's; the second one ends the whole group, because then the
// database has given up the transaction.
func (w *writer) runOne(db *dbutil.LoggingTxn, job *write, savepoint bool) (failed, fatal error) {
	ctx := context.Background()
	if !savepoint {
		return guarded(job), nil
	}
	if _, err := db.ExecContext(ctx, "SAVEPOINT job"); err != nil {
		return nil, fmt.Errorf("savepoint: %w", err)
	}
	failed = guarded(job)
	if failed != nil {
		if _, err := db.ExecContext(ctx, "ROLLBACK TO SAVEPOINT job"); err != nil {
			return nil, errors.Join(failed, fmt.Errorf("roll back to savepoint: %w", err))
		}
	}
	if _, err := db.ExecContext(ctx, "RELEASE SAVEPOINT job"); err != nil {
		return nil, errors.Join(failed, fmt.Errorf("release savepoint: %w", err))
	}
	return failed, nil
}

// guarded runs a write and turns a panic into an error: one defect must not end the writer of all devices.
func guarded(job *write) (err error) {
	defer panics.Into(&err, "a write failed")
	return job.run(job.tx)
}
