package notify

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"waflow/backend/domain"
)

// A phone that is away is told of when it begins to matter, and once more when its last days begin; not every day.
func TestAPhoneThatIsAwayIsToldOfTwice(t *testing.T) {
	s := newScript(30 * time.Second)
	s.change(1, domain.CauseOnline)
	for days := domain.PhoneWarnDays; days <= domain.PhoneLimitDays; days++ {
		cause := domain.CausePhoneOfflineTooLong
		state := domain.DeviceState{Status: cause.Status(), Cause: cause, Since: begin(), Detail: domain.StateDetail{Step: days}}
		s.step(Input{Kind: Changed, Device: ref(1), State: state})
		s.pass(24 * time.Hour)
	}
	require.Len(t, s.shown, 2)
	require.Equal(t, domain.PhoneWarnDays, s.shown[0].Items[0].State.Detail.Step)
	require.Equal(t, domain.PhoneLastDays, s.shown[1].Items[0].State.Detail.Step)
	s.change(1, domain.CauseOnline)
	s.pass(time.Minute)
	require.Equal(t, domain.NoticeBack, s.shown[2].Kind)
}
