package store

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"

	"go.mau.fi/util/dbutil"

	"waflow/backend/domain"
)

// remarkRow is what somebody put on a message.
type remarkRow struct {
	id           domain.MessageID
	kind         domain.ChangeKind
	device       domain.DeviceID
	name, number string
	at           int64
	value        string
}

func scanRemark(row dbutil.Scannable) (remarkRow, error) {
	var r remarkRow
	err := row.Scan(&r.id, &r.kind, &r.device, &r.at, &r.value, &r.name, &r.number)
	return r, err
}

// remarksOn reads what people put on messages, oldest first, with their names only if that is asked for.
func remarksOn(q querier, ids []domain.MessageID, named bool) ([]remarkRow, error) {
	list, args := among(ids)
	names, from := "'', ''", "remarks r"
	if named {
		names, from = "COALESCE(p.push_name, ''), "+numberOfP, "remarks r LEFT JOIN contacts p ON p.id = r.contact_id"
	}
	return collect(q, scanRemark, "SELECT r.message_id, r.kind, r.device_id, r.at, r.value, "+names+" FROM "+from+
		" WHERE r.message_id IN "+list+" ORDER BY r.at, r.value, r.contact_id, r.device_id", args...)
}

// addRemarks adds reactions and votes without names, which nobody would be told of when they change.
func addRemarks(q querier, ids []domain.MessageID, more map[domain.MessageID][]*domain.Message) error {
	found, err := remarksOn(q, ids, false)
	if err != nil {
		return err
	}
	for _, r := range found {
		for _, m := range more[r.id] {
			if err := r.addTo(m); err != nil {
				return err
			}
		}
	}
	return nil
}

// addTo adds what was not taken back.
func (r remarkRow) addTo(m *domain.Message) error {
	name, at := cmp.Or(r.name, r.number), fromMillis(r.at)
	if r.kind == domain.ChangeReaction {
		if r.value != "" {
			m.Reactions = append(m.Reactions, domain.Reaction{Emoji: r.value, Device: r.device, Name: name, At: at})
		}
		return nil
	}
	v := domain.Vote{Device: r.device, Name: name, At: at}
	if err := json.Unmarshal([]byte(r.value), &v.Options); err != nil {
		return fmt.Errorf("decode a vote: %w", err)
	}
	if len(v.Options) > 0 {
		m.Votes = append(m.Votes, v)
	}
	return nil
}

// Remarks returns who put what on a message, with names, oldest first. Errors: not_found.
func (s *Store) Remarks(ctx context.Context, id domain.MessageID) ([]domain.Reaction, []domain.Vote, error) {
	q := reading{ctx, s.read}
	m, err := messageByID(q, id)
	if err != nil {
		return nil, nil, coded("read message", err)
	}
	found, err := remarksOn(q, []domain.MessageID{id}, true)
	for _, r := range found {
		err = cmp.Or(err, r.addTo(&m))
	}
	return m.Reactions, m.Votes, coded("read what people put on a message", err)
}

// addDeleters names the admins who deleted what others wrote.
func addDeleters(q querier, ids []domain.MessageID, more map[domain.MessageID][]*domain.Message) error {
	list, args := among(ids)
	found, err := collect(q, scanAuthor, "SELECT m.id, p.id, p.push_name, "+numberOfP+
		" FROM messages m JOIN contacts p ON p.id = m.deleted_by WHERE m.deleted_by > 0 AND m.id IN "+list, args...)
	for _, d := range found {
		for _, m := range more[d.id] {
			if m.Deleted != nil && m.Deleted.By == domain.DeletedByAdmin {
				m.Deleted.Name = cmp.Or(d.author.Name, d.author.Number)
			}
		}
	}
	return err
}

// Versions returns the texts that a message had before the one that it has now, oldest first.
func (s *Store) Versions(ctx context.Context, id domain.MessageID) ([]domain.Version, error) {
	out, err := collect(reading{ctx, s.read}, scanVersion, `
		SELECT v.text, v.at FROM message_versions v JOIN messages m ON m.id = v.message_id
		WHERE v.message_id = $1 AND v.text <> m.text ORDER BY v.waid <> '', v.at, v.waid`, id)
	return out, coded("read the earlier texts of a message", err)
}

func scanVersion(row dbutil.Scannable) (domain.Version, error) {
	var v domain.Version
	var at int64
	err := row.Scan(&v.Text, &at)
	v.At = fromMillis(at)
	return v, err
}
