package fleet_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"waflow/backend/domain"
	"waflow/backend/events"
)

// together runs functions at the same moment and waits for all.
func together(all ...func()) {
	var running sync.WaitGroup
	begin := make(chan struct{})
	for _, fn := range all {
		running.Go(func() {
			<-begin
			fn()
		})
	}
	close(begin)
	running.Wait()
}

// The pool writes a row of the history and tells a detail of the same state without waiting for one another, while people change the
// device: what was published last has to be the row, with the detail.
func TestWhatIsPublishedLastIsTheRowWithItsDetail(t *testing.T) {
	w := newWorld(t)
	d := w.device(t, "Hotel Miramar", "Reception")
	for round := 1; round <= 100; round++ {
		at := time.UnixMilli(1_900_000_000_000 + int64(round))
		down := domain.DeviceState{Status: domain.StatusOffline, Cause: domain.CauseNetworkDown, Since: at}
		waiting, label := down, fmt.Sprint("Reception ", round)
		waiting.Detail = domain.StateDetail{Try: round, NextTry: at.Add(time.Minute)}
		failures := make(chan error, 2)
		together(
			func() {
				failures <- w.Record(t.Context(), domain.StateChange{Ref: d.Ref, At: at, From: d.State, To: down})
			},
			func() { w.ShowDetail(d.Ref, waiting) },
			func() {
				_, err := w.UpdateDevice(t.Context(), d.Ref.Device, domain.DevicePatch{Label: &label})
				failures <- err
			},
		)
		require.NoError(t, <-failures)
		require.NoError(t, <-failures)
		told := w.published(t)
		require.Len(t, told, 1)
		shown := deviceIn(t, told[0])
		require.Equal(t, waiting.Detail, shown.State.Detail)
		require.Equal(t, label, shown.Label)
		snapshot, err := w.Snapshot(t.Context())
		require.NoError(t, err)
		require.Equal(t, snapshot.Devices[0], shown)
	}
}

func TestADeviceThatIsGoneIsNotShownAgain(t *testing.T) {
	w := newWorld(t)
	first := w.device(t, "Hotel Miramar", "Reception")
	for range 50 {
		d, err := w.CreateDevice(t.Context(), first.Ref.Subaccount, "Sales", domain.PurposeSales)
		require.NoError(t, err)
		together(
			func() { w.ShowDetail(d.Ref, d.State) },
			func() { _, err = w.RemoveDevice(t.Context(), d.Ref.Device, domain.Removal{}) },
		)
		require.NoError(t, err)
		require.Equal(t, []events.Change{events.DeviceGone(d.Ref.Device)}, w.published(t))
	}
}
