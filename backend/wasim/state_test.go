package wasim_test

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.mau.fi/whatsmeow/appstate"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"

	"waflow/backend/wasim"
)

// twoLinked makes a phone with two linked clients and a contact.
func twoLinked(t *testing.T) (s *wasim.Server, clinic, ana *wasim.Phone, first, second *client) {
	t.Helper()
	s, clinic, first = linked(t)
	ana = newPhone(t, s, "+34600000021", "Ana")
	second = newClient(t, s, filepath.Join(t.TempDir(), "second.db"))
	second.link(clinic)
	return s, clinic, ana, first, second
}

// inStep waits until a client has read all of its phone's app state. The client library fails with wrong hashes when it
// sends a patch while it still reads those of others.
func inStep(c *client, p *wasim.Phone) {
	c.t.Helper()
	require.Eventually(c.t, func() bool {
		for name, version := range p.State().Versions {
			has, _, err := c.Store.AppState.GetAppStateVersion(c.t.Context(), name)
			if err != nil || has != version {
				return false
			}
		}
		return true
	}, patience, time.Millisecond)
}

func TestWhatThePhoneDoesWithAChatReachesItsDevices(t *testing.T) {
	s := newServer(t, wasim.Options{Seed: 1})
	clinic, ana := newPhone(t, s, "+34600000013", "Clinic"), newPhone(t, s, "+34600000021", "Ana")
	id, err := ana.SendText(t.Context(), clinic.Number(), "hola")
	require.NoError(t, err)
	waitFor(t, s, "a message", func() bool { return len(clinic.Messages(ana.Number())) == 1 })
	c := newClient(t, s, filepath.Join(t.TempDir(), "session.db"))
	c.link(clinic)
	ctx, chat := t.Context(), jid(t, ana.LID())

	require.NoError(t, clinic.Pin(ctx, ana.Number(), true))
	require.True(t, await(c, func(e *events.Pin) bool { return e.JID == chat }).Action.GetPinned())
	require.NoError(t, clinic.Archive(ctx, ana.Number(), true))
	archived := await(c, func(e *events.Archive) bool { return e.JID == chat })
	require.True(t, archived.Action.GetArchived())
	require.Equal(t, id, archived.Action.GetMessageRange().GetMessages()[0].GetKey().GetID())
	await(c, func(e *events.Pin) bool { return !e.Action.GetPinned() })
	until := time.Now().Add(8 * time.Hour)
	require.NoError(t, clinic.Mute(ctx, ana.Number(), true, until))
	require.Equal(t, until.UnixMilli(), await[*events.Mute](c, nil).Action.GetMuteEndTimestamp())
	require.NoError(t, clinic.MarkUnread(ctx, ana.Number(), true))
	require.False(t, await[*events.MarkChatAsRead](c, nil).Action.GetRead())
	_, err = clinic.MarkRead(ana.Number())
	require.NoError(t, err)
	await(c, func(e *events.MarkChatAsRead) bool { return e.Action.GetRead() })
	require.NoError(t, clinic.Star(ctx, ana.Number(), id, true))
	star := await[*events.Star](c, nil)
	require.Equal(t, id, star.MessageID)
	require.False(t, star.IsFromMe)
	require.NoError(t, clinic.MuteStatus(ctx, ana.Number(), true))
	require.True(t, await[*events.UserStatusMute](c, nil).Action.GetMuted())
	require.NoError(t, clinic.SetUnarchiveChats(ctx, true))
	require.True(t, await[*events.UnarchiveChatsSetting](c, nil).Action.GetUnarchiveChats())

	label, err := clinic.EditLabel(ctx, wasim.Label{Name: "New customer", Color: 3})
	require.NoError(t, err)
	require.Equal(t, "New customer", await(c, func(e *events.LabelEdit) bool { return e.LabelID == label }).Action.GetName())
	require.NoError(t, clinic.LabelChat(ctx, ana.Number(), label, true))
	require.Equal(t, chat, await[*events.LabelAssociationChat](c, nil).JID)
	require.NoError(t, clinic.LabelMessage(ctx, ana.Number(), label, id, true))
	require.Equal(t, id, await[*events.LabelAssociationMessage](c, nil).MessageID)
	require.NoError(t, clinic.DeleteLabel(ctx, label))
	require.True(t, await(c, func(e *events.LabelEdit) bool { return e.Action.GetDeleted() }).Action.GetDeleted())
	require.NoError(t, clinic.RemoveContact(ctx, ana.Number()))

	require.NoError(t, clinic.DeleteForMe(ctx, ana.Number(), id))
	require.Equal(t, id, await[*events.DeleteForMe](c, nil).MessageID)
	require.Empty(t, clinic.Messages(ana.Number()))
	require.NoError(t, clinic.ClearChat(ctx, ana.Number()))
	await(c, func(e *events.ClearChat) bool { return e.JID == chat })
	require.NoError(t, clinic.DeleteChat(ctx, ana.Number()))
	await(c, func(e *events.DeleteChat) bool { return e.JID == chat })
	require.Empty(t, all[*events.AppStateSyncError](c))
}

func TestWhatALinkedDeviceDoesWithAChatReachesThePhone(t *testing.T) {
	s, clinic, ana, first, second := twoLinked(t)
	chat := jid(t, ana.LID())
	id, err := ana.SendText(t.Context(), clinic.Number(), "hola")
	require.NoError(t, err)
	first.awaitText("hola")
	second.awaitText("hola")
	send := func(c *client, patch appstate.PatchInfo) {
		t.Helper()
		inStep(c, clinic)
		require.NoError(t, c.SendAppState(within(t), patch))
	}
	shown := func(what string, fits func(wasim.ChatView) bool) {
		waitFor(t, s, what, func() bool {
			view, err := clinic.Chat(ana.Number())
			return err == nil && fits(view)
		})
	}
	send(first, appstate.BuildPin(chat, true))
	shown("pinned", func(v wasim.ChatView) bool { return v.Pinned })
	send(first, appstate.BuildArchive(chat, true, time.Time{}, nil))
	shown("archived", func(v wasim.ChatView) bool { return v.Archived && !v.Pinned })
	await(second, func(e *events.Archive) bool { return e.JID == chat && e.Action.GetArchived() })
	send(second, appstate.BuildMute(chat, true, time.Hour))
	shown("muted", func(v wasim.ChatView) bool { return v.Muted && v.MutedUntil.After(time.Now()) })
	send(second, appstate.BuildMute(chat, true, 0))
	shown("muted for ever", func(v wasim.ChatView) bool { return v.Muted && v.MutedUntil.IsZero() })
	send(first, appstate.BuildStar(chat, chat, id, false, true))
	shown("starred", func(v wasim.ChatView) bool { return len(v.Starred) == 1 })
	send(first, appstate.BuildLabelEdit("1", "Paid", 2, false))
	send(second, appstate.BuildLabelChat(chat, "1", true))
	shown("labelled", func(v wasim.ChatView) bool { return len(v.Labels) == 1 && v.Labels[0] == "1" })
	require.Equal(t, "Paid", clinic.State().Labels[0].Name)
	require.Equal(t, []string{ana.Number()}, clinic.State().Labels[0].Chats)
	shown("unread", func(v wasim.ChatView) bool { return v.Unread == 1 })
	send(first, appstate.BuildMarkChatAsRead(chat, true, time.Now(), nil))
	shown("read", func(v wasim.ChatView) bool { return v.Unread == 0 && !v.MarkedUnread })
	send(first, appstate.BuildDeleteChat(chat, time.Now(), nil, true))
	waitFor(t, s, "deleted", func() bool { return len(clinic.Messages(ana.Number())) == 0 })
}

// A collection with a long past comes as a snapshot, and what followed as patches.
func TestSnapshotForANewDevice(t *testing.T) {
	s := newServer(t, wasim.Options{Seed: 1})
	clinic := newPhone(t, s, "+34600000013", "Clinic")
	for i := range 60 {
		number := fmt.Sprintf("+346000010%02d", i)
		newPhone(t, s, number, "P")
		require.NoError(t, clinic.SaveContact(t.Context(), number, fmt.Sprintf("Person %d", i)))
	}
	require.NoError(t, clinic.RemoveContact(t.Context(), "+34600001007"))
	require.NoError(t, clinic.SaveContact(t.Context(), "+34600001008", "Renamed"))
	first := newClient(t, s, filepath.Join(t.TempDir(), "first.db"))
	first.link(clinic)
	name := func(c *client, number string) string {
		contact, err := c.Store.Contacts.GetContact(t.Context(), types.NewJID(number, types.DefaultUserServer))
		require.NoError(t, err)
		return contact.FullName
	}
	require.Equal(t, "Person 59", name(first, "34600001059"))
	require.Equal(t, "Renamed", name(first, "34600001008"))
	require.Empty(t, name(first, "34600001007"))

	newPhone(t, s, "+34600001099", "P")
	require.NoError(t, clinic.SaveContact(t.Context(), "+34600001099", "After the snapshot"))
	await(first, func(e *events.Contact) bool { return e.Action.GetFullName() == "After the snapshot" })
	second := newClient(t, s, filepath.Join(t.TempDir(), "second.db"))
	second.link(clinic)
	require.Equal(t, "After the snapshot", name(second, "34600001099"))
	version, hash, err := first.Store.AppState.GetAppStateVersion(t.Context(), string(appstate.WAPatchCriticalUnblockLow))
	require.NoError(t, err)
	sameVersion, sameHash, err := second.Store.AppState.GetAppStateVersion(t.Context(), string(appstate.WAPatchCriticalUnblockLow))
	require.NoError(t, err)
	require.Equal(t, version, sameVersion)
	require.Equal(t, hash, sameHash)
}

// A device that was away meanwhile gets what it missed in pages, and a large patch as a blob.
func TestManyPatchesComeInPages(t *testing.T) {
	s, clinic, c := linked(t)
	names := make(map[string]string)
	for i := range 130 {
		number := fmt.Sprintf("+34600002%03d", i)
		newPhone(t, s, number, "P")
		names[number] = fmt.Sprintf("Person %d", i)
	}
	c.Disconnect()
	c.forget()
	require.NoError(t, clinic.SaveContacts(t.Context(), names))
	require.Positive(t, s.ExpireMedia(), "the blob of the large patch is made again")
	for i := range 230 {
		require.NoError(t, clinic.Pin(t.Context(), "+34600002000", i%2 == 0))
	}
	require.NoError(t, c.Connect())
	await[*events.Connected](c, nil)
	await(c, func(e *events.Contact) bool { return e.Action.GetFullName() == "Person 129" })
	waitFor(t, s, "all patches", func() bool {
		version, _, err := c.Store.AppState.GetAppStateVersion(t.Context(), string(appstate.WAPatchRegularLow))
		return err == nil && version == clinic.State().Versions[string(appstate.WAPatchRegularLow)]
	})
	require.Empty(t, all[*events.AppStateSyncError](c))
}

// A client that has not heard yet what others did bases its patch on an old version, gets what it missed and tries again.
func TestConflictingPatches(t *testing.T) {
	s, clinic, c := linked(t)
	ana := newPhone(t, s, "+34600000021", "Ana")
	busy, free := make(chan struct{}), make(chan struct{})
	c.mu.Lock()
	c.refuse = func(evt any) bool {
		if m, ok := evt.(*events.Message); ok && textOf(m) == "hold on" {
			close(busy)
			<-free
		}
		return false
	}
	c.mu.Unlock()
	_, err := ana.SendText(t.Context(), clinic.Number(), "hold on")
	require.NoError(t, err)
	<-busy
	require.NoError(t, clinic.Archive(t.Context(), ana.Number(), true))
	err = c.SendAppState(within(t), appstate.BuildMarkChatAsRead(jid(t, ana.LID()), false, time.Time{}, nil))
	close(free)
	require.NoError(t, err)
	await(c, func(e *events.Archive) bool { return e.Action.GetArchived() })
	waitFor(t, s, "both", func() bool {
		view, err := clinic.Chat(ana.Number())
		return err == nil && view.Archived && view.MarkedUnread
	})
	require.EqualValues(t, 3, clinic.State().Versions[string(appstate.WAPatchRegularLow)])
}

// A device that meets a key which it does not have asks the phone for it.
func TestAppStateKeyAskedFor(t *testing.T) {
	s, clinic, c := linked(t)
	ana := newPhone(t, s, "+34600000021", "Ana")
	require.NoError(t, clinic.Pin(t.Context(), ana.Number(), true))
	await[*events.Pin](c, nil)
	clinic.RotateStateKey()
	require.NoError(t, clinic.Pin(t.Context(), ana.Number(), false))
	await(c, func(e *events.Pin) bool { return !e.Action.GetPinned() })
	require.NoError(t, c.SendAppState(within(t), appstate.BuildPin(jid(t, ana.LID()), true)))
	waitFor(t, s, "pinned by the client with the new key", func() bool {
		view, err := clinic.Chat(ana.Number())
		return err == nil && view.Pinned
	})
}

// When a device is removed, the others get a new key and read on with it.
func TestNewAppStateKeyWhenADeviceIsRemoved(t *testing.T) {
	s, clinic, ana, first, second := twoLinked(t)
	require.NoError(t, clinic.Mute(t.Context(), ana.Number(), true, time.Time{}))
	await[*events.Mute](first, nil)
	await[*events.Mute](second, nil)
	inStep(second, clinic)
	before, err := first.Store.AppStateKeys.GetLatestAppStateSyncKeyID(t.Context())
	require.NoError(t, err)
	require.NoError(t, clinic.Unlink(2))
	await[*events.LoggedOut](second, nil)
	waitFor(t, s, "a new key", func() bool {
		now, err := first.Store.AppStateKeys.GetLatestAppStateSyncKeyID(t.Context())
		return err == nil && string(now) != string(before)
	})
	require.NoError(t, clinic.Mute(t.Context(), ana.Number(), false, time.Time{}))
	await(first, func(e *events.Mute) bool { return !e.Action.GetMuted() })
	third := newClient(t, s, filepath.Join(t.TempDir(), "third.db"))
	third.link(clinic)
	require.Empty(t, all[*events.AppStateSyncError](third))
}
