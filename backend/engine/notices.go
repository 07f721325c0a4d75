package engine

import (
	"slices"
	"sync"

	"waflow/backend/domain"
	"waflow/backend/events"
)

// keptNotices is how many notifications the interface can look back on.
const keptNotices = 50

// notices keeps the newest notifications and hands each to the interface and, where there is one, to the window.
type notices struct {
	bus *events.Bus

	mu     sync.Mutex
	newest []domain.Notice
	next   int64
	show   func(domain.Notice)
}

func newNotices(bus *events.Bus) *notices { return &notices{bus: bus} }

func (n *notices) add(notice domain.Notice) {
	n.mu.Lock()
	n.next++
	notice.ID = n.next
	n.newest = append(n.newest, notice)
	if len(n.newest) > keptNotices {
		n.newest = slices.Delete(n.newest, 0, len(n.newest)-keptNotices)
	}
	show := n.show
	n.mu.Unlock()
	n.bus.Publish(events.Notice(notice))
	if show != nil {
		show(notice)
	}
}

func (n *notices) all() []domain.Notice {
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.Clone(n.newest)
}

func (n *notices) onNew(show func(domain.Notice)) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.show = show
}
