package events

import (
	"context"
	"sync"
	"time"
)

// Batch is what changed between two sequence numbers, each thing once and as it is now.
type Batch struct {
	First   int64 // sequence number before the changes
	Seq     int64 // sequence number after them
	Reset   bool  // the subscriber fell too far behind: Changes is empty and a new snapshot is needed
	Changes []Change
}

type key struct {
	topic Topic
	id    int64
}

// Subscription gathers changes for one subscriber until it asks for them.
type Subscription struct {
	limits Limits
	done   context.Context
	more   chan struct{} // holds a token while something waits

	mu      sync.Mutex
	first   int64
	seq     int64
	reset   bool
	changes []Change
	place   map[key]int // where in changes a thing is
	bytes   int

	last time.Time // when the last batch was handed out; used by Next only
}

// add keeps the newest value of each thing in the place of its first, so that what depends on it still comes after it.
func (s *Subscription) add(changes []Change, seq int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seq = seq
	for _, c := range changes {
		if s.reset {
			break
		}
		s.put(c)
		if len(s.changes) > s.limits.Changes || s.bytes > s.limits.Bytes {
			s.reset, s.changes, s.bytes = true, nil, 0
			clear(s.place)
		}
	}
	select {
	case s.more <- struct{}{}:
	default:
	}
}

func (s *Subscription) put(c Change) {
	k := key{c.Topic, c.ID}
	i, known := s.place[k]
	if !known {
		s.place[k] = len(s.changes)
		s.changes = append(s.changes, c)
		s.bytes += c.weight()
		return
	}
	s.bytes += c.weight() - s.changes[i].weight()
	s.changes[i] = c
}

// First returns the sequence number at which the next batch begins. A snapshot taken before it misses what lies between.
func (s *Subscription) First() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.first
}

// Next waits for the next batch: until something changed, and until a frame has passed since the batch before. It returns the error of
// whichever context ends first, the subscription's or ctx. One goroutine calls it.
func (s *Subscription) Next(ctx context.Context) (Batch, error) {
	select {
	case <-s.more:
	case <-ctx.Done():
		return Batch{}, ctx.Err()
	case <-s.done.Done():
		return Batch{}, s.done.Err()
	}
	if err := s.waitFrame(ctx); err != nil {
		return Batch{}, err
	}
	s.last = time.Now()
	return s.take(), nil
}

func (s *Subscription) waitFrame(ctx context.Context) error {
	left := s.limits.Frame - time.Since(s.last)
	if left <= 0 {
		return nil
	}
	timer := time.NewTimer(left)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-s.done.Done():
		return s.done.Err()
	}
}

func (s *Subscription) take() Batch {
	s.mu.Lock()
	defer s.mu.Unlock()
	// Under the lock: a change added before it is in this batch, one added after it leaves a new token.
	select {
	case <-s.more:
	default:
	}
	b := Batch{First: s.first, Seq: s.seq, Reset: s.reset, Changes: s.changes}
	s.first, s.reset, s.changes, s.bytes = s.seq, false, nil, 0
	s.place = map[key]int{}
	return b
}
