package notify

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"waflow/backend/domain"
)

func TestRunnerShowsByTheClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var shown []domain.Notice
		r := NewRunner(30*time.Second, time.Now, func(n domain.Notice) { shown = append(shown, n) })
		ctx, cancel := context.WithCancel(context.Background())
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			r.Run(ctx)
		}()
		began := time.Now()
		to := func(id int, c domain.Cause) {
			r.Changed(domain.StateChange{Ref: ref(id), To: domain.DeviceState{Status: c.Status(), Cause: c, Since: time.Now()}})
		}
		r.Known(domain.Device{Ref: ref(3), State: domain.DeviceState{Status: domain.StatusAttention, Cause: domain.CauseReplaced}})
		to(1, domain.CauseNetworkDown)
		to(2, domain.CauseNetworkDown)
		synctest.Wait()
		time.Sleep(time.Minute)
		require.Len(t, shown, 1)
		require.Equal(t, domain.NoticeSeveral, shown[0].Kind)
		require.Equal(t, 30*time.Second+Gather, shown[0].At.Sub(began))

		r.Removed(ref(2))
		to(1, domain.CauseOnline)
		to(2, domain.CauseOnline)
		time.Sleep(time.Minute)
		require.Len(t, shown, 2)
		require.Equal(t, domain.NoticeBack, shown[1].Kind)
		require.Equal(t, []int64{1, 2}, []int64{shown[0].ID, shown[1].ID})

		r.Configured(time.Second)
		to(1, domain.CauseConnecting)
		time.Sleep(5 * time.Second)
		require.Len(t, shown, 3)
		cancel()
		<-ended
	})
}
