package wasim

import (
	"container/list"
	"slices"
)

// stanzaQueue keeps what waits for a device in order and finds it by id, so that a backlog of a hundred thousand stanzas
// is worked off as fast as one of ten.
type stanzaQueue struct {
	order list.List // of *pendingStanza
	byID  map[string][]*list.Element
}

func (q *stanzaQueue) push(p *pendingStanza) {
	if q.byID == nil {
		q.byID = make(map[string][]*list.Element)
	}
	q.byID[p.id] = append(q.byID[p.id], q.order.PushBack(p))
}

func (q *stanzaQueue) len() int { return q.order.Len() }

// each visits the stanzas in order.
func (q *stanzaQueue) each(visit func(i int, p *pendingStanza)) {
	i := 0
	for e := q.order.Front(); e != nil; e = e.Next() {
		if p, ok := e.Value.(*pendingStanza); ok {
			visit(i, p)
			i++
		}
	}
}

// withID returns the stanzas with an id, oldest first.
func (q *stanzaQueue) withID(id string) []*pendingStanza {
	var out []*pendingStanza
	for _, e := range q.byID[id] {
		if p, ok := e.Value.(*pendingStanza); ok {
			out = append(out, p)
		}
	}
	return out
}

// remove takes stanzas with an id out and returns them; no more than limit, oldest first, and all if limit is 0.
func (q *stanzaQueue) remove(id string, limit int, matches func(*pendingStanza) bool) []*pendingStanza {
	var removed []*pendingStanza
	kept := slices.DeleteFunc(q.byID[id], func(e *list.Element) bool {
		p, ok := e.Value.(*pendingStanza)
		if !ok || !matches(p) || limit > 0 && len(removed) == limit {
			return false
		}
		removed = append(removed, p)
		q.order.Remove(e)
		return true
	})
	if len(kept) == 0 {
		delete(q.byID, id)
	} else {
		q.byID[id] = kept
	}
	return removed
}

func (q *stanzaQueue) clear() {
	q.order.Init()
	q.byID = nil
}
