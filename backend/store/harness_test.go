package store

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"github.com/stretchr/testify/require"
	"go.mau.fi/util/dbutil"

	"waflow/backend/domain"
)

// How long tests wait for what other goroutines do, and how often they look.
const (
	wait = 10 * time.Second
	tick = time.Millisecond
)

// day is when tests begin.
func day() time.Time { return time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC) }

func open(t testing.TB, dir string, now func() time.Time) *Store {
	t.Helper()
	s, err := Open(context.Background(), Options{Dir: dir, Now: now, Logger: zerolog.Nop()})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

func fresh(t testing.TB) *Store {
	return open(t, t.TempDir(), func() time.Time { return day() })
}

// openAt makes the database of an earlier version, for tests that migrate it. The caller closes it.
func openAt(t testing.TB, dir string, version int) *dbutil.Database {
	t.Helper()
	db, err := connect(filepath.Join(dir, databaseFile), false, 1)
	require.NoError(t, err)
	db.UpgradeTable = upgrades()[:version]
	require.NoError(t, db.Upgrade(context.Background()))
	return db
}

// subaccount makes one; its initials are the first letter of its name.
func (s *Store) mustSubaccount(t testing.TB, name string) domain.Subaccount {
	t.Helper()
	a, err := s.CreateSubaccount(context.Background(), domain.Subaccount{Name: name, Initials: name[:1], Colour: "teal"})
	require.NoError(t, err)
	return a
}

// mustDevice makes a device and links it with a number.
func (s *Store) mustDevice(t testing.TB, sub domain.SubaccountID, number string) domain.Device {
	t.Helper()
	ctx := context.Background()
	d, err := s.CreateDevice(ctx, domain.Device{Ref: domain.DeviceRef{Subaccount: sub}, Label: "Desk", Purpose: domain.PurposeSales, Priority: domain.PriorityMedium})
	require.NoError(t, err)
	if number == "" {
		return d
	}
	link, err := s.OpenLink(ctx, d.Ref)
	require.NoError(t, err)
	account := domain.Account{Number: number}
	require.NoError(t, s.ClaimNumber(ctx, link.ID, account))
	account.LID = "9" + number
	d, _, err = s.ConfirmLink(ctx, link.ID, account)
	require.NoError(t, err)
	return d
}

// text is a message from a contact.
func text(waid string, from domain.Peer, second int, body string) domain.Inbound {
	return domain.Inbound{Message: &domain.InboundMessage{
		WAID: waid, Chat: from, Sender: from, PushName: "Ana", At: day().Add(time.Duration(second) * time.Second), Kind: domain.KindText, Text: body,
	}}
}

// mustReceive has a device receive something and returns what that changed. Nothing else may be written meanwhile.
func (s *Store) mustReceive(t testing.TB, ref domain.DeviceRef, in domain.Inbound) domain.Changed {
	t.Helper()
	var changed domain.Changed
	told := s.committed
	s.committed = func(c domain.Changed) {
		changed.Merge(c)
		told(c)
	}
	require.NoError(t, s.Receive(context.Background(), ref, in))
	s.committed = told
	return changed
}
