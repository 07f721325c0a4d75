package fleet

import (
	"context"
	"sync"
	"time"

	"waflow/backend/domain"
	"waflow/backend/events"
)

// detailTimeout bounds the look at a device's row, so that whoever tells a detail is not held up.
const detailTimeout = time.Second

// screen is how devices are shown: their rows, with what is told about them between two rows of their history (the next try, a percentage).
type screen struct {
	bus *events.Bus

	mu      sync.Mutex // held while publishing, so that what is published of a device is in order
	details map[domain.DeviceID]domain.DeviceState
	shown   map[domain.DeviceID]int // how often a device's row was published because it changed
}

func newScreen(bus *events.Bus) *screen {
	return &screen{bus: bus, details: map[domain.DeviceID]domain.DeviceState{}, shown: map[domain.DeviceID]int{}}
}

// rows publishes rows as they are on disk now.
func (s *screen) rows(devices []domain.Device) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, d := range devices {
		s.shown[d.Ref.Device]++
		s.bus.Publish(events.Device(s.over(d)))
	}
}

// detail keeps a detail and returns what the row that it is shown over has to be read after.
func (s *screen) detail(id domain.DeviceID, state domain.DeviceState) (shown int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.details[id] = state
	return s.shown[id]
}

// again publishes a row that was read, unless a newer one was published since, which had the detail already.
func (s *screen) again(d domain.Device, shown int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.shown[d.Ref.Device] == shown {
		s.bus.Publish(events.Device(s.over(d)))
	}
}

// gone publishes that devices were removed.
func (s *screen) gone(refs []domain.DeviceRef) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, ref := range refs {
		delete(s.details, ref.Device)
		s.shown[ref.Device]++
		s.bus.Publish(events.DeviceGone(ref.Device))
	}
}

// look returns the device as it is shown.
func (s *screen) look(d domain.Device) domain.Device {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.over(d)
}

// over returns the device with the detail that was told last, if it is still in the state that the detail is about. The caller holds the
// lock. Rows keep milliseconds.
func (s *screen) over(d domain.Device) domain.Device {
	state, ok := s.details[d.Ref.Device]
	if ok && state.Cause == d.State.Cause && state.Since.UnixMilli() == d.State.Since.UnixMilli() {
		d.State.Detail = state.Detail
	}
	return d
}

// ShowDevices tells the interface of devices that changed on disk. Whoever has the order of the commits calls it in that order; it does
// not wait for the disk.
func (f *Fleet) ShowDevices(changed []domain.Device) { f.screen.rows(changed) }

// HideDevices tells the interface of devices that were removed, in the order of the commits like ShowDevices.
func (f *Fleet) HideDevices(gone []domain.DeviceRef) { f.screen.gone(gone) }

// ShowDetail tells the interface what changed about a device's state without being a row of its history. The pool calls it.
func (f *Fleet) ShowDetail(ref domain.DeviceRef, state domain.DeviceState) {
	shown := f.screen.detail(ref.Device, state)
	ctx, cancel := context.WithTimeout(context.Background(), detailTimeout)
	defer cancel()
	// A device that can't be read now is shown with its detail at the next change or snapshot.
	if d, err := f.store.Device(ctx, ref.Device); err == nil {
		f.screen.again(d, shown)
	}
}
