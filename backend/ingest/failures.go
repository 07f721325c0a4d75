package ingest

import (
	"sync"

	"waflow/backend/domain"
)

// failures remembers which devices had something fail since the start.
type failures struct {
	mu      *sync.Mutex
	devices map[domain.DeviceID]bool
}

func newFailures() failures {
	return failures{mu: new(sync.Mutex), devices: map[domain.DeviceID]bool{}}
}

func (f failures) add(id domain.DeviceID) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.devices[id] = true
}

func (f failures) any(id domain.DeviceID) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.devices[id]
}
