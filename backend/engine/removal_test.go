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
	w := newWorld(t)
	ours, ana := w.phone("+34600000013", "Hotel Miramar"), w.phone("+34600000144", "Ana")
	r := w.run()
	hotel, autos := r.subaccount("Hotel Miramar"), r.subaccount("Autos Ruiz")
	reception, showroom := r.device(hotel, "Reception"), r.device(autos, "Showroom")
	r.link(reception, ours)
	_, err := ana.SendText(within(t), ours.Number(), "hello")
	require.NoError(t, err)
	chat := r.conversation(hotel)
	require.NotEmpty(t, w.sessionFiles())

	removed, err := r.fleet.RemoveDevice(within(t), reception, domain.Removal{Erase: true, Label: "Reception"})
	require.NoError(t, err)
	require.True(t, removed.PhoneTold)
	require.NoError(t, w.sim.WaitFor(within(t), func() bool { return len(ours.LinkedDevices()) == 0 }))
	require.Empty(t, w.sessionFiles())
	_, err = r.store.Conversation(within(t), chat.Ref.Conversation)
	require.Equal(t, domain.CodeNotFound, domain.CodeOf(err))

	r.link(showroom, ours)
	_, err = ana.SendText(within(t), ours.Number(), "hello again")
	require.NoError(t, err)
	chat = r.conversation(autos) // the phone hands over what it has of the past, as with every link
	r.await(func() bool { return slices.Contains(texts(r.messages(chat.Ref.Conversation)), "hello again") })
}

// A device that can't tell its phone goes all the same, and says so. What it carried stays readable.
func TestADeviceIsRemovedWithoutItsPhone(t *testing.T) {
	w := newWorld(t)
	ours, ana := w.phone("+34600000013", "Hotel Miramar"), w.phone("+34600000144", "Ana")
	r := w.run()
	hotel := r.subaccount("Hotel Miramar")
	reception := r.device(hotel, "Reception")
	r.link(reception, ours)
	_, err := ana.SendText(within(t), ours.Number(), "hello")
	require.NoError(t, err)
	chat := r.conversation(hotel)
	require.NoError(t, r.fleet.Pause(within(t), reception))
	waiting, err := r.inbox.Send(within(t), chat.Ref.Conversation, domain.FirstOperator, "too late")
	require.NoError(t, err)

	removed, err := r.fleet.RemoveDevice(within(t), reception, domain.Removal{})
	require.NoError(t, err)
	require.False(t, removed.PhoneTold)
	require.Len(t, ours.LinkedDevices(), 1, "only a person can take it off the phone now")
	require.Empty(t, w.sessionFiles())
	thread := r.messages(chat.Ref.Conversation)
	require.Equal(t, []string{"hello", "too late"}, texts(thread))
	require.Equal(t, domain.CodeDeviceRemoved, thread[1].FailCode)
	require.Equal(t, domain.CodeDeviceRemoved, domain.CodeOf(r.inbox.Retry(within(t), waiting.ID)))
	_, err = r.inbox.Send(within(t), chat.Ref.Conversation, domain.FirstOperator, "nobody can send this")
	require.Equal(t, domain.CodeNoDevice, domain.CodeOf(err))

	r.stop()
	r = w.run()
	snapshot, err := r.fleet.Snapshot(within(t))
	require.NoError(t, err)
	require.Empty(t, snapshot.Devices)
	require.Len(t, r.messages(chat.Ref.Conversation), 2)
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
