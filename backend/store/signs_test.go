package store

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"waflow/backend/domain"
)

func TestSignsOfLifeAreKept(t *testing.T) {
	ctx := context.Background()
	s := fresh(t)
	d := s.mustDevice(t, s.mustSubaccount(t, "Acme").ID, "34600000001")
	other := s.mustDevice(t, d.Ref.Subaccount, "34600000002")
	phone := domain.PhoneSign{Seen: day().Add(-time.Hour), Watched: 90 * time.Minute}
	for _, at := range []time.Time{day().Add(-29 * 24 * time.Hour), day().Add(-time.Hour), day().Add(-time.Hour + time.Minute), day()} {
		require.NoError(t, s.NoteSigns(ctx, d.Ref, at, phone))
	}
	require.NoError(t, s.NoteSigns(ctx, d.Ref, time.Time{}, phone))

	arrivals, err := s.Arrivals(ctx, d.Ref, time.Time{})
	require.NoError(t, err)
	require.Len(t, arrivals, 2, "one for a slot, and what is older than four weeks is gone")
	arrivals, err = s.Arrivals(ctx, d.Ref, day().Add(-10*time.Minute))
	require.NoError(t, err)
	require.Len(t, arrivals, 1)
	require.WithinDuration(t, day(), arrivals[0], 10*time.Minute)
	arrivals, err = s.Arrivals(ctx, other.Ref, time.Time{})
	require.NoError(t, err)
	require.Empty(t, arrivals)

	kept, err := s.Device(ctx, d.Ref.Device)
	require.NoError(t, err)
	require.Equal(t, phone.Watched, kept.Phone.Watched)
	require.True(t, phone.Seen.Equal(kept.Phone.Seen))
	missing := domain.DeviceRef{Subaccount: d.Ref.Subaccount, Device: 99}
	require.Equal(t, domain.CodeNotFound, domain.CodeOf(s.NoteSigns(ctx, missing, day(), phone)))
}

// TestHabitsAreLearnedFromTheMessagesOfTheVersionBefore migrates what version 3 wrote.
func TestHabitsAreLearnedFromTheMessagesOfTheVersionBefore(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	db := openAt(t, dir, 3)
	at := func(ago time.Duration) int64 { return day().Add(-ago).UnixMilli() }
	for _, sql := range []string{
		"INSERT INTO subaccounts (name, name_key, initials, colour, position, last_slot, created) VALUES ('Acme', 'acme', 'A', 'teal', 0, 1, 0)",
		`INSERT INTO devices (subaccount_id, slot, label, purpose, priority, favorite, number, lid, status, cause, since, detail, created, linked)
			VALUES (1, 1, 'Desk', 'sales', 'high', 1, '34600000001', '9', 'offline', 'app_starting', 0, '{}', 0, 1)`,
		"INSERT INTO contacts (subaccount_id, lid, created) VALUES (1, '7', 0)",
		"INSERT INTO conversations (subaccount_id, contact_id, created) VALUES (1, 1, 0)",
	} {
		_, err := db.Exec(ctx, sql)
		require.NoError(t, err)
	}
	for i, m := range []struct {
		direction string
		at        int64
	}{{"in", at(40 * 24 * time.Hour)}, {"in", at(time.Hour)}, {"in", at(time.Hour)}, {"out", at(30 * time.Minute)}, {"in", at(0)}} {
		_, err := db.Exec(ctx, `INSERT INTO messages (subaccount_id, conversation_id, device_id, waid, direction, kind, text, at, state)
			VALUES (1, 1, 1, $1, $2, 'text', 'x', $3, 'received')`, "id"+string(rune('a'+i)), m.direction, m.at)
		require.NoError(t, err)
	}
	require.NoError(t, db.Close())
	now := open(t, dir, day)
	arrivals, err := now.Arrivals(ctx, domain.DeviceRef{Subaccount: 1, Device: 1}, time.Time{})
	require.NoError(t, err)
	require.Len(t, arrivals, 2)
	d, err := now.Device(ctx, 1)
	require.NoError(t, err)
	require.True(t, d.Phone.Seen.IsZero())
}
