package wasim_test

import (
	"path/filepath"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.mau.fi/whatsmeow/proto/waCompanionReg"
	"go.mau.fi/whatsmeow/proto/waHistorySync"
	"go.mau.fi/whatsmeow/proto/waWeb"
	"go.mau.fi/whatsmeow/store"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"
	"google.golang.org/protobuf/proto"

	"waflow/backend/wasim"
)

// wantAll lets the clients of a test ask for all of the history when they are linked, or for what is recent only. The
// client library keeps its wishes in a variable.
func wantAll(t *testing.T, full bool) {
	t.Helper()
	before := store.DeviceProps
	t.Cleanup(func() { store.DeviceProps = before })
	store.DeviceProps = proto.CloneOf(before)
	store.DeviceProps.RequireFullSync = proto.Bool(full)
	if store.DeviceProps.HistorySyncConfig == nil {
		store.DeviceProps.HistorySyncConfig = &waCompanionReg.DeviceProps_HistorySyncConfig{}
	}
	store.DeviceProps.HistorySyncConfig.FullSyncDaysLimit = proto.Uint32(3650)
}

// reader downloads and confirms every chunk of history that reaches a client, as the product does.
type reader struct {
	*client
	seen   map[types.JID]map[string]int // messages by chat and id, and how often they came
	chunks []*waHistorySync.HistorySync
	next   int // event
}

func newReader(c *client) *reader {
	return &reader{client: c, seen: make(map[types.JID]map[string]int)}
}

// read takes chunks until one fits.
func (r *reader) read(until func(*waHistorySync.HistorySync) bool) *waHistorySync.HistorySync {
	r.t.Helper()
	for {
		recorded, changed := r.recorded()
		for ; r.next < len(recorded); r.next++ {
			m, ok := recorded[r.next].(*events.Message)
			if !ok || m.Message.GetProtocolMessage().GetHistorySyncNotification() == nil {
				continue
			}
			if h := r.take(m); until(h) {
				r.next++
				return h
			}
		}
		select {
		case <-changed:
		case <-time.After(patience): // for the next chunk, not for all of them
			require.FailNow(r.t, "history did not come")
		}
	}
}

func (r *reader) take(m *events.Message) *waHistorySync.HistorySync {
	r.t.Helper()
	ctx := r.t.Context()
	n := m.Message.GetProtocolMessage().GetHistorySyncNotification()
	h, err := r.DownloadHistorySync(ctx, n, true)
	require.NoError(r.t, err)
	require.Equal(r.t, n.GetSyncType().String(), h.GetSyncType().String())
	require.NoError(r.t, r.SendProtocolMessageReceipt(ctx, m.Info.ID, types.ReceiptTypeHistorySync))
	for _, c := range h.GetConversations() {
		chat := jid(r.t, c.GetID())
		if r.seen[chat] == nil {
			r.seen[chat] = make(map[string]int)
		}
		c.Messages = slices.DeleteFunc(c.Messages, func(item *waHistorySync.HistorySyncMsg) bool { // lines that nobody wrote
			return item.GetMessage().GetMessage() == nil && item.GetMessage().GetMessageStubType() >= waWeb.WebMessageInfo_GROUP_CREATE
		})
		last := uint64(1) << 62
		for _, item := range c.GetMessages() {
			require.LessOrEqual(r.t, item.GetMessage().GetMessageTimestamp(), last, "the newest comes first")
			last = item.GetMessage().GetMessageTimestamp()
			r.seen[chat][item.GetMessage().GetKey().GetID()]++
		}
	}
	for _, c := range h.GetConversations() {
		c.Messages = c.Messages[:min(1, len(c.Messages))] // the newest is enough for what tests ask
	}
	r.chunks = append(r.chunks, h)
	return h
}

func (r *reader) count() (messages int, once bool) {
	once = true
	for _, ids := range r.seen {
		messages += len(ids)
		for _, times := range ids {
			once = once && times == 1
		}
	}
	return messages, once
}

func finished(kind waHistorySync.HistorySync_HistorySyncType) func(*waHistorySync.HistorySync) bool {
	return func(h *waHistorySync.HistorySync) bool { return h.GetSyncType() == kind && h.GetProgress() == 100 }
}

// A phone with a long past hands over each message once, in chunks that are made one after the other.
func TestAllOfALargeHistory(t *testing.T) {
	chats, messages := 10_000, 200_000
	if testing.Short() {
		chats, messages = 300, 8_000
	}
	wantAll(t, true)
	s := newServer(t, wasim.Options{Seed: 7})
	clinic := newPhone(t, s, "+34600000013", "Clinic")
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	require.NoError(t, clinic.FillHistory(wasim.HistoryOptions{Chats: chats, Messages: messages}))
	runtime.GC()
	runtime.ReadMemStats(&after)
	require.Less(t, int64(after.HeapAlloc)-int64(before.HeapAlloc), int64(8<<20), "messages are made when they are asked for")

	r := newReader(newClient(t, s, filepath.Join(t.TempDir(), "session.db")))
	r.link(clinic)
	last := finished(waHistorySync.HistorySync_FULL)
	r.read(func(h *waHistorySync.HistorySync) bool {
		waiting := 0
		for _, c := range s.Ledger().History(wasim.Filter{}) {
			require.LessOrEqual(t, c.Messages, 2000)
			if !c.Confirmed && (c.Type == "RECENT" || c.Type == "FULL") {
				waiting++
			}
		}
		require.LessOrEqual(t, waiting, 1, "a chunk is made when the last one is confirmed")
		return last(h)
	})
	count, once := r.count()
	require.Equal(t, messages, count)
	require.True(t, once, "no message comes twice")
	require.Len(t, r.seen, chats)
	order, names := uint32(0), 0
	for _, h := range r.chunks {
		require.Equal(t, order, h.GetChunkOrder())
		order++
		names += len(h.GetPushnames())
	}
	require.Equal(t, chats+1, names)
	waitFor(t, s, "all confirmed", func() bool {
		for _, c := range s.Ledger().History(wasim.Filter{}) {
			if !c.Confirmed {
				return false
			}
		}
		return len(s.Ledger().History(wasim.Filter{})) == len(r.chunks)
	})
}

// A device that asks for no more gets the last three months, and the newest message of every chat. The rest it asks for,
// page by page, down to the beginning.
func TestOlderMessagesOnDemand(t *testing.T) {
	wantAll(t, false)
	s := newServer(t, wasim.Options{Seed: 7})
	clinic := newPhone(t, s, "+34600000013", "Clinic")
	const chats, messages = 30, 3000
	require.NoError(t, clinic.FillHistory(wasim.HistoryOptions{Chats: chats, Messages: messages, Languages: []string{"es"}, PictureEvery: 10}))
	r := newReader(newClient(t, s, filepath.Join(t.TempDir(), "session.db")))
	r.link(clinic)
	r.read(finished(waHistorySync.HistorySync_RECENT))
	recent, once := r.count()
	require.True(t, once)
	require.Less(t, recent, messages)
	require.Len(t, r.seen, chats)

	first := r.chunks[0].GetConversations()[0]
	chat, peer := jid(t, first.GetID()), "+"+jid(t, first.GetPnJID()).User
	shown := clinic.Messages(peer)
	require.Greater(t, len(shown), 100)
	view, err := clinic.Chat(peer)
	require.NoError(t, err)
	require.EqualValues(t, first.GetUnreadCount(), view.Unread)
	for len(r.seen[chat]) < len(shown) {
		oldest := shown[len(shown)-len(r.seen[chat])]
		require.Contains(t, r.seen[chat], oldest.ID)
		info := &types.MessageInfo{
			MessageSource: types.MessageSource{Chat: chat, IsFromMe: oldest.FromMe}, ID: oldest.ID, Timestamp: oldest.At,
		}
		request, err := r.SendPeerMessage(within(t), r.BuildHistorySyncRequest(info, 50))
		require.NoError(t, err)
		have := len(r.seen[chat])
		page := r.read(finished(waHistorySync.HistorySync_ON_DEMAND))
		require.Equal(t, min(50, len(shown)-have), len(r.seen[chat])-have)
		end := page.GetConversations()[0].GetEndOfHistoryTransferType()
		require.Equal(t, len(r.seen[chat]) == len(shown), end == waHistorySync.Conversation_COMPLETE_AND_NO_MORE_MESSAGE_REMAIN_ON_PRIMARY)
		notice := await(r.client, func(m *events.Message) bool {
			return m.Message.GetProtocolMessage().GetHistorySyncNotification().GetPeerDataRequestSessionID() == request.ID
		})
		require.Equal(t, "peer", notice.Info.Category)
	}
	_, once = r.count()
	require.True(t, once)
}
