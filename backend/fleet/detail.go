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

// details keeps what is told about a device between two rows of its history: the next try, a percentage.
type details struct {
	mu     sync.Mutex
	states map[domain.DeviceID]domain.DeviceState
}

func newDetails() *details { return &details{states: map[domain.DeviceID]domain.DeviceState{}} }

func (d *details) set(id domain.DeviceID, state domain.DeviceState) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.states[id] = state
}

func (d *details) forget(id domain.DeviceID) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.states, id)
}

// over returns the device with the detail that was told last, if it still has the cause that the detail is about.
func (d *details) over(device domain.Device) domain.Device {
	d.mu.Lock()
	defer d.mu.Unlock()
	if state, ok := d.states[device.Ref.Device]; ok && state.Cause == device.State.Cause {
		device.State.Detail = state.Detail
	}
	return device
}

// ShowDetail tells the interface what changed about a device's state without being a row of its history. The pool calls it.
func (f *Fleet) ShowDetail(ref domain.DeviceRef, state domain.DeviceState) {
	f.details.set(ref.Device, state)
	ctx, cancel := context.WithTimeout(context.Background(), detailTimeout)
	defer cancel()
	// A device that can't be read now is shown with its detail at the next change or snapshot.
	if d, err := f.store.Device(ctx, ref.Device); err == nil {
		f.publish(d)
	}
}

func (f *Fleet) publish(d domain.Device) { f.bus.Publish(events.Device(f.details.over(d))) }
