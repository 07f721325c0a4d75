package fleet_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"waflow/backend/domain"
	"waflow/backend/events"
)

func TestADeviceThatWasNeverLinkedIsRemovedWithoutTyping(t *testing.T) {
	w := newWorld(t)
	d := w.device(t, "Hotel Miramar", "Reception")
	removed, err := w.RemoveDevice(t.Context(), d.Ref.Device, domain.Removal{})
	require.NoError(t, err)
	require.True(t, removed.PhoneTold, "no phone has to be told")
	require.Equal(t, []events.Change{events.DeviceGone(d.Ref.Device)}, w.published(t))
	require.Equal(t, []string{"add", "cancel", "remove", "discard "}, w.pool.did)
	_, err = w.RemoveDevice(t.Context(), d.Ref.Device, domain.Removal{})
	require.Equal(t, domain.CodeNotFound, domain.CodeOf(err))
}

func TestErasingTakesTheLabelAsItIs(t *testing.T) {
	w := newWorld(t)
	d := w.link(t, w.device(t, "Hotel Miramar", "Reception"), "34600000013")
	for _, typed := range []string{"", "reception", "Reception ", "Sales"} {
		_, err := w.RemoveDevice(t.Context(), d.Ref.Device, domain.Removal{Erase: true, Label: typed})
		require.Equal(t, domain.CodeInvalid, domain.CodeOf(err), typed)
	}
	require.Equal(t, []string{"add"}, w.pool.did, "a device that stays is left alone")
	_, err := w.RemoveDevice(t.Context(), d.Ref.Device, domain.Removal{Erase: true, Label: "Reception"})
	require.NoError(t, err)
	_, err = w.store.Device(t.Context(), d.Ref.Device)
	require.Equal(t, domain.CodeNotFound, domain.CodeOf(err))
}

func TestALinkedDeviceTellsItsPhoneFirst(t *testing.T) {
	w := newWorld(t)
	d := w.link(t, w.device(t, "Hotel Miramar", "Reception"), "34600000013")
	removed, err := w.RemoveDevice(t.Context(), d.Ref.Device, domain.Removal{})
	require.NoError(t, err)
	require.True(t, removed.PhoneTold)
	require.Equal(t, []string{"add", "cancel", "unlink", "remove", "discard 1-1.db"}, w.pool.did)
}

func TestAPhoneThatCouldNotBeToldIsSaid(t *testing.T) {
	w := newWorld(t)
	d := w.link(t, w.device(t, "Hotel Miramar", "Reception"), "34600000013")
	w.pool.unlinkErr = &domain.Error{Code: domain.CodeNotConnected}
	removed, err := w.RemoveDevice(t.Context(), d.Ref.Device, domain.Removal{})
	require.NoError(t, err)
	require.False(t, removed.PhoneTold)
	_, err = w.store.Device(t.Context(), d.Ref.Device)
	require.Equal(t, domain.CodeNotFound, domain.CodeOf(err))
}

// Nobody waits for ever for a phone that can't be told, but what was begun is ended: a device that the pool has let go of is not left in the fleet.
func TestARemovalThatHasBegunIsEnded(t *testing.T) {
	w := newWorld(t)
	d := w.link(t, w.device(t, "Hotel Miramar", "Reception"), "34600000013")
	ctx, cancel := context.WithCancel(t.Context())
	w.pool.unlinking = cancel
	w.pool.unlinkErr = context.Canceled
	removed, err := w.RemoveDevice(ctx, d.Ref.Device, domain.Removal{})
	require.NoError(t, err)
	require.False(t, removed.PhoneTold)
	require.Equal(t, []string{"add", "cancel", "unlink", "remove", "discard 1-1.db"}, w.pool.did)
	_, err = w.store.Device(t.Context(), d.Ref.Device)
	require.Equal(t, domain.CodeNotFound, domain.CodeOf(err))
}

func TestSeveralDevicesAtOnceEachGetTheirAnswer(t *testing.T) {
	w := newWorld(t)
	first := w.device(t, "Hotel Miramar", "Reception")
	second, err := w.CreateDevice(t.Context(), first.Ref.Subaccount, "Sales", domain.PurposeSales)
	require.NoError(t, err)
	ids := []domain.DeviceID{second.Ref.Device, 999, first.Ref.Device, second.Ref.Device}
	done, err := w.Together(t.Context(), domain.BulkPause, ids)
	require.NoError(t, err)
	require.Len(t, done, 3)
	for i, want := range []domain.Code{"", domain.CodeNotFound, ""} {
		require.Equal(t, ids[i], done[i].Device)
		require.Equal(t, want, domain.CodeOf(done[i].Err))
	}
	for _, id := range []domain.DeviceID{first.Ref.Device, second.Ref.Device} {
		d, err := w.store.Device(t.Context(), id)
		require.NoError(t, err)
		require.True(t, d.Paused)
	}
	_, err = w.Together(t.Context(), "erase", ids)
	require.Equal(t, domain.CodeInvalid, domain.CodeOf(err))
	_, err = w.Together(t.Context(), domain.BulkPause, make([]domain.DeviceID, 1001))
	require.Equal(t, domain.CodeInvalid, domain.CodeOf(err))
}

func TestAPauseThatIsRefusedDoesNotComeTrueLater(t *testing.T) {
	w := newWorld(t)
	d := w.device(t, "Hotel Miramar", "Reception")
	w.pool.fail = &domain.Error{Code: domain.CodeConflict}
	require.Equal(t, domain.CodeConflict, domain.CodeOf(w.Pause(t.Context(), d.Ref.Device)))
	d, err := w.store.Device(t.Context(), d.Ref.Device)
	require.NoError(t, err)
	require.False(t, d.Paused)
}
