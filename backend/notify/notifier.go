package notify

import (
	"context"
	"slices"
	"sync"
	"time"

	"waflow/backend/domain"
)

// Config is what a notifier needs.
type Config struct {
	Now func() time.Time // time.Now, or a test's; quiet hours go by its time zone
	// Show gets each notice, without an ID, and the context of Run, which may have ended; it should not block for long.
	Show func(ctx context.Context, notice domain.Notice)
	// Keep gets the devices that require attention which nobody was told of yet, whenever they are others: the next start asks for them. May be nil.
	Keep func(ctx context.Context, untold []domain.DeviceID)
}

// Notifier runs the policy by the clock. What it is told never blocks who tells; notices come from its one goroutine, in order.
type Notifier struct {
	cfg   Config
	state State             // of Run
	kept  []domain.DeviceID // of Run: what Keep got

	ready chan struct{} // holds a token while there are inputs
	mu    sync.Mutex
	queue []Input
}

// NewNotifier returns a notifier with the default settings.
func NewNotifier(cfg Config) *Notifier {
	if cfg.Keep == nil {
		cfg.Keep = func(context.Context, []domain.DeviceID) {}
	}
	n := &Notifier{cfg: cfg, ready: make(chan struct{}, 1), kept: []domain.DeviceID{0}} // unlike any: the first time it is kept anew
	n.Configure(domain.DefaultSettings())
	return n
}

// Known tells how a device was found at the start: what requires attention already is not told again, unless the run before had it untold, but
// that it is back will be.
func (n *Notifier) Known(d domain.Device, untold bool) {
	n.put(Input{Kind: Known, Device: d.Ref, State: d.State, Switch: d.Notify, PhoneDays: d.Phone.Told, Untold: untold})
}

// Changed tells that a device's status or cause changed. Telling the same twice does no harm.
func (n *Notifier) Changed(c domain.StateChange) {
	n.put(Input{Kind: Changed, Device: c.Ref, State: c.To})
}

// Removed tells that a device is gone.
func (n *Notifier) Removed(ref domain.DeviceRef) {
	n.put(Input{Kind: Removed, Device: ref})
}

// Device tells how the switch of a device is now.
func (n *Notifier) Device(d domain.Device) {
	n.put(Input{Kind: Switched, Device: d.Ref, Switch: d.Notify})
}

// Subaccount tells how the switch of a subaccount is now.
func (n *Notifier) Subaccount(s domain.Subaccount) {
	n.put(Input{Kind: Switched, Subaccount: s.ID, Switch: s.Notify})
}

// Configure tells what the settings are now.
func (n *Notifier) Configure(s domain.Settings) {
	n.put(Input{Kind: Configured, Settings: s})
}

func (n *Notifier) put(in Input) {
	in.At = n.cfg.Now()
	n.mu.Lock()
	defer n.mu.Unlock()
	n.queue = append(n.queue, in)
	select {
	case n.ready <- struct{}{}:
	default:
	}
}

// take removes the oldest input; more is false when there is none.
func (n *Notifier) take() (in Input, more bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if len(n.queue) == 0 {
		return Input{}, false
	}
	in, n.queue = n.queue[0], n.queue[1:]
	return in, true
}

// Run decides until ctx ends; then it returns nil. Begun again after a panic it goes on with the next input, and knows what it knew.
func (n *Notifier) Run(ctx context.Context) error {
	step := func(in Input) {
		var notices []domain.Notice
		n.state, notices = Next(n.state, in)
		for _, notice := range notices {
			n.cfg.Show(ctx, notice)
		}
	}
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-n.ready:
		case <-timer.C:
			step(Input{Kind: Tick, At: n.cfg.Now()})
		}
		for in, more := n.take(); more; in, more = n.take() {
			step(in)
		}
		if untold := n.state.Untold(); !slices.Equal(untold, n.kept) {
			n.kept = untold
			n.cfg.Keep(ctx, untold)
		}
		if wake := n.state.Wake(); wake.IsZero() {
			timer.Stop()
		} else {
			// A timer stands still while the computer sleeps; what was wanted meanwhile is not to come as much too late.
			timer.Reset(min(max(wake.Sub(n.cfg.Now()), 0), time.Minute))
		}
	}
}
