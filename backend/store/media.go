package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"go.mau.fi/util/dbutil"

	"waflow/backend/domain"
)

// wantMedia has the file of a message that has just come fetched, if it is one of those that nobody has to ask for. Of the past nothing is
// fetched by itself.
func (a *arrival) wantMedia(t *tx) error {
	if a.in.Past || a.in.Content == nil || a.in.Content.File == nil {
		return nil
	}
	policy, err := fetchPolicy(t, a.m.Conversation.Subaccount)
	if err != nil || !policy.Fetches(a.in.Kind, a.in.Content.File) {
		return err
	}
	return t.run("INSERT INTO media (subaccount_id, message_id, state) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
		a.m.Conversation.Subaccount, a.m.ID, domain.MediaWanted)
}

// AskForMedia has the file of a message fetched because a person wants it, and returns the devices that can, none where it is here. Where all
// who carried it were removed it is gone. Errors: not_found for a message without a file.
func (s *Store) AskForMedia(ctx context.Context, id domain.MessageID) ([]domain.DeviceID, error) {
	var carriers []domain.DeviceID
	err := s.do(ctx, "ask for a file", func(t *tx) error {
		m, err := messageWithContent(t, id)
		if err != nil {
			return err
		}
		if m.Content == nil || m.Content.File == nil {
			return notFound("file")
		}
		if m.Media != nil && m.Media.State == domain.MediaHere {
			return nil
		}
		if carriers, err = collect(t, scanDeviceID, `SELECT d.device_id FROM message_devices d JOIN devices v ON v.id = d.device_id AND v.removed = 0
			WHERE d.message_id = $1 ORDER BY d.device_id`, id); err != nil {
			return err
		}
		state, why := domain.MediaWanted, domain.Code("")
		if len(carriers) == 0 {
			state, why = domain.MediaGone, domain.CodeDeviceRemoved
		}
		if err := t.run(`INSERT INTO media (subaccount_id, message_id, state, asked, why) VALUES ($1, $2, $3, TRUE, $4)
			ON CONFLICT (message_id) DO UPDATE SET state = excluded.state, asked = TRUE, attempts = 0, due = 0, why = excluded.why`,
			m.Conversation.Subaccount, id, state, why); err != nil {
			return err
		}
		return tellMedia(t, id)
	})
	return carriers, err
}

func messageWithContent(q querier, id domain.MessageID) (domain.Message, error) {
	m, err := messageByID(q, id)
	if err == nil {
		err = complete(q, []*domain.Message{&m})
	}
	return m, err
}

// mediaSelect reads files that are to be fetched with what is needed for that. The chat is the group, else the person, who is not the sender
// of what is ours.
const mediaSelect = `
	SELECT d.subaccount_id, d.device_id, m.id, m.waid, m.kind, m.direction = 'out', COALESCE(v.group_jid, ''), COALESCE(p.lid, ''),
		CASE WHEN p.id IS NULL THEN '' ELSE ` + numberOfP + ` END, c.content, f.asked, f.attempts, a.fetch_max
	FROM media f
	JOIN subaccounts a ON a.id = f.subaccount_id
	JOIN message_devices d ON d.message_id = f.message_id
	JOIN messages m ON m.id = f.message_id
	JOIN message_content c ON c.message_id = f.message_id
	JOIN conversations v ON v.id = m.conversation_id
	LEFT JOIN contacts p ON p.id = CASE WHEN v.group_jid IS NULL THEN v.contact_id ELSE m.sender_id END
	WHERE d.device_id = $1 AND f.state = 'wanted' AND f.due <= $2
	ORDER BY f.asked DESC, f.message_id DESC LIMIT $3`

// DueMedia returns files that a device is to fetch now: what people asked for before the rest, the newest first.
func (s *Store) DueMedia(ctx context.Context, id domain.DeviceID, limit int) ([]domain.MediaJob, error) {
	jobs, err := collect(reading{ctx, s.read}, scanMediaJob, mediaSelect, id, millis(s.now()), limit)
	return jobs, coded("look for files to fetch", err)
}

func scanMediaJob(row dbutil.Scannable) (domain.MediaJob, error) {
	var j domain.MediaJob
	var person domain.Peer
	var group, raw string
	if err := row.Scan(&j.Ref.Subaccount, &j.Ref.Device, &j.Message, &j.WAID, &j.Kind, &j.FromMe, &group, &person.LID, &person.Number,
		&raw, &j.Asked, &j.Attempts, &j.AtOnce); err != nil {
		return j, err
	}
	j.Chat = person
	if group != "" {
		j.Chat = domain.Peer{Group: group}
	}
	if !j.FromMe {
		j.Sender = person
	}
	var content domain.Content
	if err := json.Unmarshal([]byte(raw), &content); err != nil {
		return j, fmt.Errorf("decode the content of a message: %w", err)
	}
	if content.File != nil {
		j.File = *content.File
	}
	return j, nil
}

// MediaDue returns when the next of the files that wait for another try is due, zero if none waits.
func (s *Store) MediaDue(ctx context.Context) (time.Time, error) {
	var due int64
	err := reading{ctx, s.read}.row("SELECT COALESCE(MIN(due), 0) FROM media WHERE state = 'wanted' AND due > $1", millis(s.now())).Scan(&due)
	return fromMillis(due), coded("look for files to fetch", err)
}

// MediaWaiting returns the devices that have files to fetch now.
func (s *Store) MediaWaiting(ctx context.Context) ([]domain.DeviceID, error) {
	out, err := collect(reading{ctx, s.read}, scanDeviceID, `
		SELECT DISTINCT d.device_id FROM media f JOIN message_devices d ON d.message_id = f.message_id JOIN devices v ON v.id = d.device_id AND v.removed = 0
		WHERE f.state = 'wanted' AND f.due <= $1`,
		millis(s.now()))
	return out, coded("look for files to fetch", err)
}

// MediaHere notes that the file of a message is here. Nothing comes of it where the message is gone meanwhile.
func (s *Store) MediaHere(ctx context.Context, id domain.MessageID, m domain.Media) error {
	return s.mediaStep(ctx, id, "state = 'here', attempts = 0, due = 0, why = '', sha256 = $2, size = $3, type = $4", m.SHA256, m.Size, m.Type)
}

// MediaFailed notes that the file of a message can't be had, and why.
func (s *Store) MediaFailed(ctx context.Context, id domain.MessageID, state domain.MediaState, why domain.Code) error {
	return s.mediaStep(ctx, id, "state = $2, why = $3", state, why)
}

// MediaLater notes that the file of a message could not be fetched and is tried again after some time.
func (s *Store) MediaLater(ctx context.Context, id domain.MessageID, wait time.Duration) error {
	return s.mediaStep(ctx, id, "attempts = attempts + 1, due = $2", millis(s.now().Add(wait)))
}

func (s *Store) mediaStep(ctx context.Context, id domain.MessageID, set string, args ...any) error {
	return s.do(ctx, "note how far a file is", func(t *tx) error {
		n, err := t.exec("UPDATE media SET "+set+" WHERE message_id = $1", append([]any{id}, args...)...)
		if err != nil || n == 0 {
			return err
		}
		return tellMedia(t, id)
	})
}

// tellMedia notes that a message is different now.
func tellMedia(t *tx, id domain.MessageID) error {
	m, err := messageByID(t, id)
	t.changed.Messages = append(t.changed.Messages, m)
	return err
}

// MediaNamed returns which contents of a subaccount some message names as here, by SHA-256 in hex.
func (s *Store) MediaNamed(ctx context.Context, sub domain.SubaccountID) (map[string]bool, error) {
	found, err := collect(reading{ctx, s.read}, scanText, "SELECT DISTINCT sha256 FROM media WHERE subaccount_id = $1 AND state = 'here'", sub)
	named := make(map[string]bool, len(found))
	for _, sum := range found {
		named[sum] = true
	}
	return named, coded("look for files that are named", err)
}

// addMedia tells what is here of files.
func addMedia(q querier, ids []domain.MessageID, more map[domain.MessageID][]*domain.Message) error {
	list, args := among(ids)
	found, err := collect(q, scanMedia, `
		SELECT c.message_id, c.thumbnail IS NOT NULL, COALESCE(f.state, ''), COALESCE(f.why, ''), COALESCE(f.sha256, ''), COALESCE(f.size, 0), COALESCE(f.type, '')
		FROM message_content c LEFT JOIN media f ON f.message_id = c.message_id
		WHERE c.message_id IN `+list+" AND (f.message_id IS NOT NULL OR c.thumbnail IS NOT NULL)", args...)
	for _, row := range found {
		for _, m := range more[row.id] {
			m.Media = &row.media
		}
	}
	return err
}

type mediaRow struct {
	id    domain.MessageID
	media domain.Media
}

func scanMedia(row dbutil.Scannable) (mediaRow, error) {
	var r mediaRow
	err := row.Scan(&r.id, &r.media.Thumbnail, &r.media.State, &r.media.Why, &r.media.SHA256, &r.media.Size, &r.media.Type)
	return r, err
}
