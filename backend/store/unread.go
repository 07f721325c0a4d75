package store

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"sync"

	"waflow/backend/domain"
)

// counter keeps how much of each subaccount is unread, so that a message does not cost a count over all conversations. It changes
// only by what was committed.
type counter struct {
	mu sync.Mutex
	by map[domain.SubaccountID]domain.Unread
}

func newCounter() *counter { return &counter{by: map[domain.SubaccountID]domain.Unread{}} }

func (c *counter) load(q querier) error {
	rows, err := q.rows("SELECT subaccount_id, SUM(unread), COUNT(*) FROM conversations WHERE unread > 0 GROUP BY subaccount_id")
	if err != nil {
		return err
	}
	defer rows.Close()
	c.mu.Lock()
	defer c.mu.Unlock()
	for rows.Next() {
		var u domain.Unread
		if err := rows.Scan(&u.Subaccount, &u.Messages, &u.Conversations); err != nil {
			return err
		}
		c.by[u.Subaccount] = u
	}
	return rows.Err()
}

// add applies differences and returns what is unread then in the subaccounts that they are about.
func (c *counter) add(changes map[domain.SubaccountID]domain.Unread) []domain.Unread {
	if len(changes) == 0 {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	out := make([]domain.Unread, 0, len(changes))
	for sub, d := range changes {
		u := c.by[sub]
		u.Subaccount = sub
		u.Messages += d.Messages
		u.Conversations += d.Conversations
		c.by[sub] = u
		out = append(out, u)
	}
	return out
}

func (c *counter) all() []domain.Unread {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Collect(maps.Values(c.by))
}

// Unread returns how much is unread, one entry for each subaccount that has any, by subaccount.
func (s *Store) Unread(context.Context) ([]domain.Unread, error) {
	out := slices.DeleteFunc(s.counts.all(), func(u domain.Unread) bool { return u.Messages == 0 })
	slices.SortFunc(out, func(a, b domain.Unread) int { return cmp.Compare(a.Subaccount, b.Subaccount) })
	return out, nil
}
