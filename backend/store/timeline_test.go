package store

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"waflow/backend/domain"
)

// mustTell adds a row to a device's history.
func (s *Store) mustTell(t *testing.T, ref domain.DeviceRef, at time.Time, cause domain.Cause, detail domain.StateDetail) {
	t.Helper()
	to := domain.DeviceState{Status: cause.Status(), Cause: cause, Since: at, Detail: detail}
	require.NoError(t, s.RecordState(context.Background(), domain.StateChange{Ref: ref, At: at, To: to}))
}

func TestATimelineIsReadPageByPage(t *testing.T) {
	s, ctx := fresh(t), context.Background()
	sub := s.mustSubaccount(t, "Acme").ID
	d, other := s.mustDevice(t, sub, ""), s.mustDevice(t, sub, "")
	s.mustTell(t, d.Ref, day().Add(time.Hour), domain.CauseOnline, domain.StateDetail{})
	s.mustTell(t, other.Ref, day().Add(time.Hour), domain.CauseBanned, domain.StateDetail{})
	s.mustTell(t, d.Ref, day().Add(2*time.Hour), domain.CauseNetworkDown, domain.StateDetail{})
	s.mustTell(t, d.Ref, day().Add(3*time.Hour), domain.CauseOnline, domain.StateDetail{})

	first, err := s.Timeline(ctx, d.Ref, 0, false, 2)
	require.NoError(t, err)
	require.Equal(t, []domain.Cause{domain.CauseOnline, domain.CauseNetworkDown}, []domain.Cause{first[0].To.Cause, first[1].To.Cause})
	require.Zero(t, first[0].Until, "it lasts")
	require.Equal(t, first[0].At, first[1].Until)

	rest, err := s.Timeline(ctx, d.Ref, first[1].ID, false, 10)
	require.NoError(t, err)
	require.Equal(t, []domain.Cause{domain.CauseOnline, domain.CauseNeverLinked}, []domain.Cause{rest[0].To.Cause, rest[1].To.Cause})
	require.Equal(t, first[1].At, rest[0].Until, "the next row is on another page")

	problems, err := s.Timeline(ctx, d.Ref, 0, true, 10)
	require.NoError(t, err)
	require.Len(t, problems, 1)
	require.Equal(t, first[1], problems[0])
}

func TestWhatWasToldSinceBeginsWithWhatHeldThen(t *testing.T) {
	s, ctx := fresh(t), context.Background()
	sub := s.mustSubaccount(t, "Acme").ID
	relinking, quiet, young := s.mustDevice(t, sub, "34600000001"), s.mustDevice(t, sub, "34600000002"), s.mustDevice(t, sub, "")
	since := day().Add(10 * time.Hour)
	s.mustTell(t, relinking.Ref, day().Add(time.Hour), domain.CauseOnline, domain.StateDetail{})
	s.mustTell(t, relinking.Ref, day().Add(2*time.Hour), domain.CauseShowingQR, domain.StateDetail{})
	s.mustTell(t, quiet.Ref, day().Add(time.Hour), domain.CauseOnline, domain.StateDetail{})
	slept := domain.StateDetail{DownFrom: day().Add(11 * time.Hour)}
	s.mustTell(t, relinking.Ref, day().Add(12*time.Hour), domain.CauseWokeFromSleep, slept)
	s.mustTell(t, young.Ref, day().Add(13*time.Hour), domain.CauseShowingQR, domain.StateDetail{})

	got, err := s.ToldSince(ctx, since)
	require.NoError(t, err)
	require.Equal(t, []domain.ToldCause{
		{Device: young.Ref.Device, At: day(), Cause: domain.CauseNeverLinked},
		{Device: relinking.Ref.Device, At: day().Add(2 * time.Hour), Cause: domain.CauseShowingQR, Linked: true},
		{Device: quiet.Ref.Device, At: day().Add(time.Hour), Cause: domain.CauseOnline},
		{Device: relinking.Ref.Device, At: day().Add(12 * time.Hour), Cause: domain.CauseWokeFromSleep, DownFrom: slept.DownFrom},
		{Device: young.Ref.Device, At: day().Add(13 * time.Hour), Cause: domain.CauseShowingQR},
	}, got)
}

func TestWhenWaflowLastRanIsRemembered(t *testing.T) {
	now := day()
	s, ctx := open(t, t.TempDir(), func() time.Time { return now }), context.Background()
	at, err := s.LastAlive(ctx)
	require.NoError(t, err)
	require.Zero(t, at)
	for range 2 {
		now = now.Add(time.Minute)
		require.NoError(t, s.KeepAlive(ctx))
	}
	at, err = s.LastAlive(ctx)
	require.NoError(t, err)
	require.Equal(t, day().Add(2*time.Minute), at)
	settings, err := s.Settings(ctx)
	require.NoError(t, err)
	require.Equal(t, domain.DefaultSettings(), settings)
}
