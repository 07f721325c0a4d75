package store

import (
	"context"
	"encoding/json"

	"go.mau.fi/util/dbutil"

	"waflow/backend/domain"
)

// rereadKey names how far what is kept has been read again.
const rereadKey = "reread"

// rereading is how far a version of the reader has come: every message up to After was tried, or all.
type rereading struct {
	Version int
	After   domain.MessageID
	Done    bool
}

func rereadingIn(q querier) (rereading, error) {
	var at rereading
	var raw string
	found, err := optional(q.row("SELECT value FROM settings WHERE key = $1", rereadKey), &raw)
	if err != nil || !found {
		return at, err
	}
	if err := json.Unmarshal([]byte(raw), &at); err != nil {
		return rereading{}, nil // as good as none: to read again what was read changes nothing
	}
	return at, nil
}

func (at rereading) keep(t *tx) error {
	raw, err := toJSON(at)
	if err != nil {
		return err
	}
	return t.run("INSERT INTO settings (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value", rereadKey, raw)
}

// BeginReread reports whether messages are left that this version of the reader has not tried. An earlier version than the one before reads
// nothing again, because it would read less; what it keeps is read by the next later one.
func (s *Store) BeginReread(ctx context.Context, version int) (bool, error) {
	left := false
	err := s.do(ctx, "begin to read again", func(t *tx) error {
		at, err := rereadingIn(t)
		if err != nil {
			return err
		}
		if at.Version != version {
			at = rereading{Version: version, Done: at.Version > version}
		}
		left = !at.Done
		return at.keep(t)
	})
	return left, err
}

// KeptMessages returns the next messages that are to be read again, oldest first, none at the end.
func (s *Store) KeptMessages(ctx context.Context, limit int) ([]domain.KeptMessage, error) {
	q := reading{ctx, s.read}
	at, err := rereadingIn(q)
	if err != nil {
		return nil, coded("read what is kept", err)
	}
	kept, err := collect(q, scanKeptMessage, `
		SELECT m.id, COALESCE(d.number, ''), COALESCE(d.lid, ''), m.direction = 'out', COALESCE(p.lid, ''),
			CASE WHEN p.id IS NULL THEN '' ELSE `+numberOfP+` END, r.raw
		FROM message_raw r JOIN messages m ON m.id = r.message_id JOIN devices d ON d.id = m.device_id LEFT JOIN contacts p ON p.id = m.sender_id
		WHERE r.message_id > $1 ORDER BY r.message_id LIMIT $2`, at.After, limit)
	return kept, coded("read what is kept", err)
}

func scanKeptMessage(row dbutil.Scannable) (domain.KeptMessage, error) {
	var k domain.KeptMessage
	err := row.Scan(&k.Message, &k.Number, &k.LID, &k.Ours, &k.Sender.LID, &k.Sender.Number, &k.Raw)
	return k, err
}

// KeepReread keeps what was read in place of what was known of messages, and that everything up to a message was tried. What was received
// stays. A message that is not kept any more, and one that was known better, stay as they are.
func (s *Store) KeepReread(ctx context.Context, read []domain.RereadMessage, upTo domain.MessageID) error {
	return s.do(ctx, "keep what was read again", func(t *tx) error {
		for _, m := range read {
			if err := s.keepReread(t, m); err != nil {
				return err
			}
		}
		at, err := rereadingIn(t)
		if err != nil {
			return err
		}
		at.After = upTo
		return at.keep(t)
	})
}

// EndReread notes that everything was tried.
func (s *Store) EndReread(ctx context.Context) error {
	return s.do(ctx, "end reading again", func(t *tx) error {
		at, err := rereadingIn(t)
		if err != nil {
			return err
		}
		at.Done = true
		return at.keep(t)
	})
}

func (s *Store) keepReread(t *tx, now domain.RereadMessage) error {
	var one int
	if kept, err := optional(t.row("SELECT 1 FROM message_raw WHERE message_id = $1", now.Message), &one); err != nil || !kept {
		return err
	}
	before, err := messageWithContent(t, now.Message)
	if err != nil {
		return err
	}
	if now.Kind == domain.KindUnknown && before.Kind != domain.KindUnknown {
		return nil
	}
	if !before.Edited.IsZero() {
		// What was sent first is below the edits, whose words are shown.
		if err := t.run("UPDATE message_versions SET text = $1 WHERE message_id = $2 AND waid = ''", now.Text, now.Message); err != nil {
			return err
		}
		now.Text = before.Text
	}
	same, err := sameAs(before, now)
	if err != nil || same {
		return err
	}
	if err := t.run("UPDATE messages SET kind = $1, text = $2, unread = unread AND NOT $3 WHERE id = $4",
		now.Kind, now.Text, now.Kind == domain.KindNotice, now.Message); err != nil {
		return err
	}
	if now.Content.Empty() && before.Content != nil && before.Content.Unknown != "" {
		if err := t.run("DELETE FROM message_content WHERE message_id = $1", now.Message); err != nil {
			return err
		}
	}
	if err := keepContent(t, before.Conversation.Subaccount, now.Message, now.Content); err != nil {
		return err
	}
	if (now.Kind == domain.KindNotice) != (before.Kind == domain.KindNotice) {
		if err := retally(t, before.Conversation); err != nil {
			return err
		}
	}
	m, err := messageByID(t, now.Message)
	if err != nil {
		return err
	}
	return s.tell(t, m)
}

// sameAs reports whether a message says already what was read in it. What is known besides its words is never taken away.
func sameAs(before domain.Message, now domain.RereadMessage) (bool, error) {
	if before.Kind != now.Kind || before.Text != now.Text {
		return false, nil
	}
	if now.Content.Empty() {
		return true, nil
	}
	held := *now.Content
	held.Thumbnail = nil
	read, err := toJSON(held)
	if err != nil || before.Content == nil {
		return false, err
	}
	known, err := toJSON(*before.Content)
	return known == read, err
}
