package notify

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"waflow/backend/domain"
)

func TestANoticeIsHeardWherePeopleWantThatAndNeverInQuietHours(t *testing.T) {
	s := newScript(0)
	s.configure(domain.DefaultSettings())
	s.change(1, domain.CauseUnlinked)
	s.pass(time.Minute)

	loud := domain.DefaultSettings()
	loud.NotifySound = true
	s.configure(loud)
	s.change(2, domain.CauseUnlinked)
	s.pass(time.Minute)

	loud.Quiet = domain.QuietHours{On: true, From: 9 * 60, To: 11 * 60, Attention: true}
	s.configure(loud)
	s.change(3, domain.CauseUnlinked)
	s.pass(time.Minute)
	require.Equal(t, []domain.NoticeKind{domain.NoticeAttention, domain.NoticeAttention, domain.NoticeAttention}, s.said())
	for i, want := range []bool{false, true, false} {
		require.Equal(t, want, s.shown[i].Sound)
	}
}
