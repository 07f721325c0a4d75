package whatsapp_test

import (
	"bytes"
	"compress/zlib"
	"path/filepath"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"go.mau.fi/whatsmeow/proto/waCommon"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/proto/waHistorySync"
	"go.mau.fi/whatsmeow/proto/waWeb"
	"google.golang.org/protobuf/proto"

	"waflow/backend/domain"
	"waflow/backend/whatsapp"
)

// FuzzHistory feeds pieces of history as anybody could make them who has a phone's keys, packed and not: each is refused or handed on in
// bounded parts, and nothing panics.
func FuzzHistory(f *testing.F) {
	service, err := whatsapp.Configure(whatsapp.Endpoint{URL: "ws://127.0.0.1:1/ws/chat", RootKey: make([]byte, 32)}, whatsapp.Options{})
	require.NoError(f, err)
	client, err := service.Open(f.Context(), filepath.Join(f.TempDir(), "session.db"), domain.SessionHandlers{})
	require.NoError(f, err)
	f.Cleanup(func() { require.NoError(f, client.Close()) })

	for _, sync := range pieces() {
		raw, err := proto.MarshalOptions{AllowPartial: true}.Marshal(sync)
		require.NoError(f, err)
		f.Add(raw, false)
		f.Add(packed(f, raw), true)
		f.Add(packed(f, raw)[:8], true)
	}
	f.Add(packed(f, make([]byte, 1<<20)), true)
	f.Add([]byte("\x78\x9c"), true)
	f.Fuzz(func(t *testing.T, raw []byte, isPacked bool) {
		if !isPacked {
			raw = packed(t, raw)
		}
		notice, err := proto.Marshal(&waE2E.HistorySyncNotification{InitialHistBootstrapInlinePayload: raw})
		require.NoError(t, err)
		err = client.History(t.Context(), domain.InboundHistory{WAID: "H1", Raw: notice}, func(p domain.Past) error {
			require.LessOrEqual(t, len(p.Messages), 500)
			for _, m := range p.Messages {
				require.NotEmpty(t, m.WAID)
				require.NotEqual(t, domain.Peer{}, m.Chat)
				require.LessOrEqual(t, len(m.Text), domain.MaxTextBytes)
				require.True(t, utf8.ValidString(m.Text))
			}
			return nil
		})
		require.Contains(t, []domain.Code{"", domain.CodeHistoryBroken, domain.CodeHistoryTooLarge}, domain.CodeOf(err))
	})
}

// pieces are pieces of history of every shape.
func pieces() []*waHistorySync.HistorySync {
	message := func(content *waE2E.Message) *waHistorySync.HistorySyncMsg {
		return &waHistorySync.HistorySyncMsg{Message: &waWeb.WebMessageInfo{
			Key:              &waCommon.MessageKey{RemoteJID: proto.String("34600000027@s.whatsapp.net"), ID: proto.String("3EB0AA")},
			MessageTimestamp: proto.Uint64(uint64(time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC).Unix())),
			Message:          content,
			Reactions:        []*waWeb.Reaction{{Key: &waCommon.MessageKey{FromMe: proto.Bool(true)}, Text: proto.String("👍")}},
		}}
	}
	return []*waHistorySync.HistorySync{
		{},
		{SyncType: waHistorySync.HistorySync_PUSH_NAME.Enum(), Pushnames: []*waHistorySync.Pushname{{ID: proto.String("34600000027@s.whatsapp.net"), Pushname: proto.String("Ana")}, {}}},
		{SyncType: waHistorySync.HistorySync_RECENT.Enum(), Conversations: []*waHistorySync.Conversation{
			{ID: proto.String("")},
			{ID: proto.String("@"), Messages: []*waHistorySync.HistorySyncMsg{{}}},
			{ID: proto.String("120363000000000001@g.us"), Name: proto.String("Vecinos"), Messages: []*waHistorySync.HistorySyncMsg{message(nil)}},
			{
				ID: proto.String("34600000027@s.whatsapp.net"),
				Messages: []*waHistorySync.HistorySyncMsg{
					message(&waE2E.Message{Conversation: proto.String("hello")}),
					message(&waE2E.Message{ImageMessage: &waE2E.ImageMessage{Caption: proto.String("look"), FileLength: proto.Uint64(1 << 62)}}),
				},
				EndOfHistoryTransferType: waHistorySync.Conversation_COMPLETE_AND_NO_MORE_MESSAGE_REMAIN_ON_PRIMARY.Enum(),
			},
		}},
	}
}

func packed(t testing.TB, raw []byte) []byte {
	var out bytes.Buffer
	w := zlib.NewWriter(&out)
	_, err := w.Write(raw)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return out.Bytes()
}
