package notify

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"waflow/backend/domain"
)

func TestNotifierShowsByTheClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var shown []domain.Notice
		n := NewNotifier(Config{Now: time.Now, Show: func(_ context.Context, notice domain.Notice) { shown = append(shown, notice) }})
		ctx, cancel := context.WithCancel(context.Background())
		ended := make(chan error, 1)
		go func() { ended <- n.Run(ctx) }()
		pass := func(d time.Duration) {
			time.Sleep(d)
			synctest.Wait()
		}
		began := time.Now()
		to := func(id int, c domain.Cause) {
			n.Changed(domain.StateChange{Ref: ref(id), To: domain.DeviceState{Status: c.Status(), Cause: c, Since: time.Now()}})
		}
		n.Known(domain.Device{Ref: ref(3), State: domain.DeviceState{Status: domain.StatusAttention, Cause: domain.CauseReplaced}}, false)
		to(1, domain.CauseNetworkDown)
		to(2, domain.CauseNetworkDown)
		pass(time.Minute)
		require.Len(t, shown, 1)
		require.Equal(t, domain.NoticeSeveral, shown[0].Kind)
		require.Equal(t, 30*time.Second+Gather, shown[0].At.Sub(began))

		n.Removed(ref(2))
		to(1, domain.CauseOnline)
		to(2, domain.CauseOnline)
		pass(time.Minute)
		require.Len(t, shown, 2)
		require.Equal(t, domain.NoticeBack, shown[1].Kind)

		n.Configure(domain.Settings{NotifyOfflineAfter: time.Second})
		to(1, domain.CauseConnecting)
		pass(5 * time.Second)
		require.Len(t, shown, 3)
		cancel()
		require.NoError(t, <-ended)
	})
}

func TestANotifierThatIsBegunAgainKnowsWhatItKnew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var shown []domain.NoticeKind
		n := NewNotifier(Config{Now: time.Now, Show: func(_ context.Context, notice domain.Notice) {
			shown = append(shown, notice.Kind)
			if len(shown) == 1 {
				panic("who shows it")
			}
		}})
		ctx, cancel := context.WithCancel(context.Background())
		run := func() (ended bool) {
			defer func() { _ = recover() }()
			return n.Run(ctx) == nil
		}
		done := make(chan struct{})
		go func() {
			defer close(done)
			for !run() {
			}
		}()
		to := func(id int, c domain.Cause) {
			n.Changed(domain.StateChange{Ref: ref(id), To: domain.DeviceState{Status: c.Status(), Cause: c, Since: time.Now()}})
		}
		to(1, domain.CauseUnlinked)
		time.Sleep(time.Minute)
		synctest.Wait()
		to(1, domain.CauseOnline)
		to(2, domain.CauseUnlinked)
		time.Sleep(time.Minute)
		synctest.Wait()
		require.Equal(t, []domain.NoticeKind{domain.NoticeAttention, domain.NoticeSeveral}, shown)
		cancel()
		<-done
	})
}
