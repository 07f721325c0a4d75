package convert

import (
	"cmp"
	"slices"
	"strings"

	"go.mau.fi/whatsmeow/proto/waE2E"
	"google.golang.org/protobuf/reflect/protoreflect"

	"waflow/backend/domain"
)

// maxWrappers bounds how many envelopes are opened: real messages have up to three.
const maxWrappers = 8

// content is what a message holds for people.
type content struct {
	kind   domain.MessageKind
	text   string
	silent bool // nothing
}

// read looks at a message as it was received, through its envelopes.
func read(raw *waE2E.Message) content {
	message := unwrap(raw)
	if text, ok := textOf(message); ok {
		return content{kind: domain.KindText, text: valid(text)}
	}
	if kind, words, ok := fileOf(message); ok {
		return content{kind: kind, text: valid(words)}
	}
	if isSilent(message) {
		return content{silent: true}
	}
	return content{kind: domain.KindUnknown}
}

// valid replaces bytes that are no characters, which a protobuf of this kind may hold.
func valid(text string) string { return strings.ToValidUTF8(text, "\ufffd") }

func textOf(message *waE2E.Message) (string, bool) {
	if text := message.GetConversation(); text != "" {
		return text, true
	}
	if text := message.GetExtendedTextMessage().GetText(); text != "" {
		return text, true
	}
	return "", false
}

// fileOf tells what kind of file a message brings, with the words that come with it.
func fileOf(message *waE2E.Message) (kind domain.MessageKind, words string, ok bool) {
	switch {
	case message.GetImageMessage() != nil:
		return domain.KindImage, message.GetImageMessage().GetCaption(), true
	case message.GetVideoMessage() != nil:
		return domain.KindVideo, message.GetVideoMessage().GetCaption(), true
	case message.GetAudioMessage().GetPTT():
		return domain.KindVoice, "", true
	case message.GetAudioMessage() != nil:
		return domain.KindAudio, "", true
	case message.GetDocumentMessage() != nil:
		d := message.GetDocumentMessage()
		return domain.KindDocument, cmp.Or(d.GetCaption(), d.GetFileName(), d.GetTitle()), true
	case message.GetStickerMessage() != nil:
		return domain.KindSticker, "", true
	}
	return "", "", false
}

// unwrapOwn opens the envelope of what our account sent from another device.
func unwrapOwn(message *waE2E.Message) *waE2E.Message {
	if inner := message.GetDeviceSentMessage().GetMessage(); inner != nil {
		return inner
	}
	return message
}

// unwrap opens envelopes that say how a message is shown and not what it holds.
func unwrap(message *waE2E.Message) *waE2E.Message {
	for range maxWrappers {
		inner := unwrapOwn(message)
		if inner == message {
			inner = enveloped(message)
		}
		if inner == nil {
			break
		}
		message = inner
	}
	return message
}

func enveloped(message *waE2E.Message) *waE2E.Message {
	for _, envelope := range []*waE2E.FutureProofMessage{
		message.GetEphemeralMessage(),
		message.GetViewOnceMessage(),
		message.GetViewOnceMessageV2(),
		message.GetViewOnceMessageV2Extension(),
		message.GetDocumentWithCaptionMessage(),
		message.GetGroupMentionedMessage(),
		message.GetBotInvokeMessage(),
		message.GetAssociatedChildMessage(),
		message.GetBotForwardedMessage(),
		message.GetSpoilerMessage(),
	} {
		if inner := envelope.GetMessage(); inner != nil {
			return inner
		}
	}
	return nil
}

// isSilent tells whether a message has nothing for people: it is empty, or holds only keys and context, or is a protocol
// message other than a deletion or an edit. What we do not know is not silent.
func isSilent(message *waE2E.Message) bool {
	if message == nil {
		return true
	}
	if p := message.GetProtocolMessage(); p != nil {
		return p.Type != nil && slices.Contains(silentProtocol(), p.GetType())
	}
	if len(message.ProtoReflect().GetUnknown()) > 0 {
		return false
	}
	silent := true
	message.ProtoReflect().Range(func(field protoreflect.FieldDescriptor, value protoreflect.Value) bool {
		switch field.Name() {
		case "senderKeyDistributionMessage", "fastRatchetKeySenderKeyDistributionMessage", "messageContextInfo":
		case "conversation":
			silent = value.String() == ""
		default:
			silent = false
		}
		return silent
	})
	return silent
}

// silentProtocol lists the protocol messages that people never see: between the devices of one account, or settings.
func silentProtocol() []waE2E.ProtocolMessage_Type {
	return []waE2E.ProtocolMessage_Type{
		waE2E.ProtocolMessage_EPHEMERAL_SETTING,
		waE2E.ProtocolMessage_EPHEMERAL_SYNC_RESPONSE,
		waE2E.ProtocolMessage_HISTORY_SYNC_NOTIFICATION,
		waE2E.ProtocolMessage_APP_STATE_SYNC_KEY_SHARE,
		waE2E.ProtocolMessage_APP_STATE_SYNC_KEY_REQUEST,
		waE2E.ProtocolMessage_MSG_FANOUT_BACKFILL_REQUEST,
		waE2E.ProtocolMessage_INITIAL_SECURITY_NOTIFICATION_SETTING_SYNC,
		waE2E.ProtocolMessage_APP_STATE_FATAL_EXCEPTION_NOTIFICATION,
		waE2E.ProtocolMessage_SHARE_PHONE_NUMBER,
		waE2E.ProtocolMessage_PEER_DATA_OPERATION_REQUEST_MESSAGE,
		waE2E.ProtocolMessage_PEER_DATA_OPERATION_REQUEST_RESPONSE_MESSAGE,
		waE2E.ProtocolMessage_REQUEST_WELCOME_MESSAGE,
		waE2E.ProtocolMessage_BOT_FEEDBACK_MESSAGE,
		waE2E.ProtocolMessage_MEDIA_NOTIFY_MESSAGE,
		waE2E.ProtocolMessage_CLOUD_API_THREAD_CONTROL_NOTIFICATION,
		waE2E.ProtocolMessage_LID_MIGRATION_MAPPING_SYNC,
		waE2E.ProtocolMessage_BOT_MEMU_ONBOARDING_MESSAGE,
		waE2E.ProtocolMessage_STOP_GENERATION_MESSAGE,
		waE2E.ProtocolMessage_LIMIT_SHARING,
		waE2E.ProtocolMessage_AI_PSI_METADATA,
		waE2E.ProtocolMessage_AI_QUERY_FANOUT,
		waE2E.ProtocolMessage_GROUP_MEMBER_LABEL_CHANGE,
		waE2E.ProtocolMessage_CHAT_THEME_SETTING,
		waE2E.ProtocolMessage_AI_METADATA_OPERATION,
		waE2E.ProtocolMessage_MARK_AS_VERIFIED_ACTION,
		waE2E.ProtocolMessage_COEX_STATE_SYNC,
	}
}
