// Package older asks phones for messages that are older than those that are here, and waits for what they answer.
package older

import (
	"context"
	"crypto/rand"
	"fmt"
	"sync"
	"time"

	"waflow/backend/domain"
)

// Devices ask their phones.
type Devices interface {
	// AskOlder asks the phone of a device for older messages. Errors: not_connected.
	AskOlder(ctx context.Context, id domain.DeviceID, what domain.Older) error
}

// Asker asks phones. Its methods may be called from any goroutine.
type Asker struct {
	devices Devices

	mu      sync.Mutex
	waiting map[string]chan<- domain.OlderAnswer // by request
}

// New makes an asker.
func New(devices Devices) *Asker {
	return &Asker{devices: devices, waiting: map[string]chan<- domain.OlderAnswer{}}
}

// Ask asks once and waits for the answer, and reports false when there was none in time. What the phone brings later is kept all the same.
// Errors: not_connected, and those of ctx.
func (a *Asker) Ask(ctx context.Context, id domain.DeviceID, what domain.Older, within time.Duration) (domain.OlderAnswer, bool, error) {
	what.Request = requestID()
	answer := make(chan domain.OlderAnswer, 1)
	a.mu.Lock()
	a.waiting[what.Request] = answer
	a.mu.Unlock()
	defer func() {
		a.mu.Lock()
		delete(a.waiting, what.Request)
		a.mu.Unlock()
	}()
	if err := a.devices.AskOlder(ctx, id, what); err != nil {
		return domain.OlderAnswer{}, false, err
	}
	timer := time.NewTimer(within)
	defer timer.Stop()
	select {
	case found := <-answer:
		return found, true, nil
	case <-timer.C:
		return domain.OlderAnswer{}, false, nil
	case <-ctx.Done():
		return domain.OlderAnswer{}, false, ctx.Err()
	}
}

// Answered takes the answer of a phone, once what it brought is on disk. It does not block.
func (a *Asker) Answered(found domain.OlderAnswer) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if answer, ok := a.waiting[found.Request]; ok {
		answer <- found // there is room for one, and there is one
		delete(a.waiting, found.Request)
	}
}

// requestID draws an id as messages of linked devices have.
func requestID() string {
	var b [9]byte
	_, _ = rand.Read(b[:]) // never fails: it ends the process instead
	return fmt.Sprintf("3EB0%X", b)
}
