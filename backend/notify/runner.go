package notify

import (
	"context"
	"sync"
	"time"

	"waflow/backend/domain"
)

// Runner runs the policy by the clock. Its inputs never block; notices come from its one goroutine, in order.
type Runner struct {
	now  func() time.Time
	show func(domain.Notice)

	ready chan struct{} // holds a token while there are inputs
	mu    sync.Mutex
	queue []Input
}

// NewRunner returns a runner with the setting. show gets each notice, with an ID that counts up from 1, and should not block for long.
func NewRunner(after time.Duration, now func() time.Time, show func(domain.Notice)) *Runner {
	r := &Runner{now: now, show: show, ready: make(chan struct{}, 1)}
	r.put(Input{Kind: Configured, After: after})
	return r
}

// Known tells how a device was found at the start.
func (r *Runner) Known(d domain.Device) {
	r.put(Input{Kind: Known, Device: d.Ref, State: d.State})
}

// Changed tells that a device's status or cause changed.
func (r *Runner) Changed(c domain.StateChange) {
	r.put(Input{Kind: Changed, Device: c.Ref, State: c.To})
}

// Removed tells that a device is gone.
func (r *Runner) Removed(ref domain.DeviceRef) {
	r.put(Input{Kind: Removed, Device: ref})
}

// Configured tells that the setting changed.
func (r *Runner) Configured(after time.Duration) {
	r.put(Input{Kind: Configured, After: after})
}

func (r *Runner) put(in Input) {
	in.At = r.now()
	r.mu.Lock()
	defer r.mu.Unlock()
	r.queue = append(r.queue, in)
	select {
	case r.ready <- struct{}{}:
	default:
	}
}

func (r *Runner) take() []Input {
	r.mu.Lock()
	defer r.mu.Unlock()
	taken := r.queue
	r.queue = nil
	return taken
}

// Run decides until ctx ends.
func (r *Runner) Run(ctx context.Context) {
	var state State
	var id int64
	step := func(in Input) {
		var notices []domain.Notice
		state, notices = Next(state, in)
		for _, n := range notices {
			id++
			n.ID = id
			r.show(n)
		}
	}
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-r.ready:
			for _, in := range r.take() {
				step(in)
			}
		case <-timer.C:
			step(Input{Kind: Tick, At: r.now()})
		}
		if wake := state.Wake(); wake.IsZero() {
			timer.Stop()
		} else {
			timer.Reset(max(wake.Sub(r.now()), 0))
		}
	}
}
