package convert_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/proto/waHistorySync"
	"go.mau.fi/whatsmeow/proto/waWeb"
	"go.mau.fi/whatsmeow/types"
	"google.golang.org/protobuf/proto"

	"waflow/backend/domain"
	"waflow/backend/whatsapp/convert"
)

func TestHistoryTellsHowFarOurMessagesHadCome(t *testing.T) {
	for status, want := range map[waWeb.WebMessageInfo_Status]domain.MessageState{
		waWeb.WebMessageInfo_PENDING:      domain.StateSent,
		waWeb.WebMessageInfo_SERVER_ACK:   domain.StateSent,
		waWeb.WebMessageInfo_DELIVERY_ACK: domain.StateDelivered,
		waWeb.WebMessageInfo_READ:         domain.StateRead,
		waWeb.WebMessageInfo_PLAYED:       domain.StatePlayed,
	} {
		e := message(mine(), text("typed on the phone"))
		e.SourceWebMsg = &waWeb.WebMessageInfo{Status: status.Enum()}
		past := convert.History(e, convert.Opened{}, own).Messages
		require.Len(t, past, 1)
		require.True(t, past[0].Past)
		require.True(t, past[0].FromMe)
		require.Equal(t, want, past[0].State, status.String())
	}
}

func TestHistoryLeavesOutWhatIsNoMessage(t *testing.T) {
	require.Empty(t, convert.History(message(from(), &waE2E.Message{}), convert.Opened{}, own).Messages)
	require.Empty(t, convert.History(message(from(), nil), convert.Opened{}, own).Messages)
	require.Empty(t, convert.History(message(types.MessageSource{Chat: ownPN, Sender: ownPN, IsFromMe: true}, history()), convert.Opened{}, own).Messages)
}

func TestHistoryTellsNames(t *testing.T) {
	names := convert.HistoryNames(&waHistorySync.HistorySync{
		Pushnames: []*waHistorySync.Pushname{
			{ID: proto.String(anaPN.String()), Pushname: proto.String("Ana\xff")},
			{ID: proto.String(anaLID.String()), Pushname: proto.String("-")},
			{ID: proto.String("no number@"), Pushname: proto.String("x")},
			nil,
		},
		Conversations: []*waHistorySync.Conversation{
			{ID: proto.String(group.String()), Name: proto.String("Suppliers")},
			{ID: proto.String(anaLID.String()), Name: proto.String("as the phone's owner calls her")},
		},
	})
	require.Equal(t, []domain.InboundName{
		{Peer: domain.Peer{Number: anaPN.User}, Name: "Ana\ufffd"},
		{Peer: domain.Peer{Group: group.User}, Name: "Suppliers"},
	}, names)
}
