package store

import "context"

// Once reports whether it is asked for the first time about a thing, by its name, and remembers that it was.
func (s *Store) Once(ctx context.Context, name string) (first bool, err error) {
	err = s.do(ctx, "remember what was said", func(t *tx) error {
		added, err := t.exec("INSERT INTO settings (key, value) VALUES ($1, '1') ON CONFLICT (key) DO NOTHING", "once:"+name)
		first = added > 0
		return err
	})
	return first && err == nil, err
}
