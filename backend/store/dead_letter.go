package store

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"go.mau.fi/util/dbutil"

	"waflow/backend/domain"
)

// NoteFailure counts that something which arrived could not be kept as what it is, and keeps it as it came. It returns how often that
// happened. Reason is a code or a short English text without anything of the message.
func (s *Store) NoteFailure(ctx context.Context, ref domain.DeviceRef, in domain.Inbound, reason string) (int, error) {
	body, err := json.Marshal(in)
	if err != nil {
		return 0, fmt.Errorf("encode a dead letter: %w", err)
	}
	what, waid := identityOf(in)
	var tries int
	err = s.do(ctx, "count a failure", func(t *tx) error {
		return t.row(`INSERT INTO dead_letters (subaccount_id, device_id, what, waid, body, reason, tries, first_at)
			VALUES ($1, $2, $3, $4, $5, $6, 1, $7)
			ON CONFLICT (subaccount_id, device_id, what) DO UPDATE SET tries = dead_letters.tries + 1, body = excluded.body, reason = excluded.reason
			RETURNING tries`, ref.Subaccount, ref.Device, what, waid, body, reason, millis(s.now())).Scan(&tries)
	})
	return tries, err
}

// GiveUp ends the tries with something that arrived: it stays among the dead letters. A message also gets its place in its
// conversation, as one that could not be shown, if that much can be kept of it.
func (s *Store) GiveUp(ctx context.Context, ref domain.DeviceRef, in domain.Inbound) error {
	what, _ := identityOf(in)
	err := s.do(ctx, "give up what arrived", func(t *tx) error {
		return t.run("UPDATE dead_letters SET given_up = $1 WHERE subaccount_id = $2 AND device_id = $3 AND what = $4",
			millis(s.now()), ref.Subaccount, ref.Device, what)
	})
	if err != nil || in.Message == nil {
		return err
	}
	stand := *in.Message
	stand.Content = nil
	stand.Kind, stand.Text, stand.PushName, stand.Undecrypt = domain.KindUnknown, "", "", true // a later, readable one may take its place
	if err := s.Receive(ctx, ref, domain.Inbound{Message: &stand}); err != nil {
		s.log.Warn().Err(err).Int64("device", int64(ref.Device)).Msg("a dead letter has no place in its conversation")
	}
	return nil
}

// DeadLetter is something that arrived and could not be kept as what it is.
type DeadLetter struct {
	Ref     domain.DeviceRef
	In      domain.Inbound
	Reason  string
	Tries   int
	GivenUp time.Time // zero while it may still come again
}

// DeadLetters returns what could not be kept as what it is in a subaccount, oldest first.
func (s *Store) DeadLetters(ctx context.Context, sub domain.SubaccountID) ([]DeadLetter, error) {
	out, err := collect(reading{ctx, s.read}, scanDeadLetter, `SELECT subaccount_id, device_id, body, reason, tries, given_up FROM dead_letters
		WHERE subaccount_id = $1 ORDER BY first_at, what`, sub)
	return out, coded("read dead letters", err)
}

func scanDeadLetter(row dbutil.Scannable) (DeadLetter, error) {
	var l DeadLetter
	var body []byte
	var givenUp int64
	if err := row.Scan(&l.Ref.Subaccount, &l.Ref.Device, &body, &l.Reason, &l.Tries, &givenUp); err != nil {
		return l, err
	}
	l.GivenUp = fromMillis(givenUp)
	if err := json.Unmarshal(body, &l.In); err != nil {
		return l, fmt.Errorf("decode a dead letter: %w", err)
	}
	return l, nil
}

// ForgetFailure removes the count of something that was kept after all.
func (s *Store) ForgetFailure(ctx context.Context, ref domain.DeviceRef, in domain.Inbound) error {
	what, _ := identityOf(in)
	return s.do(ctx, "forget a failure", func(t *tx) error {
		return t.run("DELETE FROM dead_letters WHERE subaccount_id = $1 AND device_id = $2 AND what = $3 AND given_up = 0",
			ref.Subaccount, ref.Device, what)
	})
}

// identityOf tells by what the same thing is known when it comes again, and WhatsApp's id of it where it has one.
func identityOf(in domain.Inbound) (what, waid string) {
	key := []any{in.Receipt, in.Name, in.Identity}
	switch {
	case in.Message != nil:
		waid = in.Message.WAID
		key = []any{"message", in.Message.Chat, in.Message.Sender, in.Message.FromMe, waid}
	case in.Change != nil:
		waid = in.Change.WAID
		key = []any{"change", in.Change.Kind, in.Change.Chat, in.Change.Sender, in.Change.FromMe, in.Change.Target, waid}
	case in.History != nil:
		waid = in.History.WAID
		key = []any{"history", cmp.Or(waid, early(in.History.Raw))}
	}
	raw, err := json.Marshal(key)
	if err != nil { // these types always encode; if not, all of a device's failures count as one
		raw = nil
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:]), waid
}
