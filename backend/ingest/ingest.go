// Package ingest puts what devices receive on disk, exactly once. It decides what is too broken to keep as what it is.
package ingest

import (
	"context"
	"errors"
	"time"

	"waflow/backend/domain"
	"waflow/backend/panics"
)

// tolerated is how often the same thing may fail before it becomes a dead letter.
const tolerated = 5

// Store is what ingest needs of the workspace.
type Store interface {
	// Receive keeps one thing exactly once and returns after the commit.
	Receive(ctx context.Context, ref domain.DeviceRef, in domain.Inbound) error
	// KeepPast keeps a part of the history, each message exactly once.
	KeepPast(ctx context.Context, ref domain.DeviceRef, past domain.Past) error
	// NoteFailure keeps something as it came and returns how often it has failed.
	NoteFailure(ctx context.Context, ref domain.DeviceRef, in domain.Inbound, reason string) (int, error)
	// ForgetFailure removes that count.
	ForgetFailure(ctx context.Context, ref domain.DeviceRef, in domain.Inbound) error
	// GiveUp leaves something among the dead letters, with its place in the conversation if it has one.
	GiveUp(ctx context.Context, ref domain.DeviceRef, in domain.Inbound) error
}

// Ingest is the way in for what all devices receive. Its methods may be called from any goroutine.
type Ingest struct {
	store Store
	now   func() time.Time

	failures failures
}

// New makes the way in. Now is time.Now unless a test has its own clock.
func New(store Store, now func() time.Time) *Ingest {
	return &Ingest{store: store, now: now, failures: newFailures()}
}

// Receive keeps something that a device received and returns once it is on disk; only then may WhatsApp be told that we have it. An
// error means that it has to come again. What fails five times for reasons of its own is kept as a dead letter, and nil is returned: one
// broken message must not hold back the others for ever. A disk that refuses is never such a reason.
func (i *Ingest) Receive(ctx context.Context, ref domain.DeviceRef, in domain.Inbound) error {
	clean := cleaned(in, i.now())
	err := i.try(ctx, ref, clean)
	if err == nil {
		return i.recovered(ctx, ref, clean)
	}
	if !ownFault(ctx, err) {
		return err
	}
	return i.failed(ctx, ref, clean, err)
}

// try turns a panic into an error: the client library takes a panic for success.
func (i *Ingest) try(ctx context.Context, ref domain.DeviceRef, in domain.Inbound) (err error) {
	defer panics.Into(&err, "a message could not be kept")
	if err := check(in); err != nil {
		return err
	}
	return i.store.Receive(ctx, ref, in)
}

// ownFault reports whether an error comes from the message and not from the disk or the end of the connection.
func ownFault(ctx context.Context, err error) bool {
	if ctx.Err() != nil || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return false
	}
	switch domain.CodeOf(err) {
	case domain.CodeStorageFailed, domain.CodeStorageReadOnly, domain.CodeDatabaseDamaged, domain.CodeNotFound:
		return false
	}
	return true
}

func (i *Ingest) failed(ctx context.Context, ref domain.DeviceRef, in domain.Inbound, cause error) error {
	i.failures.add(ref.Device)
	tries, err := i.store.NoteFailure(ctx, ref, in, string(domain.CodeOf(cause)))
	if err != nil {
		return errors.Join(cause, err)
	}
	if tries < tolerated {
		return cause
	}
	if err := i.store.GiveUp(ctx, ref, in); err != nil {
		return errors.Join(cause, err)
	}
	return nil
}

// recovered forgets earlier failures of something that is kept now. That costs a write, so only devices that had failures pay for it.
func (i *Ingest) recovered(ctx context.Context, ref domain.DeviceRef, in domain.Inbound) error {
	if !i.failures.any(ref.Device) {
		return nil
	}
	return i.store.ForgetFailure(ctx, ref, in)
}
