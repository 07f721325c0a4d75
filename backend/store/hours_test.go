package store

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"waflow/backend/domain"
)

func TestBusinessHoursAreKept(t *testing.T) {
	s, ctx := fresh(t), t.Context()
	a, b := s.mustSubaccount(t, "Acme"), s.mustSubaccount(t, "Brand")
	one, two := s.mustDevice(t, a.ID, "34600000001"), s.mustDevice(t, a.ID, "34600000002")
	s.mustDevice(t, b.ID, "34600000003")
	weekdays := [7]bool{false, true, true, true, true, true, false}
	require.Equal(t, domain.BusinessHours{Days: weekdays, From: 9 * 60, To: 18 * 60}, a.Hours, "none are said, and these are offered")
	hours, err := s.BusinessHours(ctx)
	require.NoError(t, err)
	require.Empty(t, hours)

	want := domain.BusinessHours{On: true, Days: [7]bool{time.Sunday: true, time.Saturday: true}, From: 1320, To: 120, Zone: "Asia/Tokyo"}
	a, err = s.SetBusinessHours(ctx, a.ID, want)
	require.NoError(t, err)
	require.Equal(t, want, a.Hours)
	all, err := s.Subaccounts(ctx)
	require.NoError(t, err)
	require.Equal(t, []domain.Subaccount{a, b}, all)
	hours, err = s.BusinessHours(ctx)
	require.NoError(t, err)
	require.Equal(t, map[domain.DeviceID]domain.BusinessHours{one.Ref.Device: want, two.Ref.Device: want}, hours)

	want.On = false
	a, err = s.SetBusinessHours(ctx, a.ID, want)
	require.NoError(t, err)
	require.Equal(t, want, a.Hours, "switched off, they are there to be switched on again")
	hours, err = s.BusinessHours(ctx)
	require.NoError(t, err)
	require.Empty(t, hours)
	_, err = s.SetBusinessHours(ctx, 99, want)
	require.Equal(t, domain.CodeNotFound, domain.CodeOf(err))
}
