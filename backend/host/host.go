package host

import (
	"context"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"waflow/backend/panics"
)

// reason is what the system shows to people who ask why their computer does not sleep.
const reason = "Waflow keeps numbers connected"

// System is the operating system that this process runs on.
type System struct{}

// Events are told what happens to the computer. Calls come one after the other for each kind of event.
type Events struct {
	Woke           func(lasted time.Duration) // it slept for so long, by its wall clock; 0 if that is not known
	NetworkChanged func()                     // connections would go another way now than before
}

// Watch tells what happens to the computer until ctx ends. What the system does not tell is logged once, and is no error.
func (System) Watch(ctx context.Context, tell Events, log zerolog.Logger) error {
	var watchers sync.WaitGroup
	watchers.Go(func() { panics.Part(ctx, log, "watch over sleep", func() { watchSleep(ctx, tell.Woke, log) }) })
	watchers.Go(func() {
		panics.Part(ctx, log, "watch over the network", func() { watchNetwork(ctx, tell.NetworkChanged, log) })
	})
	watchers.Wait()
	return nil
}

// OnMains reports whether the computer runs on mains power. One without a battery does.
func (System) OnMains() (bool, error) { return onMains() }

// StayAwake keeps the computer from going to sleep by itself until release is called or this process ends; who closes the lid or chooses
// "Sleep" is not hindered more than the system has it. The error says why the system refuses.
func (System) StayAwake() (release func(), err error) { return stayAwake() }

// wallClock is the time without the monotonic part, which stands still while some systems sleep.
func wallClock() time.Time { return time.Now().Round(0) }
