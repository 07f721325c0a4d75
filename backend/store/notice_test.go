package store

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"waflow/backend/domain"
)

func noticeAbout(refs ...domain.DeviceRef) domain.Notice {
	at := time.UnixMilli(1_700_000_000_000).UTC()
	n := domain.Notice{Kind: domain.NoticeSeveral, At: at}
	for _, r := range refs {
		n.Items = append(n.Items, domain.NoticeItem{
			Ref: r, Kind: domain.NoticeAttention,
			State: domain.DeviceState{Status: domain.StatusAttention, Cause: domain.CauseUnlinked, Since: at.Add(-time.Minute)},
		})
	}
	return n
}

func TestNoticesAreKeptWithTheirDevices(t *testing.T) {
	s, ctx := fresh(t), t.Context()
	first := s.mustDevice(t, s.mustSubaccount(t, "Acme").ID, "34600000001")
	second := s.mustDevice(t, s.mustSubaccount(t, "Beta").ID, "34600000002")
	both, err := s.AddNotice(ctx, noticeAbout(second.Ref, first.Ref))
	require.NoError(t, err)
	alone, err := s.AddNotice(ctx, noticeAbout(first.Ref))
	require.NoError(t, err)

	got, err := s.Notices(ctx, 50)
	require.NoError(t, err)
	require.Equal(t, []domain.Notice{both, alone}, got)
	got, err = s.Notices(ctx, 1)
	require.NoError(t, err)
	require.Equal(t, []domain.Notice{alone}, got)

	// One that keeps its conversations keeps its row, one that is erased does not: neither is told of.
	for _, erase := range []bool{false, true} {
		_, err = s.RemoveDevice(ctx, map[bool]domain.DeviceRef{false: first.Ref, true: second.Ref}[erase], erase)
		require.NoError(t, err)
		got, err = s.Notices(ctx, 50)
		require.NoError(t, err)
		if !erase {
			require.Len(t, got, 1)
			require.Equal(t, both.Items[:1], got[0].Items)
		}
	}
	require.Empty(t, got)
	late, err := s.AddNotice(ctx, noticeAbout(first.Ref))
	require.NoError(t, err)
	require.Greater(t, late.ID, alone.ID, "an id is never given again")
}

func TestOnlyTheNewestNoticesAreKept(t *testing.T) {
	s, ctx := fresh(t), t.Context()
	d := s.mustDevice(t, s.mustSubaccount(t, "Acme").ID, "34600000001")
	for range keptNotices + 3 {
		_, err := s.AddNotice(ctx, noticeAbout(d.Ref))
		require.NoError(t, err)
	}
	got, err := s.Notices(ctx, 2*keptNotices)
	require.NoError(t, err)
	require.Len(t, got, keptNotices)
	require.EqualValues(t, 4, got[0].ID)
	var items int
	require.NoError(t, s.read.QueryRow(ctx, "SELECT COUNT(*) FROM notice_items").Scan(&items))
	require.Equal(t, keptNotices, items)
}

func TestWhatWasReadOfTheNoticesStaysRead(t *testing.T) {
	s, ctx := fresh(t), t.Context()
	d := s.mustDevice(t, s.mustSubaccount(t, "Acme").ID, "34600000001")
	for range 3 {
		_, err := s.AddNotice(ctx, noticeAbout(d.Ref))
		require.NoError(t, err)
	}
	for _, step := range []struct{ upTo, want int64 }{{2, 2}, {1, 2}, {99, 3}, {-1, 3}} {
		read, err := s.ReadNotices(ctx, step.upTo)
		require.NoError(t, err)
		require.Equal(t, step.want, read)
		read, err = s.NoticesRead(ctx)
		require.NoError(t, err)
		require.Equal(t, step.want, read)
	}
}

func TestSwitchesOfNotificationsAreKept(t *testing.T) {
	s, ctx := fresh(t), t.Context()
	a := s.mustSubaccount(t, "Acme")
	d := s.mustDevice(t, a.ID, "34600000001")
	off, on := domain.NotifyOff, domain.NotifyOn
	a, err := s.SetSubaccountNotify(ctx, a.ID, off)
	require.NoError(t, err)
	require.Equal(t, off, a.Notify)
	all, err := s.Subaccounts(ctx)
	require.NoError(t, err)
	require.Equal(t, []domain.Subaccount{a}, all)
	_, err = s.SetSubaccountNotify(ctx, 99, off)
	require.Equal(t, domain.CodeNotFound, domain.CodeOf(err))

	changed, err := s.UpdateDevice(ctx, d.Ref, domain.DevicePatch{Notify: &on})
	require.NoError(t, err)
	require.Equal(t, on, changed.Notify)
	again, err := s.Device(ctx, d.Ref.Device)
	require.NoError(t, err)
	require.Equal(t, changed, again)
}
