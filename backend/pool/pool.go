package pool

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"waflow/backend/device"
	"waflow/backend/domain"
	"waflow/backend/panics"
)

// Pool supervises the devices of a workspace. Its methods are safe for concurrent use.
type Pool struct {
	cfg      Config
	gate     *gate
	writer   *writer
	renewal  *renewal
	sleeps   *sleeps
	started  chan struct{} // closed when the supervisors run
	stopping chan struct{} // closed when Run begins to end
	wg       sync.WaitGroup

	mu      sync.Mutex
	ctx     context.Context // of Run; nil before
	ended   bool
	devices map[domain.DeviceID]*supervisor
	order   []domain.DeviceID // in which they were added
}

// New returns a pool without devices. Nothing runs before Run.
func New(cfg Config) *Pool {
	cfg.fill()
	p := &Pool{
		cfg:      cfg,
		gate:     newGate(cfg.Gate),
		writer:   newWriter(cfg.Logger),
		started:  make(chan struct{}),
		stopping: make(chan struct{}),
		devices:  map[domain.DeviceID]*supervisor{},
	}
	p.renewal = &renewal{pool: p}
	p.sleeps = &sleeps{pool: p, began: time.Now()}
	return p
}

// Run supervises until ctx ends, and returns when every device is disconnected and its session closed, or after 10 s with an error that
// says that some were not. It can be called once.
func (p *Pool) Run(ctx context.Context) error {
	writing, stopWriting := context.WithCancel(context.WithoutCancel(ctx))
	defer stopWriting()
	p.mu.Lock()
	if p.ctx != nil {
		p.mu.Unlock()
		return &domain.Error{Code: domain.CodeInternal, Message: "the pool runs already"}
	}
	p.ctx = writing
	p.gate.hold(len(p.order))
	for _, id := range p.order {
		p.start(p.devices[id])
		p.devices[id].box.post(p.gate.asked)
	}
	close(p.started)
	p.mu.Unlock()

	written := make(chan struct{})
	go func() {
		defer close(written)
		p.writer.box.drain()
	}()
	p.sleeps.watch(ctx)

	p.mu.Lock()
	p.ended = true
	close(p.stopping)
	for _, s := range p.devices {
		s.box.close()
	}
	p.mu.Unlock()
	p.gate.close()
	stopWriting() // what is queued is still written once; the disk has had its time
	return p.awaitEnd(written)
}

// awaitEnd waits for supervisors and sessions, then for the last rows of their history.
func (p *Pool) awaitEnd(written <-chan struct{}) error {
	closed := make(chan struct{})
	go func() {
		defer close(closed)
		p.wg.Wait()
		p.writer.box.close()
	}()
	t := time.NewTimer(closeWithin)
	defer t.Stop()
	select {
	case <-closed:
	case <-t.C:
		return errors.New("some devices did not disconnect in time")
	}
	select {
	case <-written:
		return nil
	case <-t.C:
		return errors.New("the last changes of the history were not written in time")
	}
}

// start runs a supervisor and tells it that the application has started. p.mu is held.
func (p *Pool) start(s *supervisor) {
	p.spawn(s.run)
	s.box.post(func() {
		_ = s.feed(device.Input{Kind: device.Started, WasLinked: s.number != "", Since: p.cfg.Ended()})
	})
}

// spawn runs something that Run's end waits for.
func (p *Pool) spawn(run func()) {
	p.wg.Go(func() { panics.Step(p.cfg.Logger, "devices", run) })
}

// Add supervises a device. file is the name of its session file in the sessions directory, "" if it has none. A device that is there already is left
// as it is.
func (p *Pool) Add(d domain.Device, file string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, ok := p.devices[d.Ref.Device]; ok {
		return
	}
	s := newSupervisor(p, d, file)
	p.devices[d.Ref.Device] = s
	p.order = append(p.order, d.Ref.Device)
	if p.ctx != nil && !p.ended {
		p.start(s)
	}
}

// Remove ends the supervision of a device and returns when its session is closed; a pairing of it is cancelled. Files are left to who
// removes the device.
func (p *Pool) Remove(ctx context.Context, id domain.DeviceID) error {
	p.mu.Lock()
	s, ok := p.devices[id]
	delete(p.devices, id)
	p.order = slices.DeleteFunc(p.order, func(o domain.DeviceID) bool { return o == id })
	running := p.ctx != nil
	p.mu.Unlock()
	if !ok {
		return notFound()
	}
	if !running {
		return nil
	}
	s.box.post(s.cancelPairing)
	s.box.close()
	select {
	case <-s.gone:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (p *Pool) find(id domain.DeviceID) (*supervisor, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	s, ok := p.devices[id]
	if !ok {
		return nil, notFound()
	}
	return s, nil
}

func notFound() error {
	return &domain.Error{Code: domain.CodeNotFound, Message: "there is no such device"}
}

// tellAll gives an input to every device but one, in the order in which they were added. The gate spreads what follows.
func (p *Pool) tellAll(in device.Input, but domain.DeviceID) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, id := range p.order {
		if s := p.devices[id]; id != but {
			s.box.post(func() { _ = s.feed(in) })
		}
	}
}

// NetworkChanged says that the computer's network is another one: devices that wait dial at once.
func (p *Pool) NetworkChanged() { p.tellAll(device.Input{Kind: device.NetworkChanged}, 0) }

// write queues a write into the database.
func (p *Pool) write(job write) {
	p.writer.add(p.context(), job)
}

// context lives as long as Run lets work go on.
func (p *Pool) context() context.Context {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.ctx
}

// now returns the wall clock's time. Without the monotonic part: a sleep counts.
func (p *Pool) now() time.Time { return p.cfg.Now().Round(0) }

func (p *Pool) log(ref domain.DeviceRef) *zerolog.Logger {
	log := p.cfg.Logger.With().Int64("device", int64(ref.Device)).Logger()
	return &log
}
