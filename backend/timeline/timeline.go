package timeline

import (
	"context"
	"sync"
	"time"

	"waflow/backend/domain"
	"waflow/backend/uptime"
)

// kept is how far back the figures go, with a day to spare.
const kept = 31 * 24 * time.Hour

// Store is what is needed of the workspace.
type Store interface {
	Device(ctx context.Context, id domain.DeviceID) (domain.Device, error)
	// Timeline returns a page of a device's history, newest first: rows before the one with that id, all of them if it is 0.
	Timeline(ctx context.Context, ref domain.DeviceRef, before int64, problems bool, limit int) ([]domain.StateChange, error)
	// Gaps returns the gaps of a device that began between two moments, both included.
	Gaps(ctx context.Context, ref domain.DeviceRef, from, to time.Time) ([]domain.Gap, error)
	// Conversation returns one conversation. Errors: not_found.
	Conversation(ctx context.Context, id domain.ConversationID) (domain.Conversation, error)
	// BusinessHours returns those of the devices whose subaccount has any.
	BusinessHours(ctx context.Context) (map[domain.DeviceID]domain.BusinessHours, error)
	// ToldSince returns what all devices told since a moment, each device's preceded by the last row before it, as they were written.
	ToldSince(ctx context.Context, since time.Time) ([]domain.ToldCause, error)
}

// Timeline is the use cases of the past. Its methods may be called from any goroutine.
type Timeline struct {
	store Store
	now   func() time.Time

	mu     sync.Mutex
	loaded bool
	told   map[domain.DeviceID][]domain.ToldCause // nothing before it is asked for the first time
}

// New returns the timeline of a workspace.
func New(store Store, now func() time.Time) *Timeline {
	return &Timeline{store: store, now: now, told: map[domain.DeviceID][]domain.ToldCause{}}
}

// Page is a part of a device's history, newest first.
type Page struct {
	Changes []domain.StateChange
	More    bool         // there are older ones
	Gaps    []domain.Gap // those that began in the time of these changes

	Doubtful map[domain.GapID][]domain.Conversation // of gaps that could not be proved: where something may be missing, a few of them
}

// fewDoubtful is how many conversations of a gap are named.
const fewDoubtful = 5

// Changes returns a page of a device's history: limit changes (1–200) older than the one with the id before; the newest if that is 0. problems
// leaves only Offline and Requires attention. Errors: not_found.
func (t *Timeline) Changes(ctx context.Context, id domain.DeviceID, before int64, problems bool, limit int) (Page, error) {
	d, err := t.store.Device(ctx, id)
	if err != nil {
		return Page{}, err
	}
	limit = min(max(limit, 1), 200)
	changes, err := t.store.Timeline(ctx, d.Ref, before, problems, limit+1)
	if err != nil {
		return Page{}, err
	}
	page := Page{Changes: changes[:min(limit, len(changes))], More: len(changes) > limit}
	if len(page.Changes) == 0 {
		return page, nil
	}
	oldest, newest := page.Changes[len(page.Changes)-1], page.Changes[0]
	if page.Gaps, err = t.store.Gaps(ctx, d.Ref, oldest.Began().Truncate(time.Second), newest.At); err != nil {
		return Page{}, err
	}
	page.Doubtful = map[domain.GapID][]domain.Conversation{}
	for _, g := range page.Gaps {
		if g.State != domain.GapNotProvable {
			continue
		}
		if page.Doubtful[g.ID], err = t.doubtful(ctx, g); err != nil {
			return Page{}, err
		}
	}
	return page, nil
}

// doubtful are the first conversations that a gap leaves in doubt, but for those that went since.
func (t *Timeline) doubtful(ctx context.Context, g domain.Gap) ([]domain.Conversation, error) {
	var out []domain.Conversation
	for _, todo := range g.Todo {
		c, err := t.store.Conversation(ctx, todo.Conversation)
		if domain.CodeOf(err) == domain.CodeNotFound {
			continue
		}
		if err != nil {
			return nil, err
		}
		if out = append(out, c); len(out) == fewDoubtful {
			break
		}
	}
	return out, nil
}

// Changed adds a change that is on disk to what the figures are computed from.
func (t *Timeline) Changed(c domain.StateChange) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.loaded {
		t.told[c.Ref.Device] = trimmed(append(t.told[c.Ref.Device], domain.ToldBy(c)), t.now().Add(-kept))
	}
}

// trimmed drops rows from the beginning that say nothing about the time since a moment.
func trimmed(rows []domain.ToldCause, since time.Time) []domain.ToldCause {
	n := 0
	for n+1 < len(rows) && rows[n+1].At.Before(since) {
		rows[n+1].Linked = rows[n+1].Linked || rows[n].Linked || uptime.Linked(rows[n].Cause)
		n++
	}
	return rows[n:]
}

// load reads the history once. t.mu is held: what is written meanwhile waits to be added, and a row that is there twice says nothing new.
func (t *Timeline) load(ctx context.Context) error {
	if t.loaded {
		return nil
	}
	rows, err := t.store.ToldSince(ctx, t.now().Add(-kept))
	if err != nil {
		return err
	}
	for _, row := range rows {
		t.told[row.Device] = append(t.told[row.Device], row)
	}
	t.loaded = true
	return nil
}
