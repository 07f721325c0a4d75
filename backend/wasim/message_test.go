package wasim_test

import (
	"bytes"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/appstate"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"

	"waflow/backend/wasim"
)

func stateOf(p *wasim.Phone, peer, id string) wasim.MessageState {
	for _, m := range p.Messages(peer) {
		if m.ID == id {
			return m.State
		}
	}
	return ""
}

func TestTextsBothWaysInBothAddressSpaces(t *testing.T) {
	for _, addressing := range []wasim.Addressing{wasim.AddressLID, wasim.AddressPhone} {
		t.Run(string(addressing), func(t *testing.T) {
			s, clinic, c := linked(t)
			ana, err := s.NewPhone(wasim.PhoneOptions{Number: "+34600000021", Name: "Ana", Addressing: addressing})
			require.NoError(t, err)

			id, err := ana.SendText(t.Context(), clinic.Number(), "hola")
			require.NoError(t, err)
			m := c.awaitText("hola")
			require.Equal(t, id, m.Info.ID)
			require.Equal(t, "Ana", m.Info.PushName)
			require.False(t, m.Info.IsFromMe)
			require.Equal(t, string(addressing) == "lid", m.Info.Sender.Server == types.HiddenUserServer)
			require.False(t, m.Info.SenderAlt.IsEmpty())

			to := jid(t, ana.JID())
			if addressing == wasim.AddressLID {
				to = jid(t, ana.LID())
			}
			sent, err := c.sendText(to, "buenos días")
			require.NoError(t, err)
			waitFor(t, s, "answer on Ana's phone", func() bool { return len(ana.Messages(clinic.Number())) == 2 })
			answer := ana.Messages(clinic.Number())[1]
			require.Equal(t, "buenos días", answer.Text)
			require.Equal(t, sent.ID, answer.ID)
			require.EqualValues(t, 1, answer.Device)

			delivered := await(c, func(r *events.Receipt) bool { return r.Type == types.ReceiptTypeDelivered })
			require.Equal(t, []string{sent.ID}, delivered.MessageIDs)
			n, err := ana.MarkRead(clinic.Number())
			require.NoError(t, err)
			require.Equal(t, 1, n)
			await(c, func(r *events.Receipt) bool { return r.Type == types.ReceiptTypeRead && r.MessageIDs[0] == sent.ID })

			require.NoError(t, c.MarkRead(t.Context(), []string{id}, time.Now(), m.Info.Chat, m.Info.Sender))
			waitFor(t, s, "read ticks on Ana's phone", func() bool { return stateOf(ana, clinic.Number(), id) == wasim.StateRead })
		})
	}
}

func TestOwnCopies(t *testing.T) {
	s, clinic, first := linked(t)
	ana := newPhone(t, s, "+34600000021", "Ana")
	second := newClient(t, s, filepath.Join(t.TempDir(), "second.db"))
	second.link(clinic)

	_, err := clinic.SendText(t.Context(), ana.Number(), "from the phone")
	require.NoError(t, err)
	for _, c := range []*client{first, second} {
		m := c.awaitText("from the phone")
		require.True(t, m.Info.IsFromMe)
		require.Equal(t, jid(t, ana.LID()), m.Info.Chat)
		require.NotNil(t, m.Info.DeviceSentMeta)
	}
	sent, err := first.sendText(jid(t, ana.LID()), "from the first device")
	require.NoError(t, err)
	require.True(t, second.awaitText("from the first device").Info.IsFromMe)
	waitFor(t, s, "copy on the phone", func() bool { return stateOf(clinic, ana.Number(), sent.ID) == wasim.StateDelivered })
	waitFor(t, s, "both messages on both phones", func() bool {
		return len(clinic.Messages(ana.Number())) == 2 && len(ana.Messages(clinic.Number())) == 2
	})

	in, err := ana.SendText(t.Context(), clinic.Number(), "to all")
	require.NoError(t, err)
	first.awaitText("to all")
	m := second.awaitText("to all")
	require.NoError(t, first.MarkRead(t.Context(), []string{in}, time.Now(), m.Info.Chat, m.Info.Sender))
	read := await(second, func(r *events.Receipt) bool { return r.Type == types.ReceiptTypeRead && r.IsFromMe })
	require.Equal(t, m.Info.Chat, read.Chat)
	waitFor(t, s, "read on the phone too", func() bool {
		messages := clinic.Messages(ana.Number())
		return messages[len(messages)-1].Read
	})
}

func TestOfflineQueue(t *testing.T) {
	s, clinic, c := linked(t)
	ana := newPhone(t, s, "+34600000021", "Ana")
	clinic.SetNetwork(false)
	await[*events.Disconnected](c, nil)
	c.forget()
	require.NoError(t, c.Connect(), "the network goes down at login, not before")
	await[*events.Disconnected](c, nil)

	ids, err := ana.Burst(t.Context(), clinic.Number(), "while away", 50)
	require.NoError(t, err)
	clinic.SetNetwork(true)
	c.forget()
	require.NoError(t, c.Connect())
	preview := await[*events.OfflineSyncPreview](c, nil)
	require.Equal(t, 50, preview.Messages)
	require.Equal(t, preview.Total, await[*events.OfflineSyncCompleted](c, nil).Count)
	c.awaitText("while away 50")
	want := make([]string, 50)
	for i := range want {
		want[i] = fmt.Sprintf("while away %d", i+1)
	}
	require.Equal(t, want, c.texts())
	one := uint16(1)
	mine := wasim.Filter{To: clinic.Number(), From: ana.Number(), ToDevice: &one}
	waitFor(t, s, "all acknowledged", func() bool { return len(s.Ledger().Unacknowledged(mine)) == 0 })
	for i, d := range s.Ledger().Deliveries(mine) {
		require.Equal(t, ids[i], d.ID)
		require.Equal(t, 1, d.Sent)
		require.Equal(t, 1, d.Acked)
	}
	c.relogin()
	require.Zero(t, await[*events.OfflineSyncCompleted](c, nil).Count)
	require.Empty(t, c.texts())
}

func TestRedeliveredUntilTheHandlerAccepts(t *testing.T) {
	s, clinic, c := linked(t)
	ana := newPhone(t, s, "+34600000021", "Ana")
	c.mu.Lock()
	c.refuse = func(evt any) bool { m, ok := evt.(*events.Message); return ok && textOf(m) == "stubborn" }
	c.mu.Unlock()
	id, err := ana.SendText(t.Context(), clinic.Number(), "stubborn")
	require.NoError(t, err)
	c.awaitText("stubborn")
	c.relogin()
	c.awaitText("stubborn")
	c.mu.Lock()
	c.refuse = nil
	c.mu.Unlock()
	c.relogin()
	c.awaitText("stubborn")
	one := uint16(1)
	f := wasim.Filter{ID: id, ToDevice: &one}
	waitFor(t, s, "acknowledged", func() bool { return s.Ledger().Deliveries(f)[0].Acked == 1 })
	require.Equal(t, 3, s.Ledger().Deliveries(f)[0].Sent)
}

func TestPushNameArrivesSoThatPresenceWorks(t *testing.T) {
	s, clinic, c := linked(t)
	require.Equal(t, "Clinic", c.Store.PushName)
	require.NoError(t, clinic.SetName(t.Context(), "Clinic Sol"))
	renamed := await(c, func(e *events.PushNameSetting) bool { return e.Action.GetName() == "Clinic Sol" })
	require.False(t, renamed.FromFullSync)
	require.Equal(t, "Clinic Sol", c.Store.PushName)
	require.NoError(t, c.SendPresence(t.Context(), types.PresenceAvailable))
	require.Equal(t, "Clinic Sol", clinic.Name())

	ana := newPhone(t, s, "+34600000021", "Ana")
	_, err := ana.SendText(t.Context(), clinic.Number(), "are you there?")
	require.NoError(t, err)
	c.awaitText("are you there?")
	waitFor(t, s, "delivered, not inactive, because the client is available", func() bool {
		return stateOf(ana, clinic.Number(), ana.Messages(clinic.Number())[0].ID) == wasim.StateDelivered
	})
}

func TestHistoryAfterLinking(t *testing.T) {
	s := newServer(t, wasim.Options{Seed: 1})
	clinic := newPhone(t, s, "+34600000013", "Clinic")
	ana := newPhone(t, s, "+34600000021", "Ana")
	for i := range 3 {
		_, err := ana.SendText(t.Context(), clinic.Number(), fmt.Sprintf("before %d", i))
		require.NoError(t, err)
	}
	waitFor(t, s, "old messages", func() bool { return len(clinic.Messages(ana.Number())) == 3 })
	c := newClient(t, s, filepath.Join(t.TempDir(), "session.db"))
	c.link(clinic)
	for _, want := range []string{"INITIAL_BOOTSTRAP", "PUSH_NAME"} {
		m := await(c, func(m *events.Message) bool {
			notice := m.Message.GetProtocolMessage().GetHistorySyncNotification()
			return notice != nil && notice.GetSyncType().String() == want
		})
		require.Equal(t, "peer", m.Info.Category)
		history, err := c.DownloadHistorySync(within(t), m.Message.GetProtocolMessage().GetHistorySyncNotification(), true)
		require.NoError(t, err)
		if want == "PUSH_NAME" {
			require.Len(t, history.GetPushnames(), 2)
			continue
		}
		require.Len(t, history.GetConversations(), 1)
		require.Equal(t, ana.LID(), history.GetConversations()[0].GetID())
		require.Len(t, history.GetConversations()[0].GetMessages(), 3)
		require.Len(t, history.GetPhoneNumberToLidMappings(), 1)
	}
}

func TestPeopleAreFoundByNumber(t *testing.T) {
	s, _, c := linked(t)
	ana := newPhone(t, s, "+34600000021", "Ana")
	found, err := c.IsOnWhatsApp(within(t), []string{"+34600000021", "+34699999999"})
	require.NoError(t, err)
	require.Len(t, found, 1, "the library leaves out who has no JID")
	require.True(t, found[0].IsIn)
	require.Equal(t, jid(t, ana.LID()), found[0].JID)
	require.Equal(t, jid(t, ana.JID()), found[0].PhoneNumber)
	require.Equal(t, "+34600000021", found[0].Query)

	_, err = c.sendText(types.NewJID("34699999999", types.DefaultUserServer), "nobody")
	require.ErrorContains(t, err, "no LID found")
	_, err = c.sendText(jid(t, ana.JID()), "somebody")
	require.NoError(t, err)

	_, err = c.GetProfilePictureInfo(within(t), jid(t, ana.JID()), nil)
	require.ErrorIs(t, err, whatsmeow.ErrProfilePictureNotSet)
	groups, err := c.GetJoinedGroups(within(t))
	require.NoError(t, err)
	require.Empty(t, groups)
}

func TestTwoLinkedDevicesOfDifferentAccountsTalk(t *testing.T) {
	s, clinic, c := linked(t)
	school := newPhone(t, s, "+34600000014", "School")
	other := newClient(t, s, filepath.Join(t.TempDir(), "school.db"))
	other.link(school)
	_, err := c.sendText(jid(t, school.JID()), "hello school")
	require.NoError(t, err)
	m := other.awaitText("hello school")
	require.EqualValues(t, 1, m.Info.Sender.Device)
	_, err = other.sendText(m.Info.Chat, "hello clinic")
	require.NoError(t, err)
	c.awaitText("hello clinic")
	waitFor(t, s, "both phones have both", func() bool {
		return len(clinic.Messages(school.Number())) == 2 && len(school.Messages(clinic.Number())) == 2
	})
}

func TestADeviceLinkedLaterGetsTheNextMessage(t *testing.T) {
	s, _, c := linked(t)
	school := newPhone(t, s, "+34600000014", "School")
	_, err := c.sendText(jid(t, school.LID()), "first")
	require.NoError(t, err)
	other := newClient(t, s, filepath.Join(t.TempDir(), "school.db"))
	other.link(school)
	waitFor(t, s, "news about the device is acknowledged", func() bool {
		return c.Store != nil && len(s.Phone("+34600000013").LinkedDevices()) == 1 && s.Phone("+34600000013").LinkedDevices()[0].Waiting == 0
	})
	_, err = c.sendText(jid(t, school.LID()), "second")
	require.NoError(t, err)
	other.awaitText("second")
}

func TestAContactWithoutNetwork(t *testing.T) {
	s, clinic, c := linked(t)
	ana := newPhone(t, s, "+34600000021", "Ana")
	ana.SetOwnNetwork(false)
	sent, err := c.sendText(jid(t, ana.LID()), "are you there?")
	require.NoError(t, err)
	waitFor(t, s, "sent and not delivered", func() bool { return stateOf(clinic, ana.Number(), sent.ID) == wasim.StateSent })
	require.Empty(t, ana.Messages(clinic.Number()))
	ana.SetReadsAtOnce(true)
	ana.SetOwnNetwork(true)
	await(c, func(r *events.Receipt) bool {
		return r.Type == types.ReceiptTypeDelivered && r.MessageIDs[0] == sent.ID
	})
	await(c, func(r *events.Receipt) bool { return r.Type == types.ReceiptTypeRead && r.MessageIDs[0] == sent.ID })
}

func TestTypingReachesWhoIsThere(t *testing.T) {
	s, clinic, c := linked(t)
	school := newPhone(t, s, "+34600000014", "School")
	other := newClient(t, s, filepath.Join(t.TempDir(), "school.db"))
	other.link(school)
	require.NoError(t, other.SendPresence(t.Context(), types.PresenceAvailable))
	require.NoError(t, other.SubscribePresence(t.Context(), jid(t, clinic.LID())))
	await(other, func(p *events.Presence) bool { return p.Unavailable })
	require.NoError(t, c.SendPresence(t.Context(), types.PresenceAvailable))
	await(other, func(p *events.Presence) bool { return !p.Unavailable })
	require.NoError(t, c.SendChatPresence(t.Context(), jid(t, school.LID()), types.ChatPresenceComposing, types.ChatPresenceMediaText))
	typing := await(other, func(p *events.ChatPresence) bool { return p.State == types.ChatPresenceComposing })
	require.Equal(t, jid(t, clinic.LID()), typing.Chat)
}

func TestMediaRoundTrip(t *testing.T) {
	_, _, c := linked(t)
	picture := bytes.Repeat([]byte("picture"), 10_000)
	up, err := c.Upload(within(t), picture, whatsmeow.MediaImage)
	require.NoError(t, err)
	down, err := c.Download(within(t), &waE2E.ImageMessage{
		DirectPath: &up.DirectPath, MediaKey: up.MediaKey, FileEncSHA256: up.FileEncSHA256, FileSHA256: up.FileSHA256, FileLength: &up.FileLength,
	})
	require.NoError(t, err)
	require.Equal(t, picture, down)
	require.NoError(t, c.DeleteMedia(within(t), whatsmeow.MediaImage, up.DirectPath, up.FileEncSHA256, ""))
	_, err = c.Download(within(t), &waE2E.ImageMessage{
		DirectPath: &up.DirectPath, MediaKey: up.MediaKey, FileEncSHA256: up.FileEncSHA256, FileSHA256: up.FileSHA256, FileLength: &up.FileLength,
	})
	require.ErrorIs(t, err, whatsmeow.ErrMediaDownloadFailedWith404)
}

func TestContactsOfTheAddressBook(t *testing.T) {
	s := newServer(t, wasim.Options{Seed: 1})
	clinic, ana := newPhone(t, s, "+34600000013", "Clinic"), newPhone(t, s, "+34600000021", "Ana")
	require.NoError(t, clinic.SaveContact(t.Context(), ana.Number(), "Ana Ruiz"))
	c := newClient(t, s, filepath.Join(t.TempDir(), "session.db"))
	c.link(clinic)
	contact, err := c.Store.Contacts.GetContact(t.Context(), jid(t, ana.JID()))
	require.NoError(t, err)
	require.Equal(t, "Ana Ruiz", contact.FullName)
	require.NoError(t, clinic.SaveContact(t.Context(), ana.Number(), "Ana Ruiz Gil"))
	await(c, func(e *events.Contact) bool { return e.Action.GetFullName() == "Ana Ruiz Gil" })
}

func TestAppStateFromALinkedDeviceReachesTheOthers(t *testing.T) {
	s, clinic, first := linked(t)
	ana := newPhone(t, s, "+34600000021", "Ana")
	second := newClient(t, s, filepath.Join(t.TempDir(), "second.db"))
	second.link(clinic)
	require.NoError(t, first.SendAppState(within(t), appstate.BuildMute(jid(t, ana.LID()), true, time.Hour)))
	muted := await[*events.Mute](second, nil)
	require.Equal(t, jid(t, ana.LID()), muted.JID)
	require.NoError(t, second.SendAppState(within(t), appstate.BuildArchive(jid(t, ana.LID()), true, time.Time{}, nil)))
	await(first, func(a *events.Archive) bool { return a.JID == jid(t, ana.LID()) })
}
