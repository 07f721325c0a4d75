package whatsapp_test

import (
	"bytes"
	"compress/zlib"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/proto/waHistorySync"
	"google.golang.org/protobuf/proto"

	"waflow/backend/domain"
	"waflow/backend/whatsapp"
)

// A piece of history is whatever a phone sent, or somebody who has its keys.
func TestHistoryThatCanNotBeRead(t *testing.T) {
	server := newServer(t)
	key := server.RootKey()
	service, err := whatsapp.Configure(whatsapp.Endpoint{URL: server.Endpoint(), RootKey: key[:]}, whatsapp.Options{})
	require.NoError(t, err)
	client, err := service.Open(t.Context(), filepath.Join(t.TempDir(), "session.db"), domain.SessionHandlers{})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, client.Close()) })
	none := func(domain.Past) error {
		t.Error("something was handed on")
		return nil
	}

	strange, err := proto.Marshal(&waHistorySync.HistorySync{
		SyncType: waHistorySync.HistorySync_RECENT.Enum(),
		Conversations: []*waHistorySync.Conversation{
			{ID: proto.String("")},
			{ID: proto.String("@"), Messages: []*waHistorySync.HistorySyncMsg{{}}},
			{ID: proto.String("34600000027@s.whatsapp.net"), Messages: []*waHistorySync.HistorySyncMsg{{}}},
			{ID: proto.String("120363000000000001@g.us"), Messages: []*waHistorySync.HistorySyncMsg{{}}},
		},
	})
	require.NoError(t, err)
	for name, tt := range map[string]struct {
		raw  []byte
		want domain.Code
	}{
		"no notice":                        {[]byte("\xff"), domain.CodeHistoryBroken},
		"a payload that is not deflated":   {notice(t, []byte("not deflated")), domain.CodeHistoryBroken},
		"a payload that ends in between":   {notice(t, deflated(t, []byte("half of it"))[:8]), domain.CodeHistoryBroken},
		"a payload that is no history":     {notice(t, deflated(t, []byte("\xff\xff\xff"))), domain.CodeHistoryBroken},
		"a payload that unpacks too large": {notice(t, deflated(t, make([]byte, 257<<20))), domain.CodeHistoryTooLarge},
	} {
		err := client.History(t.Context(), domain.InboundHistory{WAID: "H1", Raw: tt.raw}, none)
		require.Equal(t, tt.want, domain.CodeOf(err), name)
	}
	require.NoError(t, client.History(t.Context(), domain.InboundHistory{WAID: "H1", Raw: notice(t, deflated(t, strange))}, none))
}

func notice(t *testing.T, payload []byte) []byte {
	raw, err := proto.Marshal(&waE2E.HistorySyncNotification{InitialHistBootstrapInlinePayload: payload})
	require.NoError(t, err)
	return raw
}

func deflated(t *testing.T, raw []byte) []byte {
	var out bytes.Buffer
	w := zlib.NewWriter(&out)
	_, err := w.Write(raw)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return out.Bytes()
}
