package store

import (
	"context"
	"time"

	"go.mau.fi/util/dbutil"

	"waflow/backend/domain"
)

// addScheduled counts a message whose time has not come in its conversation, and tells of both.
func (s *Store) addScheduled(t *tx, a *arrival) error {
	ref := a.m.Conversation
	if err := t.run("UPDATE conversations SET messages = messages + 1 WHERE subaccount_id = $1 AND id = $2", ref.Subaccount, ref.Conversation); err != nil {
		return err
	}
	t.changed.Messages = append(t.changed.Messages, a.m)
	return tellConversation(t, ref)
}

// scheduledRow is a message whose time has not come.
type scheduledRow struct {
	id       domain.MessageID
	device   domain.DeviceID
	due      time.Time
	late     bool
	schedule domain.Schedule
}

const scheduledSelect = "SELECT message_id, device_id, due, late, wall, zone FROM outbox WHERE place = 0 AND NOT failed"

func scanScheduled(row dbutil.Scannable) (scheduledRow, error) {
	var r scheduledRow
	var due int64
	err := row.Scan(&r.id, &r.device, &due, &r.late, &r.schedule.Wall, &r.schedule.Zone)
	r.due = fromMillis(due)
	return r, err
}

// FallDue puts the messages in line whose time has come, in the order of their times. Those that are more than LateAfter late wait
// for a person instead: nobody could send them when they were due.
func (s *Store) FallDue(ctx context.Context) (domain.Fallen, error) {
	var out domain.Fallen
	now := s.now()
	first, err := nextDue(reading{ctx, s.read}, now)
	if err != nil || first.IsZero() || first.After(now) {
		return domain.Fallen{Next: first}, coded("look for scheduled messages", err)
	}
	err = s.do(ctx, "let messages fall due", func(t *tx) error {
		out = domain.Fallen{}
		due, err := collect(t, scanScheduled, scheduledSelect+" AND (due <= $1 OR wall = '' AND due > $2) ORDER BY due, message_id",
			millis(now), millis(now.Add(domain.MaxUndo)))
		if err != nil {
			return err
		}
		for _, r := range due {
			late := r.late || r.due.Before(now.Add(-domain.LateAfter))
			if err := s.fall(t, r.id, late); err != nil {
				return err
			}
			if late {
				out.Late++
			} else {
				out.Devices = append(out.Devices, r.device)
			}
		}
		out.Next, err = nextDue(t, now)
		return err
	})
	return out, err
}

// nextDue returns when the first message falls due, zero if none will. A countdown that the clock has left behind is over.
func nextDue(q querier, now time.Time) (time.Time, error) {
	var due int64
	err := q.row("SELECT COALESCE(MIN(CASE WHEN wall = '' AND due > $1 THEN $2 ELSE due END), 0) FROM outbox WHERE place = 0 AND NOT failed",
		millis(now.Add(domain.MaxUndo)), millis(now)).Scan(&due)
	if err != nil || due == 0 {
		return time.Time{}, err
	}
	return fromMillis(due), nil
}

// fall puts one message in line.
func (s *Store) fall(t *tx, id domain.MessageID, late bool) error {
	if err := getInLine(t, id); err != nil {
		return err
	}
	if err := t.run("UPDATE outbox SET late = $1 WHERE message_id = $2", late, id); err != nil {
		return err
	}
	m, err := messageByID(t, id)
	if err != nil {
		return err
	}
	if m.State == domain.StateQueued { // it could be taken back until now
		return s.tell(t, m)
	}
	return s.comesNow(t, id, domain.StateQueued, "")
}

// goNow puts a message in line before its time.
func (s *Store) goNow(t *tx, id domain.MessageID) error {
	if err := t.run("UPDATE outbox SET due = $1 WHERE message_id = $2", millis(s.now()), id); err != nil {
		return err
	}
	return s.fall(t, id, false)
}

// comesNow changes the state of a message. One that was scheduled has the time of what is written now from then on.
func (s *Store) comesNow(t *tx, id domain.MessageID, to domain.MessageState, code domain.Code) error {
	m, err := messageByID(t, id)
	if err != nil {
		return err
	}
	if m.State != domain.StateScheduled {
		return s.setOutState(t, id, to, code)
	}
	c, err := conversationIn(t, m.Conversation)
	if err != nil {
		return err
	}
	m.At, m.State, m.FailCode = s.next(c), to, code
	if err := t.run("UPDATE messages SET at = $1, state = $2, fail_code = $3 WHERE id = $4", millis(m.At), to, code, id); err != nil {
		return err
	}
	t.changed.Messages = append(t.changed.Messages, m)
	return relast(t, m.Conversation)
}

// Reschedule gives a message whose time has not come another one. Errors: not_found; conflict if its time has come; invalid for a time that
// there is not.
func (s *Store) Reschedule(ctx context.Context, id domain.MessageID, to domain.Schedule) (domain.Message, error) {
	due, _, err := to.At()
	if err != nil {
		return domain.Message{}, err
	}
	var out domain.Message
	err = s.do(ctx, "give a message another time", func(t *tx) error {
		if err := s.mustBeScheduled(t, id); err != nil {
			return err
		}
		var err error
		out, err = s.setDue(t, id, due, to)
		return err
	})
	return out, err
}

// SendNow puts a message in line whose time has not come, and returns the devices that have something to send now. What can still be taken back
// goes with those of its conversation that were sent before it. Errors: not_found; conflict if its time has come.
func (s *Store) SendNow(ctx context.Context, id domain.MessageID) ([]domain.DeviceID, error) {
	var devices []domain.DeviceID
	err := s.do(ctx, "send a message before its time", func(t *tx) error {
		m, err := messageByID(t, id)
		if err != nil {
			return err
		}
		if m.State == domain.StateScheduled {
			devices = []domain.DeviceID{m.Device}
			return s.goNow(t, id)
		}
		if devices, err = s.skipUndo(t, m); err == nil && len(devices) == 0 {
			return timeHasCome()
		}
		return err
	})
	return devices, err
}

func timeHasCome() error {
	return &domain.Error{Code: domain.CodeConflict, Message: "the time of this message has come"}
}

func (s *Store) mustBeScheduled(t *tx, id domain.MessageID) error {
	m, err := messageByID(t, id)
	if err != nil {
		return err
	}
	if m.State != domain.StateScheduled {
		return timeHasCome()
	}
	return nil
}

func (s *Store) setDue(t *tx, id domain.MessageID, due time.Time, schedule domain.Schedule) (domain.Message, error) {
	err := t.run("UPDATE outbox SET due = $1, wall = $2, zone = $3, late = FALSE WHERE message_id = $4", millis(due), schedule.Wall, schedule.Zone, id)
	if err != nil {
		return domain.Message{}, err
	}
	if err := t.run("UPDATE messages SET at = $1 WHERE id = $2", millis(due), id); err != nil {
		return domain.Message{}, err
	}
	m, err := messageByID(t, id)
	if err != nil {
		return m, err
	}
	t.changed.Messages = append(t.changed.Messages, m)
	return m, nil
}

// readClocksAnew finds the moments of scheduled messages again: a country may have changed its daylight saving time since. What a zone that
// is not known any more says stays as it was.
func (s *Store) readClocksAnew(t *tx) error {
	rows, err := collect(t, scanScheduled, scheduledSelect+" ORDER BY message_id")
	if err != nil {
		return err
	}
	for _, r := range rows {
		due, _, err := r.schedule.At()
		if err != nil || due.Equal(r.due) || r.late {
			continue
		}
		if _, err := s.setDue(t, r.id, due, r.schedule); err != nil {
			return err
		}
	}
	return nil
}

// Waiting returns what the outbox knows of the messages of a conversation that have not gone and did not fail, in the order of their turns,
// what
// can be taken back and what is scheduled last.
func (s *Store) Waiting(ctx context.Context, id domain.ConversationID) ([]domain.Waiting, error) {
	out, err := collect(reading{ctx, s.read}, scanWaiting, `
		SELECT o.message_id, o.subaccount_id, o.device_id, o.due, o.wall, o.zone, o.place = 0 AND o.wall <> '',
			o.place = 0 AND o.wall = '' AND NOT o.late, o.late, m.state = $1,
			CASE WHEN o.upload AND o.uploaded = 0 THEN o.upload_due ELSE 0 END
		FROM outbox o JOIN messages m ON m.id = o.message_id
		WHERE o.conversation_id = $2 AND NOT o.failed ORDER BY o.wall <> '' AND o.place = 0, o.place = 0, o.place, o.due, o.message_id`, domain.StateUncertain, id)
	if err != nil {
		return nil, coded("read what waits", err)
	}
	first := map[domain.DeviceID]bool{} // each device has a line of its own
	for i := range out {
		w := &out[i]
		inLine := !w.Scheduled && !w.Undoable && !w.Late
		w.Behind = inLine && first[w.Ref.Device]
		first[w.Ref.Device] = first[w.Ref.Device] || inLine
	}
	return out, nil
}

func scanWaiting(row dbutil.Scannable) (domain.Waiting, error) {
	var w domain.Waiting
	var due, upload int64
	err := row.Scan(&w.Message, &w.Ref.Subaccount, &w.Ref.Device, &due, &w.Schedule.Wall, &w.Schedule.Zone, &w.Scheduled, &w.Undoable, &w.Late, &w.Uncertain,
		&upload)
	w.Due, w.Upload = fromMillis(due), fromMillis(upload)
	return w, err
}
