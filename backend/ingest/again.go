package ingest

import (
	"context"
	"time"

	"github.com/rs/zerolog"

	"waflow/backend/domain"
	"waflow/backend/panics"
)

const (
	rereadTogether = 200         // messages in one write, which other writes wait for
	rereadLater    = time.Minute // after a failure
)

// RereadStore is what reading again needs of the workspace.
type RereadStore interface {
	// BeginReread reports whether something is left to be read by this version of the reader.
	BeginReread(ctx context.Context, version int) (bool, error)
	// KeptMessages returns what is to be read next, none at the end.
	KeptMessages(ctx context.Context, limit int) ([]domain.KeptMessage, error)
	// KeepReread keeps what was read in place of what was known, and that everything up to a message was tried.
	KeepReread(ctx context.Context, read []domain.RereadMessage, upTo domain.MessageID) error
	// EndReread notes that this version of the reader has tried everything.
	EndReread(ctx context.Context) error
}

// Reader reads messages as they were received.
type Reader interface {
	// Version counts what it can read: a later one reads more.
	Version() int
	// Read is false for what it can't read.
	Read(kept domain.KeptMessage) (domain.RereadMessage, bool)
}

// Rereader reads what an earlier version kept once more, when a later one may read more in it.
type Rereader struct {
	store  RereadStore
	reader Reader
	log    zerolog.Logger
}

// NewRereader makes one. Nothing is read before Run.
func NewRereader(store RereadStore, reader Reader, log zerolog.Logger) *Rereader {
	return &Rereader{store: store, reader: reader, log: log}
}

// Run reads all that is kept once, going on where an earlier run was interrupted, and then waits until ctx ends.
func (r *Rereader) Run(ctx context.Context) error {
	for {
		err := r.all(ctx)
		if err == nil {
			<-ctx.Done()
			return nil
		}
		if ctx.Err() == nil {
			r.log.Warn().Str("code", string(domain.CodeOf(err))).Str("error", domain.Masked(err.Error())).Msg("what is kept could not be read again")
		}
		later := time.NewTimer(rereadLater)
		select {
		case <-ctx.Done():
			later.Stop()
			return nil
		case <-later.C:
		}
	}
}

func (r *Rereader) all(ctx context.Context) error {
	left, err := r.store.BeginReread(ctx, r.reader.Version())
	if err != nil || !left {
		return err
	}
	for {
		kept, err := r.store.KeptMessages(ctx, rereadTogether)
		if err != nil {
			return err
		}
		if len(kept) == 0 {
			return r.store.EndReread(ctx)
		}
		if err := r.store.KeepReread(ctx, r.read(kept), kept[len(kept)-1].Message); err != nil {
			return err
		}
	}
}

// read reads messages. One that the reader stumbles over stays as it is and holds up no other.
func (r *Rereader) read(kept []domain.KeptMessage) []domain.RereadMessage {
	var out []domain.RereadMessage
	for _, k := range kept {
		panics.Step(r.log, "reading again", func() {
			if m, ok := r.reader.Read(k); ok {
				out = append(out, m)
			}
		})
	}
	return out
}
