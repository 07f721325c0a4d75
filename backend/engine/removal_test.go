package engine

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"waflow/backend/domain"
)

// sessionFiles are the names in the workspace's sessions directory.
func (w *world) sessionFiles() []string {
	w.t.Helper()
	found, err := filepath.Glob(filepath.Join(w.dir, "sessions", "*"))
	require.NoError(w.t, err)
	return found
}

// A device that is removed is gone from its phone, from the disk and from the interface, and its number can be linked anywhere.
func TestADeviceIsRemovedEverywhere(t *testing.T) {
	h := newHotel(t)
	autos := h.subaccount("Autos Ruiz")
	showroom := h.device(autos, "Showroom")
	chat := h.hears("hello")
	require.NotEmpty(t, h.world.sessionFiles())

	removed, err := h.fleet.RemoveDevice(within(t), h.reception, domain.Removal{Erase: true, Label: "Reception"})
	require.NoError(t, err)
	require.True(t, removed.PhoneTold)
	snapshot, err := h.fleet.Snapshot(within(t))
	require.NoError(t, err)
	require.Empty(t, snapshot.Removed, "nothing names it any more")
	require.NoError(t, h.world.sim.WaitFor(within(t), func() bool { return len(h.ours.LinkedDevices()) == 0 }))
	require.Empty(t, h.world.sessionFiles())
	_, err = h.store.Conversation(within(t), chat.Ref.Conversation)
	require.Equal(t, domain.CodeNotFound, domain.CodeOf(err))

	h.link(showroom, h.ours)
	_, err = h.ana.SendText(within(t), h.ours.Number(), "hello again")
	require.NoError(t, err)
	chat = h.conversation(autos) // the phone hands over what it has of the past, as with every link
	h.await(func() bool { return slices.Contains(texts(h.messages(chat.Ref.Conversation)), "hello again") })
}

// A device that can't tell its phone goes all the same, and says so. What it carried stays readable.
func TestADeviceIsRemovedWithoutItsPhone(t *testing.T) {
	h := newHotel(t)
	chat := h.hears("hello")
	require.NoError(t, h.fleet.Pause(within(t), h.reception))
	waiting, err := h.inbox.Send(within(t), chat.Ref.Conversation, domain.FirstOperator, "too late")
	require.NoError(t, err)

	removed, err := h.fleet.RemoveDevice(within(t), h.reception, domain.Removal{})
	require.NoError(t, err)
	require.False(t, removed.PhoneTold)
	require.Len(t, h.ours.LinkedDevices(), 1, "only a person can take it off the phone now")
	require.Empty(t, h.world.sessionFiles())
	thread := h.messages(chat.Ref.Conversation)
	require.Equal(t, []string{"hello", "too late"}, texts(thread))
	require.Equal(t, domain.CodeDeviceRemoved, thread[1].FailCode)
	require.Equal(t, domain.CodeDeviceRemoved, domain.CodeOf(h.inbox.Retry(within(t), waiting.ID)))
	_, err = h.inbox.Send(within(t), chat.Ref.Conversation, domain.FirstOperator, "nobody can send this")
	require.Equal(t, domain.CodeNoDevice, domain.CodeOf(err))

	h.stop()
	h.running = h.world.run()
	snapshot, err := h.fleet.Snapshot(within(t))
	require.NoError(t, err)
	require.Empty(t, snapshot.Devices)
	require.Equal(t, []domain.RemovedDevice{{Ref: domain.DeviceRef{Subaccount: chat.Ref.Subaccount, Device: h.reception}, Slot: 1, Label: "Reception"}}, snapshot.Removed)
	require.Len(t, h.messages(chat.Ref.Conversation), 2)
}

// A device that is being linked is removed: the dialog ends and nobody can link to nothing.
func TestADeviceIsRemovedWhileItsCodeIsShown(t *testing.T) {
	w := newWorld(t)
	ours := w.phone("+34600000013", "Hotel Miramar")
	r := w.run()
	reception := r.device(r.subaccount("Hotel Miramar"), "Reception")
	code := r.showCode(reception)
	_, err := r.fleet.RemoveDevice(within(t), reception, domain.Removal{})
	require.NoError(t, err)
	require.Empty(t, w.sessionFiles())
	result, err := ours.Scan(within(t), code)
	require.False(t, err == nil && result.Linked)
	require.Empty(t, ours.LinkedDevices())
}

// What a crash left of a device that was removed is cleared away at the next start.
func TestSessionFilesWithoutADeviceAreClearedAway(t *testing.T) {
	w := newWorld(t)
	sessions := filepath.Join(w.dir, "sessions")
	require.NoError(t, os.MkdirAll(sessions, 0o700))
	for _, suffix := range []string{"", "-wal", "-shm", "-journal"} {
		require.NoError(t, os.WriteFile(filepath.Join(sessions, "7-9.db"+suffix), []byte("keys"), 0o600))
	}
	w.run().stop()
	require.Empty(t, w.sessionFiles())
}
