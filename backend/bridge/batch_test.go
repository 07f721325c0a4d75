package bridge_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"
	"github.com/stretchr/testify/require"

	"waflow/backend/bridge"
	"waflow/backend/domain"
	"waflow/backend/events"
)

func TestEventsBeginWithWhereTheyBegin(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		bus := events.NewBus(events.Limits{})
		bus.Publish(events.DeviceGone(1), events.DeviceGone(2))
		ctx, cancel := context.WithCancel(t.Context())
		var got []bridge.Batch
		go bridge.Events(ctx, bus, zerolog.Nop(), func(b bridge.Batch) { got = append(got, b) })
		synctest.Wait()
		require.Equal(t, []bridge.Batch{{First: 2, Seq: 2, Changes: []bridge.Change{}}}, got)

		bus.Publish(events.DeviceGone(3))
		synctest.Wait()
		require.Equal(t, bridge.Batch{First: 2, Seq: 3, Changes: []bridge.Change{{Topic: "device", ID: 3, Gone: true}}}, got[1])

		cancel()
		synctest.Wait() // the bubble reports a goroutine that is left
	})
}

func TestSlowWindowIsToldToTakeASnapshotAndHoldsNobodyUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		bus := events.NewBus(events.Limits{Changes: 10})
		ctx, cancel := context.WithCancel(t.Context())
		var got []bridge.Batch
		reads := make(chan struct{})
		go bridge.Events(ctx, bus, zerolog.Nop(), func(b bridge.Batch) {
			<-reads
			got = append(got, b)
		})
		synctest.Wait() // it is stuck in the first batch
		for i := range domain.MessageID(1000) {
			bus.Publish(events.MessageGone(i))
		}
		close(reads)
		synctest.Wait()
		require.Equal(t, bridge.Batch{First: 0, Seq: 1000, Reset: true, Changes: []bridge.Change{}}, got[1])
		cancel()
	})
}

func TestAWindowThatPanicsIsTakenUpAgainWhereItCanTakeASnapshot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		bus := events.NewBus(events.Limits{})
		ctx, cancel := context.WithCancel(t.Context())
		var got []bridge.Batch
		go bridge.Events(ctx, bus, zerolog.Nop(), func(b bridge.Batch) {
			if len(b.Changes) > 0 && b.Seq == 1 {
				panic("a window")
			}
			got = append(got, b)
		})
		synctest.Wait()
		bus.Publish(events.DeviceGone(1))
		time.Sleep(time.Minute)
		bus.Publish(events.DeviceGone(2))
		synctest.Wait()
		require.Equal(t, []bridge.Batch{
			{Changes: []bridge.Change{}},
			{First: 1, Seq: 1, Changes: []bridge.Change{}},
			{First: 1, Seq: 2, Changes: []bridge.Change{{Topic: "device", ID: 2, Gone: true}}},
		}, got)
		cancel()
	})
}
