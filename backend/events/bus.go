package events

import (
	"context"
	"sync"
	"time"
)

// Limits bound what a bus does for one subscriber. Zero fields take the defaults.
type Limits struct {
	Frame   time.Duration // at least this long between two batches; 16 ms by default, one frame of a window
	Changes int           // how many different things may wait; 4,096 by default
	Bytes   int           // how much memory they may hold, estimated; 16 MiB by default
}

// Bus numbers changes and hands them to its subscribers. It has no goroutine of its own.
type Bus struct {
	limits Limits

	mu   sync.Mutex
	seq  int64
	subs map[*Subscription]struct{}
}

// NewBus returns a bus whose first change gets sequence number 1.
func NewBus(limits Limits) *Bus {
	if limits.Frame <= 0 {
		limits.Frame = 16 * time.Millisecond
	}
	if limits.Changes <= 0 {
		limits.Changes = 4096
	}
	if limits.Bytes <= 0 {
		limits.Bytes = 16 << 20
	}
	return &Bus{limits: limits, subs: map[*Subscription]struct{}{}}
}

// Publish numbers the changes and leaves them for every subscriber. It never waits for one.
func (b *Bus) Publish(changes ...Change) {
	if len(changes) == 0 {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.seq += int64(len(changes))
	for s := range b.subs {
		s.add(changes, b.seq)
	}
}

// Seq returns the number of the newest change. Who takes a snapshot reads it before the store: what changes in between comes again.
func (b *Bus) Seq() int64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.seq
}

// Subscribe begins to gather changes from now on. The subscription ends with ctx.
func (b *Bus) Subscribe(ctx context.Context) *Subscription {
	b.mu.Lock()
	defer b.mu.Unlock()
	s := &Subscription{
		limits: b.limits,
		done:   ctx,
		more:   make(chan struct{}, 1),
		first:  b.seq,
		seq:    b.seq,
		place:  map[key]int{},
	}
	b.subs[s] = struct{}{}
	context.AfterFunc(ctx, func() { b.unsubscribe(s) })
	return s
}

func (b *Bus) unsubscribe(s *Subscription) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.subs, s)
}
