package convert_test

import (
	"bytes"
	"strings"
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
	"waflow/backend/whatsapp/convert"
)

// keyOf names a message as its sender sees it.
func keyOf(fromMe bool, participant types.JID) *waCommon.MessageKey {
	key := &waCommon.MessageKey{RemoteJID: proto.String(ownPN.String()), FromMe: proto.Bool(fromMe), ID: proto.String("3EB0BB")}
	if !participant.IsEmpty() {
		key.Participant = proto.String(participant.String())
	}
	return key
}

func reaction(key *waCommon.MessageKey, emoji string) *waE2E.Message {
	return &waE2E.Message{ReactionMessage: &waE2E.ReactionMessage{
		Key: key, Text: proto.String(emoji), SenderTimestampMS: proto.Int64(at.Add(-time.Second).UnixMilli()),
	}}
}

func edit(key *waCommon.MessageKey, to *waE2E.Message) *waE2E.Message {
	return &waE2E.Message{EditedMessage: wrapped(&waE2E.Message{ProtocolMessage: &waE2E.ProtocolMessage{
		Key: key, Type: waE2E.ProtocolMessage_MESSAGE_EDIT.Enum(), EditedMessage: to, TimestampMS: proto.Int64(at.UnixMilli()),
	}})}
}

func revoke(key *waCommon.MessageKey) *waE2E.Message {
	return &waE2E.Message{ProtocolMessage: &waE2E.ProtocolMessage{Key: key, Type: waE2E.ProtocolMessage_REVOKE.Enum()}}
}

func vote() *waE2E.Message {
	return &waE2E.Message{PollUpdateMessage: &waE2E.PollUpdateMessage{PollCreationMessageKey: keyOf(false, types.JID{}), Vote: &waE2E.PollEncValue{}}}
}

func TestChanges(t *testing.T) {
	nobody := types.JID{}
	for name, e := range map[string]*events.Message{
		"change_reaction":           message(from(), reaction(keyOf(false, nobody), "👍")),
		"change_reaction_own":       message(mine(), &waE2E.Message{DeviceSentMessage: &waE2E.DeviceSentMessage{Message: reaction(keyOf(false, nobody), "❤️")}}),
		"change_reaction_in_group":  message(inGroup(), reaction(keyOf(false, device(ownLID, 4)), "👍")),
		"change_reaction_to_member": message(inGroup(), reaction(keyOf(false, types.NewJID("34600000031", types.DefaultUserServer)), "")),
		"change_edit":               message(from(), edit(keyOf(true, nobody), text("new\x00words"))),
		"change_edit_caption":       message(from(), edit(keyOf(true, nobody), &waE2E.Message{ImageMessage: imageMessage()})),
		"change_delete":             message(from(), revoke(keyOf(true, nobody))),
		"change_delete_by_admin":    message(inGroup(), revoke(keyOf(false, ownLID))),
		"change_sealed":             message(from(), vote()),
		"none_without_target":       message(from(), reaction(&waCommon.MessageKey{FromMe: proto.Bool(true)}, "👍")),
		"none_odd_member":           message(inGroup(), reaction(keyOf(false, types.NewJID("x", types.BotServer)), "👍")),
	} {
		t.Run(name, func(t *testing.T) { golden(t, name, convert.Message(e, convert.Opened{}, own)) })
	}
}

func TestWhatWasSealedIsReadWhenItIsOpened(t *testing.T) {
	hash := bytes.Repeat([]byte{0xab}, 32)
	voted := convert.Message(message(from(), vote()), convert.Opened{Vote: &waE2E.PollVoteMessage{SelectedOptions: [][]byte{hash, {1}}}}, own)[0].Change
	require.Equal(t, domain.ChangeVote, voted.Kind)
	require.Equal(t, []string{strings.Repeat("ab", 32)}, voted.Options)
	require.True(t, voted.Target.FromMe)

	secret := message(from(), &waE2E.Message{SecretEncryptedMessage: &waE2E.SecretEncryptedMessage{
		TargetMessageKey: keyOf(true, types.JID{}), SecretEncType: waE2E.SecretEncryptedMessage_MESSAGE_EDIT.Enum(),
	}})
	for _, opened := range []*waE2E.Message{text("new words"), edit(keyOf(true, types.JID{}), text("new words"))} {
		edited := convert.Message(secret, convert.Opened{Message: opened}, own)[0].Change
		require.Equal(t, domain.ChangeEdit, edited.Kind)
		require.Equal(t, "new words", edited.Text)
	}
	enc := message(from(), &waE2E.Message{EncReactionMessage: &waE2E.EncReactionMessage{TargetMessageKey: keyOf(true, types.JID{})}})
	require.Equal(t, "👍", convert.Message(enc, convert.Opened{Reaction: &waE2E.ReactionMessage{Text: proto.String("👍")}}, own)[0].Change.Emoji)
	require.Equal(t, domain.ChangeSealed, convert.Message(enc, convert.Opened{}, own)[0].Change.Kind)
}

func TestAClockThatIsAheadHasNotTheLastWord(t *testing.T) {
	m := reaction(keyOf(true, types.JID{}), strings.Repeat("👍", 1000))
	m.ReactionMessage.SenderTimestampMS = proto.Int64(at.AddDate(50, 0, 0).UnixMilli())
	change := convert.Message(message(from(), m), convert.Opened{}, own)[0].Change
	require.Equal(t, at, change.At)
	require.LessOrEqual(t, len(change.Emoji), domain.MaxEmojiBytes)
}

// web is a message of the history.
func web(source types.MessageSource, m *waE2E.Message, info *waWeb.WebMessageInfo) *events.Message {
	e := message(source, m)
	info.Key = &waCommon.MessageKey{ID: proto.String("3EB0EE")}
	e.SourceWebMsg = info
	return e
}

func TestHistoryTellsWhatBecameOfAMessage(t *testing.T) {
	hash := bytes.Repeat([]byte{1}, 32)
	carlaKey := &waCommon.MessageKey{Participant: proto.String("100000000000031@lid")}
	past := convert.History(web(inGroup(), &waE2E.Message{PollCreationMessage: pollMessage()}, &waWeb.WebMessageInfo{
		Reactions: []*waWeb.Reaction{
			{Key: &waCommon.MessageKey{FromMe: proto.Bool(true)}, Text: proto.String("👍"), SenderTimestampMS: proto.Int64(at.UnixMilli())},
			{Key: carlaKey, Text: proto.String("❤️")},
			{Key: &waCommon.MessageKey{Participant: proto.String("nobody")}, Text: proto.String("👎")},
		},
		PollUpdates: []*waWeb.PollUpdate{{PollUpdateMessageKey: carlaKey, Vote: &waE2E.PollVoteMessage{SelectedOptions: [][]byte{hash}}}},
	}), convert.Opened{}, own)
	require.Len(t, past.Messages, 1)
	require.Len(t, past.Changes, 3)
	target := domain.Target{WAID: "3EB0AA", Sender: domain.Peer{LID: anaLID.User, Number: anaPN.User}}
	for _, c := range past.Changes {
		require.Equal(t, target, c.Target)
	}
	require.True(t, past.Changes[0].FromMe)
	require.Equal(t, domain.Peer{LID: "100000000000031"}, past.Changes[1].Sender)
	require.Equal(t, domain.ChangeVote, past.Changes[2].Kind)

	edited := convert.History(web(from(), edit(keyOf(true, types.JID{}), text("new words")), &waWeb.WebMessageInfo{}), convert.Opened{}, own)
	require.Equal(t, "new words", edited.Messages[0].Text)
	require.Equal(t, "3EB0AA", edited.Messages[0].WAID)
	require.Equal(t, domain.ChangeEdit, edited.Changes[0].Kind)
	require.Equal(t, "new words", edited.Changes[0].Text)

	gone := convert.History(web(inGroup(), nil, &waWeb.WebMessageInfo{
		MessageStubType: waWeb.WebMessageInfo_ADMIN_REVOKE.Enum(), MessageStubParameters: []string{ownLID.String()},
	}), convert.Opened{}, own)
	require.Equal(t, domain.KindUnknown, gone.Messages[0].Kind)
	require.Equal(t, domain.ChangeDelete, gone.Changes[0].Kind)
	require.True(t, gone.Changes[0].FromMe)
}
