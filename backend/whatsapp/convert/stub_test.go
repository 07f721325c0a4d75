package convert

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.mau.fi/whatsmeow/proto/waCommon"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/proto/waWeb"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"
	"google.golang.org/protobuf/proto"

	"waflow/backend/domain"
)

func nobody(types.JID) types.JID { return types.JID{} }

// What a phone keeps of a group is the same line, with the same id, as what comes live, whether the phone says who did it or not.
func TestALineIsTheSameLiveAndFromThePhone(t *testing.T) {
	group, ana, bo := types.NewJID("12036301", types.GroupServer), types.NewJID("111", types.HiddenUserServer), types.NewJID("222", types.HiddenUserServer)
	own, at := Own{Number: "34600000013", LID: "999"}, time.Unix(1_780_000_000, 0).UTC()
	change := func(fill func(*events.GroupInfo)) []domain.Inbound {
		e := &events.GroupInfo{JID: group, Sender: &ana, Timestamp: at}
		fill(e)
		return GroupChange(e, nobody, own)
	}
	for kind, live := range map[waWeb.WebMessageInfo_StubType]struct {
		in         []domain.Inbound
		parameters []string
	}{
		waWeb.WebMessageInfo_GROUP_CHANGE_SUBJECT:     {change(func(e *events.GroupInfo) { e.Name = &types.GroupName{Name: "Team"} }), []string{"Team"}},
		waWeb.WebMessageInfo_GROUP_CHANGE_ICON:        {Picture(&events.Picture{JID: group, Author: ana, Timestamp: at, Remove: true}, nobody, own), nil},
		waWeb.WebMessageInfo_GROUP_CHANGE_RESTRICT:    {change(func(e *events.GroupInfo) { e.Locked = &types.GroupLocked{} }), []string{"off"}},
		waWeb.WebMessageInfo_GROUP_CHANGE_ANNOUNCE:    {change(func(e *events.GroupInfo) { e.Announce = &types.GroupAnnounce{IsAnnounce: true} }), []string{"on"}},
		waWeb.WebMessageInfo_GROUP_PARTICIPANT_ADD:    {change(func(e *events.GroupInfo) { e.Join = []types.JID{bo} }), []string{"222@lid"}},
		waWeb.WebMessageInfo_GROUP_PARTICIPANT_LEAVE:  {change(func(e *events.GroupInfo) { e.Sender, e.Leave = &bo, []types.JID{bo} }), []string{"222@lid"}},
		waWeb.WebMessageInfo_GROUP_PARTICIPANT_REMOVE: {change(func(e *events.GroupInfo) { e.Leave = []types.JID{bo} }), []string{"222@lid"}},
		waWeb.WebMessageInfo_CHANGE_EPHEMERAL_SETTING: {
			change(func(e *events.GroupInfo) {
				e.Ephemeral = &types.GroupEphemeral{IsEphemeral: true, DisappearingTimer: 86400}
			}), []string{"86400"},
		},
	} {
		for _, participant := range []string{ana.String(), ""} {
			past, ok := Stub(group, &waWeb.WebMessageInfo{
				Key: &waCommon.MessageKey{ID: proto.String("A1"), Participant: proto.String(participant)}, MessageTimestamp: proto.Uint64(uint64(at.Unix())),
				MessageStubType: kind.Enum(), MessageStubParameters: live.parameters,
			}, nobody, own)
			require.True(t, ok, kind)
			require.Len(t, past.Messages, 1, kind)
			require.Equal(t, live.in[0].Message.WAID, past.Messages[0].WAID, kind)
			require.Equal(t, live.in[0].Message.Content.Notice.Kind, past.Messages[0].Content.Notice.Kind, kind)
		}
	}
}

func TestAStubThatIsNoLineIsReadAsAMessage(t *testing.T) {
	chat := types.NewJID("111", types.HiddenUserServer)
	for _, web := range []*waWeb.WebMessageInfo{
		{},
		{MessageStubType: waWeb.WebMessageInfo_REVOKE.Enum()},
		{MessageStubType: waWeb.WebMessageInfo_CALL_MISSED_VOICE.Enum(), Message: &waE2E.Message{Conversation: proto.String("a")}},
	} {
		_, ok := Stub(chat, web, nobody, Own{LID: "999"})
		require.False(t, ok)
	}
}

func TestHostileStubsComeToNothing(t *testing.T) {
	for kind := range waWeb.WebMessageInfo_StubType_name {
		for _, chat := range []types.JID{{}, types.NewJID("111", types.HiddenUserServer), types.NewJID("x y", types.GroupServer), types.StatusBroadcastJID} {
			for _, parameters := range [][]string{nil, {""}, {"\xff"}, {"a@b@c", "222@lid"}} {
				past, _ := Stub(chat, &waWeb.WebMessageInfo{
					MessageStubType: waWeb.WebMessageInfo_StubType(kind).Enum(), MessageStubParameters: parameters, MessageTimestamp: proto.Uint64(1 << 63),
				}, nobody, Own{LID: "999"})
				for _, m := range past.Messages {
					require.NotEmpty(t, m.WAID)
					require.NotEqual(t, domain.Peer{}, m.Chat)
				}
			}
		}
	}
}
