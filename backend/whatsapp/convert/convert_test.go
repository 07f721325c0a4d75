package convert_test

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.mau.fi/whatsmeow/proto/waCommon"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"
	"google.golang.org/protobuf/proto"

	"waflow/backend/domain"
	"waflow/backend/whatsapp/convert"
)

var update = flag.Bool("update", false, "write the golden files anew")

var (
	own    = convert.Own{Number: "34600000013", LID: "100000000000013"}
	ownPN  = types.NewJID(own.Number, types.DefaultUserServer)
	ownLID = types.NewJID(own.LID, types.HiddenUserServer)
	anaPN  = types.NewJID("34600000027", types.DefaultUserServer)
	anaLID = types.NewJID("100000000000027", types.HiddenUserServer)
	group  = types.NewJID("120363000000000001", types.GroupServer)
	at     = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
)

func device(jid types.JID, id uint16) types.JID {
	jid.Device = id
	return jid
}

// from is the source of a message from Ana.
func from() types.MessageSource {
	return types.MessageSource{Chat: anaLID, Sender: device(anaLID, 3), SenderAlt: device(anaPN, 3), RecipientAlt: anaPN}
}

// mine is the source of a message that our phone sent to Ana.
func mine() types.MessageSource {
	return types.MessageSource{Chat: anaLID, Sender: ownLID, IsFromMe: true, RecipientAlt: anaPN}
}

func inGroup() types.MessageSource {
	return types.MessageSource{Chat: group, Sender: device(anaLID, 1), SenderAlt: device(anaPN, 1), IsGroup: true}
}

func message(source types.MessageSource, m *waE2E.Message) *events.Message {
	e := &events.Message{RawMessage: m, Info: types.MessageInfo{MessageSource: source, ID: "3EB0AA", PushName: "Ana", Timestamp: at}}
	return e.UnwrapRaw()
}

func text(s string) *waE2E.Message { return &waE2E.Message{Conversation: proto.String(s)} }

func wrapped(m *waE2E.Message) *waE2E.FutureProofMessage {
	return &waE2E.FutureProofMessage{Message: m}
}

func protocol(kind waE2E.ProtocolMessage_Type) *waE2E.Message {
	return &waE2E.Message{ProtocolMessage: &waE2E.ProtocolMessage{Type: kind.Enum(), Key: &waCommon.MessageKey{ID: proto.String("3EB0BB")}}}
}

func history() *waE2E.Message {
	m := protocol(waE2E.ProtocolMessage_HISTORY_SYNC_NOTIFICATION)
	m.ProtocolMessage.HistorySyncNotification = &waE2E.HistorySyncNotification{
		SyncType: waE2E.HistorySyncType_RECENT.Enum(), ChunkOrder: proto.Uint32(2), Progress: proto.Uint32(40), DirectPath: proto.String("/v/t62"),
	}
	return m
}

func TestMessages(t *testing.T) {
	for name, e := range map[string]*events.Message{
		"text":           message(from(), text("Hola 👋\u200f")),
		"text_no_utf8":   message(from(), text("a\xffb")),
		"text_by_number": message(types.MessageSource{Chat: anaPN, Sender: anaPN}, text("no LID known")),
		"text_extended":  message(from(), &waE2E.Message{ExtendedTextMessage: &waE2E.ExtendedTextMessage{Text: proto.String("see https://example.com")}}),
		"text_ephemeral": message(from(), &waE2E.Message{EphemeralMessage: wrapped(text("gone tomorrow"))}),
		"text_wrapped_twice": message(from(), &waE2E.Message{
			EphemeralMessage: wrapped(&waE2E.Message{ViewOnceMessageV2: wrapped(text("once"))}),
		}),
		"text_from_our_phone": message(mine(), &waE2E.Message{
			DeviceSentMessage: &waE2E.DeviceSentMessage{DestinationJID: proto.String(anaLID.String()), Message: text("typed on the phone")},
		}),
		"text_to_ourselves": message(types.MessageSource{Chat: ownPN, Sender: device(ownPN, 0), IsFromMe: true}, text("a note")),
		"text_in_group":     message(inGroup(), text("to all")),
		"text_of_a_broadcast": message(types.MessageSource{
			Chat: types.NewJID("1700000000", types.BroadcastServer), Sender: anaLID, SenderAlt: anaPN, IsGroup: true,
		}, text("sale")),
		"image":    message(from(), &waE2E.Message{ImageMessage: &waE2E.ImageMessage{Caption: proto.String("look\xff")}}),
		"video":    message(from(), &waE2E.Message{EphemeralMessage: wrapped(&waE2E.Message{VideoMessage: &waE2E.VideoMessage{}})}),
		"voice":    message(from(), &waE2E.Message{AudioMessage: &waE2E.AudioMessage{PTT: proto.Bool(true)}}),
		"audio":    message(from(), &waE2E.Message{AudioMessage: &waE2E.AudioMessage{}}),
		"document": message(from(), &waE2E.Message{DocumentMessage: &waE2E.DocumentMessage{FileName: proto.String("invoice.pdf")}}),
		"document_with_caption": message(from(), &waE2E.Message{DocumentWithCaptionMessage: wrapped(&waE2E.Message{
			DocumentMessage: &waE2E.DocumentMessage{FileName: proto.String("invoice.pdf"), Caption: proto.String("for May")},
		})}),
		"sticker":       message(mine(), &waE2E.Message{DeviceSentMessage: &waE2E.DeviceSentMessage{Message: &waE2E.Message{StickerMessage: &waE2E.StickerMessage{}}}}),
		"not_yet_known": message(from(), unknownField()),
		"history":       message(types.MessageSource{Chat: ownPN, Sender: ownPN, IsFromMe: true}, history()),

		"none_keys": message(inGroup(), &waE2E.Message{
			SenderKeyDistributionMessage: &waE2E.SenderKeyDistributionMessage{GroupID: proto.String(group.String())},
			MessageContextInfo:           &waE2E.MessageContextInfo{MessageSecret: make([]byte, 32)},
		}),
		"none_key_share":                    message(types.MessageSource{Chat: ownPN, Sender: ownPN, IsFromMe: true}, protocol(waE2E.ProtocolMessage_APP_STATE_SYNC_KEY_SHARE)),
		"none_empty":                        message(from(), &waE2E.Message{}),
		"none_empty_text":                   message(from(), text("")),
		"none_no_message":                   message(from(), nil),
		"none_foreign_history":              message(from(), history()),
		"none_history_of_another_companion": message(types.MessageSource{Chat: ownPN, Sender: device(ownPN, 5), IsFromMe: true}, history()),
		"none_status":                       message(types.MessageSource{Chat: types.StatusBroadcastJID, Sender: anaLID, IsGroup: true}, text("status")),
		"none_channel":                      message(types.MessageSource{Chat: types.NewJID("1", types.NewsletterServer), Sender: types.NewJID("1", types.NewsletterServer)}, text("news")),
		"none_own_broadcast":                message(types.MessageSource{Chat: types.NewJID("17", types.BroadcastServer), Sender: ownLID, IsFromMe: true, IsGroup: true}, text("to a list")),
		"none_bot":                          message(types.MessageSource{Chat: types.MetaAIJID, Sender: types.MetaAIJID}, text("I am a bot")),
		"none_service":                      message(types.MessageSource{Chat: types.PSAJID, Sender: types.PSAJID}, text("what is new")),
		"none_no_sender":                    message(types.MessageSource{Chat: anaLID}, text("who")),
		"none_odd_sender":                   message(types.MessageSource{Chat: types.NewJID("../../x", types.HiddenUserServer), Sender: types.NewJID("../../x", types.HiddenUserServer)}, text("odd")),
	} {
		t.Run(name, func(t *testing.T) { golden(t, name, convert.Message(e, convert.Opened{}, own)) })
	}
}

// unknownField is a message with a field that this program's protobufs do not have.
func unknownField() *waE2E.Message {
	m := &waE2E.Message{}
	m.ProtoReflect().SetUnknown([]byte{0xfa, 0xff, 0x01, 0x02, 'h', 'i'}) // field 4095, two bytes
	return m
}

func TestUndecryptable(t *testing.T) {
	info := types.MessageInfo{MessageSource: from(), ID: "3EB0AA", PushName: "Ana", Timestamp: at}
	golden(t, "undecryptable", convert.Undecryptable(&events.UndecryptableMessage{Info: info}, own))
	require.Empty(t, convert.Undecryptable(&events.UndecryptableMessage{Info: info, DecryptFailMode: events.DecryptFailHide}, own))
	info.Category = "peer"
	require.Empty(t, convert.Undecryptable(&events.UndecryptableMessage{Info: info}, own))
}

func TestReceipts(t *testing.T) {
	receipt := func(kind types.ReceiptType, source types.MessageSource) *events.Receipt {
		return &events.Receipt{MessageSource: source, MessageIDs: []types.MessageID{"3EB0AA", "3EB0BB"}, Timestamp: at, Type: kind}
	}
	for name, e := range map[string]*events.Receipt{
		"receipt_delivered":         receipt(types.ReceiptTypeDelivered, from()),
		"receipt_inactive":          receipt(types.ReceiptTypeInactive, from()),
		"receipt_read":              receipt(types.ReceiptTypeRead, from()),
		"receipt_played":            receipt(types.ReceiptTypePlayed, from()),
		"receipt_in_group":          receipt(types.ReceiptTypeRead, inGroup()),
		"receipt_read_here_by_us":   receipt(types.ReceiptTypeRead, mine()),
		"receipt_read_self":         receipt(types.ReceiptTypeReadSelf, mine()),
		"none_receipt_sender":       receipt(types.ReceiptTypeSender, mine()),
		"none_receipt_retry":        receipt(types.ReceiptTypeRetry, from()),
		"none_receipt_own_delivery": receipt(types.ReceiptTypeDelivered, mine()),
		"none_receipt_history":      receipt(types.ReceiptTypeHistorySync, mine()),
		"none_receipt_empty":        {MessageSource: from(), Type: types.ReceiptTypeRead},
	} {
		t.Run(name, func(t *testing.T) { golden(t, name, convert.Receipt(e, own)) })
	}
}

func TestNames(t *testing.T) {
	golden(t, "push_name", convert.PushName(&events.PushName{JID: anaLID, JIDAlt: anaPN, NewPushName: "Ana"}))
	golden(t, "business_name", convert.BusinessName(&events.BusinessName{JID: anaPN, NewBusinessName: "Ana & Co"}, anaLID))
	require.Empty(t, convert.PushName(&events.PushName{JID: anaLID}))
	require.Empty(t, convert.PushName(&events.PushName{JID: group, NewPushName: "x"}))
}

func TestFirstSync(t *testing.T) {
	notice := convert.Message(message(types.MessageSource{Chat: ownPN, Sender: ownPN, IsFromMe: true}, history()), convert.Opened{}, own)[0].History
	percent, ok := convert.FirstSync(notice)
	require.True(t, ok)
	require.Equal(t, 40, percent)
	_, ok = convert.FirstSync(&domain.InboundHistory{Raw: []byte("\xff")})
	require.False(t, ok)
	_, ok = convert.FirstSync(&domain.InboundHistory{})
	require.False(t, ok)
}

// golden compares with testdata/name.json. Names that begin with "none" stand for nothing to store, and have no file.
func golden(t *testing.T, name string, got []domain.Inbound) {
	t.Helper()
	if len(name) > 4 && name[:4] == "none" {
		require.Empty(t, got)
		return
	}
	require.Len(t, got, 1)
	encoded, err := json.MarshalIndent(got[0], "", "  ")
	require.NoError(t, err)
	encoded = append(encoded, '\n')
	file := filepath.Join("testdata", name+".json")
	if *update {
		require.NoError(t, os.WriteFile(file, encoded, 0o600))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err)
	require.JSONEq(t, string(want), string(encoded))
}

// FuzzMessage feeds what anybody could send: nothing may panic, and what is kept has to be complete.
func FuzzMessage(f *testing.F) {
	deep := text("deep")
	for range 200 {
		deep = &waE2E.Message{EphemeralMessage: wrapped(deep)}
	}
	seeds := []*waE2E.Message{
		text("x"), vote(), revoke(keyOf(true, types.JID{})), edit(keyOf(true, types.JID{}), text("y")), history(), deep, unknownField(),
		{},
		protocol(99),
		{ImageMessage: imageMessage()},
		{PollCreationMessageV3: pollMessage()},
		{ContactMessage: &waE2E.ContactMessage{Vcard: proto.String(carla)}},
		{LocationMessage: &waE2E.LocationMessage{DegreesLatitude: proto.Float64(1)}},
		{ExtendedTextMessage: &waE2E.ExtendedTextMessage{Text: proto.String("yes"), ContextInfo: answering()}},
		{ViewOnceMessage: wrapped(&waE2E.Message{VideoMessage: videoMessage(true)})},
	}
	for _, m := range seeds {
		raw, err := proto.Marshal(m)
		require.NoError(f, err)
		f.Add(raw, "100000000000027", types.HiddenUserServer, "3EB0AA", true, uint8(0))
		f.Add(raw, own.Number, types.DefaultUserServer, "", false, uint8(7))
	}
	f.Add([]byte{0x92, 0x03, 0x00}, "", "", "\x00", false, uint8(255))
	f.Fuzz(func(t *testing.T, raw []byte, user, server, id string, fromMe bool, companion uint8) {
		m := &waE2E.Message{}
		if proto.Unmarshal(raw, m) != nil {
			return
		}
		jid := types.NewJID(user, server)
		e := &events.Message{RawMessage: m, Info: types.MessageInfo{
			MessageSource: types.MessageSource{Chat: jid, Sender: device(jid, uint16(companion)), IsFromMe: fromMe}, ID: id, Timestamp: at,
		}}
		for _, in := range convert.Message(e.UnwrapRaw(), convert.Opened{}, own) {
			switch {
			case in.Message != nil:
				require.NotEmpty(t, in.Message.WAID)
				require.NotEqual(t, domain.Peer{}, in.Message.Chat)
				require.NotEqual(t, domain.Peer{}, in.Message.Sender)
				requireBounded(t, in.Message)
				switch in.Message.Kind {
				case domain.KindText:
					require.NotEmpty(t, in.Message.Text)
				case domain.KindUnknown:
					require.Empty(t, in.Message.Text)
				default:
				}
			case in.Change != nil:
				require.NotEmpty(t, in.Change.WAID)
				require.NotEmpty(t, in.Change.Target.WAID)
				requireText(t, in.Change.Text, domain.MaxTextBytes)
				requireText(t, in.Change.Emoji, domain.MaxEmojiBytes)
			case in.History != nil:
				require.True(t, fromMe)
				convert.FirstSync(in.History)
			default:
				t.Fatal("an inbound with nothing in it")
			}
		}
	})
}
