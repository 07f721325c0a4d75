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

// screen is how devices are shown: their rows, with what is told about them between two rows of their history (the next try, a percentage), and
// with what the disk does not take.
type screen struct {
	bus *events.Bus

	mu      sync.Mutex // held while publishing, so that what is published of a device is in order
	details map[domain.DeviceID]detail
	shown   map[domain.DeviceID]int // how often a device's row was published because it changed
}

// detail is what was told last about a device without its being in its row.
type detail struct {
	domain.DeviceState
	unwritten bool // the state itself waits for the disk
}

// of reports whether a row is in the state that the detail is about. Rows keep milliseconds.
func (t detail) of(row domain.DeviceState) bool {
	return t.Cause == row.Cause && t.Since.UnixMilli() == row.Since.UnixMilli()
}

func newScreen(bus *events.Bus) *screen {
	return &screen{bus: bus, details: map[domain.DeviceID]detail{}, shown: map[domain.DeviceID]int{}}
}

// rows publishes rows as they are on disk now.
func (s *screen) rows(devices []domain.Device) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, d := range devices {
		s.shown[d.Ref.Device]++
		if told, ok := s.details[d.Ref.Device]; ok && (told.of(d.State) || d.State.Since.After(told.Since)) {
			told.unwritten = false // written, or overtaken
			s.details[d.Ref.Device] = told
		}
		s.bus.Publish(events.Device(s.over(d)))
	}
}

// tell keeps a detail and returns what the row that it is shown over has to be read after. A detail of a state that waits for the disk does not
// make that one written.
func (s *screen) tell(id domain.DeviceID, told detail) (shown int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if before, ok := s.details[id]; ok && before.of(told.DeviceState) {
		told.unwritten = told.unwritten || before.unwritten
	}
	s.details[id] = told
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

// over returns the device with the detail that was told last, if it is still in the state that the detail is about, and in a state that the disk
// does not take. The caller holds the lock.
func (s *screen) over(d domain.Device) domain.Device {
	told, ok := s.details[d.Ref.Device]
	switch {
	case !ok:
	case told.unwritten:
		d.State = told.DeviceState
	case told.of(d.State):
		d.State.Detail = told.Detail
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
	f.show(ref, detail{DeviceState: state})
}

// ShowUnwritten tells the interface of a state that the disk does not take, until it does. The pool calls it.
func (f *Fleet) ShowUnwritten(ref domain.DeviceRef, state domain.DeviceState) {
	f.show(ref, detail{DeviceState: state, unwritten: true})
}

func (f *Fleet) show(ref domain.DeviceRef, told detail) {
	shown := f.screen.tell(ref.Device, told)
	ctx, cancel := context.WithTimeout(context.Background(), detailTimeout)
	defer cancel()
	// A device that can't be read now is shown with its detail at the next change or snapshot.
	if d, err := f.store.Device(ctx, ref.Device); err == nil {
		f.screen.again(d, shown)
	}
}
