package outbox

import (
	"maps"
	"slices"
	"sync"
	"time"

	"waflow/backend/domain"
)

// pauses are the conversations of a line whose next message is not to be tried before a while, because the last try failed.
type pauses struct {
	now func() time.Time
	mu  *sync.Mutex
	end map[domain.ConversationID]time.Time
}

func newPauses(now func() time.Time) pauses {
	return pauses{now: now, mu: new(sync.Mutex), end: map[domain.ConversationID]time.Time{}}
}

// begin lets a conversation pause after so many tries that failed.
func (p pauses) begin(id domain.ConversationID, tries int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.end[id] = p.now().Add(pause(tries))
}

// release ends the pauses that are over, or all.
func (p pauses) release(all bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	maps.DeleteFunc(p.end, func(_ domain.ConversationID, at time.Time) bool { return all || !now.Before(at) })
}

// next returns after how long the first pause is over, 0 if there is none.
func (p pauses) next() time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.end) == 0 {
		return 0
	}
	first := slices.MinFunc(slices.Collect(maps.Values(p.end)), time.Time.Compare)
	return max(first.Sub(p.now()), time.Millisecond)
}

func (p pauses) has(id domain.ConversationID) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	_, there := p.end[id]
	return there
}

func (p pauses) all() []domain.ConversationID {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Collect(maps.Keys(p.end))
}
