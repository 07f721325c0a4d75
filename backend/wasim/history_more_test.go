package wasim_test

import (
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/proto/waHistorySync"
	"go.mau.fi/whatsmeow/proto/waWeb"
	"go.mau.fi/whatsmeow/types/events"
	"google.golang.org/protobuf/proto"

	"waflow/backend/wasim"
)

// withPast makes a phone with so many messages in its past, and a client that wants them all.
func withPast(t *testing.T, chats, messages int) (*wasim.Server, *wasim.Phone, *reader) {
	t.Helper()
	wantAll(t, true)
	s := newServer(t, wasim.Options{Seed: 7})
	clinic := newPhone(t, s, "+34600000013", "Clinic")
	require.NoError(t, clinic.FillHistory(wasim.HistoryOptions{Chats: chats, Messages: messages}))
	r := newReader(newClient(t, s, filepath.Join(t.TempDir(), "session.db")))
	r.link(clinic)
	return s, clinic, r
}

func isRecent(h *waHistorySync.HistorySync) bool {
	return h.GetSyncType() == waHistorySync.HistorySync_RECENT
}

// A device that is cut off gets what it missed when it is back, and the next chunk although its confirmation of the last one
// was lost.
func TestHistoryGoesOnAfterAnAbsence(t *testing.T) {
	const messages = 12_000
	s, clinic, r := withPast(t, 60, messages)
	offered := func() int { return len(s.Ledger().History(wasim.Filter{From: clinic.Number()})) }
	require.Equal(t, 3, offered())
	r.Disconnect()
	require.NoError(t, r.Connect())
	waitFor(t, s, "the next chunk", func() bool { return offered() == 4 })
	r.read(isRecent)
	r.Disconnect()
	require.NoError(t, r.Connect())
	r.read(finished(waHistorySync.HistorySync_FULL))
	count, once := r.count()
	require.Equal(t, messages, count)
	require.True(t, once)
}

// A device gets no chunk before it has confirmed the last one, and none once it is removed.
func TestHistoryWaitsForTheDevice(t *testing.T) {
	s, clinic, r := withPast(t, 60, 12_000)
	offered := func() []wasim.HistoryChunk { return s.Ledger().History(wasim.Filter{From: clinic.Number()}) }
	require.Len(t, offered(), 3, "the first, the names and one more chunk")
	require.True(t, offered()[2].Received)
	require.False(t, offered()[2].Confirmed)
	r.read(isRecent)
	waitFor(t, s, "the next chunk", func() bool { return len(offered()) == 4 })
	require.NoError(t, clinic.Unlink(1))
	await[*events.LoggedOut](r.client, nil)
	require.Len(t, offered(), 4)

	again := newReader(newClient(t, s, filepath.Join(t.TempDir(), "again.db")))
	again.link(clinic)
	again.read(finished(waHistorySync.HistorySync_FULL))
	count, once := again.count()
	require.Equal(t, 12_000, count)
	require.True(t, once)
}

// A device that finds a chunk gone asks for it, and gets the same one again.
func TestHistoryUploadedAgain(t *testing.T) {
	const messages = 6000
	s, _, r := withPast(t, 60, messages)
	notice := await(r.client, func(m *events.Message) bool {
		return m.Message.GetProtocolMessage().GetHistorySyncNotification().GetSyncType() == waE2E.HistorySyncType_RECENT
	})
	n := notice.Message.GetProtocolMessage().GetHistorySyncNotification()
	require.Positive(t, s.ExpireMedia())
	_, err := r.DownloadHistorySync(within(t), n, true)
	require.ErrorIs(t, err, whatsmeow.ErrMediaDownloadFailedWith410)
	require.NoError(t, r.SendHistorySyncServerErrorReceipt(within(t), notice.Info.ID, n.GetMediaKey()))
	fresh := await(r.client, func(m *events.Message) bool {
		f := m.Message.GetProtocolMessage().GetHistorySyncNotification()
		return m.Info.ID != notice.Info.ID && f.GetSyncType() == n.GetSyncType() && f.GetChunkOrder() == n.GetChunkOrder()
	})
	require.NotEqual(t, n.GetDirectPath(), fresh.Message.GetProtocolMessage().GetHistorySyncNotification().GetDirectPath())
	// The names are gone too; the first history was inside its message.
	recorded, _ := r.recorded()
	for i, evt := range recorded {
		m, ok := evt.(*events.Message)
		if ok && (m.Info.ID == notice.Info.ID || m.Message.GetProtocolMessage().GetHistorySyncNotification().GetSyncType() == waE2E.HistorySyncType_PUSH_NAME) {
			r.mu.Lock()
			r.events[i] = nil
			r.mu.Unlock()
		}
	}
	r.read(finished(waHistorySync.HistorySync_FULL))
	count, once := r.count()
	require.Equal(t, messages, count)
	require.True(t, once)
	require.True(t, s.Ledger().History(wasim.Filter{ID: notice.Info.ID})[0].Failed)
}

// What is written by hand is on the phone and in its history, with what the app state says of the chat.
func TestAPastWrittenByHand(t *testing.T) {
	s := newServer(t, wasim.Options{Seed: 1})
	clinic, ana := newPhone(t, s, "+34600000013", "Clinic"), newPhone(t, s, "+34600000021", "Ana")
	start := time.Now().Add(-40 * 24 * time.Hour).Truncate(time.Second)
	require.NoError(t, clinic.AddPast(ana.Number(), []wasim.PastMessage{
		{At: start.Add(time.Hour), FromMe: true, Text: "second", State: wasim.StateDelivered},
		{At: start, Text: "first"},
		{At: start.Add(2 * time.Hour), Unread: true, Content: &waE2E.Message{LocationMessage: &waE2E.LocationMessage{DegreesLatitude: proto.Float64(41.4)}}},
	}))
	require.ErrorIs(t, clinic.AddPast(ana.Number(), []wasim.PastMessage{{Text: "when?"}}), wasim.ErrBadHistory)
	_, err := ana.SendText(t.Context(), clinic.Number(), "now")
	require.NoError(t, err)
	waitFor(t, s, "four messages", func() bool { return len(clinic.Messages(ana.Number())) == 4 })
	shown := clinic.Messages(ana.Number())
	require.Equal(t, []string{"first", "second", "now"}, []string{shown[0].Text, shown[1].Text, shown[3].Text})
	require.NoError(t, clinic.SaveContact(t.Context(), ana.Number(), "Ana Ruiz"))
	require.NoError(t, clinic.Pin(t.Context(), ana.Number(), true))
	until := time.Now().Add(time.Hour)
	require.NoError(t, clinic.Mute(t.Context(), ana.Number(), true, until))
	require.NoError(t, clinic.MarkUnread(t.Context(), ana.Number(), true))

	r := newReader(newClient(t, s, filepath.Join(t.TempDir(), "session.db")))
	r.link(clinic)
	h := r.read(finished(waHistorySync.HistorySync_INITIAL_BOOTSTRAP))
	require.Len(t, h.GetConversations(), 1)
	c := h.GetConversations()[0]
	require.Len(t, r.seen[jid(t, ana.LID())], 4)
	require.Equal(t, []any{"Ana Ruiz", uint32(2), true, uint64(until.Unix())}, []any{c.GetName(), c.GetUnreadCount(), c.GetMarkedAsUnread(), c.GetMuteEndTime()})
	require.NotZero(t, c.GetPinned())
	require.Equal(t, waHistorySync.Conversation_COMPLETE_AND_NO_MORE_MESSAGE_REMAIN_ON_PRIMARY, c.GetEndOfHistoryTransferType())

	oldest := shown[len(shown)-1]
	require.Equal(t, oldest.ID, c.GetMessages()[0].GetMessage().GetKey().GetID(), "the newest first")
	require.Equal(t, waWeb.WebMessageInfo_DELIVERY_ACK, c.GetMessages()[0].GetMessage().GetStatus())
}

// A new device learns of the account's groups, who is in them and who was.
func TestGroupsInTheHistory(t *testing.T) {
	s := newServer(t, wasim.Options{Seed: 1})
	clinic, ana := newPhone(t, s, "+34600000013", "Clinic"), newPhone(t, s, "+34600000021", "Ana")
	luis, eva := newPhone(t, s, "+34600000022", "Luis"), newPhone(t, s, "+34600000023", "Eva")
	group, err := clinic.CreateGroup(wasim.GroupOptions{Subject: "Team", Members: []string{ana.Number(), luis.Number(), eva.Number()}})
	require.NoError(t, err)
	_, err = clinic.ChangeMembers(group, wasim.MemberRemove, luis.Number())
	require.NoError(t, err)
	require.NoError(t, eva.LeaveGroup(group))
	at := time.Now().Add(-time.Hour)
	require.NoError(t, clinic.AddPast(group, []wasim.PastMessage{{At: at, Author: ana.Number(), Text: "hola"}, {At: at.Add(time.Minute), Author: eva.Number(), Text: "adiós"}}))
	require.ErrorIs(t, clinic.AddPast(group, []wasim.PastMessage{{At: at, Text: "who?"}}), wasim.ErrBadHistory)

	r := newReader(newClient(t, s, filepath.Join(t.TempDir(), "session.db")))
	r.link(clinic)
	r.read(finished(waHistorySync.HistorySync_RECENT))
	var kinds []string
	for _, h := range r.chunks {
		kinds = append(kinds, h.GetSyncType().String())
	}
	require.Equal(t, []string{"INITIAL_BOOTSTRAP", "PUSH_NAME", "NON_BLOCKING_DATA", "RECENT"}, kinds)
	c := r.chunks[0].GetConversations()[0]
	require.Equal(t, group, c.GetID())
	require.Equal(t, "Team", c.GetName())
	require.Len(t, c.GetParticipant(), 2)
	require.Equal(t, eva.LID(), c.GetMessages()[0].GetMessage().GetKey().GetParticipant())
	past := r.chunks[2].GetPastParticipants()
	require.Len(t, past, 1)
	require.Equal(t, group, past[0].GetGroupJID())
	reasons := map[string]string{}
	for _, p := range past[0].GetPastParticipants() {
		reasons[p.GetUserJID()] = p.GetLeaveReason().String()
	}
	require.Equal(t, map[string]string{luis.LID(): "REMOVED", eva.LID(): "LEFT"}, reasons)
}

// Wishes that make no sense get no answer, and the next one does.
func TestNonsenseAskedOfThePhone(t *testing.T) {
	s, clinic, r := withPast(t, 3, 300)
	r.read(finished(waHistorySync.HistorySync_FULL))
	ask := func(m *waE2E.ProtocolMessage) {
		m.Type = waE2E.ProtocolMessage_PEER_DATA_OPERATION_REQUEST_MESSAGE.Enum()
		_, err := r.SendPeerMessage(within(t), &waE2E.Message{ProtocolMessage: m})
		require.NoError(t, err)
	}
	type operation = waE2E.PeerDataOperationRequestMessage
	for _, o := range []*operation{
		{},
		{HistorySyncOnDemandRequest: &waE2E.PeerDataOperationRequestMessage_HistorySyncOnDemandRequest{}},
		{HistorySyncOnDemandRequest: &waE2E.PeerDataOperationRequestMessage_HistorySyncOnDemandRequest{ChatJID: proto.String("1@lid")}},
		{SyncdCollectionFatalRecoveryRequest: &waE2E.PeerDataOperationRequestMessage_SyncDCollectionFatalRecoveryRequest{CollectionName: proto.String("zzz")}},
		{HistorySyncChunkRetryRequest: &waE2E.PeerDataOperationRequestMessage_HistorySyncChunkRetryRequest{ChunkNotificationID: proto.String("zzz")}},
		{RequestURLPreview: []*waE2E.PeerDataOperationRequestMessage_RequestUrlPreview{{URL: proto.String("https://example.com")}}},
	} {
		ask(&waE2E.ProtocolMessage{PeerDataOperationRequestMessage: o})
	}
	ask(&waE2E.ProtocolMessage{AppStateFatalExceptionNotification: &waE2E.AppStateFatalExceptionNotification{CollectionNames: []string{"zzz"}}})
	ask(&waE2E.ProtocolMessage{AppStateSyncKeyRequest: &waE2E.AppStateSyncKeyRequest{KeyIDs: []*waE2E.AppStateSyncKeyId{nil, {KeyID: []byte{1}}}}})
	before := len(s.Ledger().History(wasim.Filter{}))
	ask(&waE2E.ProtocolMessage{PeerDataOperationRequestMessage: &operation{
		HistorySyncOnDemandRequest: &waE2E.PeerDataOperationRequestMessage_HistorySyncOnDemandRequest{
			ChatJID: r.chunks[0].GetConversations()[0].ID, OnDemandMsgCount: proto.Int32(-1), OldestMsgTimestampMS: proto.Int64(-1),
		},
	}})
	end := r.read(finished(waHistorySync.HistorySync_ON_DEMAND))
	require.Empty(t, end.GetConversations()[0].GetMessages(), "nothing is older than the beginning of time")
	require.Len(t, s.Ledger().History(wasim.Filter{}), before+1)
	require.Len(t, clinic.LinkedDevices(), 1)
}

// The same seed makes the same past, and the pictures in it can be downloaded.
func TestAPastMadeUp(t *testing.T) {
	var texts [2][]wasim.ChatMessage
	for i, name := range []string{"first", "again"} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t, wasim.Options{Seed: 3, Now: func() time.Time { return time.Unix(1_800_000_000, 0) }})
			clinic := newPhone(t, s, "+34600000013", "Clinic")
			require.NoError(t, clinic.FillHistory(wasim.HistoryOptions{Chats: 2, Messages: 80, Languages: []string{"de"}, PictureEvery: 5}))
			require.Error(t, clinic.FillHistory(wasim.HistoryOptions{Chats: 1, Languages: []string{"xx"}}))
			c := newClient(t, s, filepath.Join(t.TempDir(), "session.db"))
			c.link(clinic)
			notice := await(c, func(m *events.Message) bool {
				n := m.Message.GetProtocolMessage().GetHistorySyncNotification()
				return n != nil && n.GetSyncType() == waE2E.HistorySyncType_INITIAL_BOOTSTRAP
			})
			h, err := c.DownloadHistorySync(within(t), notice.Message.GetProtocolMessage().GetHistorySyncNotification(), true)
			require.NoError(t, err)
			require.Len(t, h.GetConversations(), 2)
			picture := h.GetConversations()[0].GetMessages()[4].GetMessage().GetMessage().GetImageMessage()
			raw, err := c.Download(within(t), picture)
			require.NoError(t, err)
			require.Len(t, raw, int(picture.GetFileLength()))
			texts[i] = clinic.Messages("+" + jid(t, h.GetConversations()[0].GetPnJID()).User)
		})
	}
	require.NotEmpty(t, texts[0])
	require.Equal(t, texts[0], texts[1])
}

func TestHistoryInABubble(t *testing.T) {
	path := filepath.Join(t.TempDir(), "session.db")
	wantAll(t, true)
	synctest.Test(t, func(t *testing.T) {
		s := newMemoryServer(t, wasim.Options{Seed: 7})
		clinic := newPhone(t, s, "+34600000013", "Clinic")
		require.NoError(t, clinic.FillHistory(wasim.HistoryOptions{Chats: 20, Messages: 4000, PictureEvery: 50}))
		r := newReader(newClient(t, s, path))
		r.link(clinic)
		r.read(finished(waHistorySync.HistorySync_FULL))
		count, _ := r.count()
		require.Equal(t, 4000, count)
		quietly(r.client)
	})
}

// A phone hands its past over in pieces as small as it is told to, and once more to a device that has lost it.
func TestHistoryHandedOverAgain(t *testing.T) {
	const messages = 300
	wantAll(t, true)
	s := newServer(t, wasim.Options{Seed: 7})
	clinic := newPhone(t, s, "+34600000013", "Clinic")
	require.NoError(t, clinic.FillHistory(wasim.HistoryOptions{Chats: 2, Messages: messages, Piece: 40}))
	r := newReader(newClient(t, s, filepath.Join(t.TempDir(), "session.db")))
	r.link(clinic)
	r.read(finished(waHistorySync.HistorySync_FULL))
	count, once := r.count()
	require.Equal(t, messages, count)
	require.True(t, once)

	require.ErrorIs(t, clinic.HandOverAgain(7), wasim.ErrUnknownDevice)
	require.NoError(t, clinic.HandOverAgain(1))
	r.read(finished(waHistorySync.HistorySync_FULL))
	handed := 0
	for _, chunk := range s.Ledger().History(wasim.Filter{From: clinic.Number()}) {
		if chunk.Type == "RECENT" || chunk.Type == "FULL" {
			require.LessOrEqual(t, chunk.Messages, 40)
			handed += chunk.Messages
		}
	}
	require.Equal(t, 2*messages-100, handed, "the first time fifty of each chat were in the piece before")
	require.Zero(t, s.Ledger().Submitted(wasim.Address{Number: "+34600000099"}))
	require.GreaterOrEqual(t, s.Ledger().Submitted(wasim.Address{Number: clinic.Number()}), 300/40, "each piece is a message of the phone")
}
